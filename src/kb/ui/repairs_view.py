"""Below an article: how its file was read, what was repaired, and the text as it was received."""

from __future__ import annotations

from html import escape

import streamlit as st

from kb.errors import NotFoundError
from kb.present import html, uploads
from kb.present.repairs import KINDS
from kb.text.repair.values import places, undo_steps
from kb.types import Article, Span
from kb.ui.context import Page

MOST_ROWS = 200
AROUND = 8
"""Characters shown on either side of a repair."""


def show(page: Page, article: Article) -> None:
    """Two folded parts: the receipt, and, where anything was repaired, before and after."""
    if article.repairs:
        with st.expander(page.say(f"修复了 {len(article.repairs)} 处：看修复前后")):
            st.html(_table(page, article))
            if st.toggle(page.say("与收到的文字并排"), key=f"beside-{article.id}"):
                _beside(page, article)
    with st.expander(page.say("收录回执")):
        _receipt(page, article)


def _table(page: Page, article: Article) -> str:
    rows = []
    inferred_first = sorted(places(article.repairs), key=lambda found: found[0].certain)
    for step, place in inferred_first[:MOST_ROWS]:
        before = article.text[max(0, place.start - AROUND) : place.start].rpartition("\n")[2]
        after = article.text[place.end : place.end + AROUND].partition("\n")[0]
        sure = "" if step.certain else page.say("推断，请核对")
        others = page.say("另可能是：") + escape("、".join(step.candidates[1:])) if len(step.candidates) > 1 else ""
        cells = (
            escape(page.say(KINDS[step.kind])),
            f"{escape(before)}<del>{escape(step.before)}</del>{escape(after)}",
            f"{escape(before)}<ins>{escape(step.after)}</ins>{escape(after)}",
            f"{sure} {others}",
        )
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    head = "".join(f"<th>{page.say(name)}</th>" for name in ("种类", "修复前", "修复后", "把握"))
    hidden = len(article.repairs) - len(rows)
    more = f"<p>{page.say(f'另有 {hidden} 处未列出。')}</p>" if hidden > 0 else ""
    return f'<table class="kb-repairs"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>{more}'


def _beside(page: Page, article: Article) -> None:
    left, right = st.columns(2)
    was = [Span(step.start, step.end) for step in article.repairs if step.before]
    now = [place for _step, place in places(article.repairs) if place.end > place.start]
    received = undo_steps(article.text, article.repairs)
    for column, name, text, spans in (
        (left, "收到的文字", received, was),
        (right, "修复后的文字", article.text, now),
    ):
        body = html.marked(text, 0, spans)
        column.html(f'<div class="kb-section">{page.say(name)}</div><div class="kb-body">{body}</div>')


def _receipt(page: Page, article: Article) -> None:
    try:
        receipt = page.knowledge.receipt(article.id)
    except NotFoundError as error:
        st.html(f"<p>{escape(page.say(str(error)))}</p>")
        return
    st.html(uploads.receipt_table(receipt, page.say))
