"""A whole article as plain data: the shape that the API sends. Keys are a contract (docs/api.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from kb.present import warnings
from kb.types import Article, Passage

Plain = dict[str, Any]


def article(found: Article, passages: Iterable[Passage]) -> Plain:
    """The text as stored with everything that is known of it; where the file lay is nobody's business."""
    return {
        "id": found.id,
        "title": found.title,
        "text": found.text,
        "script": found.script.value,
        "source": found.source,
        "url": found.url,
        "date": found.date,
        "region": found.region,
        "author": found.author,
        "category": found.category,
        "tags": list(found.tags),
        "quality": found.quality,
        "sources": [asdict(source) for source in found.sources],
        "flags": warnings.plain(found.flags),
        "repairs": [asdict(step) | {"kind": step.kind.value} for step in found.repairs],
        "passages": [
            {"passage_id": one.id, "start": one.start, "end": one.end, "headings": list(one.headings)}
            for one in passages
        ],
    }


def extract(found: Article, start: int, end: int) -> Plain:
    """Characters `start` to `end` of an article, word for word."""
    return {
        "article_id": found.id,
        "title": found.title,
        "source": found.source,
        "date": found.date,
        "region": found.region,
        "start": start,
        "end": end,
        "characters": len(found.text),
        "text": found.text[start:end],
        "flags": warnings.plain(flag for flag in found.flags if flag.start < end and flag.end > start),
    }
