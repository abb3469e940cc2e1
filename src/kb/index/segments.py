"""The passages' vectors in segments that are never changed: what is new comes into a new one, what is gone is masked.

Numbers of passages only grow (`kb.index.schema`), so segments follow each other by number and all of them together
have their rows in the order of the passages' numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.arrays import read_array
from kb.index.dense import DenseIndex, FloatMatrix, Numbers, Ranked, empty_ranking
from kb.index.sentences import SentenceIndex

ARTICLES = "articles.npy"


@dataclass(frozen=True, slots=True)
class Segment:
    """`articles[row]` is the article of passage `dense.numbers[row]`, also of those that are gone."""

    name: str
    dense: DenseIndex
    sentences: SentenceIndex
    articles: Numbers

    @classmethod
    def open(cls, folder: Path, gone: Numbers) -> Segment:
        """
        Raises:
            OSError, EOFError, ValueError, RuntimeError: the files are missing or damaged, or of several segments.
        """
        made = cls(
            folder.name, DenseIndex.open(folder, gone), SentenceIndex.open(folder), read_array(folder / ARTICLES)
        )
        rows = len(made.dense.numbers)
        if rows == 0 or len(made.articles) != rows or len(made.sentences.offsets) != rows + 1:
            raise ValueError(f"{folder.name}: {rows} passages, {len(made.articles)} with an article")
        return made

    @property
    def first(self) -> int:
        """The lowest number in it."""
        return int(self.dense.numbers[0])

    @property
    def last(self) -> int:
        """The highest number in it."""
        return int(self.dense.numbers[-1])


class Segments:
    """All segments of a generation as one index. `numbers` are the passages that are there, ascending, `articles[i]`
    is the article of `numbers[i]`."""

    def __init__(self, parts: Sequence[Segment]) -> None:
        self.parts = tuple(parts)
        self._last: tuple[bytes, bytes | None, float] | None = None
        self._last_within: tuple[bytes, Numbers] | None = None
        if any(one.last >= other.first for one, other in zip(self.parts, self.parts[1:], strict=False)):
            raise ValueError("segments that overlap")
        empty = np.zeros(0, dtype=np.int64)
        self.numbers: Numbers = np.concatenate([empty, *(part.dense.numbers[part.dense.there] for part in parts)])
        self.articles: Numbers = np.concatenate([empty, *(part.articles[part.dense.there] for part in parts)])

    def __len__(self) -> int:
        return len(self.numbers)

    @cached_property
    def _firsts(self) -> Numbers:
        return np.array([part.first for part in self.parts], dtype=np.int64)

    def search(self, query: npt.NDArray[np.float32], k: int, allowed: Numbers | None = None) -> Ranked:
        """The k passages nearest to `query` (shape (dimension,)), best first, equal scores by number; `allowed` are
        numbers of passages that are there, ascending."""
        ranked = self._search(query, k, allowed)
        self._last = (query.tobytes(), _bytes_of(allowed), float(ranked.scores[0])) if len(ranked.scores) else None
        return ranked

    def nearest(self, query: npt.NDArray[np.float32], allowed: Numbers | None = None) -> float | None:
        """The cosine of the nearest passage, None where there is none; the last question was compared already."""
        last = self._last
        if last is not None and last[:2] == (query.tobytes(), _bytes_of(allowed)):
            return last[2]
        scores = self._search(query, 1, allowed).scores
        return float(scores[0]) if len(scores) else None

    def _search(self, query: npt.NDArray[np.float32], k: int, allowed: Numbers | None) -> Ranked:
        found = [
            part.dense.search(query, k, None if allowed is None else _within(allowed, part)) for part in self.parts
        ]
        if len(found) == 1:
            return found[0]
        if not found:
            return empty_ranking()
        numbers = np.concatenate([one.numbers for one in found])
        scores = np.concatenate([one.scores for one in found])
        order = np.lexsort((numbers, -scores))[:k]
        return Ranked(numbers[order], scores[order])

    def within(self, articles: Numbers | None) -> Numbers | None:
        """The passages of these articles, ascending; a question asks for the same ones twice."""
        if articles is None:
            return None
        key, last = articles.tobytes(), self._last_within
        if last is None or last[0] != key:
            last = self._last_within = key, self.passages_of(articles)[0]
        return last[1]

    def best_sentences(
        self, query: npt.NDArray[np.float32], numbers: Numbers, otherwise: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        """The highest cosine of `query` with a sentence of each of these passages; `otherwise` is that of a passage
        without sentences of its own."""
        best = otherwise
        for part, held in self._by_part(numbers):
            rows = np.searchsorted(part.dense.numbers, numbers[held]).astype(np.int64)
            if best is otherwise:
                best = otherwise.copy()
            best[held] = part.sentences.best(query, rows, otherwise[held])
        return best

    def vectors_of(self, numbers: Numbers) -> FloatMatrix:
        """The vectors of these passages, shape (len(numbers), dimension)."""
        width = self.parts[0].dense.dimension if self.parts else 1
        vectors: FloatMatrix = np.zeros((len(numbers), width), dtype=np.float32)
        for part, held in self._by_part(numbers):
            vectors[held] = part.dense.vectors_of(numbers[held])
        return vectors

    def sentence_vectors(self, number: int) -> FloatMatrix:
        """The vectors of one passage's sentences, shape (n, dimension)."""
        ((part, _held),) = self._by_part(np.array([number], dtype=np.int64))
        return part.sentences.of(int(np.searchsorted(part.dense.numbers, number)))

    def passages_of(self, articles: Numbers) -> tuple[Numbers, Numbers]:
        """The numbers of all passages of these articles, ascending, and the article of each."""
        rows = np.isin(self.articles, articles)
        return self.numbers[rows], self.articles[rows]

    def _by_part(self, numbers: Numbers) -> list[tuple[Segment, Numbers]]:
        """The segments that hold some of these numbers, and the places of those in `numbers`."""
        at = np.searchsorted(self._firsts, numbers, side="right") - 1
        return [(self.parts[part], np.flatnonzero(at == part)) for part in np.unique(at).tolist()]


def _bytes_of(numbers: Numbers | None) -> bytes | None:
    return None if numbers is None else numbers.tobytes()


def _within(numbers: Numbers, part: Segment) -> Numbers:
    """Those of ascending numbers that may be in a segment."""
    begin, end = np.searchsorted(numbers, (part.first, part.last + 1))
    return numbers[begin:end]
