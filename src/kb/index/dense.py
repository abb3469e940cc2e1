"""Dense search: exact inner product over unit vectors (cosine) with FAISS, kept as a memory-mapped file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.arrays import read_array

FloatMatrix = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]

_VECTORS = "dense.faiss"
_NUMBERS = "dense-numbers.npy"


@dataclass(frozen=True, slots=True)
class Ranked:
    """Passage numbers, best first, with their scores; both of shape (n,)."""

    numbers: Numbers
    scores: npt.NDArray[np.float32]


def empty_ranking() -> Ranked:
    """What a leg that is not asked returns."""
    return Ranked(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))


class DenseIndex:
    """Vectors of passages, searched exactly. Rows are in the order of the passages' numbers."""

    def __init__(self, index: Any, numbers: Numbers) -> None:
        self._index = index
        self.numbers = numbers

    @classmethod
    def build(cls, numbers: Sequence[int], vectors: FloatMatrix) -> DenseIndex:
        """`vectors` of shape (len(numbers), dimension), float32, unit length, by ascending number."""
        import faiss

        index = faiss.IndexFlatIP(vectors.shape[1] or 1)
        if len(vectors):  # The last article may have been removed: then there is no dimension either.
            index.add(np.ascontiguousarray(vectors))
        return cls(index, np.asarray(numbers, dtype=np.int64))

    def save(self, folder: Path) -> None:
        """Write vectors and numbers into `folder`.

        Raises:
            OSError: the folder cannot be written.
        """
        import faiss

        try:
            faiss.write_index(self._index, str(folder / _VECTORS))
        except RuntimeError as error:  # What FAISS raises when a disk is full.
            raise OSError(str(error)) from error
        np.save(folder / _NUMBERS, self.numbers, allow_pickle=False)

    @classmethod
    def open(cls, folder: Path) -> DenseIndex:
        """Memory-mapped: only the pages that a search touches are read.

        Raises:
            OSError, EOFError, RuntimeError, ValueError: the files are missing or damaged.
        """
        import faiss

        numbers: Numbers = read_array(folder / _NUMBERS)
        index = faiss.read_index(str(folder / _VECTORS), faiss.IO_FLAG_MMAP)
        if index.ntotal != len(numbers):
            raise ValueError(f"{index.ntotal} vectors for {len(numbers)} passages")
        return cls(index, numbers)

    @property
    def dimension(self) -> int:
        """Numbers in one vector."""
        return int(self._index.d)

    def __len__(self) -> int:
        return len(self.numbers)

    def search(self, query: npt.NDArray[np.float32], k: int, allowed: Numbers | None = None) -> Ranked:
        """The k passages nearest to `query` (shape (dimension,)), best first, equal scores by number."""
        import faiss

        k = min(k, len(self) if allowed is None else len(allowed))
        if k == 0:
            return empty_ranking()
        parameters = None
        if allowed is not None:
            selector = faiss.IDSelectorBatch(np.searchsorted(self.numbers, allowed).astype(np.int64))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scores, rows = self._index.search(query.reshape(1, -1), k, params=parameters)
        found = rows[0] >= 0
        numbers, scores = self.numbers[rows[0][found]], scores[0][found]
        order = np.lexsort((numbers, -scores))
        return Ranked(numbers[order], scores[order])

    def scores_of(self, query: npt.NDArray[np.float32], numbers: Numbers) -> npt.NDArray[np.float32]:
        """The cosine of `query` with each of these passages, shape (len(numbers),)."""
        if len(numbers) == 0:
            return np.zeros(0, dtype=np.float32)
        scores: npt.NDArray[np.float32] = np.vecdot(self.vectors_of(numbers), query)
        return scores

    def vectors_of(self, numbers: Numbers) -> FloatMatrix:
        """The vectors of these passages, shape (len(numbers), dimension)."""
        vectors: FloatMatrix = self._index.reconstruct_batch(np.searchsorted(self.numbers, numbers).astype(np.int64))
        return vectors
