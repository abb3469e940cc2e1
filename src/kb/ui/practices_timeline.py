"""Practices by the year in which they began."""

from __future__ import annotations

import streamlit as st

from kb.catalogue.years import by_year
from kb.present.timeline import timeline
from kb.ui.practices_area import Area

NOTE = "年份是实践页写明的起始年份；页面没有写的列在最后。"


def draw(area: Area) -> None:
    """Earliest first."""
    years = by_year(area.listed(area.practices))
    st.html(f'<p class="kb-note">{area.say(NOTE)}</p>{timeline(area, years, area.language)}')
