"""Practices by region: the map of tiles, and those of the region that was chosen beside it."""

from __future__ import annotations

import streamlit as st

from kb.catalogue.regions import Regions
from kb.present.practice_parts import anchor, cards
from kb.present.tile_map import NOTE, SCHEME, tile_map
from kb.ui.practices_area import Area

NOWHERE = "全国或未写明省份"
NOWHERE_KEY = "none"
COUNTED = "一个实践写到几个省份，就在几处各算一次。"


def draw(area: Area) -> None:
    """The map on the left, on a phone above; the practices of a region, or how many each has, on the right."""
    groups = Regions.of(area.practices).grouped(area.practices)
    asked = st.query_params.get("region", "")
    key = "" if asked == NOWHERE_KEY else asked
    chosen = key if asked and key in groups else None
    counts = {name: len(members) for name, members in groups.items() if name}
    nowhere = len(groups.get("", ()))
    besides = (
        anchor(area, f"{area.say(NOWHERE)} {nowhere}", "kb-chip", view="practices", show="region", region=NOWHERE_KEY)
        if nowhere
        else ""
    )
    if chosen is None:
        side = _ranking(area, counts)
    else:
        title = area.say(chosen or NOWHERE)
        every = anchor(area, area.say("全部地区"), view="practices", show="region")
        side = (
            f'<h2 class="kb-section">{title}<span class="kb-many">{len(groups[chosen])}</span></h2>'
            f'<p class="kb-note">{every}</p>{cards(area, area.listed(groups[chosen]), area.language)}'
        )
    st.html(
        f'<div class="kb-regions"><div class="kb-atlas">{tile_map(area, counts, chosen or "")}'
        f'<div class="kb-chips">{besides}</div><p class="kb-note">{area.say(NOTE)}{area.say(COUNTED)}</p></div>'
        f'<div class="kb-of-region">{side}</div></div>'
    )


def _ranking(area: Area, counts: dict[str, int]) -> str:
    """The regions with the most practices first, a bar for each."""
    most = max(counts.values(), default=1)
    order = [name for row in SCHEME for name in row if counts.get(name)]
    rows = "".join(
        f"<li>{anchor(area, area.say(name), view='practices', show='region', region=name)}"
        f'<i style="width:{counts[name] / most * 100:.0f}%"></i><b>{counts[name]}</b></li>'
        for name in sorted(order, key=lambda name: -counts[name])
    )
    without = sum(1 for row in SCHEME for name in row if name and name not in counts)
    note = area.say(f"另有 {without} 个省级行政区还没有实践。") if without else ""
    return (
        f'<h2 class="kb-section">{area.say("各地有多少")}</h2><ol class="kb-ranking">{rows}</ol>'
        f'<p class="kb-note">{note}</p>'
    )
