"""Two to five practices side by side; which ones stands in the address, so that a comparison can be passed on."""

from __future__ import annotations

import streamlit as st

from kb.catalogue.comparing import FEWEST, MOST
from kb.present import practice_forms
from kb.present.comparison_html import comparison
from kb.present.practice_parts import anchor
from kb.ui import forms
from kb.ui.practices_area import WITH, Area, collect, joined

MOST_NEAR = 6
HOW = "选好两个以上，就逐项并排：牵头、问题、做法、步骤、数据、成效、局限。"


def draw(area: Area) -> None:
    """The choice, then the table once there are two."""
    _choice(area)
    if len(area.chosen) < FEWEST:
        _ask_for_more(area)
        return
    forms.switch(area.page)
    knowledge = area.page.knowledge
    put = area.put
    found = knowledge.compare(area.chosen)
    shown = practice_forms.comparison(found, put)
    figures = {key: practice_forms.figures(knowledge.figures(key), put) for key in area.chosen}
    removing = {key: joined(tuple(other for other in area.chosen if other != key)) for key in area.chosen}
    st.html(comparison(area, shown, figures, removing, area.language))
    collect(area, *found.practices)


def _choice(area: Area) -> None:
    """The names to choose from; what is chosen goes into the address at once."""
    names = {practice.id: area.name_of(practice) for practice in area.practices}
    wanted = st.multiselect(
        area.say(f"选 {FEWEST} 到 {MOST} 个实践"),
        list(names),
        default=list(area.chosen),
        format_func=lambda key: names[key],
        max_selections=MOST,
        placeholder=area.say("输入名称查找"),
    )
    if tuple(wanted) != area.chosen:
        kept = {name: value for name, value in st.query_params.to_dict().items() if name != WITH}
        st.query_params.from_dict(kept | ({WITH: joined(tuple(wanted))} if wanted else {}))
        st.rerun()


def _ask_for_more(area: Area) -> None:
    """With one chosen: those that have to do with it; with none: how it goes."""
    if not area.chosen:
        st.html(f'<div class="kb-none">{area.say(HOW)}</div>')
        return
    known = {practice.id: practice for practice in area.practices}
    near = [one for one in area.page.knowledge.surroundings(area.chosen[0]).related if one.id in known][:MOST_NEAR]
    chips = "".join(
        anchor(
            area,
            f"＋ {area.name_of(known[one.id])}",
            "kb-chip",
            view="practices",
            show="compare",
            **{WITH: joined((*area.chosen, one.id))},
        )
        for one in near
    )
    label = f'<div class="kb-label">{area.say("和它相关的")}</div>' if chips else ""
    st.html(f'<div class="kb-none">{area.say("再选一个就可以比较。")}{label}<div class="kb-chips">{chips}</div></div>')
