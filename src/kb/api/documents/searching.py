"""Search results and answers."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from kb.api.documents.form import ArticleId, Flag, Form, Position
from kb.types import Expansion, Mode, Timings


class PracticeScore(Form):
    """合适的实践"""

    id: str = Field(examples=["fengqiao-jingyan"])
    name: str = Field(examples=["枫桥经验"])
    score: float = Field(ge=0, le=1, description="有多大可能就是所问的实践")
    reason: str | None = Field(None, description="explain 时：为什么合适")
    evidence: dict[str, Any] | None = Field(None, description="explain 时：最合适的一句")


class Leg(Form):
    """一路检索给出的名次"""

    rank: int
    score: float


class Ranks(Form):
    """两路检索的名次；没有找到的为 null"""

    dense: Leg | None
    lexical: Leg | None


class HitDocument(Form):
    """找到的一个段落；text 是文章第 start 到 end 个字的原文"""

    passage_id: str = Field(examples=["wuye#1"])
    article_id: ArticleId
    title: str
    text: str
    start: Position
    end: Position
    score: float = Field(ge=0, le=1, description="只在一次检索之内可比")
    highlights: list[tuple[int, int]] = Field(description="命中的字在文章里的起止")
    practices: list[str] = Field(description="段落讲到的实践的编号")
    region: str
    date: str
    source: str
    flags: list[Flag] | None = None
    headings: list[str] | None = Field(None, description="explain 时：所在的各级标题")
    ranks: Ranks | None = Field(None, description="explain 时：两路检索的名次")


class SearchDocument(Form):
    """与 kb search --json 逐项相同"""

    query: str
    hits: list[HitDocument]
    practices: list[PracticeScore]
    mode: Mode | None = None
    terms: list[str] | None = Field(None, description="explain 时：问题切成的词")
    timings_ms: Timings | None = None
    expansions: list[Expansion] | None = Field(None, description="explain 时：一并查的别处叫法")


class PlaceDocument(Form):
    """文章里的一处"""

    article_id: ArticleId
    start: Position
    end: Position


class SentenceDocument(PlaceDocument):
    """原句；citation 是日后核对用的引用编号"""

    text: str
    title: str
    citation: str | None = Field(None, examples=["wuye@12-40~k3v9x2mqf3k2m9ab"])
    also: list[PlaceDocument] | None = Field(None, description="别处也这样说")
    flags: list[Flag] | None = None


class TopicDocument(Form):
    """相近的内容"""

    article_id: ArticleId
    title: str
    heading: str


class AnswerDocument(Form):
    """与 kb ask --json 逐项相同"""

    question: str
    refused: bool = Field(description="文章里没有依据")
    confidence: float = Field(ge=0, le=1)
    sentences: list[SentenceDocument]
    practices: list[PracticeScore]
    nearest: list[TopicDocument]
    filtered: list[TopicDocument] | None = Field(None, description="被筛选条件挡住、其实有依据的文章")
    outside: list[str] | None = Field(None, description="多半规定了这件事、本库没有收录的国家法律：只是线索")
