"""The way out: normalize -> (segment -> lexical, embed -> dense) -> fuse -> load -> practices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from kb.errors import QueryError
from kb.index.caches import Caches
from kb.index.dense import Numbers, Ranked, empty_ranking
from kb.index.filters import condition
from kb.index.store import Store
from kb.models.encoder import Encoder, TextKind
from kb.search import practices as practice_search
from kb.search.fuse import POOL, Fused, fuse
from kb.search.highlight import highlights
from kb.search.practices import PracticeNames
from kb.search.soundness import weighed
from kb.text.normalize import normalize
from kb.text.segment import Segmenter, Token
from kb.types import Filters, Hit, Mode, SearchResult, Timings

LONGEST_QUERY = 5_000
"""Characters; a longer one is a document, and the model would read only its first 512 tokens."""

EVIDENCE = 30
"""How many passages are looked at for the practices they speak of."""

MOST_PRACTICES = 8


@dataclass(frozen=True, slots=True)
class Query:
    """A question, checked: as asked, in matching form, what it may find, how much of it."""

    text: str
    matching: str
    mode: Mode
    filters: Filters
    k: int


def read_query(text: str, mode: Mode | str, filters: Filters, k: int) -> Query:
    """
    Raises:
        QueryError: empty, too long, an unknown mode, or k below 1.
    """
    text = text.strip()
    if not text:
        raise QueryError("请输入要查的问题或词语。")
    if len(text) > LONGEST_QUERY:
        raise QueryError(f"问题太长（{len(text)} 字，最多 {LONGEST_QUERY} 字）。请缩短后再试。")
    if k < 1:
        raise QueryError(f"结果条数至少是 1，不能是 {k}。")
    if mode not in set(Mode):
        raise QueryError(f"没有“{mode}”这种检索方式。可用：hybrid（混合）、dense（语义）、lexical（字面）。")
    return Query(text, normalize(text), Mode(mode), filters, k)


class Clock:
    """Milliseconds since the last reading, by name."""

    def __init__(self) -> None:
        self.begin = self._last = perf_counter()
        self.steps: dict[str, float] = {}

    def mark(self, name: str) -> None:
        """The time since the last mark belongs to `name`."""
        now = perf_counter()
        self.steps[name] = self.steps.get(name, 0.0) + (now - self._last) * 1000
        self._last = now

    def timings(self) -> Timings:
        """All readings so far."""
        total = (perf_counter() - self.begin) * 1000
        return Timings(**{name: round(value, 3) for name, value in self.steps.items()}, total=round(total, 3))


@dataclass(frozen=True, slots=True)
class Searcher:
    """Everything one search needs; `encoder` is None where only lexical search is asked for."""

    store: Store
    caches: Caches
    segmenter: Segmenter
    names: PracticeNames
    encoder: Encoder | None

    def search(self, query: Query) -> SearchResult:
        """The whole way of a question; read top to bottom it is the flow in the package's docstring."""
        clock = Clock()
        articles = self._allowed(query.filters)
        dense = self._dense(query, articles, clock)
        lexical = self._lexical(query, articles, clock)
        fused = fuse(dense, lexical, query.mode)
        clock.mark("fuse")
        words = self.segmenter.words(query.matching)
        found = self._load(fused, max(query.k, EVIDENCE), words)
        practices = practice_search.rank(self.names, query.text, found[:EVIDENCE])
        clock.mark("load")
        terms = tuple(dict.fromkeys(word.term for word in words))
        return SearchResult(
            query.text, query.mode, tuple(found[: query.k]), practices[:MOST_PRACTICES], terms, clock.timings()
        )

    def _allowed(self, filters: Filters) -> Numbers | None:
        """Numbers of the articles that fit; None where everything does."""
        if not filters:
            return None
        return np.array(sorted(self.store.catalogue.articles_where(*condition(filters))), dtype=np.int64)

    def _dense(self, query: Query, articles: Numbers | None, clock: Clock) -> Ranked:
        if query.mode is Mode.LEXICAL or self.encoder is None:
            return empty_ranking()
        vector = self.encoder.encode([query.matching], TextKind.QUERY)[0]
        clock.mark("embed")
        within = None if articles is None else self.caches.passages_of(articles)
        ranked = self.caches.dense.search(vector, POOL, within)
        clock.mark("dense")
        return ranked

    def _lexical(self, query: Query, articles: Numbers | None, clock: Clock) -> Ranked:
        if query.mode is Mode.DENSE:
            return empty_ranking()
        terms = [token.term for token in self.segmenter.tokens(query.matching)]
        ranked = self.caches.lexical.search(terms, POOL, articles)
        clock.mark("lexical")
        return ranked

    def _load(self, fused: Sequence[Fused], k: int, words: Sequence[Token]) -> list[Hit]:
        """The first k that are still in the store, with their texts, damaged ones set back.

        Older caches may name passages that are gone.
        """
        hits: list[Hit] = []
        terms = {word.term for word in words}
        for at in range(0, len(fused), k):
            group = fused[at : at + k]
            loaded = self.store.passages([item.number for item in group])
            for item in group:
                if item.number in loaded and len(hits) < k:
                    passage, article = loaded[item.number]
                    named = self.names.find(normalize(passage.text))
                    hits.append(
                        Hit(
                            passage,
                            article,
                            round(weighed(item.score, passage.quality), 6),
                            item.dense,
                            item.lexical,
                            highlights(passage, terms),
                            tuple(dict.fromkeys(key for key, _place in named)),
                        )
                    )
            if len(hits) >= k:
                break
        return sorted(hits, key=lambda hit: -hit.score)
