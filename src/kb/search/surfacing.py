"""Which practices fit a question, though it need not name them: every practice is judged by its own page.

best passage + whole page (cosine) -+
best passage (BM25) ----------------+-> one score a practice -> how likely it is the one that is meant
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.index.dense import Numbers, Ranked
from kb.types import Mode

FloatMatrix = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]

DENSE_WEIGHT = 0.6
"""Share of meaning, the rest is BM25's: first place 0.885 at 0.6, 0.872 at 0.5 and 0.7 (234 questions)."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The passages of all practices' pages.

    `numbers` are passage numbers, ascending; `owners[i]` is the place in `ids` of the practice that passage i
    belongs to; `whole` holds the mean vector of each page, shape (len(ids), dimension), unit length.
    """

    ids: tuple[str, ...]
    numbers: Numbers
    owners: Numbers
    vectors: FloatMatrix
    whole: FloatMatrix

    @classmethod
    def of(cls, pages: Mapping[int, str], vectors: FloatMatrix) -> Pages:
        """`pages` tells the practice of each passage number, ascending; `vectors` are in the same order."""
        ids = tuple(sorted(set(pages.values())))
        place = {key: at for at, key in enumerate(ids)}
        owners = np.array([place[key] for key in pages.values()], dtype=np.int64)
        whole = np.zeros((len(ids), vectors.shape[1] if vectors.ndim > 1 else 0), dtype=np.float32)
        np.add.at(whole, owners, vectors)
        whole /= np.maximum(np.linalg.norm(whole, axis=1, keepdims=True), 1e-9)
        return cls(ids, np.array(list(pages), dtype=np.int64), owners, vectors, whole)

    def only(self, numbers: Numbers) -> Pages:
        """The pages all of whose passages are among these."""
        kept = np.isin(self.numbers, numbers)
        whole = [at for at in range(len(self.ids)) if kept[self.owners == at].all()]
        held = np.isin(self.owners, whole)
        return Pages.of(
            {int(number): self.ids[owner] for number, owner in zip(self.numbers[held], self.owners[held], strict=True)},
            self.vectors[held],
        )


@dataclass(frozen=True, slots=True)
class Surfaced:
    """A practice with its likelihood in [0, 1] and the number of the passage of its page that fits best."""

    id: str
    likelihood: float
    passage: int


NAMED_SHARE = 0.5
"""A question of which so much is the name of a practice asks for that practice."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns what was measured into the likelihood that a practice is the one that is meant.

    Logistic regression on the fused score, the cosine and the lead over the best other practice, fitted on the 234
    questions of `benchmarks.practices` and 40 on other subjects (`python -m benchmarks.practice_fit`). Of the
    practices shown with 0.8 and more 93 % were the right one, of those with 0.2 to 0.4 31 % (five-fold
    cross-validation).
    """

    constant: float
    score: float
    cosine: float
    lead: float

    def likelihood(self, score: float, cosine: float, lead: float) -> float:
        """In [0, 1]."""
        return 1.0 / (1.0 + math.exp(-(self.constant + self.score * score + self.cosine * cosine + self.lead * lead)))


CALIBRATIONS = {
    Mode.HYBRID: Calibration(-18.51, 6.94, 16.10, 11.04),
    Mode.DENSE: Calibration(-11.13, -2.77, 17.62, 14.86),
    Mode.LEXICAL: Calibration(-3.83, 3.02, 0.0, 6.14),
}
"""For vectors of the default model."""

OTHER_MODELS = {
    Mode.HYBRID: Calibration(-13.88, 14.71, 0.0, 7.73),
    Mode.DENSE: Calibration(-1.50, 0.35, 0.0, 14.75),
    Mode.LEXICAL: CALIBRATIONS[Mode.LEXICAL],
}
"""Cosines of other models lie elsewhere, so only places and leads count; a question off the subject is not noticed."""


def named(likelihood: float, share: float) -> float:
    """The likelihood of a practice that the question names: certain where the question is little else."""
    return 1.0 if share >= NAMED_SHARE else 1.0 - (1.0 - likelihood) * (1.0 - share)


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of a practice for a question: its fused score, its cosine, its lead over the best other one, and
    the place of the passage of its page that fits best."""

    id: str
    score: float
    cosine: float
    lead: float
    passage: int


def surface(
    pages: Pages, vector: npt.NDArray[np.float32] | None, lexical: Ranked | None, calibration: Calibration
) -> list[Surfaced]:
    """Every practice, likeliest first.

    `vector` is the question's, None where only words are compared; `lexical` the BM25 ranking of the pages'
    passages, None where only meaning is.
    """
    found = [
        Surfaced(one.id, calibration.likelihood(one.score, one.cosine, one.lead), one.passage)
        for one in measured(pages, vector, lexical)
    ]
    return sorted(found, key=lambda one: (-one.likelihood, one.id))


def measured(
    pages: Pages, vector: npt.NDArray[np.float32] | None, lexical: Ranked | None, weight: float = DENSE_WEIGHT
) -> list[Measured]:
    """Every practice with what its likelihood is made of, in the order of the pages."""
    if not pages.ids:
        return []
    cosines, near = _dense(pages, vector)
    words, worded = _lexical(pages, lexical)
    share = 1.0 if lexical is None else 0.0 if vector is None else weight
    fused = share * stretched(cosines) + (1.0 - share) * words
    best = np.sort(fused)[::-1]
    found = []
    for at, key in enumerate(pages.ids):
        others = best[1] if len(best) > 1 and fused[at] == best[0] else best[0] if len(best) > 1 else 0.0
        passage = int(pages.numbers[near[at] if vector is not None else worded[at]])
        found.append(Measured(key, float(fused[at]), float(cosines[at]), float(fused[at] - others), passage))
    return found


def _dense(pages: Pages, vector: npt.NDArray[np.float32] | None) -> tuple[Scores, Numbers]:
    """For each practice the mean of its best passage's cosine and the whole page's, and which passage that is."""
    if vector is None:
        return np.zeros(len(pages.ids)), np.zeros(len(pages.ids), dtype=np.int64)
    best, place = _best(pages, np.vecdot(pages.vectors, vector).astype(np.float64))
    return (best + np.vecdot(pages.whole, vector)) / 2.0, place


def _lexical(pages: Pages, lexical: Ranked | None) -> tuple[Scores, Numbers]:
    """For each practice its best passage's BM25 score as a share of the highest, and which passage that is."""
    scores = np.zeros(len(pages.numbers))
    if lexical is not None and len(lexical.numbers):
        held = np.isin(lexical.numbers, pages.numbers)
        scores[np.searchsorted(pages.numbers, lexical.numbers[held])] = lexical.scores[held]
    best, place = _best(pages, scores)
    return best / max(float(best.max()), 1e-9), place


def _best(pages: Pages, scores: Scores) -> tuple[Scores, Numbers]:
    """The highest score among each practice's passages, and its place."""
    order = np.lexsort((np.arange(len(scores)), -scores, pages.owners))
    _owners, first = np.unique(pages.owners[order], return_index=True)
    place: Numbers = order[first].astype(np.int64)
    return scores[place], place


def stretched(values: Scores) -> Scores:
    """To [0, 1]; all 0 where they are all equal."""
    width = float(values.max() - values.min())
    return (values - values.min()) / width if width > 0 else np.zeros_like(values)
