"""How likely one character is after two others: the judge between readings of damaged bytes.

Two trigram models, mixed for each document as its own sound clauses suggest: one of jieba's dictionary and this
project's own corpus, and one that knows the laws of the country besides. To both are added the pairs and
triples of the document's undamaged clauses, and the texts that the user adds.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

import numpy as np

from kb.text.repair.counts import Counts, fold
from kb.text.repair.grams import Grams, Weights
from kb.text.repair.stored import load
from kb.text.repair.trigrams import Tables, Trigrams

RARE_WEIGHT = 0.05
"""A character of less weight (five occurrences in jieba's dictionary) is rare: no candidate for a hidden byte,
and teaches no document."""

DOCUMENT_SHARE = 0.2
"""Weight of the document's own pairs and triples."""

TEXT_WEIGHT = 4.0
"""A running text tells how words follow each other, which the dictionary does not: it counts that many times."""

PRIOR_SHARE, PRIOR_CHARACTERS = 0.4, 50
"""How much of a document is taken to be law before it is read, and how many characters that opinion weighs."""

SAMPLE, ROUNDS = 3_000, 6
"""Characters of a document that are weighed, and how often: expectation maximisation has settled by then."""


REMEMBERED = 512
"""Contexts of which a document remembers every letter's probability: half a dozen tens of megabytes."""


MARKS = "…—‘’“”〈〉【】"
"""Marks that may stand at a hidden byte, whether they were counted or not."""


class LanguageModel:
    """Probabilities of characters after two others; read only once it is made."""

    def __init__(self, general: Tables, laws: Tables) -> None:
        """`laws` are counted on top of what is general."""
        both = general.added(laws)
        self.letters = np.union1d(both.letters(), [ord(mark) for mark in MARKS])
        self._general, self._laws = Trigrams(general, self.letters), Trigrams(both, self.letters)

    def is_rare(self, character: str) -> bool:
        """Whether the folded character is hardly ever met."""
        return self._laws.weight(character) < RARE_WEIGHT

    def probability(self, three: str, share: float = PRIOR_SHARE) -> float:
        """The probability of the last of three folded characters after the first two; `share` is that of law."""
        return (1 - share) * self._general.probability(three) + share * self._laws.probability(three)

    def after(self, before: str, share: float) -> Weights:
        """The probability of every letter after two folded characters."""
        return (1 - share) * self._general.after(before) + share * self._laws.after(before)

    def share_of_law(self, stretches: Iterable[str]) -> float:
        """The share of law that makes folded stretches of a document likeliest."""
        pairs = list[tuple[float, float]]()
        for stretch in stretches:
            threes = [stretch[at : at + 3] for at in range(len(stretch) - 2)]
            pairs += [(self._general.probability(three), self._laws.probability(three)) for three in threes]
            if len(pairs) >= SAMPLE:
                break
        share = PRIOR_SHARE
        for _ in range(ROUNDS):
            law = sum(share * laws / (share * laws + (1 - share) * general) for general, laws in pairs)
            share = (law + PRIOR_SHARE * PRIOR_CHARACTERS) / (len(pairs) + PRIOR_CHARACTERS)
        return share


@dataclass(frozen=True, slots=True)
class Document:
    """What a document itself says: its counts, and how much it is law."""

    counts: Counts
    share_of_law: float = PRIOR_SHARE


class DocumentModel:
    """The language model with a document's own clauses mixed in."""

    def __init__(self, model: LanguageModel, document: Document, share: float = DOCUMENT_SHARE) -> None:
        self._model, self._share, self._law = model, share, document.share_of_law
        self._own = document.counts
        self._after = _by_first(document.counts.twos)
        self._memory: dict[str, float] = {}
        self._logs: dict[str, Weights] = {}
        self.is_rare, self.letters = model.is_rare, model.letters

    def log(self, before: str, character: str) -> float:
        """Natural logarithm of the probability of a folded character after two others."""
        three = before + character
        known = self._memory.get(three)
        if known is None:
            mixed = (1 - self._share) * self._model.probability(three, self._law) + self._share * self._own_word(three)
            known = self._memory[three] = math.log(mixed)
        return known

    def logs(self, before: str) -> Weights:
        """The same for every letter of the model at once."""
        known = self._logs.get(before)
        if known is None:
            mixed = (1 - self._share) * self._model.after(before, self._law)
            for character in self._after.get(before[1], ()):
                place = int(np.searchsorted(self.letters, ord(character)))
                if place < len(self.letters) and self.letters[place] == ord(character):
                    mixed[place] += self._share * self._own_word(before + character)
            if len(self._logs) >= REMEMBERED:
                self._logs.clear()
            known = self._logs[before] = np.log(mixed)
        return known

    def _own_word(self, three: str) -> float:
        """What the document itself says."""
        own_two = self._own.twos.get(three[1:], 0)
        if not own_two:
            return 0.0
        own = (own_two - 0.5) / (self._own.ones.get(three[1], 0) + 2)
        own_three = self._own.threes.get(three, 0)
        return own + (own_three - 0.3) / (self._own.twos.get(three[:2], 0) + 2) if own_three else own


def _by_first(twos: Iterable[str]) -> dict[str, list[str]]:
    """The second characters of pairs by the first."""
    grouped = defaultdict(list)
    for two in twos:
        grouped[two[0]].append(two[1])
    return dict(grouped)


@lru_cache(maxsize=1)
def default_model() -> LanguageModel:
    """The model that comes with the package."""
    return LanguageModel(_shipped("counts.npz"), _shipped("laws.npz"))


def model_with(texts: Iterable[str]) -> LanguageModel:
    """The shipped model and the user's own sound texts, for names and turns of phrase of a place."""
    counts = Counts()
    for text in texts:
        counts.add_text(text, TEXT_WEIGHT)
    return LanguageModel(_shipped("counts.npz").added(tables_of(counts)), _shipped("laws.npz"))


def tables_of(counts: Counts) -> Tables:
    """Counts as arrays."""
    return Tables(Grams.of(counts.ones), Grams.of(counts.twos), Grams.of(counts.threes))


def _shipped(name: str) -> Tables:
    return load(Path(str(resources.files("kb.text.repair").joinpath(name))))


__all__ = ["Document", "DocumentModel", "LanguageModel", "default_model", "fold", "model_with"]
