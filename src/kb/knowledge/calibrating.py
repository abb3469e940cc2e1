"""What nearness is worth in this index: measured when its passages change, and kept with it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kb.index.dense import Numbers
from kb.index.store import Store
from kb.index.vectors import blocks
from kb.models.encoder import Encoder, FloatMatrix, TextKind
from kb.search.cohort import cohort_of
from kb.search.doubt import Doubt, even_point
from kb.search.elsewhere import QUESTIONS
from kb.text.normalize import normalize

MOST_COMPARED = 100_000
"""Passages that questions on other subjects are compared with; more tell no more."""

BLOCK = 4_096
"""Passages read and compared at a time with all built-in questions."""

_MEAN, _SPREAD, _EVEN = "doubt_mean", "doubt_spread", "doubt_even"
_MEASURE = 3
"""Raised when something else is measured, so that the next build measures again."""
_MADE_AT = "doubt_generation"


def calibrate(store: Store, encoder: Encoder) -> None:
    """Measure how near questions on other subjects come to the passages of this index, and how sure it is of questions
    that it is known not to answer.

    Nothing is done where no passage changed since the last time.
    """
    generation = f"{_MEASURE}.{store.generation()}"
    if store.meta(_MADE_AT) == generation:
        return
    numbers, _articles = store.passage_numbers()
    if not len(numbers):
        return
    numbers = numbers[:: max(1, len(numbers) // MOST_COMPARED)]
    asked = encoder.encode([normalize(question) for question in QUESTIONS], TextKind.QUERY)
    cohort = cohort_of(encoder.identity)
    known = cohort.known.vectors if cohort is not None else asked[:0]
    best = _highest(store, encoder.identity, numbers, np.concatenate((asked, known)))
    doubt = Doubt(float(best[: len(asked)].mean()), float(best[: len(asked)].std()))
    even = even_point(doubt, cohort.known, best[len(asked) :]) if cohort is not None else 0.0
    for name, value in ((_MEAN, doubt.mean), (_SPREAD, doubt.spread), (_EVEN, even)):
        store.remember(name, f"{value:.6f}")
    store.remember(_MADE_AT, generation)


def measured_doubt(store: Store) -> Doubt | None:
    """What `calibrate` kept; None before anything was measured. An older index knows no even point of its own."""
    if not store.meta(_MEAN):
        return None
    return Doubt(float(store.meta(_MEAN)), float(store.meta(_SPREAD)), float(store.meta(_EVEN) or 0.0))


def _highest(store: Store, model: str, numbers: Numbers, asked: FloatMatrix) -> npt.NDArray[np.float32]:
    """The highest cosine of each question with one of these passages, shape (questions,)."""
    highest = np.full(len(asked), -1.0, dtype=np.float32)
    for block in blocks(numbers, BLOCK):
        _passages, texts = store.vectors.load(model, block.tolist())
        if len(texts):
            highest = np.maximum(highest, (texts @ asked.T).max(axis=0))
    return highest
