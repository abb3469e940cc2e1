"""Joins the two legs of a search into one ranking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.index.dense import Ranked
from kb.types import LegRank, Mode

POOL = 1000
"""How many passages each leg hands over. Small pools stretch the scores of few passages over the whole of
[0, 1]; from 100 to 1,000 nDCG@10 rose on all three measured sets (`benchmarks/RESULTS.md`)."""

DENSE_WEIGHT = 0.76
"""Share of the dense leg, the rest is BM25's. On gov a plateau from 0.75 to 0.82 (0.731 to 0.737), on DRCD 0.982 at
0.77 and 0.979 at 0.8 (`benchmarks/attempts.md`)."""

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Fused:
    """A passage number with its joint score in [0, 1] and its place in each leg."""

    number: int
    score: float
    dense: LegRank | None
    lexical: LegRank | None


def fuse(dense: Ranked, lexical: Ranked, mode: Mode) -> list[Fused]:
    """One ranking, best first, equal scores by number.

    Each leg's scores are stretched to [0, 1] over its pool (min-max normalisation; Bruch, Gai & Ingber
    2023, "An Analysis of Fusion Functions for Hybrid Retrieval", TOIS 42) and added by weight; a passage
    that a leg did not return gets 0 from it. Reciprocal rank fusion was worse on every measured set.
    """
    weight = {Mode.HYBRID: DENSE_WEIGHT, Mode.DENSE: 1.0, Mode.LEXICAL: 0.0}[mode]
    legs = ((dense, weight), (lexical, 1.0 - weight))
    scores: dict[int, float] = {}
    for ranked, share in legs:
        if share:
            stretched = stretch(ranked.scores, floor=0.0 if ranked is lexical else None)
            for number, score in zip(ranked.numbers.tolist(), stretched.tolist(), strict=True):
                scores[number] = scores.get(number, 0.0) + share * score
    places = [_places(ranked) if share else {} for ranked, share in legs]
    order = sorted(scores, key=lambda number: (-scores[number], number))
    return [Fused(number, scores[number], places[0].get(number), places[1].get(number)) for number in order]


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


def _places(ranked: Ranked) -> dict[int, LegRank]:
    pairs = zip(ranked.numbers.tolist(), ranked.scores.tolist(), strict=True)
    return {number: LegRank(rank, score) for rank, (number, score) in enumerate(pairs, start=1)}
