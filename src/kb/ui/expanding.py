"""Above the results: which other names were looked for as well, each with a way to take it back."""

from __future__ import annotations

from html import escape

import streamlit as st

from kb.present import html
from kb.present.expansions import grouped
from kb.types import SearchResult
from kb.ui.context import Page

_BETWEEN = "、"


def wanted() -> tuple[bool, tuple[str, ...]]:
    """(Whether other names are looked for, those that are not) as the address asks."""
    without = st.query_params.get("without", "")
    return st.query_params.get("expand", "") != "0", tuple(filter(None, without.split(_BETWEEN)))


def show(page: Page, result: SearchResult) -> None:
    """另查：志工＝志愿者 ×, 義工 ×; a click on a name searches without it."""
    line = _line(page, result)
    if line:
        st.html(f'<div class="kb-expanded">{line}</div>')


def _line(page: Page, result: SearchResult) -> str:
    expand, without = wanted()
    again = html.link(page.say("恢复另查"), "kb-undo", **page.keep, q=result.query)
    if not expand or not result.expansions:
        return again if without or not expand else ""
    groups = []
    for term, found in grouped(result.expansions).items():
        links = "".join(
            html.link(f"{one.added} ×", "kb-chip", **page.keep, q=result.query, without=_joined(without, one.added))
            for one in found
        )
        groups.append(f"<span>{escape(term)}＝</span>{links}")
    none = html.link(page.say("都不另查"), "kb-undo", **page.keep, q=result.query, expand="0")
    back = again if without else ""
    return f"<span>{page.say('另查：')}</span>{''.join(groups)}{none}{back}"


def _joined(without: tuple[str, ...], added: str) -> str:
    return _BETWEEN.join((*without, added))
