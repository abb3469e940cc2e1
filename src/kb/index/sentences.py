"""Vectors of the sentences of every passage, as two memory-mapped files; only those of candidates are ever read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from kb.arrays import read_array
from kb.index.dense import Numbers

_VECTORS = "sentences.npy"
_OFFSETS = "sentence-offsets.npy"

HalfMatrix = npt.NDArray[np.float16]
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SentenceIndex:
    """`vectors[offsets[row]:offsets[row + 1]]` are those of the passage in that row of the dense index, in order.

    A passage that is one sentence has none: its own vector speaks for it.
    """

    vectors: HalfMatrix
    offsets: Numbers

    @classmethod
    def build(cls, numbers: Numbers, owners: Sequence[int], vectors: HalfMatrix) -> SentenceIndex:
        """`numbers` are the passages, ascending; `owners[i]` is the passage of sentence i, ascending."""
        offsets = np.searchsorted(np.asarray(owners, dtype=np.int64), numbers)
        return cls(vectors, np.append(offsets, len(owners)).astype(np.int64))

    def save(self, folder: Path) -> None:
        """Write both files into `folder`.

        Raises:
            OSError: the folder cannot be written.
        """
        np.save(folder / _VECTORS, self.vectors, allow_pickle=False)
        np.save(folder / _OFFSETS, self.offsets, allow_pickle=False)

    @classmethod
    def write(cls, folder: Path, numbers: Numbers, blocks: Iterable[tuple[Sequence[int], HalfMatrix]]) -> int:
        """The same from (owners, vectors) of some passages after the other, none of which are kept in memory; how many
        sentences there were.

        Raises:
            OSError: the folder cannot be written.
        """
        counts = np.zeros(len(numbers) + 1, dtype=np.int64)
        total, width = 0, 0
        with (folder / _VECTORS).open("wb") as file:
            for owners, vectors in blocks:
                if len(vectors):
                    if not width:
                        width = vectors.shape[1]
                        _write_head(file, 0, width)
                    file.write(np.ascontiguousarray(vectors, dtype="<f2").data)
                    counts += np.bincount(np.searchsorted(numbers, owners) + 1, minlength=len(counts))
                    total += len(vectors)
            file.seek(0)  # A head has the same length for any number of rows.
            _write_head(file, total, width)
        np.save(folder / _OFFSETS, np.cumsum(counts), allow_pickle=False)
        return total

    @classmethod
    def open(cls, folder: Path) -> SentenceIndex:
        """
        Raises:
            OSError, EOFError, ValueError: the files are missing or damaged.
        """
        vectors: HalfMatrix = read_array(folder / _VECTORS, mapped=True)
        offsets: Numbers = read_array(folder / _OFFSETS)
        if len(offsets) == 0 or offsets[-1] != len(vectors):
            raise ValueError(f"{len(vectors)} sentences, offsets to {offsets[-1:]}")
        return cls(vectors, offsets)

    def __len__(self) -> int:
        return len(self.vectors)

    def best(self, query: Scores, rows: Numbers, otherwise: Scores) -> Scores:
        """The highest cosine of `query` with a sentence of each of these passages, shape (len(rows),).

        `otherwise` is the score of a passage without sentences of its own.
        """
        begins, counts = self.offsets[rows], self.offsets[rows + 1] - self.offsets[rows]
        held = counts > 0
        if not held.any():
            return otherwise
        picked = _ranges(begins[held], counts[held])
        # Not `@`: BLAS would start threads, whose waiting takes 20 ms of the other cores (benchmarks/attempts.md).
        scores = np.vecdot(self.vectors[picked].astype(np.float32), query)
        best = otherwise.astype(np.float32, copy=True)
        best[held] = np.maximum.reduceat(scores, np.cumsum(counts[held]) - counts[held])
        return best

    def of(self, row: int) -> npt.NDArray[np.float32]:
        """The vectors of one passage's sentences, shape (n, dimension)."""
        vectors: npt.NDArray[np.float32] = self.vectors[self.offsets[row] : self.offsets[row + 1]].astype(np.float32)
        return vectors


def _write_head(file: BinaryIO, rows: int, width: int) -> None:
    np.lib.format.write_array_header_1_0(file, {"descr": "<f2", "fortran_order": False, "shape": (rows, width)})


def _ranges(begins: Numbers, counts: Numbers) -> Numbers:
    """begins[0], begins[0] + 1, ... for counts[0] numbers, then from begins[1], and so on."""
    steps = np.ones(int(counts.sum()), dtype=np.int64)
    firsts = np.cumsum(counts)[:-1]
    steps[0] = begins[0]
    steps[firsts] = begins[1:] - begins[:-1] - counts[:-1] + 1
    return np.cumsum(steps)
