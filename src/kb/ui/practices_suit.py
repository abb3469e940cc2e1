"""适合我这里: what a place is like, held against what the pages say is needed; everything stands in the address."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kb.catalogue.values import Fit, Place, Setting
from kb.present import practice_forms
from kb.present.catalogue_text import SETTING_NAMES
from kb.present.fits_html import fits
from kb.present.practice_parts import anchor
from kb.types import PracticeHit
from kb.ui.practices_area import Area

ANY = "不填"
HAS = {"money": "经费", "platform": "信息平台或热线", "staff": "专职人员", "volunteers": "志愿者"}
COUNTS = {"people": "多少人", "grid_workers": "多少网格员"}
YES, NO = "yes", "no"
SHOWN = 10
MOST_PEOPLE = 100_000_000

EXPLAINED = "对照的是实践页写明的条件，每一条都有原句；页面没有写的不推测，也不打分。"
NOTHING = "请至少填一项：城市还是农村、多少人、有没有经费、平台、专职人员或志愿者。"
NO_PRACTICE = "没有找到和这个问题相近的实践。可以换个说法，或不写问题。"


def draw(area: Area) -> None:
    """The form, and, once anything is said of the place, what fits it."""
    asked = st.query_params.to_dict()
    _form(area, asked)
    place, problem = _place(asked), asked.get("problem", "").strip()
    if place == Place():
        if problem or "people" in asked:
            st.html(f'<div class="kb-none">{area.say(NOTHING)}</div>')
        return
    found = area.page.knowledge.suit(place)
    telling: dict[str, PracticeHit] = {}
    if problem:
        telling = {hit.id: hit for hit in area.page.knowledge.search(problem, k=1).practices}
        near = _put(area, [fit for fit in found if fit.practice.id in telling])
        title = area.say(f"和这个问题相近的 {len(near)} 个实践")
        content = fits(area, near, telling, area.language) if near else f"<p>{area.say(NO_PRACTICE)}</p>"
        st.html(f'<h2 class="kb-section">{title}</h2>{content}')
    _others(area, [fit for fit in found if fit.practice.id not in telling], asked)


def _others(area: Area, found: Sequence[Fit], asked: dict[str, str]) -> None:
    """Those that the place fits, whatever the problem; the first of them, or all."""
    shown = _put(area, found if asked.get("all") else found[:SHOWN])
    more = len(found) - len(shown)
    every = anchor(area, area.say(f"另外 {more} 个也列出"), **_own(asked), all="1") if more else ""
    which = "其他 " if asked.get("problem", "").strip() else ""
    title = area.say(f"{which}{len(found)} 个实践，不具备的条件少的在前")
    st.html(f'<h2 class="kb-section">{title}</h2>{fits(area, shown, {}, area.language)}<p class="kb-note">{every}</p>')


def _put(area: Area, found: Sequence[Fit]) -> list[Fit]:
    put = area.put
    return [practice_forms.fit(one, put) for one in found]


def _form(area: Area, asked: dict[str, str]) -> None:
    st.html(f'<p class="kb-note">{area.say(EXPLAINED)}</p>')
    answers: dict[str, str] = {}
    settings = {"": ANY} | {kind.value: name for kind, name in SETTING_NAMES.items()}
    with st.container(key="my-place"), st.form("place", border=False):
        answers["problem"] = st.text_input(
            area.say("要解决什么问题（可不写）"),
            value=asked.get("problem", ""),
            placeholder=area.say("例如：老旧小区没有物业"),
            max_chars=500,
        )
        columns = st.columns(3)
        answers["setting"] = _choice(area, columns[0], "在城市还是农村", settings, asked.get("setting", ""))
        for column, (key, name) in zip(columns[1:], COUNTS.items(), strict=True):
            number = column.number_input(
                area.say(name),
                min_value=1 if key == "people" else 0,
                max_value=MOST_PEOPLE,
                value=_number(asked.get(key, "")),
                placeholder=area.say(ANY),
            )
            answers[key] = "" if number is None else str(int(number))
        choices = {"": ANY, YES: "有", NO: "没有"}
        for column, (key, name) in zip(st.columns(4), HAS.items(), strict=True):
            answers[key] = _choice(area, column, name, choices, asked.get(key, ""))
        sent = st.form_submit_button(area.say("看哪些适合"), type="primary")
    if sent and _place(answers) == Place():
        st.warning(area.say(NOTHING))
    elif sent:
        st.query_params.from_dict(area.keep | _own(answers))
        st.rerun()


def _own(answers: dict[str, str]) -> dict[str, str]:
    """The parameters of this view, those that say something."""
    names = ("problem", "setting", *COUNTS, *HAS)
    said = {name: answers[name].strip() for name in names if answers.get(name, "").strip()}
    return {"view": "practices", "show": "suit", **said}


def _place(asked: dict[str, str]) -> Place:
    """What the address says of the place; what it says wrongly counts as not said."""
    setting = next((kind for kind in Setting if kind.value == asked.get("setting")), None)
    has = {name: {YES: True, NO: False}.get(asked.get(name, "")) for name in HAS}
    people, workers = (_number(asked.get(name, "")) for name in COUNTS)
    return Place(setting=setting, people=people, grid_workers=workers, **has)


def _number(text: str) -> int | None:
    return min(int(text), MOST_PEOPLE) if text.isascii() and text.isdecimal() and len(text) < 12 else None


def _choice(
    area: Area, place: st.delta_generator.DeltaGenerator, label: str, names: dict[str, str], chosen: str
) -> str:
    values = list(names)
    at = values.index(chosen) if chosen in values else 0
    answer: str = place.selectbox(area.say(label), values, index=at, format_func=lambda value: area.say(names[value]))
    return answer
