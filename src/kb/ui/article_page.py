"""Reading: an article as written, its outline beside it, with the place that was found marked in it."""

from __future__ import annotations

import re

import streamlit as st

from kb.errors import NotFoundError
from kb.present import html, receipts
from kb.present.display import names_of, shown_article
from kb.present.outline import Heading, outline
from kb.present.warnings import SERIOUS
from kb.types import Article, Span
from kb.ui import address, browser, citing_view, forms, managing, missing_view, repairs_view
from kb.ui.context import Page

FACTS = (
    ("来源", "source"),
    ("地区", "region"),
    ("日期", "date"),
    ("作者", "author"),
    ("类别", "category"),
    ("编号", "id"),
)
FEWEST_HEADINGS = 2
"""An article with fewer needs no outline."""

RECOGNISED = "这篇文章的文字是从扫描件里认出来的，可能有认错的字，引用前请对照原件。"

_PLACE = re.compile(r"(\d{1,9})-(\d{1,9})")


def show(page: Page, key: str, place: str) -> None:
    """One article; `place` ("start-end", characters of its text) is marked."""
    try:
        article = page.knowledge.article(key)
    except NotFoundError:
        missing_view.article(page, key)
        return
    cited = read_place(article, place)
    printing = st.query_params.get("print") == "1"
    shown = shown_article(article, page.form, names_of(page.knowledge.practices()))
    start = _behind_title(article)
    headings = outline(shown.text, start)
    if printing:
        citing_view.for_print(page, article, cited)
        browser.printing(page, article.title)
        _article(page, article, shown, cited, headings, start)
    else:
        _back(page, article.id, cited)
        side, main = st.columns([2, 5], gap="large")
        with side, st.container(key="beside"):
            if len(headings) >= FEWEST_HEADINGS:
                _outline(page, shown, headings)
            citing_view.show(page, article, cited)
        with main:
            forms.switch(page)
            _article(page, article, shown, cited, headings, start)
            forms.open_choices(page, article)
            repairs_view.show(page, article)
        browser.read(page, article.title, f"{article.id}@{place}" if cited else "")


def read_place(article: Article, place: str) -> Span | None:
    """The place that the address names; None where the article has no such place."""
    found = _PLACE.fullmatch(place)
    if found is None:
        return None
    start, end = int(found[1]), int(found[2])
    return Span(start, end) if start < end <= len(article.text) else None


def _back(page: Page, key: str, cited: Span | None) -> None:
    """The way back to the results or to all articles, to where it is managed, and down to the place that was found."""
    asked = address.asked()
    if asked:
        links = [html.link(page.say("← 返回检索结果"), **page.keep, **address.state(), q=asked)]
    else:
        links = [html.link(page.say("← 全部文章"), **page.keep, view="articles")]
    if page.may_change:
        links.append(html.link(page.say("管理（改信息、移除）"), **page.keep, view="add", **{managing.MANAGED: key}))
    if cited is not None:
        links.append(f'<a href="#cited">{page.say("跳到引用处 ↓")}</a>')
    st.html(f'<div class="kb-back">{"".join(links)}</div>')


def _outline(page: Page, shown: Article, headings: tuple[Heading, ...]) -> None:
    """Beside the text on a wide screen, folded above it on a narrow one: the style shows one of the two."""
    links, label, language = html.outline(headings), page.say("目录"), html.LANGUAGES[shown.script]
    st.html(
        f'<nav class="kb-outline kb-wide" aria-label="{label}" lang="{language}"><p>{label}</p>{links}</nav>'
        f'<details class="kb-outline kb-narrow"><summary>{label}（{len(headings)}）</summary>'
        f'<nav aria-label="{label}" lang="{language}">{links}</nav></details>'
    )


def _article(
    page: Page, article: Article, shown: Article, cited: Span | None, headings: tuple[Heading, ...], start: int
) -> None:
    """Every form of the text has the cited place at the same characters."""
    rows = "".join(
        f"<div><dt>{page.say(name)}</dt><dd>{html.escaped(str(getattr(article, field)))}</dd></div>"
        for name, field in FACTS
        if getattr(article, field)
    )
    body = html.marked(
        shown.text[start:], start, [cited] if cited else [], article.sources, article.flags, headings=headings
    )
    st.html(
        f'<article class="kb-article" lang="{html.LANGUAGES[shown.script]}">'
        f'<h1 class="kb-title">{html.escaped(shown.title)}</h1><dl class="kb-facts">{rows}</dl>'
        f'{_care(page, article)}<div class="kb-body">{body.replace("<mark>", _CITED, 1)}</div>'
        f"{_sources(page, article)}</article>"
    )


_CITED = '<mark id="cited">'


def _care(page: Page, article: Article) -> str:
    """What is to be read with care, told before the text begins."""
    places = sum(flag.kind in SERIOUS for flag in article.flags)
    told = [f"这篇文章有 {places} 处字是推断的或缺损的，文中已标出，引用前请核对。"] if places else []
    told += [RECOGNISED] if _recognised(page, article) else []
    return "".join(f'<p class="kb-care" role="note">{page.say(one)}</p>' for one in told)


def _recognised(page: Page, article: Article) -> bool:
    try:
        return page.knowledge.receipt(article.id).format == receipts.SCAN
    except NotFoundError:
        return False  # It was taken in by a version that kept no receipts.


def _behind_title(article: Article) -> int:
    """The first line of a Markdown article repeats the title that stands above it already."""
    first, _, rest = article.text.partition("\n")
    return len(article.text) - len(rest) if first.lstrip("# ").strip() == article.title else 0


def _sources(page: Page, article: Article) -> str:
    if not article.sources:
        return ""
    listed = html.source_list(article.sources)
    return f'<h2 class="kb-section">{page.say("来源")}</h2><div class="kb-page">{listed}</div>'
