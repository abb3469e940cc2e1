"""All articles: found by words, category, region and year; unsound ones and copies are marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import streamlit as st

from kb.present import html
from kb.present.article_list import UNSORTED, Wanted, chosen, counts, repeated
from kb.present.receipts import DUPLICATES
from kb.types import ArticleSummary, DuplicateKind
from kb.ui import address, browser
from kb.ui.context import Page

PAGE_SIZE = 100
SOUND = 0.99
"""Articles that are less sound than this are marked."""

CHOICES = {"category": "类别", "region": "地区", "year": "年份"}


def show(page: Page) -> None:
    """Every article but the practices' own pages, which have a list of their own."""
    practices = {practice.id for practice in page.knowledge.practices()}
    articles = [one for one in page.knowledge.articles() if one.id not in practices]
    st.html(f'<h1 class="kb-area">{page.say("文章")}</h1>')
    wanted = _wanted(page, articles)
    found = chosen(articles, wanted)
    first = (address.page_number() - 1) * PAGE_SIZE
    told = f"共 {len(articles)} 篇" + (f"，符合条件的 {len(found)} 篇" if wanted != Wanted() else "")
    st.html(f'<p class="kb-count" role="status">{page.say(told)}</p>')
    if not found:
        st.html(f'<p class="kb-none">{page.say("没有符合条件的文章。可以少写几个字，或减少条件。")}</p>')
    else:
        _list(page, found[first : first + PAGE_SIZE])
    _pages(page, first, len(found))
    browser.title(page, page.say("文章"))


def _wanted(page: Page, articles: Sequence[ArticleSummary]) -> Wanted:
    """What the address asks for; every choice goes into it."""
    values = counts(articles)
    with st.container(key="choices"):
        columns = st.columns([2, 1, 1, 1])
        with columns[0]:
            _words(page)
        for column, (name, label) in zip(columns[1:], CHOICES.items(), strict=True):
            with column:
                _choice(page, name, label, values[name])
    return Wanted(words=st.query_params.get("find", ""), **{name: st.query_params.get(name, "") for name in CHOICES})


def _words(page: Page) -> None:
    st.session_state["find"] = st.query_params.get("find", "")

    def changed() -> None:
        address.change("find", st.session_state["find"].strip())

    st.text_input(page.say("按标题、地区、来源找"), key="find", on_change=changed, max_chars=100)


def _choice(page: Page, name: str, label: str, values: Mapping[str, int]) -> None:
    key, now = f"list-{name}", st.query_params.get(name, "")
    st.session_state[key] = now

    def changed() -> None:
        address.change(name, st.session_state[key])

    def shown(value: str) -> str:
        return f"{value}（{values.get(value, 0)}）" if value else page.say("不限")

    options = ["", *values, *([now] if now and now not in values else [])]
    st.selectbox(page.say(label), options, format_func=shown, key=key, on_change=changed)


def _list(page: Page, found: Sequence[ArticleSummary]) -> None:
    quality = {one.id: one.quality for one in page.knowledge.holdings()}
    copies = repeated(page.knowledge.copies())
    sections: list[str] = []
    for category, group in groupby(found, key=lambda one: one.category or UNSORTED):
        members = list(group)
        rows = "".join(_row(page, one, quality.get(one.id, 1.0), copies.get(one.id, {})) for one in members)
        title = f"{html.escaped(page.say(category))}（{len(members)}）"
        sections.append(f'<h2 class="kb-section">{title}</h2><ul class="kb-list">{rows}</ul>')
    st.html(f"<div>{''.join(sections)}</div>")


def _row(page: Page, article: ArticleSummary, quality: float, copies: Mapping[str, DuplicateKind]) -> str:
    facts = (article.region, article.date, article.source, page.say(f"{article.characters} 字"))
    where = html.escaped(" · ".join(filter(None, facts)))
    marks = [page.say(f"完好度 {quality:.2f}")] if quality < SOUND else []
    marks += [f"{page.say(DUPLICATES[kind])}《{title}》" for title, kind in copies.items()]
    told = "".join(f'<span class="kb-care">{html.escaped(mark)}</span>' for mark in marks)
    language = html.LANGUAGES[article.script]
    title = html.link(article.title, **page.keep, article=article.id)
    return f'<li lang="{language}">{title}<small>{where}</small>{told}</li>'


def _pages(page: Page, first: int, total: int) -> None:
    kept = {name: value for name, value in st.query_params.to_dict().items() if name != "p"}
    at = first // PAGE_SIZE + 1
    before = html.link(page.say("← 上一页"), **kept, p=str(at - 1)) if at > 1 else "<span></span>"
    after = html.link(page.say("下一页 →"), **kept, p=str(at + 1)) if first + PAGE_SIZE < total else "<span></span>"
    if total > PAGE_SIZE:
        label = page.say(f"第 {at} 页")
        st.html(f'<nav class="kb-pages" aria-label="{page.say("翻页")}">{before}<span>{label}</span>{after}</nav>')
