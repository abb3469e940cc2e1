"""What became of a text that was cited, told from its citation alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from kb.index.texts import HeldText, Texts
from kb.search.evidence import trimmed
from kb.search.verdicts import CitationCheck, CitationState
from kb.text.sentences import sentences
from kb.types import Citation, Quote, Span

CHANGED, NEAR, LONGER = 5, 100, 2
"""Characters of the sketch, of eight, that the changed text has in common with the one cited (`Citation.likeness`); one
fewer is enough within NEAR characters of where it stood. It is at most LONGER times as long, or as short. Measured
(`benchmarks/quotations.py`) in laws, whose sentences are alike: of sentences with three characters replaced nine in ten
are found, of those taken out one in seven is taken for changed."""

MOST_SENTENCES = 2_000
"""Sentences that are looked at for a changed text, the nearest to where it stood."""

MOST_IN_A_RUN = 200
"""Sentences that one citation spans at most."""

MOST_COMPARED = 200_000_000
"""Characters that are hashed to find a text moved: all places of a sentence in an article of a million characters."""

MOST_ELSEWHERE = 10


def check_citation(texts: Texts, citation: Citation) -> CitationCheck:
    """Whether the text cited stands where it stood, elsewhere in its article, changed there, or no more."""
    held = texts.called(citation.article_id)
    if held is None:
        found = tuple(_elsewhere(texts, citation))
        return CitationCheck(citation, CitationState.REMOVED, article_gone=True, elsewhere=found)
    start = _place(held.text, citation)
    if start is not None:
        state = CitationState.UNCHANGED if start == citation.start else CitationState.MOVED
        return CitationCheck(citation, state, held.title, _quote(held, start, start + citation.end - citation.start))
    changed = changed_to(held.text, citation)
    if changed is not None:
        return CitationCheck(citation, CitationState.CHANGED, held.title, _quote(held, changed.start, changed.end))
    elsewhere = tuple(_elsewhere(texts, citation))
    return CitationCheck(citation, CitationState.REMOVED, held.title, elsewhere=elsewhere)


def _quote(held: HeldText, start: int, end: int) -> Quote:
    return Quote(held.id, start, end, held.text[start:end])


def _place(text: str, citation: Citation) -> int | None:
    """Where the text cited begins today; of several places the nearest to where it stood."""
    length = citation.end - citation.start
    starts = sorted(range(len(text) - length + 1), key=lambda start: abs(start - citation.start))
    starts = starts[: MOST_COMPARED // length]
    return next((start for start in starts if citation.names(text[start : start + length])), None)


def changed_to(text: str, citation: Citation) -> Span | None:
    """The sentences that are most like the text cited; None where none are like enough."""
    found = [(_likeness(text, span, citation), span) for span in _runs(text, citation)]
    likeness, best = max(found, key=lambda one: one[0], default=(0, None))
    return best if likeness >= CHANGED else None


def _likeness(text: str, span: Span, citation: Citation) -> int:
    before, now = citation.end - citation.start, span.end - span.start
    if not before <= LONGER * now <= LONGER**2 * before:
        return 0
    return citation.likeness(text[span.start : span.end]) + (abs(span.start - citation.start) <= NEAR)


def _runs(text: str, citation: Citation) -> Iterator[Span]:
    """Whole sentences, about as long together as the text cited, the nearest to its place first; and its old place."""
    length = citation.end - citation.start
    spans = [one for span in sentences(text) if (one := trimmed(text, span)).end > one.start]
    order = sorted(range(len(spans)), key=lambda at: abs(spans[at].start - citation.start))
    for first in order[:MOST_SENTENCES]:
        start = spans[first].start
        ends = [span.end for span in spans[first : first + MOST_IN_A_RUN]]
        yield Span(start, min(ends, key=lambda end: abs(end - start - length)))
        if len(ends) > 1:
            yield Span(start, ends[0])
    if citation.start < len(text):
        yield Span(citation.start, min(citation.end, len(text)))


def _elsewhere(texts: Texts, citation: Citation) -> Iterator[Quote]:
    """The sentences and passages of the other articles that are the text cited, character for character."""
    same = (quote for quote in texts.of_length(citation.end - citation.start) if citation.names(quote.text))
    yield from islice(same, MOST_ELSEWHERE)
