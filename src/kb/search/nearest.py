"""The place of an article that is nearest to an altered quotation, and what was altered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kb.search.alignment import CUT, EACH_LEFT_OUT, Alignment, Run, align
from kb.search.letters import Letters, pairs
from kb.search.quotation import Quotation, places_of
from kb.search.verdicts import Edit, EditKind
from kb.types import Span


@dataclass(frozen=True, slots=True)
class Nearest:
    """The spans of an article that are nearest to a quotation's pieces, and what was altered, in the pieces' order.

    `similarity` in [0, 1] is the mean of the pieces' by their letters; `reordered`: the pieces stand in another order.
    """

    spans: tuple[Span, ...]
    edits: tuple[Edit, ...]
    similarity: float
    reordered: bool = False


def likeness(quotation: Quotation, stretch: Letters) -> float:
    """The share of the quotation's pairs of neighbours that stand in a stretch; a quick look before aligning."""
    wanted = {pair for piece in quotation.pieces for pair in pairs(piece.letters)}
    return len(wanted & pairs(stretch.letters)) / max(1, len(wanted))


def nearest(quotation: Quotation, article: Sequence[Letters]) -> Nearest:
    """The place of these stretches of one article from which the fewest alterations lead to the quotation."""
    parts = [_nearest_piece(piece, article) for piece in quotation.pieces]
    lengths = [len(piece.letters) for piece in quotation.pieces]
    total = sum(part.similarity * length for part, length in zip(parts, lengths, strict=True))
    starts = [part.spans[0].start for part in parts]
    return Nearest(
        tuple(part.spans[0] for part in parts),
        tuple(edit for part in parts for edit in part.edits),
        total / sum(lengths),
        starts != sorted(starts),
    )


def _nearest_piece(piece: Letters, article: Sequence[Letters]) -> Nearest:
    stood = places_of(piece, article)
    if stood:
        return Nearest(stood[0].spans, (), 1.0)
    aligned = ((align(piece.letters, stretch.letters), stretch) for stretch in article)
    found, stretch = min(aligned, key=lambda one: one[0].cost)
    found = _within_sentences(found, len(piece.letters), stretch.places)
    theirs = _span(stretch.places, found.start, found.end)
    numbers = list(_cut_numbers(piece, stretch, theirs))
    edits = [*(_edit(piece, run, stretch) for run in found.runs), *numbers]
    edits.sort(key=lambda edit: (edit.quotation.start, edit.article.start))
    start = min([stretch.offset + theirs.start, *(edit.article.start for edit in numbers)])
    end = max([stretch.offset + theirs.end, *(edit.article.end for edit in numbers)])
    cost = found.cost + sum(CUT + EACH_LEFT_OUT * len(edit.written) for edit in numbers)
    return Nearest((Span(start, end),), tuple(edits), replace(found, cost=cost).similarity(len(piece.letters)))


def _within_sentences(found: Alignment, length: int, places: Sequence[int]) -> Alignment:
    """Words put before a sentence do not stand for the end of the one before it, nor those behind it for the next."""
    runs, start, end = list(found.runs), found.start, found.end
    if runs and runs[0].quoted_start == 0 < runs[0].end - runs[0].start and _mark_before(places, runs[0].end):
        start = runs[0].end
        runs[0] = replace(runs[0], start=start)
    if runs and runs[-1].quoted_end == length and start < runs[-1].start and _mark_before(places, runs[-1].start):
        end = runs[-1].start
        runs[-1] = replace(runs[-1], end=end)
    return replace(found, start=start, end=max(start, end), runs=tuple(runs))


def _mark_before(places: Sequence[int], letter: int) -> bool:
    return 0 < letter < len(places) and places[letter] - places[letter - 1] > 1


def _span(places: Sequence[int], start: int, end: int) -> Span:
    """Of letters in their text; of none the place behind the letter before."""
    if end > start:
        return Span(places[start], places[end - 1] + 1)
    at = places[start - 1] + 1 if start else 0
    return Span(at, at)


def _edit(piece: Letters, run: Run, stretch: Letters) -> Edit:
    ours = _span(piece.places, run.quoted_start, run.quoted_end)
    return _edit_at(piece, ours, stretch, _span(stretch.places, run.start, run.end))


def _edit_at(piece: Letters, ours: Span, stretch: Letters, theirs: Span) -> Edit:
    quoted, written = piece.text[ours.start : ours.end], stretch.text[theirs.start : theirs.end]
    kind = EditKind.REPLACED if quoted and written else EditKind.ADDED if quoted else EditKind.LEFT_OUT
    return Edit(
        kind,
        quoted,
        written,
        Span(piece.offset + ours.start, piece.offset + ours.end),
        Span(stretch.offset + theirs.start, stretch.offset + theirs.end),
    )


def _cut_numbers(piece: Letters, stretch: Letters, theirs: Span) -> Iterator[Edit]:
    """What the quotation leaves out of the numbers at its ends."""
    if theirs.end == theirs.start:
        return
    begin, end = piece.places[0], piece.places[-1] + 1
    if stretch.cuts_number(theirs.start):
        first = stretch.number_around(theirs.start)[0]
        yield _edit_at(piece, Span(begin, begin), stretch, Span(first, theirs.start))
    if stretch.cuts_number(theirs.end):
        last = stretch.number_around(theirs.end)[1]
        yield _edit_at(piece, Span(end, end), stretch, Span(theirs.end, last))
