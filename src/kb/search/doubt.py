"""How sure it is that the texts answer a question, from how near the nearest passage comes.

Nearness means little by itself: it depends on the texts, on the model and on how the question is put. So it is
counted in spreads above what questions on other subjects reach in the same index (`kb.search.elsewhere`, measured when
the index is built), and a long question, which speaks of more than its answer does, is allowed to be less near. Where a
national law that is not in the texts comes nearer than all of them (`kb.search.cohort`), the answer is likely there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.search.cohort import KnownQuestions

SPREADS, LENGTH, NEARER, EVEN = 0.80, 0.75, 2.08, -2.98
"""Logistic regression on 9,000 pairs of a question in plain speech and an index of laws that holds or lacks the law
that answers it (`python -m benchmarks.refusal --fit`); both kinds weigh the same, so that 0.5 is the even point."""

EVEN_POINT = 0.5

PASSED = 0.125
"""Of the questions that a library is known not to answer, the share that passes for answered; the even point is put
there. Of 24 that passed on the benchmark's library and were read, about a quarter did find an answer, in another law:
so one in ten or eleven is answered wrongly."""

CLEARLY_LESS = 0.02
"""A library holds no answer to a known question when it comes nowhere as near as the law that does, less this."""

FEWEST_KNOWN = 100
"""Fewer questions without an answer tell no even point: that of the regression stays."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """The highest cosines that questions on other subjects reach in this index: their mean and spread.

    `even` is the logit of what is as likely answered as not, measured on questions that this index does not answer.
    """

    mean: float
    spread: float
    even: float = 0.0

    def confidence(self, cosine: float, characters: int, elsewhere: float = 0.0) -> float:
        """In [0, 1], for a question of so many characters whose nearest passage has this cosine.

        `elsewhere` is the cosine of the nearest article of a law outside; 0 where none is known.
        """
        logit = self.logit(cosine, characters, elsewhere) - self.even
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, logit))))

    def logit(self, cosine: float, characters: int, elsewhere: float) -> float:
        """The same before it is set against the even point."""
        spread = max(self.spread, 1e-6)
        spreads, nearer = (cosine - self.mean) / spread, max(0.0, elsewhere - cosine) / spread
        return SPREADS * spreads + LENGTH * math.log(max(characters, 1)) - NEARER * nearer + EVEN


def even_point(doubt: Doubt, known: KnownQuestions, own: npt.NDArray[np.float32]) -> float:
    """The logit that one in eight of the known questions passes that the index does not answer.

    `own` are the highest cosines of the known questions in this index. The law of such a question does not count as a
    law outside: a question of life seldom has its law among the cohort.
    """
    lacking = np.flatnonzero(own < known.at_home - CLEARLY_LESS)
    if len(lacking) < FEWEST_KNOWN:
        return 0.0
    logits = [doubt.logit(float(own[at]), int(known.characters[at]), float(known.outside[at])) for at in lacking]
    return float(np.quantile(logits, 1 - PASSED))
