"""Joins the two legs of a search into one ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

from kb.index.dense import Numbers, Ranked, empty_ranking
from kb.types import LegRank, Mode

POOL = 1000
"""How many passages each leg hands over. Small pools stretch the scores of few passages over the whole of
[0, 1]; from 100 to 1,000 nDCG@10 rose on all three measured sets (`benchmarks/RESULTS.md`)."""

DENSE_MOST, DENSE_LEAST = 0.85, 0.5
"""Share of the dense leg, the rest is BM25's: most of all where the texts do not use the question's words (plain
speech), least where one passage holds them all (names, article numbers, quotations)."""

COVERED_LITTLE, COVERED_WELL = 0.1, 0.8
"""Between these the share falls evenly with how much of the question's words the best passage holds. On gov
0.734 with one share for all, 0.747 to 0.752 with every choice of the four numbers that was tried
(`benchmarks/attempts.md`)."""

FloatArray = npt.NDArray[np.float32]
DoubleArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fused:
    """A passage number with its joint score in [0, 1] and its place in each leg."""

    number: int
    score: float
    dense: LegRank | None
    lexical: LegRank | None


@dataclass(frozen=True, slots=True)
class _Places:
    """Rank (0 for none) and score of every passage of a ranking in one leg."""

    ranks: Numbers
    scores: FloatArray

    @classmethod
    def of_leg(cls, ranked: Ranked, numbers: Numbers) -> _Places:
        """In the order of `numbers`, which hold all that the leg ranked."""
        ranks, scores = np.zeros(len(numbers), dtype=np.int64), np.zeros(len(numbers), dtype=np.float32)
        by_number = np.argsort(numbers)
        rows = by_number[np.searchsorted(numbers[by_number], ranked.numbers)]
        ranks[rows], scores[rows] = np.arange(1, len(ranked.numbers) + 1), ranked.scores
        return cls(ranks, scores)

    def of(self, row: int) -> LegRank | None:
        """The place of one passage."""
        rank = int(self.ranks[row])
        return LegRank(rank, float(self.scores[row])) if rank else None


class Ranking(Sequence[Fused]):
    """The joint ranking, best first. It holds arrays: of a thousand passages the first ten or so are looked at."""

    def __init__(self, numbers: Numbers, scores: DoubleArray, places: Sequence[_Places]) -> None:
        self._numbers, self._scores, self._places = numbers, scores, places

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, at: int) -> Fused: ...
    @overload
    def __getitem__(self, at: slice) -> list[Fused]: ...

    def __getitem__(self, at: int | slice) -> Fused | list[Fused]:
        if isinstance(at, slice):
            return [self._fused(row) for row in range(*at.indices(len(self)))]
        return self._fused(range(len(self))[at])

    def _fused(self, row: int) -> Fused:
        dense, lexical = (places.of(row) for places in self._places)
        return Fused(int(self._numbers[row]), float(self._scores[row]), dense, lexical)


def dense_share(coverage: float) -> float:
    """The share of the dense leg where the best passage has this part of the BM25 score that the question's words are
    worth (`kb.index.lexical.LexicalIndex.weight`): 0 where none stands anywhere, about 1 where it holds them all."""
    place = (coverage - COVERED_LITTLE) / (COVERED_WELL - COVERED_LITTLE)
    return DENSE_MOST - (DENSE_MOST - DENSE_LEAST) * min(1.0, max(0.0, place))


def fuse(dense: Ranked, lexical: Ranked, mode: Mode, *, attainable: float = 0.0) -> Ranking:
    """One ranking, best first, equal scores by number; `attainable` is what the question's words are worth in BM25.

    Each leg's scores are stretched to [0, 1] over its pool (min-max normalisation; Bruch, Gai & Ingber
    2023, "An Analysis of Fusion Functions for Hybrid Retrieval", TOIS 42) and added by weight; a passage
    that a leg did not return gets 0 from it. Reciprocal rank fusion was worse on every measured set.
    """
    coverage = float(lexical.scores[0]) / attainable if attainable and len(lexical.scores) else 0.0
    weight = {Mode.HYBRID: dense_share(coverage), Mode.DENSE: 1.0, Mode.LEXICAL: 0.0}[mode]
    legs = [
        (ranked if share else empty_ranking(), share) for ranked, share in ((dense, weight), (lexical, 1.0 - weight))
    ]
    numbers: Numbers = np.unique(np.concatenate([ranked.numbers for ranked, _share in legs]))
    scores = np.zeros(len(numbers))
    for ranked, share in legs:
        stretched = stretch(ranked.scores, floor=0.0 if ranked is lexical else None)
        scores[np.searchsorted(numbers, ranked.numbers)] += share * stretched.astype(np.float64)
    order = np.lexsort((numbers, -scores))
    places = [_Places.of_leg(ranked, numbers[order]) for ranked, _share in legs]
    return Ranking(numbers[order], scores[order], places)


def stretch(scores: FloatArray, floor: float | None) -> FloatArray:
    """Scores, best first, to [0, 1]: the best is 1, the last of a full pool 0.

    A pool of fewer than POOL holds all the leg could find. For BM25 the rest of the corpus then scored
    `floor` = 0; a dense leg scores everything, so its last is its lowest (`floor` None).
    """
    if len(scores) == 0:
        return scores
    full = len(scores) >= POOL
    low = float(scores[-1]) if full or floor is None else floor
    width = float(scores[0]) - low
    if width <= 0.0:
        return np.ones_like(scores)
    stretched: FloatArray = (scores - low) / width
    return stretched
