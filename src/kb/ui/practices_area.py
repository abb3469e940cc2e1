"""What the views of the practices share: what was chosen to be compared goes along in every address."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import streamlit as st

from kb.catalogue.comparing import MOST
from kb.catalogue.values import Figure
from kb.course.basket import practice_item
from kb.knowledge import KnowledgeBase
from kb.present import practice_forms
from kb.present.display import Form, names_of
from kb.present.practice_parts import anchor, language_of
from kb.types import Practice
from kb.ui import basket
from kb.ui.context import Page

WITH = "with"
"""The parameter that names the practices to be compared, by id."""

_BETWEEN = ","


@dataclass(frozen=True, slots=True)
class Area:
    """A page of this area; a `Reader` of `kb.present.practice_parts`."""

    page: Page
    practices: tuple[Practice, ...]
    chosen: tuple[str, ...]

    @classmethod
    def of(cls, page: Page) -> Area:
        """With what the address has chosen, as far as it is in the catalogue."""
        practices = tuple(page.knowledge.practices())
        known = {practice.id for practice in practices}
        asked = dict.fromkeys(st.query_params.get(WITH, "").split(_BETWEEN))
        return cls(page, practices, tuple(key for key in asked if key in known)[:MOST])

    def say(self, text: str) -> str:
        """A text of ours in the reader's script."""
        return self.page.say(text)

    def name_of(self, practice: Practice) -> str:
        """Its name in the reader's script."""
        return self.page.name_of(practice)

    @property
    def keep(self) -> dict[str, str]:
        """What every link carries on: script, form, and what was chosen."""
        return self.page.keep | ({WITH: joined(self.chosen)} if self.chosen else {})

    @property
    def language(self) -> str:
        """The language tag of the texts as they are shown."""
        return language_of(self.page.form)

    @property
    def put(self) -> practice_forms.Put:
        """How texts of the pages are put into the form that was asked for."""
        terms = names_of(self.practices) if self.page.form is not Form.ORIGINAL else ()
        return practice_forms.putting(self.page.form, terms)

    def listed(self, practices: tuple[Practice, ...]) -> tuple[Practice, ...]:
        """What lists show of these."""
        put = self.put
        return tuple(practice_forms.brief(practice, put) for practice in practices)


def joined(chosen: tuple[str, ...]) -> str:
    """Ids as the address holds them."""
    return _BETWEEN.join(chosen)


def tray(area: Area) -> None:
    """What is chosen to be compared, and the way there; nothing where nothing is."""
    if not area.chosen:
        return
    names = {practice.id: area.name_of(practice) for practice in area.practices}
    shown = "、".join(escape(names[key]) for key in area.chosen)
    go = anchor(area, area.say("去比较 →"), view="practices", show="compare")
    st.html(f'<div class="kb-tray"><span>{area.say("已选作比较：")}{shown}</span>{go}</div>')


def collect(area: Area, *practices: Practice) -> None:
    """The one place of 放进课程资料: on the page of a practice, and below a comparison for all of it."""
    if len(practices) == 1:
        basket.button(area.page, practice_item(practices[0]), "practice", area.name_of(practices[0]))
    else:
        basket.button_for_all(area.page, [*map(practice_item, practices)], "compared")


def all_figures(page: Page) -> tuple[Figure, ...]:
    """Every figure of the catalogue; read once for each state of the index, it takes most of a second."""
    index = page.knowledge.info()
    figures: tuple[Figure, ...] = _figures(page.knowledge, f"{index.path} {index.built} {index.practices}")
    return figures


@st.cache_resource(show_spinner=False, max_entries=4)  # type: ignore[untyped-decorator]
def _figures(_knowledge: KnowledgeBase, state: str) -> tuple[Figure, ...]:
    del state  # names the state that is kept; only the key of the cache needs it
    return _knowledge.figures()
