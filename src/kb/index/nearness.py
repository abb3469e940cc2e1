"""How near a passage is to a question: the rule that every index of vectors follows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kb.index.dense import Ranked

SENTENCE_SHARE = 0.5
"""How much of a passage's nearness is its best sentence's (`benchmarks/attempts.md`: 0.3 to 0.5 are alike)."""


def with_best_sentences(ranked: Ranked, best: npt.NDArray[np.float32]) -> Ranked:
    """The same passages ordered by their own cosine and, at SENTENCE_SHARE, by `best`, that of their best sentence.

    A passage speaks of several things, its vector of all at once; the sentence that answers is nearer to the question.
    """
    scores = ranked.scores * np.float32(1.0 - SENTENCE_SHARE) + best * np.float32(SENTENCE_SHARE)
    order = np.lexsort((ranked.numbers, -scores))
    return Ranked(ranked.numbers[order], scores[order])
