"""Dense search with FAISS: inner product over unit vectors (cosine), exact or by lists (`kb.index.inverted`)."""

from __future__ import annotations

import math
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


MOST_SCANNED = 100_000
"""Where a filter leaves up to so many rows, all of them are compared; where it leaves more, as many more lists
are looked into as it leaves fewer rows, times MORE_LISTS."""

MORE_LISTS = 2.0


class DenseIndex:
    """Vectors of passages. Rows are in the order of the passages' numbers; those `gone` are never found."""

    def __init__(self, index: Any, numbers: Numbers, gone: Numbers | None = None) -> None:
        self._index = index
        self.numbers = numbers
        self._lists = int(getattr(index, "nlist", 0))
        self.there: npt.NDArray[np.bool_] = np.ones(len(numbers), dtype=bool)
        if gone is not None and len(gone):
            self.there = np.isin(numbers, gone, invert=True)
        self._living = int(self.there.sum())

    @classmethod
    def build(cls, numbers: Sequence[int] | Numbers, vectors: FloatMatrix) -> DenseIndex:
        """An exact one. `vectors` of shape (len(numbers), dimension), float32, unit length, by ascending number."""
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
    def open(cls, folder: Path, gone: Numbers | None = None) -> DenseIndex:
        """Lists are memory-mapped: only the pages that a search touches are read.

        Raises:
            OSError, EOFError, RuntimeError, ValueError: the files are missing or damaged.
        """
        import faiss

        numbers: Numbers = read_array(folder / _NUMBERS)
        index = faiss.read_index(str(folder / _VECTORS), faiss.IO_FLAG_MMAP)
        if index.ntotal != len(numbers):
            raise ValueError(f"{index.ntotal} vectors for {len(numbers)} passages")
        if isinstance(index, faiss.IndexIVF):
            # Threads that read ahead take 1 to 3 ms of every search, and what they read is in memory already.
            lists: Any = faiss.downcast_InvertedLists(index.invlists)  # type: ignore[arg-type]
            lists.prefetch_nthread = 0
        return cls(index, numbers, gone)

    @property
    def dimension(self) -> int:
        """Numbers in one vector."""
        return int(self._index.d)

    @property
    def exact(self) -> bool:
        """Whether every row is compared, with its vector as it is; else some lists are, in float16."""
        return self._lists == 0

    def __len__(self) -> int:
        return self._living

    def search(self, query: npt.NDArray[np.float32], k: int, allowed: Numbers | None = None) -> Ranked:
        """The k passages nearest to `query` (shape (dimension,)), best first, equal scores by number.

        `allowed` are numbers of passages that are there, ascending.
        """
        k = min(k, len(self) if allowed is None else len(allowed))
        if k == 0:
            return empty_ranking()
        scores, rows = self._index.search(query.reshape(1, -1), k, params=self._parameters(allowed))
        found = rows[0] >= 0
        numbers, scores = self.numbers[rows[0][found]], scores[0][found]
        order = np.lexsort((numbers, -scores))
        return Ranked(numbers[order], scores[order])

    def _parameters(self, allowed: Numbers | None) -> Any:
        """Which rows are compared, and how many lists are looked into."""
        import faiss

        selector: Any = None
        if allowed is not None and self.exact:
            selector = faiss.IDSelectorBatch(self._rows(allowed))
        elif allowed is not None or self._living < len(self.numbers):
            chosen = self.there
            if allowed is not None:
                chosen = np.zeros(len(self.numbers), dtype=bool)
                chosen[self._rows(allowed)] = True
            bits: Any = np.packbits(chosen, bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg]
        if self.exact:
            return None if selector is None else faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        probes = self._probes(None if allowed is None else len(allowed))
        return faiss.SearchParametersIVF(sel=selector, nprobe=probes)  # type: ignore[call-arg]

    def _probes(self, allowed: int | None) -> int:
        """The lists to look into for the nearest among so many rows; None: among all that are there."""
        probes = int(self._index.nprobe)
        if allowed is None:
            return min(self._lists, math.ceil(probes * len(self.numbers) / self._living))
        if allowed <= MOST_SCANNED:
            return self._lists
        return min(self._lists, math.ceil(probes * MORE_LISTS * len(self.numbers) / allowed))

    def _rows(self, numbers: Numbers) -> Numbers:
        rows: Numbers = np.searchsorted(self.numbers, numbers).astype(np.int64)
        return rows

    def scores_of(self, query: npt.NDArray[np.float32], numbers: Numbers) -> npt.NDArray[np.float32]:
        """The cosine of `query` with each of these passages, shape (len(numbers),)."""
        if len(numbers) == 0:
            return np.zeros(0, dtype=np.float32)
        scores: npt.NDArray[np.float32] = np.vecdot(self.vectors_of(numbers), query)
        return scores

    def vectors_of(self, numbers: Numbers) -> FloatMatrix:
        """The vectors of these passages, shape (len(numbers), dimension)."""
        vectors: FloatMatrix = self._index.reconstruct_batch(self._rows(numbers))
        return vectors
