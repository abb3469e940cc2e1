"""Part of an article, with where to go on."""

from __future__ import annotations

from typing import Any

from kb.errors import QueryError
from kb.knowledge import KnowledgeBase
from kb.present import article_plain


def read_article(knowledge: KnowledgeBase, key: str, start: int, characters: int) -> dict[str, Any]:
    """
    Raises:
        NotFoundError: there is no such article.
        QueryError: it ends before `start`.
    """
    found = knowledge.article(key)
    length = len(found.text)
    if start >= length:
        raise QueryError(f"文章 {key} 共 {length} 字，没有第 {start} 个字（从 0 数）。")
    end = min(length, start + characters)
    return article_plain.extract(found, start, end) | {"next": end if end < length else None}
