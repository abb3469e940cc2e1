"""Practices."""

from __future__ import annotations

from pydantic import Field

from kb.api.documents.form import ArticleId, Form
from kb.types import Mark, Quote, Source, Statement


class Page(Form):
    """一页：total 是总数，next 是下一页的地址，没有时为 null"""

    total: int = Field(ge=0)
    limit: int
    offset: int
    next: str | None = Field(examples=["/v1/practices?limit=20&offset=20"])


class PracticeLine(Form):
    """目录里的一个实践"""

    id: str = Field(examples=["fengqiao-jingyan"])
    name: str = Field(examples=["枫桥经验"])
    category: str
    region: str
    since: str


class PracticePage(Page):
    """实践目录的一页"""

    items: list[PracticeLine]


class CitedDocument(Form):
    """实践页里的一句，连同来源"""

    practice: str
    field: str
    place: int
    text: str
    span: tuple[int, int] | None
    sources: list[Source]
    marks: list[Mark]


class FigureDocument(Form):
    """数字台账的一条，见 docs/cli.md"""

    id: str
    practice: str
    value: str
    qualifier: str
    number: float
    upper: float | None
    exact: bool
    unit: str
    counted: str
    date: str
    date_basis: str
    own_claim: bool
    unverified: bool
    claimed_by: list[str]
    beside: list[str]
    statement: CitedDocument


class Related(Form):
    """相关的实践和理由"""

    id: str
    name: str
    reasons: list[str]


class Elsewhere(Form):
    """别处的做法"""

    place: str
    statement: CitedDocument


class LegalBasis(Form):
    """法规依据"""

    source: Source
    statements: list[CitedDocument]


class Explained(Form):
    """解读法规的文章"""

    article_id: ArticleId
    title: str


class PracticeDocument(Form):
    """与 kb practice --json 逐项相同；语句的 sources 从 0 数到本页的 sources"""

    id: str
    name: str
    name_traditional: str
    aliases: list[str]
    category: str
    region: str
    since: str
    steps_basis: str
    lead: list[Statement]
    problem: list[Statement]
    mechanism: list[Statement]
    steps: list[Statement]
    figures: list[Statement]
    results: list[Statement]
    limits: list[Statement]
    related: list[str]
    sources: list[Source]
    related_practices: list[Related]
    elsewhere: list[Elsewhere]
    legal_basis: list[LegalBasis]
    explained_in: list[Explained]
    passages: list[Quote]
    ledger: list[FigureDocument]


class Cell(Form):
    """一格：一个值，或几句话"""

    practice: str
    value: str
    statements: list[CitedDocument]


class Row(Form):
    """比较表的一行"""

    field: str
    title: str
    cells: list[Cell]


class ComparisonDocument(Form):
    """与 kb compare --json 逐项相同"""

    practices: list[PracticeLine]
    rows: list[Row]
