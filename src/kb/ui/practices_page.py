"""The catalogue of practices: by category, by region, by year, compared, held against a place, in figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import streamlit as st

from kb.present.practice_parts import anchor, cards
from kb.types import Practice
from kb.ui import browser, practices_compare, practices_ledger, practices_map, practices_suit, practices_timeline
from kb.ui.context import Page
from kb.ui.practices_area import Area, tray

NO_CATEGORY = "未分类"


@dataclass(frozen=True, slots=True)
class View:
    """A view of the catalogue: its name in the address, its title, what draws it."""

    show: str
    title: str
    draw: Callable[[Area], None]


def by_category(area: Area) -> None:
    """Every practice, or those of the category that the address names; the largest categories first."""
    groups: dict[str, list[Practice]] = {}
    for practice in area.practices:
        groups.setdefault(practice.category or NO_CATEGORY, []).append(practice)
    ordered = sorted(groups, key=lambda name: (-len(groups[name]), name))
    asked = st.query_params.get("category", "")
    wanted = [asked] if asked in groups else ordered
    chips = [anchor(area, f"{area.say('全部')} {len(area.practices)}", _chip(asked not in groups), view="practices")]
    chips += [
        anchor(area, f"{area.say(name)} {len(groups[name])}", _chip(asked == name), view="practices", category=name)
        for name in ordered
    ]
    sections = (
        f'<section><h2 class="kb-section">{escape(area.say(name))}<span class="kb-many">{len(groups[name])}</span></h2>'
        f"{cards(area, area.listed(tuple(groups[name])), area.language)}</section>"
        for name in wanted
    )
    st.html(f'<nav class="kb-chips" aria-label="{area.say("类别")}">{"".join(chips)}</nav>{"".join(sections)}')


def _chip(here: bool) -> str:
    return "kb-chip kb-chosen" if here else "kb-chip"


VIEWS = (
    View("", "按类别", by_category),
    View("region", "按地区", practices_map.draw),
    View("year", "按年份", practices_timeline.draw),
    View("compare", "比较", practices_compare.draw),
    View("suit", "适合我这里", practices_suit.draw),
    View("ledger", "数字账", practices_ledger.draw),
)


def show(page: Page) -> None:
    """The page of the navigation: its views as links, the one that the address asks for below them."""
    area = Area.of(page)
    asked = st.query_params.get("show", "")
    view = next((one for one in VIEWS if one.show == asked), VIEWS[0])
    links = "".join(
        anchor(area, area.say(one.title), "kb-here" if one is view else "", view="practices", show=one.show)
        for one in VIEWS
    )
    st.html(
        f'<h1 class="kb-area">{area.say("实践")}</h1>'
        f'<nav class="kb-views" aria-label="{area.say("看实践的方式")}">{links}</nav>'
    )
    if view.show != "compare":
        tray(area)
    view.draw(area)
    browser.title(page, f"{area.say(view.title)} - {area.say('实践')}")
