"""What a search found: the passages on cards, page by page, and beside the answer the practices that fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from kb.present import html
from kb.present.display import names_of, shown_hit
from kb.types import Hit, Practice, PracticeHit, SearchResult
from kb.ui import address, collecting, forms
from kb.ui.context import Page

PAGE_SIZE = 10
FIRST_PRACTICES = 3
ORDERS = {"": "最相关", address.NEWEST: "最新"}
NEWEST_OF = 50
"""Passages that are put in the order of their dates: further down they have little to do with the question."""


def passages(page: Page, result: SearchResult, hits: Sequence[Hit], practices: Sequence[Practice]) -> None:
    """The page of the passages that the address asks for; `hits` are all that were found up to one beyond it."""
    first = (address.page_number() - 1) * PAGE_SIZE
    here = hits[first : first + PAGE_SIZE]
    if not here:
        st.html(f'<p class="kb-none">{page.say("没有找到相关段落。可以换个说法，或减少筛选条件。")}</p>')
        return
    st.html(f'<h2 class="kb-found">{page.say("相关段落")}</h2>')
    with st.container(key="order", horizontal=True):
        _orders(page)
        forms.switch(page)
    count = f"第 {first + 1}–{first + len(here)} 个段落，用时 {result.timings.total / 1000:.2f} 秒"
    if address.newest_first():
        count += f"；最相关的 {NEWEST_OF} 个段落按日期排列"
    st.html(f'<p class="kb-count">{page.say(count)}</p>')
    names, terms = {practice.id: page.name_of(practice) for practice in practices}, names_of(practices)
    kept = {**page.keep, **address.state(), "q": result.query}
    for number, hit in enumerate(here, start=first + 1):
        with st.container(key=f"passage-{number}"):
            st.html(html.hit(shown_hit(hit, page.form, terms), number, names, _why(page, hit), **kept))
            collecting.passage(page, hit, f"passage-{number}")
    _pages(page, more=len(hits) > first + PAGE_SIZE)


def wanted_hits() -> int:
    """How many passages the page needs, and one more, which tells whether there is a next one."""
    return max(address.page_number() * PAGE_SIZE, NEWEST_OF if address.newest_first() else 0) + 1


def _orders(page: Page) -> None:
    kept = {**page.keep, **address.without("sort"), "q": address.asked()}
    here = address.NEWEST if address.newest_first() else ""
    links = "".join(
        html.link(page.say(label), "kb-here" if here == key else "", **kept, sort=key) for key, label in ORDERS.items()
    )
    st.html(f'<div class="kb-forms"><span>{page.say("排序")}</span>{links}</div>')


def _pages(page: Page, *, more: bool) -> None:
    at = address.page_number()
    kept = {**page.keep, **address.state(), "q": address.asked()}
    before = html.link(page.say("← 上一页"), **kept, p=str(at - 1) if at > 2 else "") if at > 1 else "<span></span>"
    after = (
        html.link(page.say("下一页 →"), **kept, p=str(at + 1)) if more and at < address.MOST_PAGES else "<span></span>"
    )
    if at > 1 or more:
        label = page.say(f"第 {at} 页")
        st.html(f'<nav class="kb-pages" aria-label="{page.say("翻页")}">{before}<span>{label}</span>{after}</nav>')


def _why(page: Page, hit: Hit) -> str:
    parts = [f"{label}第 {leg.rank}" for label, leg in (("意思", hit.dense), ("字面", hit.lexical)) if leg is not None]
    return page.say("，".join(parts))


def side(page: Page, found: Sequence[PracticeHit], practices: Iterable[Practice]) -> None:
    """The practices that fit, the likeliest open, the others folded."""
    known = {practice.id: practice for practice in practices}
    rows = [_practice(page, one, known) for one in found if one.id in known]
    if not rows:
        return
    others = "".join(rows[FIRST_PRACTICES:])
    label = page.say(f"另外 {len(rows) - FIRST_PRACTICES} 个")
    folded = f"<details><summary>{label}</summary>{others}</details>" if others else ""
    with st.container(key="fitting-practices", gap="small"):
        st.html(
            f'<aside class="kb-side" aria-labelledby="fitting"><h2 id="fitting">{page.say("合适的实践")}</h2>'
            f"{''.join(rows[:FIRST_PRACTICES])}{folded}</aside>"
        )
        collecting.practices(page, [known[one.id] for one in found if one.id in known][:FIRST_PRACTICES])


def _practice(page: Page, found: PracticeHit, known: Mapping[str, Practice]) -> str:
    practice = known[found.id]
    title = html.link(page.name_of(practice), **page.keep, practice=practice.id, q=address.asked())
    where = html.escaped(" · ".join(filter(None, (practice.category, practice.region))))
    return (
        f'<div class="kb-practice"><h3>{title}</h3>'
        f'<div class="kb-bar" aria-hidden="true"><i style="width:{found.score:.0%}"></i></div>'
        f"<small>{where}</small>{_evidence(page, found)}</div>"
    )


def _evidence(page: Page, found: PracticeHit) -> str:
    """The sentence that makes it fit, as its page has it; a click shows it there."""
    quote = found.evidence
    if quote is None:
        return f"<small>{html.escaped(page.say(found.reason))}</small>"
    kept = {**page.keep, **address.state(), "q": address.asked()}
    place = f"{quote.start}-{quote.end}"
    return f"<blockquote>{html.link(quote.text, **kept, article=quote.article_id, at=place)}</blockquote>"
