"""Filters, the way of searching and the order: chosen here, kept in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from kb.present import html
from kb.types import Facets, Mode
from kb.ui import address
from kb.ui.context import Page

MODES = {Mode.HYBRID: "混合（推荐）", Mode.DENSE: "只按意思", Mode.LEXICAL: "只按字面"}
SCRIPTS = {"hans": "简体", "hant": "繁体", "mixed": "繁简混排"}
NAMES = {
    "region": "地区",
    "category": "类别",
    "source": "来源",
    "since": "不早于",
    "until": "不晚于",
    "script": "原文字形",
}
ANY = "不限"


def show(page: Page) -> None:
    """The folded filters, and below them those that are set, each with a way to take it out."""
    used = address.used_filters()
    counted = f"筛选（已用 {len(used)} 项）" if used else "筛选"
    with st.expander(page.say(counted), key="filters"):
        values = _values(page.knowledge.facets())
        for row in (address.FILTERS[:3], address.FILTERS[3:]):  # Row by row, as they follow one another on a phone.
            for column, name in zip(st.columns(3), row, strict=True):
                with column:
                    _choice(page, name, NAMES[name], values[name])
        _way_of_searching(page)
    if used:
        _used(page, used)


def _values(facets: Facets) -> dict[str, Mapping[str, int]]:
    years = dict(sorted(facets.years.items()))
    return {
        "region": facets.regions,
        "category": facets.categories,
        "source": facets.sources,
        "since": years,
        "until": years,
        "script": facets.scripts,
    }


def _choice(page: Page, name: str, label: str, values: Mapping[str, int]) -> None:
    chosen = st.query_params.get(name, "")
    options = ["", *values, *([chosen] if chosen and chosen not in values else [])]

    def shown(value: str) -> str:
        if not value:
            return page.say(ANY)
        count = f"（{values[value]}）" if value in values else ""
        return _told(page, name, value) + count

    _select(page, name, label, options, chosen, shown)


def _way_of_searching(page: Page) -> None:
    def shown(value: str) -> str:
        return page.say(next(MODES[mode] for mode in Mode if mode.value == (value or Mode.HYBRID.value)))

    options = [mode.value if mode is not Mode.HYBRID else "" for mode in MODES]
    chosen = "" if address.mode() is Mode.HYBRID else address.mode().value
    _select(page, "mode", "检索方式", options, chosen, shown)


def _select(page: Page, name: str, label: str, options: list[str], chosen: str, shown: Callable[[str], str]) -> None:
    key = f"filter-{name}"
    st.session_state[key] = chosen  # The address decides: it may have changed by a link or by the way back.

    def changed() -> None:
        address.change(name, st.session_state[key])

    st.selectbox(page.say(label), options, format_func=shown, key=key, on_change=changed)


def _told(page: Page, name: str, value: str) -> str:
    """A value as the reader is told it: names of ours in the reader's script, values of the articles as they are."""
    return page.say(SCRIPTS[value]) if name == "script" and value in SCRIPTS else html.contained(value)


def _used(page: Page, used: Mapping[str, str]) -> None:
    chips = "".join(
        html.link(
            f"{page.say(NAMES[name])}：{_told(page, name, value)} ×",
            "kb-chip",
            **page.keep,
            q=address.asked(),
            **address.without(name),
        )
        for name, value in used.items()
    )
    none = html.link(
        page.say("清除全部筛选"), "kb-undo", **page.keep, q=address.asked(), **address.without(*address.FILTERS)
    )
    st.html(f'<div class="kb-expanded"><span>{page.say("只看：")}</span>{chips}{none}</div>')
