"""Cuts matching text into the terms that lexical search counts, with jieba and our own terms."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.text.compounds import Word, compounds, merged
from kb.text.dictionary import Dictionary, Words
from kb.text.explain import ExplainedWord, explain, origins
from kb.text.normalize import VERSION as NORMALIZE_VERSION
from kb.text.normalize import normalize
from kb.types import LONGEST_TERM

VERSION = 4
"""Raised whenever the terms of a text change; lexical indexes of another version are rebuilt."""

TERM_FREQUENCY = 100_000
"""Weight of our own terms in jieba's dictionary: above any path through shorter words."""

_WORD = re.compile(r"\w")
_HAN_RUN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]{2,}")


@dataclass(frozen=True, slots=True)
class Token:
    """One term at its place: `text[start:end] == term`."""

    term: str
    start: int
    end: int


class Segmenter:
    """jieba with our terms. Made once, then only read: `tokens` may be called from several threads."""

    def __init__(
        self,
        terms: Iterable[str] = (),
        *,
        names: Iterable[str] = (),
        added: Iterable[str] = (),
        cache: Path | None = None,
    ) -> None:
        """`terms` of our lexicon, `names` of practices, words `added` by the user: in either script, all kept whole.

        `cache` is a folder for jieba's dictionary (default: a private temporary one).
        """
        self._origins = origins(_folded(added), _folded(terms), _folded(names))
        self._cache = cache
        self._loaded: Dictionary | None = None
        self._loading = threading.Lock()

    @property
    def terms(self) -> tuple[str, ...]:
        """Everything that is kept whole, in matching form."""
        return tuple(sorted(self._origins))

    @property
    def _dictionary(self) -> Dictionary:
        """jieba with our terms, loaded at the first text: asking for the fingerprint alone loads nothing."""
        with self._loading:
            if self._loaded is None:
                self._loaded = Dictionary(load_words(self._cache), self.terms, TERM_FREQUENCY)
        return self._loaded

    def with_terms(self, terms: Iterable[str]) -> Segmenter:
        """The same dictionary with other terms of ours."""
        other = Segmenter(terms, cache=self._cache)
        other._loaded = Dictionary(self._dictionary.words, other.terms, TERM_FREQUENCY)
        return other

    @property
    def rules(self) -> str:
        """Changes when texts would be cut differently whatever the terms."""
        return f"{NORMALIZE_VERSION}.{VERSION}"

    @property
    def fingerprint(self) -> str:
        """Changes when the same text would give other terms."""
        payload = "\n".join((self.rules, *self.terms))
        return hashlib.sha256(payload.encode()).hexdigest()[:16]

    def words(self, matching: str) -> list[Token]:
        """The words of a normalised text, in order, each once, punctuation left out."""
        found = self._cut(matching)
        return [Token(word, start, end) for word, start, end in found if _WORD.search(word)]

    def breaks(self, matching: str) -> frozenset[int]:
        """The places of a normalised text at which no known word is cut in two, its ends among them."""
        found = self._dictionary.ready(matching).tokenize(matching, HMM=False)
        return frozenset({0, len(matching), *(place for _word, start, end in found for place in (start, end))})

    def tokens(self, matching: str) -> list[Token]:
        """Words, the shorter words within them, compounds, and every pair of neighbouring characters.

        Words alone miss what jieba cuts differently in the question and in the text; pairs alone miss long
        terms. A word of two characters counts twice, as a word and as a pair: leaving the second out made
        every measured set worse (`benchmarks/RESULTS.md`, "terms of the lexical leg").
        """
        found = self.plain(matching)
        known = self._dictionary.frequencies
        searched = (token for word in found for token in _searched(word, known))
        words = [Token(word, start, end) for word, start, end in searched if _WORD.search(word)]
        longer = [Token(matching[start:end], start, end) for start, end in self._compounds(found, matching)]
        return words + longer + _pairs(matching)

    def explain(self, text: str) -> tuple[ExplainedWord, ...]:
        """The words of a text as written, each with where it comes from and how jieba alone would cut there."""
        matching = normalize(text)
        without = self.with_terms(())
        found, other = self.plain(matching), without.plain(matching)
        joined = frozenset(self._compounds(found, matching))
        cut = merged(found, joined, matching)
        return tuple(explain(text, cut, other, self._origins, without._dictionary.frequencies, joined))

    def _cut(self, matching: str) -> list[Word]:
        """jieba's cut, with the words of a compound joined."""
        found = self.plain(matching)
        return merged(found, self._compounds(found, matching), matching)

    def compounds(self, matching: str) -> list[tuple[int, int]]:
        """Where words of a normalised text are joined to one: start and end."""
        return list(self._compounds(self.plain(matching), matching))

    def plain(self, matching: str) -> list[Word]:
        """jieba's cut of a normalised text with our terms in its dictionary, compounds not joined: word, start, end."""
        return list(self._dictionary.ready(matching).tokenize(matching))

    def _compounds(self, found: Sequence[Word], matching: str) -> Iterator[tuple[int, int]]:
        return compounds(found, matching, self._origins, self._dictionary.places)


def _searched(word: Word, frequencies: Mapping[str, int]) -> Iterator[Word]:
    """A word after the shorter words in it, as jieba's search mode takes them."""
    written, start, _end = word
    for width in (2, 3):
        if len(written) > width:
            for at in range(len(written) - width + 1):
                if frequencies.get(written[at : at + width]):
                    yield written[at : at + width], start + at, start + at + width
    yield word


def _pairs(matching: str) -> list[Token]:
    """Every two neighbouring Han characters."""
    return [
        Token(matching[at : at + 2], at, at + 2)
        for run in _HAN_RUN.finditer(matching)
        for at in range(run.start(), run.end() - 1)
    ]


def _folded(terms: Iterable[str]) -> list[str]:
    """In matching form; a single character is one word anyway, and a text is none."""
    return [normalize(term) for term in terms if 1 < len(term) <= LONGEST_TERM]


def load_words(cache: Path | None) -> Words:
    """jieba's words in the matching form of today."""
    return Words.load(cache, f"{NORMALIZE_VERSION}.{VERSION}")
