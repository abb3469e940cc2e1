"""The values this room makes: figures, comparisons, what a practice needs, what stands around its page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kb.types import Mark, Practice, Quote, Source, Span, Statement

STATEMENT_FIELDS = ("lead", "problem", "mechanism", "steps", "figures", "results", "limits")
"""The sections of a practice, in the order of the page."""


class DateBasis(str, Enum):
    """Where the date of a figure was taken from."""

    SENTENCE = "本句"
    EARLIER = "前句"
    SOURCE = "来源日期"
    NONE = "未载明"


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence of a practice page with everything needed to quote it: `field` is the section, `place` its number
    there (from 0), `span` the characters of `text` that are meant (None: the whole sentence)."""

    practice: str
    field: str
    place: int
    text: str
    sources: tuple[Source, ...] = ()
    marks: tuple[Mark, ...] = ()
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a page.

    `value` is the number as written (`2100多万`), `qualifier` what narrows it (`约`, `以上`); `number` the number meant
    (21000000), `upper` the other end of a range (else None), `exact` False with 多, 余, 约, 近, ...; `unit` is as
    written, empty where the page writes none. `counted` is what is counted, in the page's words. `date` is as written
    in the sentence, or that of the sentence before (同期, 同一报道), or of the source; `date_basis` tells which.
    `own_claim`: the place or body says so of itself (自述); `unverified`: marked 待核; `claimed_by`: who published it.
    `beside` are the ids of figures that state the same thing differently.
    """

    id: str
    practice: str
    cited: Cited
    value: str
    qualifier: str
    number: float | None
    upper: float | None
    exact: bool
    unit: str
    counted: str
    date: str
    date_basis: DateBasis
    own_claim: bool
    unverified: bool
    claimed_by: tuple[str, ...]
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """What one practice says under one heading: sentences, or a plain value (category, region, since)."""

    practice: str
    value: str = ""
    statements: tuple[Cited, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One heading, with a cell for each practice."""

    field: str
    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Practices side by side: `rows[i].cells[j]` is what `practices[j]` says under heading i."""

    practices: tuple[Practice, ...]
    rows: tuple[Row, ...]


class Setting(str, Enum):
    """Where a place lies."""

    URBAN = "urban"
    RURAL = "rural"


@dataclass(frozen=True, slots=True)
class Place:
    """What a user says of the own place; None is what was not filled in."""

    setting: Setting | None = None
    people: int | None = None
    grid_workers: int | None = None
    money: bool | None = None
    platform: bool | None = None
    staff: bool | None = None
    volunteers: bool | None = None


class Need(str, Enum):
    """What a practice may need; the values are how it is called."""

    SETTING = "城乡"
    SCALE = "人口规模"
    GRID_WORKERS = "网格员"
    MONEY = "经费"
    PLATFORM = "平台或热线"
    STAFF = "专职人员"
    VOLUNTEERS = "志愿者"


class Verdict(str, Enum):
    """How a place stands to a need."""

    MET = "具备"
    UNMET = "不具备"
    NOT_STATED = "未载明"
    NOT_FILLED = "你没有填写"
    NOT_COMPARABLE = "无法比较"


@dataclass(frozen=True, slots=True)
class Precondition:
    """One need of a practice held against a place; `evidence` are the sentences it rests on.

    `NOT_STATED` never has evidence, all others always have. `NOT_COMPARABLE`: the page counts in something else than
    the user did (households, not people).
    """

    need: Need
    verdict: Verdict
    evidence: tuple[Cited, ...] = ()


@dataclass(frozen=True, slots=True)
class Fit:
    """A practice held against a place."""

    practice: Practice
    preconditions: tuple[Precondition, ...]

    def count(self, verdict: Verdict) -> int:
        """How many preconditions stand so."""
        return sum(one.verdict is verdict for one in self.preconditions)


@dataclass(frozen=True, slots=True)
class Related:
    """Another practice and why it is named: listed by the page, the same problem, region or category."""

    id: str
    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another place, and the sentence that names it; `Cited.practice` tells on whose page it stands."""

    place: str
    cited: Cited


@dataclass(frozen=True, slots=True)
class Basis:
    """A law, regulation or opinion that a page rests on, with the sentences that cite it."""

    source: Source
    statements: tuple[Cited, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a practice page; `passages` are the sentences of other articles that tell of it."""

    related: tuple[Related, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    basis: tuple[Basis, ...] = ()
    explained_in: tuple[tuple[str, str], ...] = ()
    passages: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something wrong between pages; `serious` when a name would lead to the wrong practice."""

    practices: tuple[str, ...]
    detail: str
    advice: str
    serious: bool


def cited(practice: Practice, field: str, place: int, span: Span | None = None) -> Cited:
    """A statement of a page as something to quote."""
    statement: Statement = getattr(practice, field)[place]
    sources = tuple(practice.sources[number] for number in statement.sources)
    return Cited(practice.id, field, place, statement.text, sources, statement.marks, span)


def all_cited(practice: Practice, fields: tuple[str, ...] = STATEMENT_FIELDS) -> tuple[Cited, ...]:
    """The statements of these sections, in order."""
    return tuple(cited(practice, field, at) for field in fields for at in range(len(getattr(practice, field))))
