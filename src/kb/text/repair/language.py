"""How likely one character is after two others: the judge between readings of damaged bytes.

A trigram model of characters, interpolated with pairs and single characters (absolute discounting), mixed with
the pairs and triples of the document's own undamaged clauses. Its
counts come from jieba's dictionary and from this project's own corpus, and from texts that the user adds.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

from kb.text.repair.counts import END, START, Counts, boundary, fold

DISCOUNT_SHARE, DISCOUNT_MOST = 0.5, 3.0
"""Taken off every count for what was never seen: half of small weights, 3 of large ones.

These give the least perplexity of pages held out."""

SMOOTHING, VOCABULARY = 0.02, 22_000
"""Every character of GBK starts with two occurrences in the 60 million words of jieba's dictionary."""

RARE_WEIGHT = 0.05
"""A character of less weight (five occurrences there) is rare: no candidate for a hidden byte, and teaches
no document."""

DOCUMENT_SHARE = 0.2
"""Weight of the document's own pairs and triples."""

TEXT_WEIGHT = 4.0
"""A running text tells how words follow each other, which the dictionary does not: it counts that many times."""


class LanguageModel:
    """Probabilities of characters after two others; read only once it is made."""

    def __init__(self, counts: Counts) -> None:
        """Prepare discounts and what is left for shorter contexts."""
        self._ones, self._twos, self._threes = counts.ones, counts.twos, counts.threes
        self._total = sum(self._ones.values()) + SMOOTHING * VOCABULARY
        self._kept_one = _kept(self._twos)
        self._kept_two = _kept(self._threes)
        self._memory: dict[str, float] = {}
        self._followers: dict[str, list[str]] | None = None

    def alone(self, character: str) -> float:
        """The probability of a folded character without context."""
        return (self._ones.get(character, 0.0) + SMOOTHING) / self._total

    def is_rare(self, character: str) -> bool:
        """Whether the folded character is hardly ever met."""
        return self._ones.get(character, 0.0) < RARE_WEIGHT

    def probability(self, three: str) -> float:
        """The probability of the last of three folded characters after the first two."""
        known = self._memory.get(three)
        if known is None:
            known = self._memory[three] = self._triple(three)
        return known

    def _triple(self, three: str) -> float:
        two = self._pair(three[1:])
        three = boundary(three[0]) + three[1:]
        context = three[:2]
        weight = self._twos.get(context, 0.0)
        if not weight:
            return two
        kept = min(self._kept_two.get(context, 0.0), weight)
        return _discounted(self._threes.get(three, 0.0)) / weight + (1 - kept / weight) * two

    def _pair(self, two: str) -> float:
        one = self.alone(two[1])
        weight = self._ones.get(two[0], 0.0)
        if not weight:
            return one
        kept = min(self._kept_one.get(two[0], 0.0), 0.98 * weight)
        return _discounted(self._twos.get(two, 0.0)) / weight + (1 - kept / weight) * one

    def followers(self, character: str) -> list[str]:
        """Folded characters seen after a character, and the most common ones of all."""
        if self._followers is None:
            grouped = defaultdict(list)
            for two in self._twos:
                grouped[two[0]].append(two[1])
            self._followers = dict(grouped)
            self._common = [one for one, _ in Counter(self._ones).most_common(300)]
        return list(dict.fromkeys([*self._followers.get(character, ()), *self._common]))


@dataclass(frozen=True, slots=True)
class Document:
    """What a document itself says: its counts, and the characters it holds undamaged."""

    counts: Counts
    characters: frozenset[str]


class DocumentModel:
    """The language model with a document's own clauses mixed in."""

    def __init__(self, model: LanguageModel, document: Document, share: float = DOCUMENT_SHARE) -> None:
        self._model, self._share = model, share
        self.characters = document.characters
        self._own = document.counts
        self._memory: dict[str, float] = {}
        self._likely: dict[str, list[str]] = {}
        self.is_rare = model.is_rare

    def log(self, before: str, character: str) -> float:
        """Natural logarithm of the probability of a folded character after two others."""
        three = before + character
        known = self._memory.get(three)
        if known is None:
            known = self._memory[three] = math.log(self._mixed(three))
        return known

    def _mixed(self, three: str) -> float:
        own = 0.0
        own_two = self._own.twos.get(three[1:], 0)
        if own_two:
            own = (own_two - 0.5) / (self._own.ones.get(three[1], 0) + 2)
            own_three = self._own.threes.get(three, 0)
            if own_three:
                own += (own_three - 0.3) / (self._own.twos.get(three[:2], 0) + 2)
        return (1 - self._share) * self._model.probability(three) + self._share * own

    def likely(self, before: str) -> list[str]:
        """Folded characters by how likely they follow, likeliest first; a few hundred."""
        known = self._likely.get(before)
        if known is None:
            candidates = dict.fromkeys(self._model.followers(before[1]))
            candidates.update(dict.fromkeys(two[1] for two in self._own.twos if two[0] == before[1]))
            usable = [one for one in candidates if one not in (START, END)]
            known = self._likely[before] = sorted(usable, key=lambda one: -self.log(before, one))[:400]
        return known


def _discounted(weight: float) -> float:
    return weight - min(DISCOUNT_SHARE * weight, DISCOUNT_MOST)


def _kept(grams: Counter[str]) -> dict[str, float]:
    """What each context keeps for the characters seen after it; the rest falls to the shorter context."""
    kept: dict[str, float] = {}
    for gram, weight in grams.items():
        context = gram[:-1]
        kept[context] = kept.get(context, 0.0) + _discounted(weight)
    return kept


@lru_cache(maxsize=1)
def default_model() -> LanguageModel:
    """The model that comes with the package: jieba's dictionary and our own corpus."""
    return LanguageModel(Counts.load(Path(str(resources.files("kb.text.repair").joinpath("counts.npz")))))


def model_with(texts: Iterable[str]) -> LanguageModel:
    """The shipped model and the user's own sound texts, for names and turns of phrase of a place."""
    counts = Counts.load(Path(str(resources.files("kb.text.repair").joinpath("counts.npz"))))
    for text in texts:
        counts.add_text(text, TEXT_WEIGHT)
    return LanguageModel(counts)


__all__ = ["Document", "DocumentModel", "LanguageModel", "default_model", "fold", "model_with"]
