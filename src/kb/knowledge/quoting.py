"""Looks a quotation up: articles that may hold it, by their words; then letter by letter in those.

pairs of characters -> passages -> stretches of their articles -> where it stands, or the nearest place

A sentence lies whole in one passage, so the longest sentence of a quotation leads to every article that holds it; the
stretch looked at reaches beyond the passage, as far as the quotation may. No model is needed and no word list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.index.retriever import Lexical
from kb.index.texts import HeldText, Texts
from kb.search.highlight import join
from kb.search.letters import Letters, read_letters
from kb.search.nearest import Nearest, likeness, nearest
from kb.search.quotation import Quotation, Standing, standing
from kb.search.verdicts import Difference, Place, Verdict, Verification
from kb.text.normalize import normalize
from kb.types import Citation, Flag, Quote, Span

MOST_PLACES = 10
"""Places told of a quotation that stands in many; the others are counted."""

MOST_HOLDING = 1_000
"""Passages that hold all pairs of a sentence and are looked into."""

LIKE = 30
"""Passages with the most words in common that are looked into besides, and for the nearest place."""

MOST_ALIGNED = 5
"""Articles along which an altered quotation is laid."""

MOST_STRETCHES = 3
"""Stretches of each of them, for each piece of the quotation."""

LONGEST_WHOLE = 100_000
"""Characters of an article that is read from end to end for a quotation with an ellipsis; of a longer one only what is
around the passages."""

LEAST_ALIKE, BY_CHANCE = 0.5, 2.0
"""From LEAST_ALIKE + BY_CHANCE / letters on, the nearest place is what was quoted, altered; below, the quotation is not
there. Measured (`benchmarks/quotations.py`): so one in a hundred sentences of the same field from elsewhere is taken
for an altered one, and none with three characters replaced is missed."""

LONGEST_CITED = 1_000
"""Characters of the place cited that are looked at."""

MARGIN = 60
"""Characters beyond the quotation's length that are looked at on both sides of a passage."""

AROUND = 12
"""Characters of the article shown before and behind a place."""

_SENTENCE_END = re.compile(r"[。!?;…\n]+")
_HAN_RUN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]{2,}")
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?%?")
_TITLE = re.compile(r"《([^《》]{2,})》")
_PUNCTUATED = frozenset({Difference.PUNCTUATION, Difference.SPACES})


@dataclass(frozen=True, slots=True)
class Found:
    """A place of an article where the quotation stands."""

    article: int
    standing: Standing
    named: bool

    @property
    def order(self) -> tuple[bool, bool, int]:
        """What is exact comes first, then what the draft names, then what is written in the same characters."""
        return bool(self.standing.differs & _PUNCTUATED), not self.named, len(self.standing.differs)


@dataclass(frozen=True, slots=True)
class _Named:
    """The article that is cited ("" for none), and the titles that stand in the reference, in matching form."""

    cited: str
    titles: tuple[str, ...]

    def is_meant(self, article: HeldText) -> bool:
        """Titles are often shortened: 《城市居民委员会组织法》."""
        title = normalize(article.title)
        return article.id == self.cited or any(one in title or title in one for one in self.titles if title)


