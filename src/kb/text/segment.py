"""Cuts matching text into the terms that lexical search counts, with jieba and our own terms.

jieba's dictionary is written in simplified characters as they are printed; the matching form (see
`kb.text.normalize`) also joins a few variants (覆 into 复, 著 into 着). So the dictionary is folded the same
way once and kept in the cache folder, and 显著 is a word in the matching form too.
"""

from __future__ import annotations

import atexit
import hashlib
import logging
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import takewhile
from pathlib import Path
from typing import Any

from kb.text.compounds import Word, compounds, merged
from kb.text.explain import ExplainedWord, explain, origins
from kb.text.normalize import VERSION as NORMALIZE_VERSION
from kb.text.normalize import normalize

VERSION = 4
"""Raised whenever the terms of a text change; lexical indexes of another version are rebuilt."""

TERM_FREQUENCY = 100_000
"""Weight of our own terms in jieba's dictionary: above any path through shorter words."""

LONGEST_TERM = 100
"""Characters of a term that is kept whole: jieba holds every beginning of each, so memory grows with the square."""

_PLACE = "ns"
"""How jieba's dictionary marks the name of a place."""

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
        self._loaded: Any = None
        self._loading = threading.Lock()

    @property
    def terms(self) -> tuple[str, ...]:
        """Everything that is kept whole, in matching form."""
        return tuple(sorted(self._origins))

    @property
    def _jieba(self) -> Any:
        """jieba with our terms, loaded at the first text: asking for the fingerprint alone loads nothing."""
        with self._loading:
            if self._loaded is None:
                self._loaded = _with_terms(_load_jieba(self._cache), self.terms)
        return self._loaded

    def with_terms(self, terms: Iterable[str]) -> Segmenter:
        """The same dictionary with other terms of ours, loaded from memory instead of from disk."""
        other, loaded = Segmenter(terms, cache=self._cache), self._jieba
        copied = type(loaded)(loaded.dictionary)
        copied.FREQ, copied.total, copied.initialized = {**loaded.FREQ, **loaded.kb_before}, loaded.total, True
        copied.kb_places = loaded.kb_places
        other._loaded = _with_terms(copied, other.terms)
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
        found = self._jieba.tokenize(matching, HMM=False)
        return frozenset({0, len(matching), *(place for _word, start, end in found for place in (start, end))})

    def tokens(self, matching: str) -> list[Token]:
        """Words, the shorter words within them, compounds, and every pair of neighbouring characters.

        Words alone miss what jieba cuts differently in the question and in the text; pairs alone miss long
        terms. A word of two characters counts twice, as a word and as a pair: leaving the second out made
        every measured set worse (`benchmarks/RESULTS.md`, "terms of the lexical leg").
        """
        loaded = self._jieba
        found: list[Word] = list(loaded.tokenize(matching))
        searched = (token for word in found for token in _searched(word, loaded.FREQ))
        words = [Token(word, start, end) for word, start, end in searched if _WORD.search(word)]
        longer = [Token(matching[start:end], start, end) for start, end in self._compounds(found, matching)]
        return words + longer + _pairs(matching)

    def explain(self, text: str) -> tuple[ExplainedWord, ...]:
        """The words of a text as written, each with where it comes from and how jieba alone would cut there."""
        matching = normalize(text)
        alone = self.with_terms(())._jieba
        found, other = list(self._jieba.tokenize(matching)), list(alone.tokenize(matching))
        joined = frozenset(self._compounds(found, matching))
        cut = merged(found, joined, matching)
        return tuple(explain(text, cut, other, self._origins, alone.FREQ, joined))

    def _cut(self, matching: str) -> list[Word]:
        """jieba's cut, with the words of a compound joined."""
        found = list(self._jieba.tokenize(matching))
        return merged(found, self._compounds(found, matching), matching)

    def _compounds(self, found: Sequence[Word], matching: str) -> Iterator[tuple[int, int]]:
        return compounds(found, matching, self._origins, self._jieba.kb_places)


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


def _with_terms(tokenizer: Any, terms: Iterable[str]) -> Any:
    """jieba that keeps these terms whole; what its dictionary said of them is remembered in `kb_before`.

    The dictionary's total stays what it was: it weighs every word, and so each new term would change a little how all
    other texts are cut. This way it only changes texts that hold it.
    """
    total, before = tokenizer.total, {}
    for term in terms:
        before[term] = tokenizer.FREQ.get(term, 0)
        tokenizer.add_word(term, TERM_FREQUENCY)
    tokenizer.total, tokenizer.kb_before = total, before
    return tokenizer


def _load_jieba(cache: Path | None) -> Any:
    import jieba

    jieba.setLogLevel(logging.ERROR)
    folder = _writable(cache)
    dictionary = _folded_dictionary(folder)
    tokenizer = jieba.Tokenizer(dictionary=str(dictionary))
    tokenizer.tmp_dir = str(folder)
    tokenizer.initialize()
    tokenizer.kb_places = _places(dictionary)
    return tokenizer


def _places(dictionary: Path) -> frozenset[str]:
    """The names of places in a dictionary that `_folded_dictionary` made."""
    with dictionary.open(encoding="utf-8") as lines:
        marked = takewhile(lambda line: line.endswith(f" {_PLACE}\n"), lines)
        return frozenset(line.partition(" ")[0] for line in marked)


def _writable(cache: Path | None) -> Path:
    """`cache`, or a private temporary folder where it cannot be written."""
    if cache is not None:
        try:
            cache.mkdir(parents=True, exist_ok=True)
            if os.access(cache, os.W_OK):
                return cache
        except OSError:
            pass  # A read-only home: segmentation works all the same, it only loads slower.
    private = Path(tempfile.mkdtemp(prefix="kb-jieba-"))
    atexit.register(shutil.rmtree, private, ignore_errors=True)
    return private


def _folded_dictionary(folder: Path) -> Path:
    """jieba's dictionary in the matching form, marked names of places first; words that become one add their counts."""
    path = folder / f"jieba-{NORMALIZE_VERSION}.{VERSION}.txt"
    if path.is_file():
        return path
    counts: dict[str, int] = {}
    places: set[str] = set()
    text = resources.files("jieba").joinpath("dict.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        word, count, tag = line.split(" ")
        folded = normalize(word)
        counts[folded] = counts.get(folded, 0) + int(count)
        if tag == _PLACE:
            places.add(folded)
    handle, aside = tempfile.mkstemp(dir=folder, suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(f"{word} {counts.pop(word)} {_PLACE}\n" for word in sorted(places))
        file.writelines(f"{word} {count}\n" for word, count in counts.items())
        file.flush()
        os.fsync(file.fileno())  # A power cut must not leave half a dictionary under the final name.
    Path(aside).replace(path)
    return path
