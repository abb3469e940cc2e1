"""What answers are found in: passages by meaning and by words, wherever they are kept.

Two keep them: the index files beside the store (`kb.index.caches`), and a distributed engine. What reads knows neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kb.index.dense import FloatMatrix, Numbers, Ranked


class Lexical(Protocol):
    """Passages by their terms, scored with BM25."""

    def knows(self, terms: Iterable[str]) -> bool:
        """Whether each of these terms stands somewhere."""

    def weight(self, terms: Iterable[str]) -> float:
        """The inverse document frequencies of these terms, added."""

    def holding(self, terms: Iterable[str], k: int) -> Numbers:
        """Up to k passages that hold each of these terms, those with the highest BM25 first; none for no terms."""

    def search(
        self, terms: Sequence[str], k: int, articles: Numbers | None = None, *, further: Sequence[str] = ()
    ) -> Ranked:
        """The k passages with the highest BM25 for these terms, best first, equal scores by number; `further` terms
        count less than the others."""


class Retriever(Protocol):
    """All passages of one state of the store. `articles` are those that a filter allows, ascending; None is all."""

    @property
    def lineage(self) -> str:
        """The store that the passages are of (`Store.lineage`)."""

    @property
    def generation(self) -> int:
        """The state of that store (`Store.generation`)."""

    @property
    def lexical(self) -> Lexical:
        """The same passages by their words."""

    @property
    def dimension(self) -> int:
        """Numbers in one vector."""

    def by_meaning(self, query: npt.NDArray[np.float32], k: int, articles: Numbers | None) -> Ranked:
        """The k passages nearest to `query` (shape (dimension,)), ordered by what they and their best sentence have in
        common with it."""

    def nearest(self, query: npt.NDArray[np.float32], articles: Numbers | None) -> float | None:
        """The cosine of the nearest passage; None where there is no passage."""

    def passages_of(self, articles: Numbers) -> tuple[Numbers, Numbers]:
        """The numbers of all passages of these articles, ascending, and the article of each; both of shape (n,)."""

    def vectors_of(self, numbers: Numbers) -> FloatMatrix:
        """The vectors of these passages, shape (len(numbers), dimension)."""

    def sentence_vectors(self, number: int) -> FloatMatrix:
        """The vectors of one passage's sentences, shape (n, dimension); none where the passage is one sentence."""
