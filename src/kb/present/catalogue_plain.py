"""Figures, comparisons and fits as plain data: the shapes that `--json` prints. Keys are a contract (docs/cli.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from kb.catalogue.values import Cited, Comparison, Figure, Fit, Place, Surroundings
from kb.present.plain import practice_line, practice_page
from kb.types import Practice

Plain = dict[str, Any]


def cited(one: Cited) -> Plain:
    """A sentence of a page with its sources in full; `span` is what is meant in it."""
    return {
        "practice": one.practice,
        "field": one.field,
        "place": one.place,
        "text": one.text,
        "span": None if one.span is None else [one.span.start, one.span.end],
        "sources": [asdict(source) for source in one.sources],
        "marks": [mark.value for mark in one.marks],
    }


def figure(one: Figure) -> Plain:
    """One entry of the ledger."""
    return {
        "id": one.id,
        "practice": one.practice,
        "value": one.value,
        "qualifier": one.qualifier,
        "number": one.number,
        "upper": one.upper,
        "exact": one.exact,
        "unit": one.unit,
        "counted": one.counted,
        "date": one.date,
        "date_basis": one.date_basis.value,
        "own_claim": one.own_claim,
        "unverified": one.unverified,
        "claimed_by": list(one.claimed_by),
        "beside": list(one.beside),
        "statement": cited(one.cited),
    }


def figures(found: Iterable[Figure], key: str = "figures") -> Plain:
    """The ledger, under a key of its own where a page has `figures` already."""
    return {key: [figure(one) for one in found]}


def comparison(found: Comparison) -> Plain:
    """Headings with a cell for each practice: a value or its statements."""
    return {
        "practices": [practice_line(practice) for practice in found.practices],
        "rows": [
            {
                "field": row.field,
                "title": row.title,
                "cells": [
                    {
                        "practice": cell.practice,
                        "value": cell.value,
                        "statements": [cited(one) for one in cell.statements],
                    }
                    for cell in row.cells
                ],
            }
            for row in found.rows
        ],
    }


def fits(place: Place, found: Iterable[Fit]) -> Plain:
    """What was said of the place, and every practice with its needs, best first."""
    own = asdict(place) | {"setting": place.setting.value if place.setting else None}
    practices = [
        practice_line(fit.practice)
        | {
            "preconditions": [
                {
                    "need": one.need.value,
                    "verdict": one.verdict.value,
                    "evidence": [cited(sentence) for sentence in one.evidence],
                }
                for one in fit.preconditions
            ]
        }
        for fit in found
    ]
    return {"place": own, "practices": practices}


def page(practice: Practice, around: Surroundings, ledger: Iterable[Figure]) -> Plain:
    """A whole practice page: the document of `kb practice --json`."""
    return practice_page(practice) | surroundings(around) | figures(ledger, "ledger")


def surroundings(found: Surroundings) -> Plain:
    """Keys beside those of the page itself; `related` of the page stays the list of ids it holds."""
    return {
        "related_practices": [{"id": one.id, "name": one.name, "reasons": list(one.reasons)} for one in found.related],
        "elsewhere": [{"place": one.place, "statement": cited(one.cited)} for one in found.elsewhere],
        "legal_basis": [
            {"source": asdict(one.source), "statements": [cited(sentence) for sentence in one.statements]}
            for one in found.basis
        ],
        "explained_in": [{"article_id": key, "title": title} for key, title in found.explained_in],
        "passages": [asdict(one) for one in found.passages],
    }
