"""Verdicts on quotations and citations."""

from __future__ import annotations

from pydantic import Field

from kb.api.documents.form import ArticleId, Flag, Form, Position
from kb.search.verdicts import CitationState, Difference, EditKind, Verdict


class QuoteDocument(Form):
    """文章里的一段"""

    text: str
    start: Position
    end: Position
    citation: str


class ElsewhereDocument(QuoteDocument):
    """别的文章里的一段"""

    article_id: ArticleId


class EditDocument(Form):
    """一处改动"""

    kind: EditKind
    quoted: str = Field(description="引文里的字")
    written: str = Field(description="原文的字")
    quotation: tuple[int, int]
    article: tuple[int, int]


class FoundPlace(Form):
    """引文见于何处"""

    article_id: ArticleId
    title: str
    headings: list[str]
    source: str
    date: str
    quotes: list[QuoteDocument]
    differs: list[Difference]
    edits: list[EditDocument]
    similarity: float
    reordered: bool
    before: str
    after: str
    flags: list[Flag] | None = None


class CitationDocument(Form):
    """引用编号所引的文字现在怎样"""

    citation: str
    state: CitationState
    article_id: ArticleId
    title: str
    article_gone: bool
    now: QuoteDocument | None
    elsewhere: list[ElsewhereDocument]


class VerificationDocument(Form):
    """与 kb verify --json 逐项相同，见 docs/verify.md"""

    quotation: str
    verdict: Verdict
    count: int
    more: bool
    places: list[FoundPlace]
    cited: CitationDocument | None


class DraftQuotation(VerificationDocument):
    """稿件里的一处引文"""

    line: int
    start: Position
    end: Position
    reference: str


class DraftDocument(Form):
    """一份稿件的核对结果"""

    draft: str
    counts: dict[Verdict, int]
    quotations: list[DraftQuotation]
    citations: list[CitationDocument]
    left_out: int
