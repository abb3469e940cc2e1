"""Verdicts on quotations and citations as plain data: the shapes that `kb verify --json` prints."""

from __future__ import annotations

from collections import Counter
from typing import Any

from kb.present import warnings
from kb.search.verdicts import CitationCheck, Edit, Place, Verdict, Verification, VerifiedDraft
from kb.types import Quote, Span

Plain = dict[str, Any]


def verification(found: Verification) -> Plain:
    """A quotation with its verdict, its places and the citation given with it."""
    return {
        "quotation": found.quotation,
        "verdict": found.verdict.value,
        "count": found.count,
        "more": found.more,
        "places": [_place(place) for place in found.places],
        "cited": check(found.cited) if found.cited else None,
    }


def draft(found: VerifiedDraft) -> Plain:
    """All quotations of a draft; `start` and `end` count characters of the draft's text."""
    verdicts = Counter(one.verification.verdict for one in found.quotations)
    return {
        "draft": found.name,
        "counts": {verdict.value: verdicts[verdict] for verdict in Verdict},
        "quotations": [
            {"line": one.line, "start": one.start, "end": one.end, "reference": one.reference}
            | verification(one.verification)
            for one in found.quotations
        ],
        "citations": [check(one) for one in found.citations],
        "left_out": found.left_out,
    }


def check(found: CitationCheck) -> Plain:
    """What became of a citation."""
    return {
        "citation": str(found.citation),
        "state": found.state.value,
        "article_id": found.citation.article_id,
        "title": found.title,
        "article_gone": found.article_gone,
        "now": _quote(found.now) if found.now else None,
        "elsewhere": [{"article_id": one.article_id} | _quote(one) for one in found.elsewhere],
    }


def _place(place: Place) -> Plain:
    plain: Plain = {
        "article_id": place.article_id,
        "title": place.title,
        "headings": list(place.headings),
        "source": place.source,
        "date": place.date,
        "quotes": [_quote(quote) for quote in place.quotes],
        "differs": [difference.value for difference in place.differs],
        "edits": [_edit(edit) for edit in place.edits],
        "similarity": place.similarity,
        "reordered": place.reordered,
        "before": place.before,
        "after": place.after,
    }
    if place.flags:
        plain["flags"] = warnings.plain(place.flags)
    return plain


def _quote(quote: Quote) -> Plain:
    return {"text": quote.text, "start": quote.start, "end": quote.end, "citation": str(quote.citation)}


def _edit(edit: Edit) -> Plain:
    return {
        "kind": edit.kind.value,
        "quoted": edit.quoted,
        "written": edit.written,
        "quotation": _span(edit.quotation),
        "article": _span(edit.article),
    }


def _span(span: Span) -> list[int]:
    return [span.start, span.end]
