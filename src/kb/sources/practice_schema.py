"""What a practice page must be, checked in one place; every fault is told at once, with its field and what to do.

What must hold between pages (names, related ids) is `kb.catalogue.consistency`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from kb.errors import SourceError
from kb.sources.front_matter import FrontMatter, SourceEntry, Text
from kb.sources.statements import parse_statement, statement_fault
from kb.types import Practice, parse_day

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
BASES = frozenset({"", "来源", "归纳", "來源", "歸納"})

_ITEM = re.compile(r"^(?:-|\d+\.)[ \t]+(.+)$")

LONGEST_NAME = 100
MOST_STATEMENTS = 300
"""The longest page of the starter corpus has 29."""

MOST_FAULTS = 20
"""Faults that are told at once."""

_ID = re.compile(r"[\w.-]+")

Lines = tuple[tuple[str, tuple[str, ...]], ...]
"""Heading and lines of every section, in the order of the page."""


def _fault(message: str) -> PydanticCustomError:
    """A fault of a field; the braces of the text are no places to fill in."""
    return PydanticCustomError("page", "{message}", {"message": message})


def _named(value: str) -> str:
    if not value.strip():
        raise _fault("缺少 name（实践的名称）。请对照 docs/corpus.md 补上")
    return _short(value)


def _filled(value: str) -> str:
    if not value.strip():
        raise _fault("是空的。请删去这一项，或写上名称")
    return _short(value)


def _short(value: str) -> str:
    """A name is kept whole when texts are cut into words, and stands in lists."""
    if len(value) > LONGEST_NAME:
        raise _fault(f"名称太长（{len(value)} 字，最多 {LONGEST_NAME} 字）：{value[:20]}……。请缩短")
    return value


def _day(value: str) -> str:
    """An ISO date or its beginning, or nothing."""
    try:
        parse_day(value or "2000")
    except ValueError as error:
        raise _fault(f"不是日期：{value}。请写成 2024、2024-09 或 2024-09-23；没有日期时写 null") from error
    return value


def _period(value: str) -> str:
    """A date, or a period in words (上世纪90年代)."""
    return _day(value) if value[:1].isascii() else value


def _basis(value: str) -> str:
    if value not in BASES:
        raise _fault(f"只能是“来源”或“归纳”，现在是：{value}")
    return value


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise _fault(f"不是实践的编号：{value}。编号是那个实践页的 id，如 fengqiao-jingyan")
    return value


class DatedSource(SourceEntry):
    """A source whose date, where it has one, is a date."""

    date: Annotated[Text, AfterValidator(_day)] = ""


class PracticePage(BaseModel):
    """A practice page: its front matter and its sections, all of it checked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Text
    name: Annotated[Text, AfterValidator(_named)]
    name_traditional: Annotated[Text, AfterValidator(_short)]
    aliases: tuple[Annotated[Text, AfterValidator(_filled)], ...]
    category: Text
    region: Text
    since: Annotated[Text, AfterValidator(_period)]
    steps_basis: Annotated[Text, AfterValidator(_basis)]
    related: tuple[Annotated[Text, AfterValidator(_id)], ...]
    sources: tuple[DatedSource, ...]
    sections: Lines = Field(repr=False)

    @field_validator("related")
    @classmethod
    def _others(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.data.get("id") in value:
            raise _fault("提到了本页自己。请删去")
        return value

    @field_validator("sections")
    @classmethod
    def _complete(cls, value: Lines, info: ValidationInfo) -> Lines:
        sources = info.data.get("sources")
        faults = list(islice(_section_faults(value, None if sources is None else len(sources)), MOST_FAULTS))
        if faults:
            raise _fault("；".join(faults))
        return value

    def value(self) -> Practice:
        """As the rest of the package knows it."""
        count = len(self.sources)
        fields: dict[str, Any] = {
            SECTIONS[title]: tuple(parse_statement(item, count) for item in _items(lines) if item != NOT_STATED)
            for title, lines in self.sections
        }
        own = self.model_dump(exclude={"sources", "sections"})
        return Practice(**own, sources=tuple(entry.value() for entry in self.sources), **fields)


def check_page(head: FrontMatter, sections: Lines, name: str) -> PracticePage:
    """The page, checked.

    Raises:
        SourceError: something is wrong; the message names the file, each field and what to do.
    """
    fields: dict[str, Any] = {key: getattr(head, key) for key in PracticePage.model_fields if key != "sections"}
    fields["sources"] = tuple(entry.model_dump() for entry in head.sources)
    try:
        return PracticePage(**fields, sections=sections)
    except ValidationError as error:
        faults = [
            _told(item["loc"], item["ctx"]["message"] if "ctx" in item else "写法不对") for item in error.errors()
        ]
        more = f"\n  另有 {len(faults) - MOST_FAULTS} 处。" if len(faults) > MOST_FAULTS else ""
        if len(faults) == 1:
            raise SourceError(f"{name}：{faults[0]}。") from error
        listed = "".join(f"\n  {number}. {fault}。" for number, fault in enumerate(faults[:MOST_FAULTS], start=1))
        raise SourceError(f"{name} 有 {len(faults)} 处要改：{listed}{more}") from error


def _told(place: Sequence[int | str], message: str) -> str:
    """The field in words, and what is wrong with it: sources 第 2 条的 date 不是日期."""
    if tuple(place) in {("sections",), ("name",)}:
        return message
    parts = [f"第 {part + 1} 条的" if isinstance(part, int) else str(part) for part in place]
    return f"{' '.join(parts).removesuffix('的')} {message}"


def _items(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        item = _ITEM.match(line)
        if item:
            yield item[1].strip()


def _section_faults(sections: Lines, source_count: int | None) -> Iterator[str]:
    """Everything that is wrong with the sections and their statements."""
    titles = [title[:30] for title, _lines in sections]
    twice = sorted(title for title, count in Counter(titles).items() if count > 1)
    for title in twice:
        yield f"“{title}”一节出现了两次，请合并成一节"
    if not twice and titles != list(SECTIONS):
        more = "……" if len(titles) > MOST_FAULTS else ""
        yield f"应当依次有这七节：{'、'.join(SECTIONS)}；现有：{'、'.join(titles[:MOST_FAULTS]) or '无'}{more}"
    count = sum(len(lines) for _title, lines in sections)
    if count > MOST_STATEMENTS:
        yield f"共有 {count} 条陈述，最多 {MOST_STATEMENTS} 条。请分成几页"
    for title, (_whole, lines) in zip(titles, sections, strict=True):
        yield from _line_faults(title, lines, source_count)


def _line_faults(title: str, lines: Sequence[str], source_count: int | None) -> Iterator[str]:
    """What is wrong within one section."""
    for line in lines:
        if not _ITEM.match(line):
            yield f"“{title}”一节中，这一行不是列表项：{line.strip()[:30]}。请在行首写“- ”"
    for item in _items(lines):
        fault = statement_fault(item, source_count)
        if fault and item != NOT_STATED:
            yield f"“{title}”中的陈述{fault}"
