"""The year in which a practice began, as its page tells it: 1963, 2018年, 2007（无锡）, 二〇一八年."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kb.catalogue.numerals import DIGITS, fold
from kb.types import Practice

_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d{2}(?!\d)")
_HAN_YEAR = re.compile(r"[一二][〇零一二三四五六七八九]{3}(?=年)")


@dataclass(frozen=True, slots=True)
class Year:
    """The practices that began in a year; `year` is None for those whose pages do not say."""

    year: int | None
    practices: tuple[Practice, ...]


def year_of(since: str) -> int | None:
    """The first year a text names, None where it names none.

    >>> year_of("2018年起"), year_of("二〇一八年"), year_of("上世纪末")
    (2018, 2018, None)
    """
    folded = fold(since)
    found = _YEAR.search(folded)
    if found:
        return int(found[0])
    written = _HAN_YEAR.search(folded)
    return int("".join(str(DIGITS[character]) for character in written[0])) if written else None


def by_year(practices: Iterable[Practice]) -> tuple[Year, ...]:
    """Earliest first, those that are not stated last."""
    found: dict[int | None, list[Practice]] = {}
    for practice in practices:
        found.setdefault(year_of(practice.since), []).append(practice)
    order = sorted(found, key=lambda year: (year is None, year or 0))
    return tuple(Year(year, tuple(found[year])) for year in order)
