"""Dates as Chinese texts write them -> ISO; a date that does not exist is none."""

from __future__ import annotations

import datetime
import re

_DIGITS = "〇零○o一二三四五六七八九"
_VALUES = {character: max(0, index - 3) for index, character in enumerate(_DIGITS)}
_TIME = r"(?:[ 　t]*\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:z|[+-]\d{2}:?\d{2})?)?"

_NUMERIC = re.compile(r"(?<!\d)((?:19|20)\d\d)[ ]*(?:[-/.年])[ ]*(\d{1,2})(?:[ ]*[-/.月][ ]*(\d{1,2})(?!\d)日?|月)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_WRITTEN = re.compile(
    rf"([一二][{_DIGITS}]{{3}})年([一二三四五六七八九十]{{1,3}})月(?:([一二三四五六七八九十]{{1,3}})日)?"
)

FULL_DATE = re.compile(
    r"(?:(?:19|20)\d\d[ ]*[-/.年][ ]*\d{1,2}[ ]*[-/.月][ ]*\d{1,2}(?!\d)日?"
    rf"|[一二][{_DIGITS}]{{3}}年[一二三四五六七八九十]{{1,3}}月[一二三四五六七八九十]{{1,3}}日){_TIME}"
)
"""A whole day, with the time of day where it is given; half-width, lower case."""


def find_date(text: str) -> str:
    """The first date in a normalised text, as far as it is known (`2024-09`), or nothing."""
    for pattern in (_NUMERIC, _WRITTEN, _COMPACT):
        match = pattern.search(text)
        if match:
            return _iso(*(_number(part) for part in match.groups()))
    return ""


def _number(written: str | None) -> int:
    if not written:
        return 0
    if written.isascii():
        return int(written)
    if "十" in written:
        tens, _, ones = written.partition("十")
        return (_VALUES[tens] if tens else 1) * 10 + (_VALUES[ones] if ones else 0)
    return int("".join(str(_VALUES[character]) for character in written))


def _iso(year: int, month: int, day: int) -> str:
    try:
        date = datetime.date(year, month, day or 1)
    except ValueError:
        return ""
    return date.isoformat() if day else f"{year:04d}-{month:02d}"