@dataclass(frozen=True, slots=True)
class Quoting:
    """The texts and the words of an index, for looking quotations up."""

    texts: Texts
    lexical: Lexical

    def look_up(self, quotation: Quotation, cited: Citation | None = None, reference: str = "") -> Verification:
        """Where a quotation stands; the article that is cited, or whose title the reference names, comes first."""
        if not quotation.pieces:
            return Verification(quotation.whole.text, Verdict.NOT_FOUND)
        held, more = self._holding(quotation)
        owners = self._owners(held, cited)
        named = _Named(cited.article_id if cited else "", tuple(_TITLE.findall(normalize(reference))))
        found = [one for number, spans in owners.items() for one in self._standing(quotation, number, spans, named)]
        if not found:
            return self._altered(quotation, cited)
        found.sort(key=lambda one: one.order)
        places = tuple(place for one in found[:MOST_PLACES] for place in self._place(one.article, one.standing))
        verdict = Verdict.PUNCTUATION if found[0].standing.differs & _PUNCTUATED else Verdict.EXACT
        return Verification(quotation.whole.text, verdict, places, len(found), more)

    # -- which articles

    def _holding(self, quotation: Quotation) -> tuple[list[int], bool]:
        """Passages, likeliest first, and whether there are more that hold the longest sentence."""
        longest = max(
            (part for piece in quotation.pieces for part in _SENTENCE_END.split(piece.matching)), key=len, default=""
        )
        held = self.lexical.holding(_pairs(longest), MOST_HOLDING).tolist()
        return list(dict.fromkeys([*held, *self._like(quotation)])), len(held) >= MOST_HOLDING

    def _like(self, quotation: Quotation) -> list[int]:
        found: list[int] = []
        for piece in quotation.pieces:
            terms = list(dict.fromkeys([*_pairs(piece.matching), *_WORD.findall(piece.matching)]))
            found += self.lexical.search(terms, LIKE).numbers.tolist()
        return list(dict.fromkeys(found))

    def _owners(self, passages: Sequence[int], cited: Citation | None) -> dict[int, list[Span]]:
        owners = self.texts.owners(passages)
        article = self.texts.called(cited.article_id) if cited else None
        if cited is None or article is None:
            return owners
        own = Span(cited.start, min(cited.end, cited.start + LONGEST_CITED))
        return {article.number: [own, *owners.pop(article.number, [])], **owners}

    # -- where in them

    def _standing(self, quotation: Quotation, number: int, spans: Sequence[Span], named: _Named) -> Iterator[Found]:
        article = self.texts.article(number)
        if article is not None:
            is_named = named.is_meant(article)
            for one in standing(quotation, _stretches(article.text, spans, quotation)):
                yield Found(number, one, is_named)

    def _altered(self, quotation: Quotation, cited: Citation | None) -> Verification:
        """The nearest place, where it is near enough."""
        near: list[tuple[float, int, list[Letters]]] = []
        for number, spans in self._owners(self._like(quotation), cited).items():
            article = self.texts.article(number)
            if article is not None:
                margin = len(quotation.whole.text) + MARGIN
                stretches = [_stretch(article.text, span, margin) for span in spans]
                alike = sorted(((likeness(quotation, one), at) for at, one in enumerate(stretches)), reverse=True)
                most = MOST_STRETCHES * len(quotation.pieces)
                near.append((alike[0][0], number, [stretches[at] for _alike, at in alike[:most]]))
        near.sort(key=lambda one: -one[0])
        found = [(nearest(quotation, stretches), number) for _likeness, number, stretches in near[:MOST_ALIGNED]]
        best = max(found, key=lambda one: one[0].similarity, default=None)
        least = LEAST_ALIKE + BY_CHANCE / sum(len(piece.letters) for piece in quotation.pieces)
        if best is None or best[0].similarity < least or not (best[0].edits or best[0].reordered):
            return Verification(quotation.whole.text, Verdict.NOT_FOUND)
        places = tuple(self._place(best[1], best[0]))
        return Verification(quotation.whole.text, Verdict.ALTERED, places, len(places))

    def _place(self, number: int, found: Standing | Nearest) -> Iterator[Place]:
        article = self.texts.article(number)
        if article is None:
            return
        first, last = min(span.start for span in found.spans), max(span.end for span in found.spans)
        altered = found if isinstance(found, Nearest) else None
        differs = found.differs if isinstance(found, Standing) else ()
        yield Place(
            article_id=article.id,
            title=article.title,
            quotes=tuple(_quote(article, span) for span in found.spans),
            headings=tuple(name for name in self.texts.headings_at(number, first) if name != article.title),
            source=article.source,
            date=article.date,
            differs=tuple(sorted(differs)),
            edits=altered.edits if altered else (),
            similarity=round(altered.similarity, 4) if altered else 1.0,
            reordered=bool(altered and altered.reordered),
            before=article.text[max(0, first - AROUND) : first].rpartition("\n")[2],
            after=article.text[last : last + AROUND].partition("\n")[0],
            flags=_flags_within(article, found.spans),
        )


def _quote(article: HeldText, span: Span) -> Quote:
    return Quote(article.id, span.start, span.end, article.text[span.start : span.end])


def _pairs(matching: str) -> list[str]:
    """Every two neighbouring Han characters: terms of the lexical index whatever its word lists are."""
    runs = _HAN_RUN.findall(matching)
    return list(dict.fromkeys(run[at : at + 2] for run in runs for at in range(len(run) - 1)))


def _stretches(text: str, spans: Sequence[Span], quotation: Quotation) -> list[Letters]:
    """What is read of an article to find a quotation in it: what may hold it around these passages, each part once."""
    if len(quotation.pieces) > 1 and len(text) <= LONGEST_WHOLE:
        return [read_letters(text)]
    margin = len(quotation.whole.text) + MARGIN
    around = [Span(max(0, span.start - margin), min(len(text), span.end + margin)) for span in spans]
    return [_stretch(text, span, 0) for span in join(around)]


def _stretch(text: str, span: Span, margin: int) -> Letters:
    start = max(0, span.start - margin)
    return read_letters(text[start : span.end + margin], start)


def _flags_within(article: HeldText, spans: Sequence[Span]) -> tuple[Flag, ...]:
    return tuple(
        flag for flag in article.flags if any(flag.start < span.end and flag.end > span.start for span in spans)
    )
