"""How often characters, pairs and triples of characters occur: counted and pooled.

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
