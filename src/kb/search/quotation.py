"""A quotation held against stretches of one article: whether it stands there.

"Stands there" means that its matching form is a slice of the article's (or, without punctuation, its letters are) and
that no number is cut at its ends: 652个 does not stand in 1652个.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from kb.search.letters import MARKS, Letters, read_letters
from kb.search.verdicts import Difference
from kb.text.normalize import normalize
from kb.types import Span

SHORT_PIECE = 4
NEAR = 200
"""A piece of a quotation with an ellipsis that has fewer letters than SHORT_PIECE stands nearly everywhere; it counts
where it stands within NEAR characters of a neighbour."""

MOST_PIECES = 20
"""A quotation with more of them is no longer one, and is taken as it stands."""

MOST_PLACES = 1_000
"""Places of one piece in one article; a page that repeats itself more often tells no more."""

_ELLIPSIS = re.compile(
    r"[\[(〔【]\s*(?:[…⋯]+|\.{3,}|。{3,}|[下中前后]?略|节略|省略)\s*[\])〕】]|[…⋯]+|\.{3,}|。{3,}|·{3,}"
)
_MARKS = {"“": "”", "‘": "’", "「": "」", "『": "』", '"': '"', "'": "'", "＂": "＂"}
"""Marks around the whole of a quotation; they are not part of it."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation, read: `whole`, and its `pieces` where an ellipsis leaves something out, else the whole alone."""

    whole: Letters
    pieces: tuple[Letters, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """The pieces of a quotation stand at these spans of an article, whose letters are the same."""

    spans: tuple[Span, ...]
    differs: frozenset[Difference]


def read_quotation(text: str) -> Quotation:
    """Without the marks around it and an ellipsis at its ends; the pieces' offsets count characters of the whole."""
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    while end - start > 2 and _enclosed(text[start:end]):
        start, end = start + 1, end - 1
    cuts = [place for cut in _ELLIPSIS.finditer(normalize(text), start, end) for place in cut.span()]
    borders = [start, *cuts, end]
    spans = [_stripped(text, borders[at], borders[at + 1]) for at in range(0, len(borders), 2)]
    spans = [span for span in spans if read_letters(text[span.start : span.end]).letters]
    if not spans:
        return Quotation(read_letters(""), ())
    begin = spans[0].start
    whole = read_letters(text[begin : spans[-1].end])
    pieces = tuple(read_letters(text[span.start : span.end], span.start - begin) for span in spans)
    return Quotation(whole, pieces if len(pieces) <= MOST_PIECES else (whole,))


def _enclosed(text: str) -> bool:
    """Whether the mark at the beginning is closed at the end and not before: “甲”和“乙” is not enclosed."""
    closing = _MARKS.get(text[0])
    return closing == text[-1] and closing not in text[1:-1]


def _stripped(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    return Span(start + len(part) - len(part.lstrip()), max(start, start + len(part.rstrip())))


# -- standing


def standing(quotation: Quotation, article: Sequence[Letters]) -> list[Standing]:
    """Every place of these stretches where the quotation stands; of one with an ellipsis the closest in the article."""
    found = places_of(quotation.whole, article)
    if found or len(quotation.pieces) < 2:
        return list({place.spans: place for place in found}.values())
    columns = [sorted(places_of(piece, article), key=_start) for piece in quotation.pieces]
    chains = [chain for first in columns[0] if (chain := _chain(first, columns[1:])) and _close(chain, quotation)]
    if not chains:
        return []
    best = min(chains, key=lambda chain: chain[-1].spans[0].end - chain[0].spans[0].start)
    differs = frozenset(difference for one in best for difference in one.differs)
    return [Standing(tuple(one.spans[0] for one in best), differs)]


def places_of(piece: Letters, article: Sequence[Letters]) -> list[Standing]:
    """Where one piece of a quotation stands in these stretches, the first MOST_PLACES of them."""
    return list(islice((place for stretch in article for place in _places(piece, stretch)), MOST_PLACES))


def _start(one: Standing) -> int:
    return one.spans[0].start


def _chain(first: Standing, columns: Sequence[Sequence[Standing]]) -> list[Standing]:
    """The nearest place of each further piece behind the one before it; nothing where one has none."""
    chain = [first]
    for column in columns:
        at = bisect_left(column, chain[-1].spans[0].end, key=_start)
        if at == len(column):
            return []
        chain.append(column[at])
    return chain


def _close(chain: Sequence[Standing], quotation: Quotation) -> bool:
    spans = [one.spans[0] for one in chain]
    gaps = [after.start - before.end for before, after in pairwise(spans)]
    return all(
        min(gaps[max(0, at - 1) : at + 1]) <= NEAR
        for at, piece in enumerate(quotation.pieces)
        if len(piece.letters) < SHORT_PIECE
    )


def _places(piece: Letters, stretch: Letters) -> Iterator[Standing]:
    """Where the letters of a piece stand in a stretch."""
    at = stretch.letters.find(piece.letters)
    while at >= 0:
        start, end = _extended(piece, stretch, at)
        if not stretch.cuts_number(start) and not stretch.cuts_number(end):
            differs = _differs(piece, stretch, at, start, end)
            yield Standing((Span(stretch.offset + start, stretch.offset + end),), differs)
        at = stretch.letters.find(piece.letters, at + 1)


def _extended(piece: Letters, stretch: Letters, at: int) -> tuple[int, int]:
    """From the first letter to behind the last one, with the piece's own marks at either end where they stand there."""
    start, end = stretch.places[at], stretch.places[at + len(piece.letters) - 1] + 1
    before, after = piece.matching[: piece.places[0]], piece.matching[piece.places[-1] + 1 :]
    start -= len(before) if stretch.matching.endswith(before, 0, start) else 0
    return start, end + (len(after) if stretch.matching.startswith(after, end) else 0)


def _differs(piece: Letters, stretch: Letters, at: int, start: int, end: int) -> frozenset[Difference]:
    differs = set()
    if stretch.matching[start:end] == piece.matching:
        written = list(zip(piece.text, stretch.text[start:end], strict=True))
    else:
        ours, theirs = "".join(piece.matching.split()), "".join(stretch.matching[start:end].split())
        differs.add(Difference.SPACES if ours == theirs else Difference.PUNCTUATION)
        places = stretch.places[at : at + len(piece.letters)]
        compared = zip(piece.letters, piece.places, places, strict=True)
        written = [(piece.text[one], stretch.text[two]) for letter, one, two in compared if letter not in MARKS]
    unlike = [pair for pair in written if pair[0] != pair[1]]
    differs |= {Difference.SCRIPT if one > "\u2e7f" and one.isalpha() else Difference.FORM for one, _two in unlike}
    return frozenset(differs)
