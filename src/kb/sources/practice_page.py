"""A practice page: front matter and seven sections of statements (see docs/corpus.md)."""

from __future__ import annotations

import re

from kb.errors import SourceError
from kb.sources.front_matter import FrontMatter
from kb.types import Mark, Practice, Statement

SECTIONS = {
    "牵头": "lead",
    "针对的问题": "problem",
    "做法": "mechanism",
    "步骤": "steps",
    "数据": "figures",
    "成效": "results",
    "局限": "limits",
}
"""Heading -> field, in the order of the page."""

NOT_STATED = "未载明。"

_ITEM = re.compile(r"^(?:-|\d+\.)[ \t]+(.+)$")
_SOURCE_NUMBER = re.compile(r"\[(\d{1,3})\]")
_MARK = re.compile(r"〔([^〕]+)〕")
_TAIL = re.compile(r"(?:\[\d{1,3}\]|〔[^〕]+〕)+$")
_MARKS = {"自述": Mark.OWN_CLAIM, "归纳": Mark.SUMMARY, "歸納": Mark.SUMMARY, "待核": Mark.UNVERIFIED}


def read_practice(head: FrontMatter, body: str, name: str) -> Practice:
    """The practice a page describes.

    Raises:
        SourceError: the name or a section is missing, a section is unknown, out of order or there twice, or a
            statement cites no known source.
    """
    if not head.name.strip():
        raise SourceError(f"{name} 的前置信息缺少 name（实践的名称）。请对照 docs/corpus.md 补上。")
    fields = {
        SECTIONS[title]: tuple(read_statement(item, len(head.sources), name) for item in items if item != NOT_STATED)
        for title, items in _sections(body, name).items()
    }
    return Practice(
        id=head.id,
        name=head.name,
        name_traditional=head.name_traditional,
        aliases=head.aliases,
        category=head.category,
        region=head.region,
        since=head.since,
        steps_basis=head.steps_basis,
        related=head.related,
        sources=tuple(entry.value() for entry in head.sources),
        **fields,
    )


def _sections(body: str, name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    title = ""
    for line in body.splitlines():
        if line.startswith("## "):
            title = line[3:].strip()
            if title in found:
                raise SourceError(f"{name} 的“{title}”一节出现了两次。请合并成一节。")
            found[title] = []
        elif title and line.strip():
            item = _ITEM.match(line)
            if item is None:
                raise SourceError(f"{name} 的“{title}”一节中，这一行不是列表项：{line.strip()[:30]}")
            found[title].append(item[1].strip())
    if list(found) != list(SECTIONS):
        raise SourceError(f"{name} 应当依次有这七节：{'、'.join(SECTIONS)}；现有：{'、'.join(found) or '无'}。")
    return found


def read_statement(item: str, source_count: int, name: str) -> Statement:
    """`……。[1][3]〔自述〕` -> the sentence, the sources it rests on (from 0), its marks."""
    tail = _TAIL.search(item)
    behind = tail[0] if tail else ""
    numbers = [int(number) for number in _SOURCE_NUMBER.findall(behind)]
    marks = _MARK.findall(behind)
    wrong = [f"[{number}]" for number in numbers if not 1 <= number <= source_count]
    wrong += [f"〔{mark}〕" for mark in marks if mark not in _MARKS]
    if wrong or not numbers:
        what = f"来源号或标记有误：{'、'.join(wrong)}" if wrong else "没有来源号"
        raise SourceError(f"{name} 中的陈述{what}：{item[:40]}")
    return Statement(
        text=item[: len(item) - len(behind)],
        sources=tuple(number - 1 for number in numbers),
        marks=tuple(_MARKS[mark] for mark in marks),
    )
