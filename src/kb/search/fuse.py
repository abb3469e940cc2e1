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

DENSE_WEIGHT = 0.76
"""Share of the dense leg, the rest is BM25's. On gov a plateau from 0.75 to 0.82 (0.731 to 0.737), on DRCD 0.982 at
0.77 and 0.979 at 0.8 (`benchmarks/attempts.md`)."""

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


def fuse(dense: Ranked, lexical: Ranked, mode: Mode) -> Ranking:
    """One ranking, best first, equal scores by number.

    Each leg's scores are stretched to [0, 1] over its pool (min-max normalisation; Bruch, Gai & Ingber
    2023, "An Analysis of Fusion Functions for Hybrid Retrieval", TOIS 42) and added by weight; a passage
    that a leg did not return gets 0 from it. Reciprocal rank fusion was worse on every measured set.
    """
    weight = {Mode.HYBRID: DENSE_WEIGHT, Mode.DENSE: 1.0, Mode.LEXICAL: 0.0}[mode]
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
