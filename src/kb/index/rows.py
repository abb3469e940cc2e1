"""Values to rows of the store, and back."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from typing import Any

from kb.types import Article, Mark, Practice, Script, Source, Statement

ARTICLE_COLUMNS = (
    "a.id, a.title, a.text, x'' AS raw, a.script, a.source, a.url, a.date, a.region, a.author, a.category,"
    " a.tags, a.headings, a.sources, a.origin"
)
"""An article for showing: all but the bytes as received, which may be large."""

_STATEMENT_FIELDS = ("lead", "problem", "mechanism", "steps", "figures", "results", "limits")


def article_columns(article: Article) -> dict[str, Any]:
    """What the article itself says, by column; `article_from_row` reads it back."""
    return {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        "raw": article.raw,
        "script": article.script.value,
        "source": article.source,
        "url": article.url,
        "date": article.date,
        "region": article.region,
        "author": article.author,
        "category": article.category,
        "tags": as_json(article.tags),
        "headings": as_json(article.headings),
        "sources": as_json([asdict(source) for source in article.sources]),
        "origin": article.origin,
    }


def as_json(value: Any) -> str:
    """For the columns that hold lists."""
    return json.dumps(value, ensure_ascii=False)


def article_from_row(row: sqlite3.Row) -> Article:
    """The columns of ARTICLE_COLUMNS (or all of them) as a value."""
    return Article(
        id=row["id"],
        title=row["title"],
        text=row["text"],
        raw=row["raw"],
        script=Script(row["script"]),
        source=row["source"],
        url=row["url"],
        date=row["date"],
        region=row["region"],
        author=row["author"],
        category=row["category"],
        tags=tuple(json.loads(row["tags"])),
        headings=tuple(json.loads(row["headings"])),
        sources=tuple(Source(**entry) for entry in json.loads(row["sources"])),
        origin=row["origin"],
    )


def practice_from_json(data: str) -> Practice:
    """What `Store.put` wrote, read back."""
    fields: dict[str, Any] = json.loads(data)
    for name in _STATEMENT_FIELDS:
        fields[name] = tuple(
            Statement(item["text"], tuple(item["sources"]), tuple(Mark(mark) for mark in item["marks"]))
            for item in fields[name]
        )
    fields["sources"] = tuple(Source(**entry) for entry in fields["sources"])
    fields["aliases"], fields["related"] = tuple(fields["aliases"]), tuple(fields["related"])
    return Practice(**fields)
