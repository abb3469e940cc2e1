"""Articles, what the index holds, and what an upload did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from kb.api.documents.catalogue import Page
from kb.api.documents.form import ArticleId, Flag, Form, Position
from kb.types import ArticleSummary, Failure, RepairKind, Script, Source


class ArticlePage(Page):
    """文章目录的一页"""

    items: list[ArticleSummary]


class RepairStep(Form):
    """修复的一步；start、end 数的是收到时的文字"""

    kind: RepairKind
    start: Position
    end: Position
    before: str
    after: str
    certain: bool = Field(description="false 表示是推断")
    doubtful: list[int]
    candidates: list[str]


class PassageDocument(Form):
    """文章的一个段落"""

    passage_id: str
    start: Position
    end: Position
    headings: list[str]


class ArticleDocument(Form):
    """一篇文章；text 是收录的原文，字形照旧"""

    id: ArticleId
    title: str
    text: str
    script: Script
    source: str
    url: str
    date: str
    region: str
    author: str
    category: str
    tags: list[str]
    quality: float = Field(ge=0, le=1, description="完好度，1 为完好")
    sources: list[Source]
    flags: list[Flag]
    repairs: list[RepairStep]
    passages: list[PassageDocument]


class AddedDocument(Form):
    """收录的结果；receipts 的写法见 docs/cli.md 的 --receipt"""

    added: int
    changed: int
    unchanged: int
    removed: int
    embedded: int
    passages: int = Field(description="索引里现在的段落数")
    failures: list[Failure]
    warnings: list[str]
    receipts: list[dict[str, Any]] = Field(description="每篇文章的收录回执")


class FacetsDocument(Form):
    """筛选条件可以取的值，各有几篇文章"""

    regions: Mapping[str, int]
    categories: Mapping[str, int]
    sources: Mapping[str, int]
    years: Mapping[str, int]
    scripts: Mapping[str, int]


class InfoDocument(Form):
    """索引里有什么"""

    articles: int
    passages: int
    practices: int
    characters: int
    model: str
    dimension: int
    built: str
    engine: str
    store_bytes: int
    recall: float
    facets: FacetsDocument
