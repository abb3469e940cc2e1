"""Values to rows of the store, and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from kb.types import (
    Article,
    Duplicate,
    DuplicateKind,
    Flag,
    FlagKind,
    Mark,
    Practice,
    Receipt,
    RepairKind,
    Script,
    Source,
    Span,
    Stated,
    Statement,
    Step,
)

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
        "repairs": steps_as_json(article.repairs),
        "flags": flags_as_json(article.flags),
        "quality": float(article.quality),
    }


def as_json(value: Any) -> str:
    """For the columns that hold lists."""
    return json.dumps(value, ensure_ascii=False)


def article_from_row(row: sqlite3.Row) -> Article:
    """The columns of an article as a value; those left out for showing stand in the row as empty."""
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
        repairs=steps_from_json(row["repairs"]),
        flags=flags_from_json(row["flags"]),
        quality=row["quality"],
    )


def steps_as_json(steps: Iterable[Step]) -> str:
    """Each step as a list of its fields; there may be hundreds an article."""
    return as_json([
        (step.kind.value, step.start, step.end, step.before, step.after, step.certain, step.doubtful, step.candidates)
        for step in steps
    ])  # fmt: skip


def steps_from_json(data: str) -> tuple[Step, ...]:
    """What `steps_as_json` wrote, read back."""
    return tuple(
        Step(RepairKind(kind), start, end, before, after, certain, tuple(doubtful), tuple(candidates))
        for kind, start, end, before, after, certain, doubtful, candidates in json.loads(data)
    )


def flags_as_json(flags: Iterable[Flag]) -> str:
    """Each flag as a list of its fields."""
    return as_json([(flag.kind.value, flag.start, flag.end, flag.note, flag.readings) for flag in flags])


def flags_from_json(data: str) -> tuple[Flag, ...]:
    """What `flags_as_json` wrote, read back; most passages have none."""
    if data == "[]":
        return ()
    return tuple(
        Flag(FlagKind(kind), start, end, note, tuple(readings))
        for kind, start, end, note, readings in json.loads(data)
    )  # fmt: skip


def receipt_as_json(receipt: Receipt) -> str:
    """A receipt as an object."""
    return as_json(asdict(receipt))


def receipt_from_json(data: str) -> Receipt:
    """What `receipt_as_json` wrote, read back."""
    fields: dict[str, Any] = json.loads(data)
    fields["metadata"] = tuple(
        Stated(**{**item, "span": item["span"] and Span(**item["span"])}) for item in fields["metadata"]
    )
    fields["repairs"] = {RepairKind(kind): count for kind, count in fields["repairs"].items()}
    fields["duplicates"] = tuple(
        Duplicate(**{**item, "kind": DuplicateKind(item["kind"])}) for item in fields["duplicates"]
    )
    fields["boilerplate"], fields["practices"] = tuple(fields["boilerplate"]), tuple(fields["practices"])
    return Receipt(**fields)


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
