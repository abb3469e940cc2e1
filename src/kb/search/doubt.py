"""How sure it is that the texts answer a question, from how near the nearest passage comes.

Nearness means little by itself: it depends on the texts, on the model and on how the question is put. So it is
counted in spreads above what questions on other subjects reach in the same index (`kb.search.elsewhere`, measured when
the index is built), and a long question, which speaks of more than its answer does, is allowed to be less near.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

SPREADS, LENGTH, EVEN = 1.60, 0.44, -4.35
"""Logistic regression on 9,000 pairs of a question in plain speech and an index of laws that holds or lacks the law
that answers it (`python -m benchmarks.refusal --fit`); both kinds weigh the same, so that 0.5 is the even point."""

EVEN_POINT = 0.5


@dataclass(frozen=True, slots=True)
class Doubt:
    """The highest cosines that questions on other subjects reach in this index: their mean and spread."""

    mean: float
    spread: float

    def confidence(self, cosine: float, characters: int) -> float:
        """In [0, 1], for a question of so many characters whose nearest passage has this cosine."""
        spreads = (cosine - self.mean) / max(self.spread, 1e-6)
        logit = SPREADS * spreads + LENGTH * math.log(max(characters, 1)) + EVEN
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, logit))))
