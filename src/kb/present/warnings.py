"""What a reader is told of damaged places: which characters are guessed, lost or not part of the text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kb.types import Flag, FlagKind, Passage

NAMES = {
    FlagKind.LOST: "缺字",
    FlagKind.DOUBT: "推断的字",
    FlagKind.GARBLED: "乱码",
    FlagKind.MASKED: "隐去的数字或名称",
    FlagKind.BOILERPLATE: "网页附带文字",
    FlagKind.SPAM: "广告文字",
}
SERIOUS = frozenset({FlagKind.LOST, FlagKind.DOUBT, FlagKind.GARBLED})
"""Kinds that change what is read; the others are plain to see."""

AROUND = 6
"""Characters shown on either side of a damaged place, so that it can be found."""

MOST_SHOWN = 5


def lines(passage: Passage) -> list[str]:
    """One warning a damaged place of a passage; for more than MOST_SHOWN, how many more there are."""
    flags = [flag for flag in passage.flags if flag.kind in SERIOUS]
    shown = [_line(passage, flag) for flag in flags[:MOST_SHOWN]]
    return [*shown, f"另有 {len(flags) - MOST_SHOWN} 处损坏，请核对原文。"] if len(flags) > MOST_SHOWN else shown


def _line(passage: Passage, flag: Flag) -> str:
    start, end = flag.start - passage.start, flag.end - passage.start
    before, after = passage.text[max(0, start - AROUND) : start], passage.text[end : end + AROUND]
    place = f"{before}【{passage.text[start:end]}】{after}".replace("\n", " ")
    return f"{NAMES[flag.kind]}，引用前请核对：“{place}”（{hint(flag)}）"


def hint(flag: Flag) -> str:
    """Why a place is marked, and what else may have stood there."""
    others = "；另可能是：" + "、".join(flag.readings) if flag.readings else ""
    return flag.note + others


def plain(flags: Iterable[Flag]) -> list[dict[str, Any]]:
    """For `--json`; spans count characters of the article."""
    return [
        {
            "kind": flag.kind.value,
            "start": flag.start,
            "end": flag.end,
            "note": flag.note,
            "readings": list(flag.readings),
        }
        for flag in flags
    ]
