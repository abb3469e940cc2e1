"""How a question was understood: the name that was probably meant, its words, and other names looked for as well."""

from __future__ import annotations

import streamlit as st

from kb.present import html
from kb.present.expansions import grouped
from kb.types import SearchResult
from kb.ui import address
from kb.ui.context import Page

_BETWEEN = "、"


def wanted() -> tuple[bool, tuple[str, ...]]:
    """(Whether other names are looked for, those that are not) as the address asks."""
    without = st.query_params.get("without", "")
    return st.query_params.get("expand", "") != "0", tuple(filter(None, without.split(_BETWEEN)))


def show(page: Page, result: SearchResult) -> None:
    """您要找的是不是……; 查的词：志工 · 招募; 另查：志工＝志愿者 ×, 義工 × (a click on a name searches without it)."""
    meant = page.knowledge.correction(result.query)
    if meant is not None:
        again = html.link(meant.text, **page.keep, **address.state(), q=meant.text)
        st.html(f'<p class="kb-meant" role="status">{page.say("您要找的是不是：")}{again}</p>')
    terms = html.escaped(" · ".join(result.terms))
    words = f"<span>{page.say('查的词：')}{terms}</span>" if terms else ""
    st.html(f'<div class="kb-expanded">{words}{_line(page, result)}</div>')


def _line(page: Page, result: SearchResult) -> str:
    expand, without = wanted()
    kept = {**page.keep, **address.without("expand", "without"), "q": result.query}
    again = html.link(page.say("恢复另查"), "kb-undo", **kept)
    if not expand or not result.expansions:
        return again if without or not expand else ""
    groups = []
    for term, found in grouped(result.expansions).items():
        links = "".join(
            html.link(f"{html.contained(one.added)} ×", "kb-chip", **kept, without=_joined(without, one.added))
            for one in found
        )
        groups.append(f"<span>{html.escaped(term)}＝</span>{links}")
    none = html.link(page.say("都不另查"), "kb-undo", **kept, expand="0")
    back = again if without else ""
    return f"<span>{page.say('另查：')}</span>{''.join(groups)}{none}{back}"


def _joined(without: tuple[str, ...], added: str) -> str:
    return _BETWEEN.join((*without, added))
