"""What a practice page must be, checked in one place; every fault is told at once, with its field and what to do.

What must hold between pages (names, related ids) is `kb.catalogue.consistency`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from kb.errors import SourceError
from kb.sources.front_matter import FrontMatter, SourceEntry, Text
from kb.types import Mark, Practice, Statement, parse_day

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
MARKS = {"自述": Mark.OWN_CLAIM, "归纳": Mark.SUMMARY, "歸納": Mark.SUMMARY, "待核": Mark.UNVERIFIED}
BASES = frozenset({"", "来源", "归纳", "來源", "歸納"})

_ITEM = re.compile(r"^(?:-|\d+\.)[ \t]+(.+)$")
_SOURCE_NUMBER = re.compile(r"\[(\d{1,3})\]")
_MARK = re.compile(r"〔([^〕]+)〕")
_TAIL = re.compile(r"(?:\[\d{1,3}\]|〔[^〕]+〕)+$")
_ID = re.compile(r"[\w.-]+")

Lines = tuple[tuple[str, tuple[str, ...]], ...]
"""Heading and lines of every section, in the order of the page."""


def _fault(message: str) -> PydanticCustomError:
    """A fault of a field; the braces of the text are no places to fill in."""
    return PydanticCustomError("page", "{message}", {"message": message})


def _named(value: str) -> str:
    if not value.strip():
        raise _fault("缺少 name（实践的名称）。请对照 docs/corpus.md 补上")
    return value


def _filled(value: str) -> str:
    if not value.strip():
        raise _fault("是空的。请删去这一项，或写上名称")
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
    name_traditional: Text
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
        faults = list(_section_faults(value, None if sources is None else len(sources)))
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
        if len(faults) == 1:
            raise SourceError(f"{name}：{faults[0]}。") from error
        listed = "".join(f"\n  {number}. {fault}。" for number, fault in enumerate(faults, start=1))
        raise SourceError(f"{name} 有 {len(faults)} 处要改：{listed}") from error


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
    titles = [title for title, _lines in sections]
    twice = sorted({title for title in titles if titles.count(title) > 1})
    for title in twice:
        yield f"“{title}”一节出现了两次，请合并成一节"
    if not twice and titles != list(SECTIONS):
        yield f"应当依次有这七节：{'、'.join(SECTIONS)}；现有：{'、'.join(titles) or '无'}"
    for title, lines in sections:
        for line in lines:
            if not _ITEM.match(line):
                yield f"“{title}”一节中，这一行不是列表项：{line.strip()[:30]}。请在行首写“- ”"
        for item in _items(lines):
            fault = statement_fault(item, source_count)
            if fault and item != NOT_STATED:
                yield f"“{title}”中的陈述{fault}"


def statement_fault(item: str, source_count: int | None) -> str:
    """What is wrong with a statement and what to do, or nothing; without a count any source number may stand."""
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
    return "" if _TAIL.sub("", item).strip() else f"只有来源号，没有句子：{item[:40]}"


def parse_statement(item: str, source_count: int) -> Statement:
    """`……。[1][3]〔自述〕` -> the sentence, the sources it rests on (from 0), its marks.

    Raises:
        ValueError: `statement_fault` finds something.
    """
    fault = statement_fault(item, source_count)
    if fault:
        raise ValueError(fault)
    numbers, marks = _behind(item)
    text = _TAIL.sub("", item)
    return Statement(text, tuple(number - 1 for number in numbers), tuple(MARKS[mark] for mark in marks))


def _behind(item: str) -> tuple[list[int], list[str]]:
    """The source numbers and marks at the end of a statement."""
    tail = _TAIL.search(item)
    behind = tail[0] if tail else ""
    return [int(number) for number in _SOURCE_NUMBER.findall(behind)], _MARK.findall(behind)
