"""Practices: the catalogue by category, and one practice with all that its sources say."""

from __future__ import annotations

from html import escape

import streamlit as st

from kb.present import html
from kb.present.terminal import FIELDS, NOT_STATED
from kb.types import Mode, Practice, Script
from kb.ui.context import Page

RELATED_PASSAGES = 5


def catalogue(page: Page) -> None:
    """Every practice, by category."""
    groups: dict[str, list[Practice]] = {}
    for practice in page.knowledge.practices():
        groups.setdefault(practice.category, []).append(practice)
    sections = (
        f'<div class="kb-section">{escape(page.say(category))}（{len(members)}）</div>'
        + "".join(_row(page, practice) for practice in members)
        for category, members in sorted(groups.items(), key=lambda group: -len(group[1]))
    )
    st.html(f'<div class="kb-page">{"".join(sections)}</div>')


def _row(page: Page, practice: Practice) -> str:
    problem = practice.problem[0].text if practice.problem else ""
    where = " · ".join(filter(None, (practice.region, practice.since)))
    title = html.link(page.name_of(practice), **page.keep, practice=practice.id)
    return f'<div class="kb-practice">{title}<small>{escape(where)}</small><small>{escape(problem)}</small></div>'


def show(page: Page, key: str) -> None:
    """One practice: what it is, every statement with its sources, what else speaks of it."""
    practice = page.knowledge.practice(key)
    facts = (
        ("又名", "、".join(page.aliases_of(practice))),
        ("类别", practice.category),
        ("地区", practice.region),
        ("起始", practice.since),
    )
    rows = "".join(
        f'<div class="{"kb-long" if name == "又名" else ""}"><dt>{page.say(name)}</dt>'
        f"<dd>{escape(value or page.say(NOT_STATED))}</dd></div>"
        for name, value in facts
    )
    sections = "".join(_section(page, practice, field, title) for field, title in FIELDS.items())
    st.html(
        f'<div class="kb-page" lang="{html.LANGUAGES[Script.HANS]}">'
        f'<div class="kb-title">{escape(page.name_of(practice))}</div>'
        f'<dl class="kb-facts">{rows}</dl>{sections}'
        f'<div class="kb-section">{page.say("来源")}</div>{html.source_list(practice.sources)}'
        f"{_related(page, practice)}{_passages(page, practice)}</div>"
    )


def _section(page: Page, practice: Practice, field: str, title: str) -> str:
    items = "".join(f"<li>{html.statement(item, practice.sources)}</li>" for item in getattr(practice, field))
    kind = "ol" if field == "steps" else "ul"
    content = f"<{kind}>{items}</{kind}>" if items else f"<p>{page.say(NOT_STATED)}。</p>"
    return f'<div class="kb-section">{page.say(title)}</div>{content}'


def _related(page: Page, practice: Practice) -> str:
    known = {other.id: page.name_of(other) for other in page.knowledge.practices()}
    chips = "".join(
        html.link(known[other], "kb-chip", **page.keep, practice=other) for other in practice.related if other in known
    )
    if not chips:
        return ""
    return f'<div class="kb-section">{page.say("相关实践")}</div><div class="kb-chips">{chips}</div>'


def _passages(page: Page, practice: Practice) -> str:
    """Passages of other texts that name it."""
    found = page.knowledge.search(practice.name, k=30, mode=Mode.LEXICAL).hits
    naming = [hit for hit in found if practice.id in hit.practices and hit.article.id != practice.id]
    if not naming:
        return ""
    cards = "".join(
        html.hit(hit, number, {}, "", **page.keep) for number, hit in enumerate(naming[:RELATED_PASSAGES], 1)
    )
    return f'<div class="kb-section">{page.say("讲到它的段落")}</div>{cards}'
