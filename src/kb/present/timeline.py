"""Practices along the years, one below the other: readable on a phone as on paper."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from kb.catalogue.years import Year
from kb.present.practice_parts import Reader, anchor

NOT_DATED = "未说明"
LEAST_GAP = 3
"""Years without anything from which the gap is told."""


def timeline(reader: Reader, years: Sequence[Year], language: str = "zh-Hans") -> str:
    """Every year with its practices, the decades to jump to above, what is not dated at the end."""
    rows, before = [], None
    for one in years:
        rows.append(_year(reader, one, before, language))
        before = one.year
    return f'{_decades(reader, years)}<ol class="kb-years">{"".join(rows)}</ol>'


def _year(reader: Reader, one: Year, before: int | None, language: str) -> str:
    title = str(one.year) if one.year is not None else reader.say(NOT_DATED)
    key = one.year if one.year is not None else "none"
    items = "".join(
        f"<li>{anchor(reader, reader.name_of(practice), practice=practice.id)}"
        f"<small>{escape(' · '.join(filter(None, (_said(practice.since, one.year), practice.region))))}</small></li>"
        for practice in one.practices
    )
    gap = one.year - before if one.year is not None and before is not None else 0
    apart = f' <small class="kb-since-last">{reader.say(f"相隔 {gap} 年")}</small>' if gap >= LEAST_GAP else ""
    css = ' class="kb-undated"' if one.year is None else ""
    return (
        f'<li id="year-{key}"{css}><h2>{title}<span class="kb-many">{len(one.practices)}</span>{apart}</h2>'
        f'<ul lang="{language}">{items}</ul></li>'
    )


def _said(since: str, year: int | None) -> str:
    """What the page says of the beginning, where it says more than the year."""
    return "" if since == str(year) else since


def _decades(reader: Reader, years: Sequence[Year]) -> str:
    """Links to the first year of each decade, with how many began in it."""
    counts: dict[int, int] = {}
    first: dict[int, int] = {}
    for one in years:
        if one.year is not None:
            decade = one.year // 10 * 10
            counts[decade] = counts.get(decade, 0) + len(one.practices)
            first.setdefault(decade, one.year)
    links = [
        f'<a class="kb-chip" href="#year-{first[decade]}">{reader.say(f"{decade} 年代")} {count}</a>'
        for decade, count in counts.items()
    ]
    undated = sum(len(one.practices) for one in years if one.year is None)
    if undated:
        links.append(f'<a class="kb-chip" href="#year-none">{reader.say(NOT_DATED)} {undated}</a>')
    return f'<nav class="kb-chips" aria-label="{reader.say("跳到年代")}">{"".join(links)}</nav>'
