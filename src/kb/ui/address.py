"""The state of a search, kept in the address: whoever is given the link sees the same page."""

from __future__ import annotations

import streamlit as st

from kb.types import Filters, Mode

FILTERS = ("region", "category", "source", "since", "until", "script")
STATE = (*FILTERS, "mode", "sort", "expand", "without")
"""What goes along when a result is opened, and is there again on the way back."""

NEWEST = "newest"
MOST_PAGES = 20


def asked() -> str:
    """The question, "" where none is asked."""
    return str(st.query_params.get("q", "")).strip()


def state() -> dict[str, str]:
    """Filters, sort, mode and what is not looked for, as far as the address says so."""
    return {name: st.query_params[name] for name in STATE if st.query_params.get(name)}


def without(*names: str) -> dict[str, str]:
    """The state with these taken out."""
    return {name: value for name, value in state().items() if name not in names}


def filters() -> Filters:
    """The filters that the address asks for."""
    return Filters(**{name: st.query_params.get(name, "") for name in FILTERS})


def used_filters() -> dict[str, str]:
    """The filters that are set, by name."""
    return {name: value for name, value in state().items() if name in FILTERS}


def mode() -> Mode:
    """How to search; hybrid where the address says nothing or nothing that is known."""
    written = st.query_params.get("mode", "")
    return next((mode for mode in Mode if mode.value == written), Mode.HYBRID)


def newest_first() -> bool:
    """Whether the passages found are sorted by date."""
    return bool(st.query_params.get("sort", "") == NEWEST)


def page_number() -> int:
    """Which page of the results, from 1."""
    written = st.query_params.get("p", "")
    return min(max(int(written), 1), MOST_PAGES) if written.isascii() and written.isdigit() and len(written) < 6 else 1


def change(name: str, value: str) -> None:
    """Put one value into the address, or take it out; the results begin at their first page again."""
    for gone in ("p", *(() if value else (name,))):
        st.query_params.pop(gone, None)
    if value:
        st.query_params[name] = value
