"""数字账: the figures of all practices, narrowed and sorted; what is shown can be taken along as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from kb.catalogue.values import Figure
from kb.catalogue.years import year_of
from kb.present import ledger, practice_forms
from kb.text.normalize import normalize
from kb.ui.practices_area import Area, all_figures

PAGE_SIZE = 40
ALL = ""
STANDINGS = {"own": "自述", "open": "待核", "apart": "来源说法不一"}
SORTS = {"": "按实践", "most": "数字从大到小", "least": "数字从小到大", "new": "时间从近到远"}
SORTED_BY_NUMBER = "单位不同的数字不能比大小；先选一个单位。"
FILE = "shuzizhang.csv"
NO_UNIT = "无单位"
_NO_UNIT_KEY = "-"


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the ledger is wanted; empty is everything."""

    practice: str = ""
    category: str = ""
    unit: str = ""
    standing: str = ""
    word: str = ""
    sort: str = ""


def draw(area: Area) -> None:
    """The filters, how many figures there are, the table, the file."""
    figures = all_figures(area.page)
    asked = _filters(area, figures)
    names = {practice.id: area.name_of(practice) for practice in area.practices}
    groups = ledger.grouped(_sorted(_chosen(area, figures, asked), asked.sort), figures)
    count = sum(map(len, groups))
    if not groups:
        st.html(f'<div class="kb-none">{area.say("没有这样的数字。可以减少筛选条件。")}</div>')
        return
    told, file = st.columns([3, 1], vertical_alignment="center")
    note = f" {area.say(SORTED_BY_NUMBER)}" if asked.sort in {"most", "least"} and not asked.unit else ""
    counted = area.say(f"{count} 个数字，来自 {_of(groups)} 个实践。")
    told.html(f'<div class="kb-count" role="status">{counted}{note}</div>')
    file.download_button(
        area.say("下载表格（CSV）"), ledger.as_csv(groups, names), FILE, "text/csv", width="stretch", on_click="ignore"
    )
    shown = _shown(asked)
    put = area.put
    st.html(ledger.table(area, [practice_forms.figures(group, put) for group in groups[:shown]], names))
    if len(groups) > shown and st.button(area.say(f"再看 {min(PAGE_SIZE, len(groups) - shown)} 条")):
        st.session_state["ledger"] = (asked, shown + PAGE_SIZE)
        st.rerun()


def _of(groups: Sequence[Sequence[Figure]]) -> int:
    return len({one.practice for group in groups for one in group})


def _shown(asked: Asked) -> int:
    """How many groups are shown; other filters begin anew."""
    before, shown = st.session_state.get("ledger", (None, PAGE_SIZE))
    return int(shown) if before == asked else PAGE_SIZE


def _filters(area: Area, figures: Sequence[Figure]) -> Asked:
    with_figures = {one.practice for one in figures}
    practices = {one.id: area.name_of(one) for one in area.practices if one.id in with_figures}
    categories = Counter(one.category for one in area.practices if one.id in with_figures)
    units = Counter(one.unit or _NO_UNIT_KEY for one in figures)
    with st.container(key="ledger-filters"):
        first, second = st.columns(3), st.columns(3)
    chosen = {
        "word": first[0].text_input(
            area.say("词语"),
            value=st.query_params.get("word", ""),
            placeholder=area.say("如：网格员、化解率"),
            max_chars=100,
        ),
        "practice": _choice(area, first[1], "实践", "of", practices),
        "category": _choice(
            area, first[2], "类别", "category", {name: area.say(name) for name, _count in categories.most_common()}
        ),
    }
    of_units = {unit: NO_UNIT if unit == _NO_UNIT_KEY else unit for unit, _count in units.most_common()}
    chosen["unit"] = _choice(
        area, second[0], "单位", "unit", {key: f"{area.say(name)}（{units[key]}）" for key, name in of_units.items()}
    )
    chosen["standing"] = _choice(area, second[1], "标记", "standing", _said(area, STANDINGS))
    chosen["sort"] = _choice(area, second[2], "排列", "sort", _said(area, SORTS))
    asked = Asked(**chosen)
    _into_address(area, asked)
    return asked


def _said(area: Area, names: dict[str, str]) -> dict[str, str]:
    return {key: area.say(name) for key, name in names.items()}


def _choice(
    area: Area, place: st.delta_generator.DeltaGenerator, label: str, parameter: str, names: dict[str, str]
) -> str:
    values = list({ALL: ""} | names)
    asked = st.query_params.get(parameter, "")
    chosen: str = place.selectbox(
        area.say(label),
        values,
        index=values.index(asked) if asked in values else 0,
        format_func=lambda value: names.get(value) or area.say("全部"),
    )
    return chosen


def _into_address(area: Area, asked: Asked) -> None:
    """What is shown now has an address of its own."""
    wanted = {
        "view": "practices",
        "show": "ledger",
        "word": asked.word.strip(),
        "of": asked.practice,
        "category": asked.category,
        "unit": asked.unit,
        "standing": asked.standing,
        "sort": asked.sort,
    }
    parameters = area.keep | {name: value for name, value in wanted.items() if value}
    if parameters != st.query_params.to_dict():
        st.query_params.from_dict(parameters)


def _chosen(area: Area, figures: Sequence[Figure], asked: Asked) -> list[Figure]:
    categories = {practice.id: practice.category for practice in area.practices}
    word = normalize(asked.word.strip())
    unit = "" if asked.unit == _NO_UNIT_KEY else asked.unit
    holds: dict[str, Callable[[Figure], bool]] = {
        "own": lambda one: one.own_claim,
        "open": lambda one: one.unverified,
        "apart": lambda one: bool(one.beside),
    }
    standing = holds.get(asked.standing)
    return [
        one
        for one in figures
        if asked.practice in {"", one.practice}
        and asked.category in {"", categories.get(one.practice, "")}
        and (not asked.unit or unit == one.unit)
        and (standing is None or standing(one))
        and word in normalize(f"{one.counted} {one.cited.text}")
    ]


def _sorted(figures: list[Figure], sort: str) -> list[Figure]:
    """As the catalogue has them, or by number, or by year; what has none comes last."""
    if sort in {"most", "least"}:
        sign = -1.0 if sort == "most" else 1.0
        return sorted(figures, key=lambda one: (one.number is None, sign * (one.number or 0.0)))
    if sort == "new":
        return sorted(figures, key=lambda one: -(year_of(one.date) or 0))
    return figures
