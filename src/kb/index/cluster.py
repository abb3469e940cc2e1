"""The passages of a store in a distributed engine (Milvus), in place of the index files.

Articles and texts stay in SQLite: what is in the engine can be made again from it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from kb.errors import IndexStateError
from kb.index.cluster_engine import MOST_RESULTS, ClusterEngine, within
from kb.index.cluster_filters import search_within
from kb.index.cluster_lexical import ClusterLexical
from kb.index.cluster_schema import SENTENCES_EACH, State, names_of, read_state
from kb.index.dense import FloatMatrix, Numbers, Ranked
from kb.index.nearness import with_best_sentences

_ARTICLES_AT_ONCE = 2_000


def checked_state(engine: ClusterEngine, lineage: str, existing: list[str]) -> State | None:
    """What the engine holds of this library, which is the one of the store; None where it holds nothing.

    Raises:
        IndexStateError: it is of another store.
    """
    state = read_state(engine, existing)
    if state is not None and state.lineage != lineage:
        raise IndexStateError(
            f"检索引擎 {engine.address} 里的库属于另一个文章库，没有动它。"
            "请在 KB_STORE_URL 里换一个库名（?library=…）；"
            f"若确定不再要它，请先在引擎里删除以 {engine.address.library}_ 开头的集合。"
        )
    return state


class ClusterIndex:
    """All passages of one state of the store, in the engine (`kb.index.retriever.Retriever`)."""

    def __init__(self, engine: ClusterEngine, state: State) -> None:
        self._engine, self._state = engine, state
        self._names = names_of(engine, state.stamp)
        self._lexical = ClusterLexical(engine, self._names, state.passages, state.articles)

    @classmethod
    def open(cls, engine: ClusterEngine, lineage: str, model: str, segmenter: str) -> ClusterIndex | None:
        """What is there for this store, model and terms; None where there is nothing.

        Raises:
            IndexStateError: the engine cannot be reached, or holds another library under this name.
        """
        existing = engine.names()
        state = checked_state(engine, lineage, existing)
        if state is None or (state.model, state.segmenter) != (model, segmenter):
            return None
        opened = cls(engine, state)
        if not opened._names.all <= {*existing}:
            return None
        for name in opened._names.all:
            engine.load(name)
        return opened

    @property
    def lineage(self) -> str:
        """The store that these were made from."""
        return self._state.lineage

    @property
    def generation(self) -> int:
        """The state of that store."""
        return self._state.generation

    @property
    def lexical(self) -> ClusterLexical:
        """The same passages by their words."""
        return self._lexical

    @property
    def dimension(self) -> int:
        """Numbers in one vector."""
        return self._state.dimension

    def by_meaning(self, query: npt.NDArray[np.float32], k: int, articles: Numbers | None) -> Ranked:
        """The k passages nearest to `query`, ordered by their own cosine and their best sentence's."""
        ranked = self._nearest(query, k, articles)
        return with_best_sentences(ranked, self._best_sentences(query, ranked))

    def _nearest(self, query: npt.NDArray[np.float32], k: int, articles: Numbers | None) -> Ranked:
        k = min(k, self._state.passages)
        return search_within(self._engine, self._names.passages, "vector", query, k, articles, self._state.articles)

    def _best_sentences(self, query: npt.NDArray[np.float32], ranked: Ranked) -> npt.NDArray[np.float32]:
        """The cosine of the best sentence of each passage; the passage's own where it has none."""
        best = np.full(len(ranked.numbers), -np.inf, dtype=np.float32)
        row_of = {number: row for row, number in enumerate(ranked.numbers.tolist())}
        for numbers, sentences in self._with_sentences(ranked.numbers.tolist()):
            where = within("passage", numbers)
            found = self._engine.search(self._names.sentences, "vector", query, sentences, where)
            rows = [row_of[number] for number in (found.numbers // SENTENCES_EACH).tolist()]
            np.maximum.at(best, rows, found.scores)
        return np.where(np.isneginf(best), ranked.scores, best)

    def _with_sentences(self, numbers: list[int]) -> Iterator[tuple[list[int], int]]:
        """The passages with sentences of their own, as many at a time as the engine hands over sentences of."""
        held = self._engine.having(self._names.passages, "number", numbers, ["number", "sentences"])
        chosen: list[int] = []
        total = 0
        for row in held:
            if total + row["sentences"] > MOST_RESULTS:
                yield chosen, total
                chosen, total = [], 0
            if row["sentences"]:
                chosen.append(row["number"])
                total += row["sentences"]
        if chosen:
            yield chosen, total

    def nearest(self, query: npt.NDArray[np.float32], articles: Numbers | None) -> float | None:
        """The cosine of the nearest passage; None where there is no passage."""
        scores = self._nearest(query, 1, articles).scores
        return float(scores[0]) if len(scores) else None

    def passages_of(self, articles: Numbers) -> tuple[Numbers, Numbers]:
        """The numbers of all passages of these articles, ascending, and the article of each."""
        found: dict[int, int] = {}
        for at in range(0, len(articles), _ARTICLES_AT_ONCE):
            where = within("article", articles[at : at + _ARTICLES_AT_ONCE].tolist())
            rows = self._engine.rows(self._names.passages, where, ["number", "article"])
            found |= {row["number"]: row["article"] for row in rows}
        numbers = np.array(sorted(found), dtype=np.int64)
        return numbers, np.array([found[number] for number in numbers.tolist()], dtype=np.int64)

    def vectors_of(self, numbers: Numbers) -> FloatMatrix:
        """The vectors of these passages, shape (len(numbers), dimension)."""
        wanted = numbers.tolist()
        rows = self._engine.having(self._names.passages, "number", wanted, ["number", "vector"])
        found = {row["number"]: row["vector"] for row in rows}
        missing = len({*wanted} - {*found})
        if missing:
            raise IndexStateError(f"检索引擎 {self._engine.address} 里少了 {missing} 个段落。请运行 kb build 补齐。")
        vectors = np.array([found[number] for number in wanted], dtype=np.float32)
        return vectors.reshape(len(wanted), self.dimension)

    def sentence_vectors(self, number: int) -> FloatMatrix:
        """The vectors of one passage's sentences, shape (n, dimension); none where the passage is one sentence."""
        rows = self._engine.rows(self._names.sentences, within("passage", [number]), ["id", "vector"])
        found = {row["id"]: row["vector"] for row in rows}
        vectors = np.array([found[key] for key in sorted(found)], dtype=np.float32)
        return vectors.reshape(len(found), self.dimension)
