"""A trigram model of characters, interpolated with pairs and single characters by absolute discounting.

It answers two questions: how likely one character is after two others, and how likely every character is there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kb.text.repair.counts import boundary
from kb.text.repair.grams import BITS, LAST, Grams, Keys, Lookup, Weights, number

DISCOUNT_SHARE, DISCOUNT_MOST = 0.5, 3.0
"""Taken off every count for what was never seen: half of small weights, 3 of large ones.

These give the least perplexity of pages held out."""

SMOOTHING, VOCABULARY = 0.02, 22_000
"""Every character of GBK starts with two occurrences in the 60 million words of jieba's dictionary."""

KEPT_MOST = 0.98
"""What was seen after a context keeps at most this share of its weight, so that nothing is impossible."""


REMEMBERED = 300_000
"""Triples whose probability is remembered; a build of thousands of damaged texts would remember without end."""


@dataclass(frozen=True, slots=True)
class Tables:
    """What was counted: characters, pairs, triples."""

    ones: Grams
    twos: Grams
    threes: Grams

    def added(self, other: Tables) -> Tables:
        """Both counts together."""
        return Tables(self.ones.added(other.ones), self.twos.added(other.twos), self.threes.added(other.threes))

    def letters(self) -> Keys:
        """Every character counted, ascending."""
        return np.unique(np.concatenate([self.ones.keys, self.twos.keys & LAST, self.threes.keys & LAST]))


class Trigrams:
    """Probabilities of characters after two others; read only once it is made."""

    def __init__(self, tables: Tables, letters: Keys) -> None:
        """Prepare discounts and what is left for shorter contexts; `letters` hold all that was counted."""
        self._ones, self._twos, self._threes = map(Lookup, (tables.ones, tables.twos, tables.threes))
        self._two_weights, self._three_weights = _discounted(tables.twos.weights), _discounted(tables.threes.weights)
        self._total = float(tables.ones.weights.sum()) + SMOOTHING * VOCABULARY
        self._kept_one = Lookup(tables.twos.by_context(self._two_weights))
        self._kept_two = Lookup(tables.threes.by_context(self._three_weights))
        self._two_last, self._three_last = (
            np.searchsorted(letters, grams.keys & LAST) for grams in (tables.twos, tables.threes)
        )
        self._alone = np.full(len(letters), SMOOTHING / self._total)
        self._alone[np.searchsorted(letters, tables.ones.keys)] += tables.ones.weights / self._total
        self._memory: dict[str, float] = {}

    def weight(self, character: str) -> float:
        """How often a folded character was counted."""
        return self._ones.weight(ord(character)) if character else 0.0

    def probability(self, three: str) -> float:
        """The probability of the last of three folded characters after the first two."""
        known = self._memory.get(three)
        if known is None:
            if len(self._memory) >= REMEMBERED:
                self._memory.clear()
            known = self._memory[three] = self._triple(three)
        return known

    def after(self, before: str) -> Weights:
        """The probability of every letter after two folded characters."""
        middle = ord(before[1])
        result = (1 - self._kept_by_pairs(middle)) * self._alone
        weight = self._ones.weight(middle)
        if weight:
            seen = self._twos.within(middle)
            result[self._two_last[seen]] += self._two_weights[seen] / weight
        context = number(boundary(before[0]) + before[1])
        weight = self._twos.weight(context)
        if weight:
            seen = self._threes.within(context)
            result *= 1 - min(self._kept_two.weight(context) / weight, KEPT_MOST)
            result[self._three_last[seen]] += self._three_weights[seen] / weight
        return result

    def _kept_by_pairs(self, character: int) -> float:
        """The share of a character's weight that goes to what was seen after it."""
        weight = self._ones.weight(character)
        return min(self._kept_one.weight(character) / weight, KEPT_MOST) if weight else 0.0

    def _triple(self, three: str) -> float:
        two = self._pair(number(three[1:]))
        key = number(boundary(three[0]) + three[1:])
        context = key >> BITS
        weight = self._twos.weight(context)
        if not weight:
            return two
        kept = min(self._kept_two.weight(context) / weight, KEPT_MOST)
        return _discounted_one(self._threes.weight(key)) / weight + (1 - kept) * two

    def _pair(self, key: int) -> float:
        one = (self._ones.weight(key & LAST) + SMOOTHING) / self._total
        weight = self._ones.weight(key >> BITS)
        if not weight:
            return one
        return _discounted_one(self._twos.weight(key)) / weight + (1 - self._kept_by_pairs(key >> BITS)) * one


def _discounted_one(weight: float) -> float:
    return weight - min(DISCOUNT_SHARE * weight, DISCOUNT_MOST)


def _discounted(weights: Weights) -> Weights:
    """What each group keeps; the rest falls to what was never seen."""
    return weights - np.minimum(DISCOUNT_SHARE * weights, DISCOUNT_MOST)
