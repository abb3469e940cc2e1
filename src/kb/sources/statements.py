"""A statement of a practice page: its sentence, and behind it the numbers of its sources and its marks."""

from __future__ import annotations

import re

from kb.types import Mark, Statement

MARKS = {"自述": Mark.OWN_CLAIM, "归纳": Mark.SUMMARY, "歸納": Mark.SUMMARY, "待核": Mark.UNVERIFIED}

LONGEST = 1_000
"""Characters; the longest of the starter corpus has 93. What reads numbers in it takes time with the square."""

_SOURCE_NUMBER = re.compile(r"\[(\d{1,3})\]")
_MARK = re.compile(r"〔([^〔〕]{1,20})〕")
_TAIL_BACKWARDS = re.compile(r"(?:\]\d{1,3}\[|〕[^〔〕]{1,20}〔)*")
"""Source numbers and marks at the end of a statement, read from its end: forwards each might begin the tail."""


def statement_fault(item: str, source_count: int | None) -> str:
    """What is wrong with a statement and what to do, or nothing; without a count any source number may stand."""
    if len(item) > LONGEST:
        return f"太长（{len(item)} 字，最多 {LONGEST} 字）：{item[:40]}。请拆成几条"
    numbers, marks = _behind(item)
    last = 10**6 if source_count is None else source_count
    wrong = [f"[{number}]" for number in numbers if not 1 <= number <= last]
    wrong += [f"〔{mark}〕" for mark in marks if mark not in MARKS]
    if wrong:
        return (
            f"来源号或标记有误：{'、'.join(wrong)}：{item[:40]}。"
            f"来源号从 1 到 {source_count}，标记只有 自述、归纳、待核"
        )
    if not numbers:
        return f"没有来源号：{item[:40]}。请在句末写上来源号，如 [1]"
    return "" if item[: _tail(item)].strip() else f"只有来源号，没有句子：{item[:40]}"


def parse_statement(item: str, source_count: int) -> Statement:
    """`……。[1][3]〔自述〕` -> the sentence, the sources it rests on (from 0), its marks.

    Raises:
        ValueError: `statement_fault` finds something.
    """
    fault = statement_fault(item, source_count)
    if fault:
        raise ValueError(fault)
    numbers, marks = _behind(item)
    return Statement(item[: _tail(item)], tuple(number - 1 for number in numbers), tuple(MARKS[mark] for mark in marks))


def _behind(item: str) -> tuple[list[int], list[str]]:
    """The source numbers and marks at the end of a statement."""
    behind = item[_tail(item) :]
    return [int(number) for number in _SOURCE_NUMBER.findall(behind)], _MARK.findall(behind)


def _tail(item: str) -> int:
    """Where the source numbers and marks at the end of a statement begin."""
    tail = _TAIL_BACKWARDS.match(item[::-1])
    return len(item) - (tail.end() if tail else 0)
