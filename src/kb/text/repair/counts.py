"""How often characters, pairs and triples of characters occur: counted, pooled, saved and loaded.

Text is counted folded: one script, NFKC, every digit `0`, every Latin letter `a`, no white space. A word list
with frequencies, as jieba's dictionary is one, is counted too: what follows a word's last character is then
not known, so the pairs of a character sum to less than the character itself, and the rest falls to the
unigrams (`kb.text.repair.language`).
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.text.normalize import normalize

START, END = "^", "$"
"""Stand before and after every line; neither survives folding as itself."""

_QUOTES = frozenset("“”‘’「」『』〝〞")
_DASHES = frozenset("—–―‐‑－")


def fold(text: str) -> str:
    """The text as the model counts it; shorter than the text where that holds white space."""
    return "".join(map(fold_character, text))


@lru_cache(maxsize=1 << 16)
def fold_character(character: str) -> str:
    """One character or none: quotation marks and dashes keep their direction, which tells the bytes apart."""
    if character.isspace():
        return ""
    if character in _QUOTES or character in _DASHES or character == "…":
        return character
    folded = normalize(unicodedata.normalize("NFKC", character))[:1]
    if folded.isdigit():
        return "0"
    if folded.isascii() and folded.isalpha():
        return "a"
    return "" if folded.isspace() or folded in (START, END) else folded


@dataclass(slots=True)
class Counts:
    """Occurrences of one, two and three characters in a row, as weights that may be fractions."""

    ones: Counter[str] = field(default_factory=Counter)
    twos: Counter[str] = field(default_factory=Counter)
    threes: Counter[str] = field(default_factory=Counter)

    def add_text(self, text: str, weight: float = 1.0) -> None:
        """Count every line of a running text."""
        ones, twos, threes = Counter[str](), Counter[str](), Counter[str]()
        for line in text.split("\n"):
            folded = fold(line)
            if folded:
                _count(START * 2 + folded + END, ones, twos, threes)
        for mine, theirs in ((self.ones, ones), (self.twos, twos), (self.threes, threes)):
            for gram, count in theirs.items():
                mine[gram] += weight * count  # type: ignore[assignment]

    def add_words(self, frequencies: Mapping[str, float]) -> None:
        """Count the characters, pairs and triples inside words, and how words begin."""
        for word, frequency in frequencies.items():
            for table, length in ((self.twos, 1), (self.threes, 2)):
                if len(word) >= length:
                    table[START + word[:length]] += frequency  # type: ignore[assignment]
            for length, table in ((1, self.ones), (2, self.twos), (3, self.threes)):
                for at in range(len(word) - length + 1):
                    table[word[at : at + length]] += frequency  # type: ignore[assignment]

    def save(self, path: Path) -> None:
        """As sorted numbers, differences stored, which compress to a few bytes an entry."""
        letters = "".join(sorted(self.ones.keys() | set("".join(self.twos)) | set("".join(self.threes))))
        at = {letter: place for place, letter in enumerate(letters)}
        arrays: dict[str, npt.NDArray[np.generic]] = {"letters": np.frombuffer(letters.encode("utf-32-le"), np.uint32)}
        for name, table in (("ones", self.ones), ("twos", self.twos), ("threes", self.threes)):
            keys = np.array([_key(gram, at) for gram in table], dtype=np.int64)
            values = np.array(list(table.values()), dtype=np.float64)
            order = np.argsort(keys)
            arrays[f"{name}_steps"] = _narrow(np.diff(keys[order], prepend=0))
            arrays[f"{name}_levels"] = _levels(values[order])
        np.savez_compressed(path, **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> Counts:
        """What `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            letters = file["letters"].tobytes().decode("utf-32-le")
            tables = {name: _table(file, name, letters) for name in ("ones", "twos", "threes")}
        return cls(tables["ones"], tables["twos"], tables["threes"])


LEVELS = 16
"""Weights are kept as powers of two in steps of a sixteenth: within 2.2 %, and one byte each."""

_FLOOR = 2.0**-6


def _levels(values: npt.NDArray[np.float64]) -> npt.NDArray[np.uint16]:
    levels: npt.NDArray[np.uint16] = np.rint(LEVELS * np.log2(np.maximum(values, _FLOOR) / _FLOOR)).astype(np.uint16)
    return levels


def _table(file: Mapping[str, npt.NDArray[np.int64]], name: str, letters: str) -> Counter[str]:
    keys = np.cumsum(file[f"{name}_steps"].astype(np.int64))
    values = _FLOOR * 2.0 ** (file[f"{name}_levels"].astype(np.float64) / LEVELS)
    size = len(letters)
    alphabet = np.array(list(letters))
    length = {"ones": 1, "twos": 2, "threes": 3}[name]
    columns = [alphabet[keys // size**power % size] for power in reversed(range(length))]
    grams = np.char.add(columns[0], columns[1]) if length > 1 else columns[0]
    grams = np.char.add(grams, columns[2]) if length > 2 else grams
    return Counter(dict(zip(grams.tolist(), values.tolist(), strict=True)))


def _key(gram: str, at: Mapping[str, int]) -> int:
    key = 0
    for letter in gram:
        key = key * len(at) + at[letter]
    return key


def _narrow(steps: npt.NDArray[np.int64]) -> npt.NDArray[np.generic]:
    """In the smallest type that holds them; the first difference may be large."""
    return steps.astype(np.min_scalar_type(int(steps.max(initial=0))))


def _count(line: str, ones: Counter[str], twos: Counter[str], threes: Counter[str]) -> None:
    ones.update(line[2:])
    twos.update(line[at : at + 2] for at in range(2, len(line) - 1))
    triples = [boundary(line[at]) + line[at + 1 : at + 3] for at in range(len(line) - 2)]
    threes.update(triples)
    twos.update(triple[:2] for triple in triples if triple[0] == START)


def boundary(character: str) -> str:
    """START for a mark: as the first of three characters it tells only that a word begins after it."""
    return character if character.isalnum() else START


def merge_words(lines: Iterable[str], scale: float) -> dict[str, float]:
    """jieba's dictionary (`word count tag`) folded: words that become one add their counts."""
    merged: dict[str, float] = {}
    for line in lines:
        word, count, *_tag = line.split(" ")
        folded = fold(word)
        if folded:
            merged[folded] = merged.get(folded, 0.0) + scale * int(count)
    return merged
