"""A course plan as plain data: the shape that `kb course --json` prints. Keys are a contract (docs/course.md)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kb.course.values import Block, Cell, Missing, Part, Point, Reference, Section, Table
from kb.present import warnings
from kb.present.course_kit import Kit
from kb.types import Quote

Plain = dict[str, Any]


def plan(kit: Kit) -> Plain:
    """The whole plan, texts in the form of the kit; `quote` holds what was written."""
    return {
        "topic": kit.plan.topic,
        "practices": list(kit.plan.names),
        "notices": kit.notices(),
        "sections": [_section(section) for section in kit.plan.sections],
        "references": [_reference(kit, one) for one in kit.plan.references],
        "excerpts": [{"title": title} | _quote(one) for title, one in kit.plan.excerpts],
        "missing": [_missing(one) for one in kit.plan.missing],
    }


def _section(one: Section) -> Plain:
    groups = [{"title": group.title, "blocks": [*map(_block, group.blocks)]} for group in one.groups]
    return {"title": one.kind.value, "groups": groups, "tables": [*map(_table, one.tables)]}


def _block(one: Block) -> Plain:
    return {"title": one.title, "numbered": one.numbered, "note": one.note, "points": [*map(_point, one.points)]}


def _point(one: Point) -> Plain:
    return {
        "text": one.text,
        "place": one.place,
        "parts": [*map(_part, one.parts)],
        "rests": [*map(_quote, one.rests)],
    }


def _part(one: Part) -> Plain:
    return {
        "text": one.text,
        "quote": _quote(one.quote) if one.quote else None,
        "references": list(one.references),
        "marks": [mark.value for mark in one.marks],
        "flags": warnings.plain(one.flags),
        "repaired": [[span.start, span.end] for span in one.repaired],
    }


def _quote(one: Quote) -> Plain:
    return {"article_id": one.article_id, "start": one.start, "end": one.end, "text": one.text}


def _table(one: Table) -> Plain:
    rows = [{"title": row.title, "cells": [*map(_cell, row.cells)]} for row in one.rows]
    return {"title": one.title, "head": [*map(_cell, one.head)], "rows": rows}


def _cell(one: Cell) -> Plain:
    return {"value": one.value, "points": [*map(_point, one.points)]}


def _reference(kit: Kit, one: Reference) -> Plain:
    own = {"number": one.number, "text": kit.reference(one), "author": one.author, "article_id": one.article_id}
    return own | {"page": one.page, "source": asdict(one.source)}


def _missing(one: Missing) -> Plain:
    quote = _quote(one.quote) if one.quote else None
    return {"kind": one.item.kind.value, "title": one.item.title, "reason": one.reason, "quote": quote}
