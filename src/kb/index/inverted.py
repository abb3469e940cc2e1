"""Lists of near vectors (IVF) for many passages: trained on some, filled block by block, and measured against exact
search while they are filled.

Vectors in the lists are float16: what that changes of a cosine is below 2e-4. How many lists a search looks into is
chosen when the index is made, so that it finds what an exact one finds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.index.dense import FloatMatrix, Numbers

FOUND = 10
"""Recall is measured on the first ten."""

WANTED = 0.985
"""Recall@10 that the number of lists is chosen for; 0.98 is promised, for questions that are harder than the measured
ones."""

ROUNDING = 2e-4
"""Cosines that are nearer than this are the same in float16: one passage is as good as the other."""

TRAINED_ON = 40
"""Vectors for each list in the sample that lists are trained on; FAISS warns below 39."""

_ROUNDS = 10
_PROBES = tuple(size * step for step in (8, 16, 32, 64, 128, 256, 512, 1024) for size in (1.0, 1.5))


def lists_for(rows: int) -> int:
    """How many lists: 4 times the square root, as FAISS's guidelines have it; no more than can be trained."""
    return max(1, min(int(4 * rows**0.5), rows // TRAINED_ON))


@dataclass(frozen=True, slots=True)
class Measured:
    """The lists that a search looks into, and the recall@10 that was measured with them."""

    probes: int
    recall: float


class Filling:
    """A new index by lists. `sample`: unit vectors to train on, shape (TRAINED_ON * lists_for(rows), dimension);
    `questions`: unit vectors that recall is measured with, none of them a vector of the index."""

    def __init__(self, rows: int, sample: FloatMatrix, questions: FloatMatrix) -> None:
        import faiss

        dimension = sample.shape[1]
        coarse = faiss.IndexFlatIP(dimension)
        self._index = faiss.IndexIVFScalarQuantizer(
            coarse, dimension, lists_for(rows), faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT, False
        )
        self._index.cp.niter = _ROUNDS
        self._index.train(np.ascontiguousarray(sample))
        self._questions = np.ascontiguousarray(questions)
        self._best = np.zeros((len(questions), 0), dtype=np.float32)
        self._rows = np.zeros((len(questions), 0), dtype=np.int64)

    def add(self, vectors: FloatMatrix) -> None:
        """The next rows, unit vectors of shape (n, dimension)."""
        first = self._index.ntotal
        self._index.add(np.ascontiguousarray(vectors))
        scores = np.concatenate((self._best, self._questions @ vectors.T), axis=1)
        rows = np.broadcast_to(np.arange(first, first + len(vectors)), (len(self._questions), len(vectors)))
        rows = np.concatenate((self._rows, rows), axis=1)
        kept = np.argsort(-scores, axis=1, kind="stable")[:, :FOUND]
        self._best, self._rows = np.take_along_axis(scores, kept, 1), np.take_along_axis(rows, kept, 1)

    def finished(self) -> tuple[Any, Measured]:
        """The index, and what was chosen for it."""
        self._index.make_direct_map()
        measured = Measured(self._index.nlist, 1.0)
        for probes in _PROBES:
            if probes < self._index.nlist:
                self._index.nprobe = int(probes)
                recall = recall_of(self._rows, self._best, *self._index.search(self._questions, FOUND)[::-1])
                if recall >= WANTED:
                    measured = Measured(int(probes), round(recall, 4))
                    break
        self._index.nprobe = measured.probes
        return self._index, measured


def recall_of(nearest: Numbers, best: npt.NDArray[np.float32], rows: Numbers, scores: npt.NDArray[np.float32]) -> float:
    """The share of the nearest that were found, all of shape (questions, k): by row, or with a cosine that is no lower
    than that of the last of the nearest but for rounding."""
    named = np.array([np.isin(found, wanted) for found, wanted in zip(rows, nearest, strict=True)])
    as_good = (rows >= 0) & (scores >= best[:, -1:] - ROUNDING)
    return float((named | as_good).mean())


def moved(vectors: FloatMatrix, chance: np.random.Generator) -> FloatMatrix:
    """Unit vectors with as much noise as they are long: as hard to find by lists as questions are, which are no texts
    (benchmarks/attempts.md)."""
    noise = chance.normal(size=vectors.shape).astype(np.float32)
    moved = vectors + noise / np.maximum(np.linalg.norm(noise, axis=1, keepdims=True), np.float32(1e-9))
    normed: FloatMatrix = moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), np.float32(1e-9))
    return normed


def joined(blocks: Iterable[FloatMatrix]) -> FloatMatrix:
    """All of them, one below the other."""
    held = list(blocks)
    return np.concatenate(held) if held else np.zeros((0, 0), dtype=np.float32)
