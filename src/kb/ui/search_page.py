"""Search: one box, filters, passages with their practices beside them."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from kb.present import html
from kb.present.display import names_of, shown_hit
from kb.types import Answer, Filters, Hit, Mode, PracticeHit, SearchResult
from kb.ui import answer_view, expanding, forms
from kb.ui.context import Page

SUGGESTIONS = (
    "老旧小区没有物业怎么办",
    "部门互相推，街道怎么把人叫到场",
    "网格太多太乱怎么合并",
    "矛盾纠纷怎样不出村、不出镇",
    "村里的大事怎么让村民说了算",
    "基层表格多、牌子多怎么减负",
)

PROMISE = "引用的都是收录文章的原文，可逐句查到出处。软件在本机运行，问题和文章不会离开这台电脑。"

PAGE_SIZE = 10
MOST_PRACTICES = 6
MODES = {Mode.HYBRID: "混合（推荐）", Mode.DENSE: "只按意思", Mode.LEXICAL: "只按字面"}
ANY = "不限"


def show(page: Page) -> None:
    """The start page without a question, its results with one."""
    asked = st.query_params.get("q", "")
    _box(page, asked)
    if not asked.strip():
        _start(page)
        return
    filters, mode = _filters(page)
    shown = int(st.session_state.get("shown", PAGE_SIZE)) if st.session_state.get("asked") == asked else PAGE_SIZE
    st.session_state["asked"] = asked
    expand, without = expanding.wanted()
    with st.spinner(page.say("正在检索……")):
        answer = page.knowledge.ask(asked, filters=filters) if mode is Mode.HYBRID else None
        result = page.knowledge.search(asked, k=shown + 1, mode=mode, filters=filters, expand=expand, without=without)
    _results(page, result, answer, shown)


def _box(page: Page, asked: str) -> None:
    with st.form("ask", border=False):
        left, right = st.columns([6, 1], vertical_alignment="bottom")
        text = left.text_input(
            page.say("问题或词语"),
            value=asked,
            placeholder=page.say("用自己的话问，例如：老旧小区没有物业怎么办"),
            label_visibility="collapsed",
            max_chars=500,
        )
        if right.form_submit_button(page.say("检索"), type="primary", width="stretch"):
            st.query_params.from_dict({**page.keep, **({"q": text.strip()} if text.strip() else {})})
            st.rerun()


def _start(page: Page) -> None:
    index = page.knowledge.info()
    counts = page.say(
        f"收录 {index.articles} 篇文章、{index.passages} 个段落、{index.practices} 个实践；简体、繁体写法结果相同"
    )
    links = "".join(html.link(page.say(text), **page.keep, q=page.say(text)) for text in SUGGESTIONS)
    groups: dict[str, list[str]] = {}
    for practice in page.knowledge.practices():
        chip = html.link(page.name_of(practice), "kb-chip", **page.keep, practice=practice.id)
        groups.setdefault(practice.category, []).append(chip)
    practices = "".join(
        f'<div class="kb-label">{escape(page.say(category))}</div><div class="kb-chips">{"".join(chips)}</div>'
        for category, chips in groups.items()
    )
    st.html(
        f'<div class="kb-lead">{page.say("基层遇到的难题，看看别处怎么办")}</div><div class="kb-count">{counts}</div>'
        f'<div class="kb-label">{page.say("常见问题")}</div><div class="kb-suggest">{links}</div>'
        f"{practices}"
        f'<div class="kb-foot">{page.say(PROMISE)}</div>'
    )


def _filters(page: Page) -> tuple[Filters, Mode]:
    facets = page.knowledge.facets()
    years = sorted(facets.years)
    with st.expander(page.say("筛选")):
        first, second, third = st.columns(3)
        region = _choice(page, first, "地区", facets.regions)
        category = _choice(page, second, "类别", facets.categories)
        source = _choice(page, third, "来源", facets.sources)
        since = first.selectbox(page.say("不早于"), ["", *years], format_func=lambda year: year or page.say(ANY))
        until = second.selectbox(page.say("不晚于"), ["", *years], format_func=lambda year: year or page.say(ANY))
        mode = third.selectbox(page.say("检索方式"), list(MODES), format_func=lambda chosen: page.say(MODES[chosen]))
    return Filters(region=region, category=category, source=source, since=since, until=until), mode


def _choice(page: Page, place: st.delta_generator.DeltaGenerator, label: str, values: Mapping[str, int]) -> str:
    chosen: str = place.selectbox(
        page.say(label),
        ["", *values],
        format_func=lambda value: f"{value}（{values[value]}）" if value else page.say(ANY),
    )
    return chosen


def _results(page: Page, result: SearchResult, answer: Answer | None, shown: int) -> None:
    hits = result.hits[:shown]
    left, right = st.columns([2, 1], gap="large")
    with left:
        expanding.show(page, result)
        if answer is not None and hits:
            answer_view.show(page, answer)
        if not hits:
            st.html(f'<div class="kb-none">{page.say("没有找到相关段落。可以换个说法，或减少筛选条件。")}</div>')
            return
        practices = page.knowledge.practices()
        names, terms = {practice.id: page.name_of(practice) for practice in practices}, names_of(practices)
        count = page.say(f"前 {len(hits)} 个段落，用时 {result.timings.total / 1000:.2f} 秒")
        cards = (
            html.hit(shown_hit(hit, page.form, terms), number, names, _why(page, hit), **page.keep, q=result.query)
            for number, hit in enumerate(hits, 1)
        )
        forms.switch(page)
        st.html(f'<div class="kb-count">{count}</div>' + "".join(cards))
        if len(result.hits) > shown and st.button(page.say("更多段落")):
            st.session_state["shown"] = shown + PAGE_SIZE
            st.rerun()
    with right:
        _side(page, result)


def _why(page: Page, hit: Hit) -> str:
    parts = [f"{label}第 {leg.rank}" for label, leg in (("意思", hit.dense), ("字面", hit.lexical)) if leg is not None]
    return page.say("，".join(parts))


def _evidence(page: Page, found: PracticeHit, asked: str) -> str:
    """The sentence that makes it fit, as its page has it; a click shows it there."""
    quote = found.evidence
    if quote is None:
        return f"<small>{escape(page.say(found.reason))}</small>"
    place = f"{quote.start}-{quote.end}"
    return f"<blockquote>{html.link(quote.text, **page.keep, q=asked, article=quote.article_id, at=place)}</blockquote>"


def _side(page: Page, result: SearchResult) -> None:
    if not result.practices:
        return
    rows = []
    for found in result.practices[:MOST_PRACTICES]:
        practice = page.knowledge.practice(found.id)
        title = html.link(page.name_of(practice), **page.keep, practice=practice.id, q=result.query)
        where = escape(" · ".join(filter(None, (practice.category, practice.region))))
        rows.append(
            f'<div class="kb-practice">{title}<div class="kb-bar"><i style="width:{found.score:.0%}"></i></div>'
            f"<small>{where}</small>{_evidence(page, found, result.query)}</div>"
        )
    st.html(f'<aside class="kb-side"><h2>{page.say("合适的实践")}</h2>{"".join(rows)}</aside>')
