"""jieba's dictionary in the matching form, read a character at a time.

jieba reads its whole dictionary before the first word, which takes half a second; a question of a dozen characters
needs the words that begin with those. So the dictionary is folded once (jieba's is written in simplified characters as
they are printed; the matching form of `kb.text.normalize` also joins a few variants, 覆 into 复, 著 into 着) and kept
in the cache folder with a line for each first character; a line is taken apart when a text holds its character.
"""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from kb.text.normalize import normalize

_PLACE = "ns"
"""How jieba's dictionary marks the name of a place."""


@dataclass(frozen=True, slots=True)
class Words:
    """`lines[character]` are the words that begin with it, as they stand in the file; `total` adds up their counts."""

    total: int
    lines: Mapping[str, str]

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Words:
        """Of these words alone."""
        return cls._read(_written(counts, frozenset()))

    @classmethod
    def load(cls, cache: Path | None, version: str) -> Words:
        """Of jieba's dictionary; made at the first use of a `version` and kept in `cache`, or for this process."""
        folder = _writable(cache)
        path = folder / f"jieba-{version}.words"
        if not path.is_file():
            keep(path, _written(*_folded()))
        return cls._read(path.read_text(encoding="utf-8"))

    @classmethod
    def _read(cls, text: str) -> Words:
        total, *lines = text.split("\n")
        return cls(int(total), {line[0]: line for line in lines if line})

    def beginning_with(self, character: str) -> Iterator[tuple[str, int, bool]]:
        """Each word with its count, and whether it is the name of a place."""
        for entry in self.lines.get(character, "").split("\t"):
            if entry:
                word, count, *mark = entry.split(" ")
                yield word, int(count), bool(mark)


class Dictionary:
    """A jieba tokenizer over these words and terms of ours; it knows the words of the texts it was made ready for.

    What jieba says of the terms themselves does not count: each has the frequency given here. Nor do they count in the
    total, which weighs every word: each new term would change a little how all other texts are cut. This way it only
    changes texts that hold it.
    """

    def __init__(self, words: Words, terms: Iterable[str] = (), frequency: int = 0) -> None:
        import jieba

        jieba.setLogLevel(logging.ERROR)
        self.words = words
        self.places: set[str] = set()
        self._frequency = frequency
        self._terms: dict[str, list[str]] = {}
        for term in terms:
            self._terms.setdefault(term[0], []).append(term)
        self._tokenizer = jieba.Tokenizer()
        self._tokenizer.total, self._tokenizer.initialized = words.total, True
        self._ready: set[str] = set()
        self._reading = threading.Lock()

    @property
    def frequencies(self) -> Mapping[str, int]:
        """Counts of the words that begin with a character it was made ready for; 0 for their beginnings."""
        found: Mapping[str, int] = self._tokenizer.FREQ
        return found

    def ready(self, text: str) -> Any:
        """The tokenizer, knowing every word that may stand in this text; may be called from several threads."""
        new = set(text) - self._ready
        if new:
            with self._reading:
                for character in new - self._ready:
                    self._read(character)
                    self._ready.add(character)
        return self._tokenizer

    def _read(self, character: str) -> None:
        known = self._tokenizer.FREQ
        for word, count, place in self.words.beginning_with(character):
            known[word] = count
            _begin(word, known)
            if place:
                self.places.add(word)
        for term in self._terms.get(character, ()):
            known[term] = self._frequency
            _begin(term, known)


def _begin(word: str, known: dict[str, int]) -> None:
    """jieba goes on to a longer word only where every beginning of it is in the table."""
    for end in range(1, len(word)):
        known.setdefault(word[:end], 0)


def keep(path: Path, text: str) -> None:
    """Written aside and on the disk before it has its name: a power cut must not leave half a dictionary under it."""
    handle, aside = tempfile.mkstemp(dir=path.parent, suffix=path.suffix)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(aside).replace(path)


def _folded() -> tuple[dict[str, int], frozenset[str]]:
    """jieba's words in matching form with their counts, and the names of places; words that become one add up."""
    counts: dict[str, int] = {}
    places: set[str] = set()
    for line in resources.files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, tag = line.split(" ")
        folded = normalize(word)
        counts[folded] = counts.get(folded, 0) + int(count)
        if tag == _PLACE:
            places.add(folded)
    return counts, frozenset(places)


def _written(counts: Mapping[str, int], places: frozenset[str]) -> str:
    lines: dict[str, list[str]] = {}
    for word, count in counts.items():
        mark = f" {_PLACE}" if word in places else ""
        lines.setdefault(word[0], []).append(f"{word} {count}{mark}")
    return "\n".join([str(sum(counts.values())), *("\t".join(entries) for entries in lines.values())])


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
