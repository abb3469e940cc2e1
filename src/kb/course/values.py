"""A course plan: sections of points, each point with what it rests on.

A point is made of parts. A part is either a quotation, an exact slice of a stored article, or fixed words of ours
around names, numbers and dates of the corpus. Nothing is paraphrased.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from kb.course.basket import Item
from kb.types import Flag, Mark, Quote, Script, Source, Span


class SectionKind(str, Enum):
    """The sections of a plan, in their order; the values are their titles."""

    OBJECTIVES = "教学目标"
    CONCEPTS = "核心概念"
    BASIS = "政策依据"
    CASES = "案例"
    COMPARISON = "比较表"
    FIGURES = "数字"
    QUESTIONS = "讨论题"
    READING = "延伸阅读"


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry of the list of references; `article_id` where it is an article of the store, `page` where that is a
    practice page of the catalogue."""

    number: int
    source: Source
    author: str = ""
    article_id: str = ""
    page: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a point: `text` as it is shown; `quote` where it is a quotation (`quote.text` as written).

    `references` are the numbers and `marks` the standing that follow it. `flags` are damaged places of the article
    that lie in it, `repaired` those that were repaired for certain, both in characters of the article.
    """

    text: str
    quote: Quote | None = None
    references: tuple[int, ...] = ()
    marks: tuple[Mark, ...] = ()
    flags: tuple[Flag, ...] = ()
    repaired: tuple[Span, ...] = ()
    script: Script = Script.HANS

    @property
    def converted(self) -> bool:
        """Whether a quotation is shown in other characters than it was written in."""
        return self.quote is not None and self.quote.text != self.text


@dataclass(frozen=True, slots=True)
class Point:
    """One statement. `rests` are the places of the store it rests on, the quotations in it among them; `place` says in
    words where the quotation stands."""

    parts: tuple[Part, ...]
    rests: tuple[Quote, ...] = ()
    place: str = ""

    @property
    def text(self) -> str:
        """The statement without numbers and marks."""
        return "".join(part.text for part in self.parts)

    @property
    def references(self) -> tuple[int, ...]:
        """Every reference of it, each once."""
        return tuple(dict.fromkeys(number for part in self.parts for number in part.references))

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """The quotations in it."""
        return tuple(part.quote for part in self.parts if part.quote is not None)


@dataclass(frozen=True, slots=True)
class Block:
    """Points under a small heading; `note` is the trainer's own."""

    title: str
    points: tuple[Point, ...] = ()
    numbered: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A part of a section: a practice, a kind of quotations."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of a table: a plain value of the page, or statements."""

    value: str = ""
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; `title` heads it."""

    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; `head[0]` stands above the titles of the rows."""

    title: str
    head: tuple[Cell, ...]
    rows: tuple[Row, ...]

    def cells(self) -> Iterator[Cell]:
        """Every field, those of the head first."""
        yield from self.head
        for row in self.rows:
            yield from row.cells


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the plan: groups of points, or tables."""

    kind: SectionKind
    groups: tuple[Group, ...] = ()
    tables: tuple[Table, ...] = ()

    def points(self) -> Iterator[Point]:
        """Every statement in it."""
        for group in self.groups:
            for block in group.blocks:
                yield from block.points
        for table in self.tables:
            for cell in table.cells():
                yield from cell.points


@dataclass(frozen=True, slots=True)
class Missing:
    """Something of the basket that is not there any more, or not as it was; `quote` is the place that was meant."""

    item: Item
    reason: str
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """The plan of a course.

    `names` are the practices it is about, `terms` every name of the catalogue; `excerpts` are the places collected, as
    they stand now, each with the title of its article.
    """

    topic: str
    names: tuple[str, ...]
    sections: tuple[Section, ...]
    references: tuple[Reference, ...]
    missing: tuple[Missing, ...] = ()
    excerpts: tuple[tuple[str, Quote], ...] = ()
    terms: tuple[str, ...] = ()

    def points(self) -> Iterator[Point]:
        """Every statement of the plan."""
        for section in self.sections:
            yield from section.points()

    def section(self, kind: SectionKind) -> Section | None:
        """The section of this kind, where there is one."""
        return next((one for one in self.sections if one.kind is kind), None)
