"""Reading: an article as written, with the passage that was found marked in it."""

from __future__ import annotations

import re
from html import escape

import streamlit as st

from kb.present import html
from kb.present.display import names_of, shown_article
from kb.types import Article, Span
from kb.ui import forms, repairs_view
from kb.ui.context import Page

_PLACE = re.compile(r"(\d{1,9})-(\d{1,9})")


def show(page: Page, key: str, place: str) -> None:
    """One article; `place` ("start-end", characters of its text) is marked."""
    article = page.knowledge.article(key)
    cited = _span(article, place)
    facts = (
        ("来源", article.source),
        ("地区", article.region),
        ("日期", article.date),
        ("作者", article.author),
        ("类别", article.category),
        ("编号", article.id),
    )
    rows = "".join(f"<div><dt>{page.say(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts if value)
    _back(page, cited)
    forms.switch(page)
    shown = shown_article(article, page.form, names_of(page.knowledge.practices()))
    st.html(
        f'<div lang="{html.LANGUAGES[shown.script]}"><div class="kb-title">{escape(shown.title)}</div>'
        f'<dl class="kb-facts">{rows}</dl><div class="kb-body">{_body(shown, cited)}</div>'
        f"{_sources(page, article)}</div>"
    )
    forms.open_choices(page, article)
    repairs_view.show(page, article)


def _back(page: Page, cited: Span | None) -> None:
    """The way back to the results, and down to the place that was found."""
    asked = st.query_params.get("q", "")
    links = [html.link(page.say("← 返回检索结果"), **page.keep, q=asked)] if asked else []
    if cited is not None:
        links.append(f'<a href="#cited">{page.say("跳到引用处 ↓")}</a>')
    if links:
        st.html(f'<div class="kb-back">{"".join(links)}</div>')


def _body(article: Article, cited: Span | None) -> str:
    """The text as it is shown, the cited place marked in it: every form has it at the same characters."""
    text = _without_title(article)
    start = len(article.text) - len(text)
    body = html.marked(text, start, [cited] if cited else [], article.sources, article.flags)
    return body.replace("<mark>", '<mark id="cited">', 1)


def _without_title(article: Article) -> str:
    """The first line of a Markdown article repeats the title that stands above it already."""
    first, _, rest = article.text.partition("\n")
    return rest if first.lstrip("# ").strip() == article.title else article.text


def _span(article: Article, place: str) -> Span | None:
    found = _PLACE.fullmatch(place)
    if found is None:
        return None
    start, end = int(found[1]), int(found[2])
    return Span(start, end) if start < end <= len(article.text) else None


def _sources(page: Page, article: Article) -> str:
    if not article.sources:
        return ""
    listed = html.source_list(article.sources)
    return f'<div class="kb-section">{page.say("来源")}</div><div class="kb-page">{listed}</div>'


def catalogue(page: Page) -> None:
    """Every article, by category."""
    groups: dict[str, list[str]] = {}
    practices = {practice.id for practice in page.knowledge.practices()}
    for article in page.knowledge.articles():
        if article.id not in practices:
            where = " · ".join(filter(None, (article.region, article.date, f"{article.characters} 字")))
            title = html.link(article.title, **page.keep, article=article.id)
            row = f'<div class="kb-practice">{title}<small>{escape(where)}</small></div>'
            groups.setdefault(article.category or "未分类", []).append(row)
    sections = (
        f'<div class="kb-section">{escape(page.say(name))}（{len(rows)}）</div>{"".join(rows)}'
        for name, rows in groups.items()
    )
    st.html(f'<div class="kb-page">{"".join(sections)}</div>')
