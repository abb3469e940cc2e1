"""The way out: normalize -> (segment -> lexical, embed -> dense) -> fuse -> load -> practices."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from time import perf_counter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.errors import QueryError
from kb.index.dense import Numbers, Ranked, empty_ranking
from kb.index.filters import condition
from kb.index.retriever import Retriever
from kb.index.store import Store
from kb.knowledge.recommending import Asked, Recommender
from kb.models.encoder import DEFAULT_MODEL, Encoder, TextKind
from kb.search.cohort import cohort_of
from kb.search.doubt import CLEARLY_LESS, Doubt
from kb.search.expand import OtherNames, usual_wording
from kb.search.fuse import POOL, Fused, Ranking, fuse
from kb.search.highlight import highlights
from kb.search.practices import PracticeNames
from kb.search.soundness import weighed
from kb.sources.content import storable
from kb.text.normalize import normalize
from kb.text.segment import Segmenter
from kb.types import Article, Expansion, Filters, Hit, Mode, Passage, SearchResult, Timings

LONGEST_QUERY = 5_000
"""Characters; a longer one is a document, and the model would read only its first 512 tokens."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question, checked: as asked, in matching form, what it may find, how much of it.

    With `expand` other names of its words are looked for as well, but those `without`.
    """

    text: str
    matching: str
    mode: Mode
    filters: Filters
    k: int
    expand: bool = True
    without: tuple[str, ...] = ()


def read_query(
    text: str, mode: Mode | str, filters: Filters, k: int, *, expand: bool = True, without: Collection[str] = ()
) -> Query:
    """
    Raises:
        QueryError: empty, too long, an unknown mode, or k below 1.
    """
    text = storable(text.strip())
    if not text:
        raise QueryError("请输入要查的问题或词语。")
    if len(text) > LONGEST_QUERY:
        raise QueryError(f"问题太长（{len(text)} 字，最多 {LONGEST_QUERY} 字）。请缩短后再试。")
    if k < 1:
        raise QueryError(f"结果条数至少是 1，不能是 {k}。")
    if mode not in set(Mode):
        raise QueryError(f"没有“{mode}”这种检索方式。可用：hybrid（混合）、dense（语义）、lexical（字面）。")
    filters = Filters(**{field.name: storable(getattr(filters, field.name)) for field in fields(filters)})
    return Query(text, normalize(text), Mode(mode), filters, k, expand, tuple(without))


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


class Sureness(NamedTuple):
    """How likely it is that the texts answer, in [0, 1], and the law outside that is clearly nearer, or ""."""

    confidence: float
    outside: str = ""


@dataclass(frozen=True, slots=True)
class Searcher:
    """Everything one search needs; `encoder` is None where only lexical search is asked for."""

    store: Store
    retriever: Retriever
    segmenter: Segmenter
    names: PracticeNames
    recommender: Recommender
    others: OtherNames
    doubt: Doubt | None
    encoder: Encoder | None

    def search(self, query: Query) -> SearchResult:
        """The whole way of a question; read top to bottom it is the flow in the package's docstring."""
        clock = Clock()
        articles, expansions = self._allowed(query.filters), self._expansions(query)
        asked = self._read(query, expansions, clock)
        fused = self.fused(asked, articles, clock)
        words = self.segmenter.words(query.matching)
        marks = {*(word.term for word in words), *(normalize(expansion.added) for expansion in expansions)}
        found = self._load(fused, query.k, marks)
        clock.mark("load")
        practices = self.recommender.practices(asked, articles)
        clock.mark("practices")
        terms, sure = tuple(dict.fromkeys(word.term for word in words)), self.sureness(asked, articles).confidence
        clock.mark("dense")
        return SearchResult(query.text, query.mode, tuple(found), practices, terms, clock.timings(), expansions, sure)

    def fused(self, asked: Asked, articles: Numbers | None, clock: Clock) -> Ranking:
        """Passages by number, best first, not loaded yet."""
        dense, lexical = self._dense(asked, articles, clock), self._lexical(asked, articles, clock)
        attainable = self.retriever.lexical.weight(asked.terms) if asked.terms else 0.0
        found = fuse(dense, lexical, asked.mode, attainable=attainable)
        clock.mark("fuse")
        return found

    def sureness(self, asked: Asked, articles: Numbers | None) -> Sureness:
        """How sure it is that the texts answer; by words alone, or before anything was measured, it cannot be told."""
        doubt = self.doubt
        if asked.vector is None or doubt is None:
            return Sureness(1.0)
        nearest = self.retriever.nearest(asked.vector, articles)
        if nearest is None:
            return Sureness(0.0)
        cohort = cohort_of(self.encoder.identity) if self.encoder is not None else None
        law, elsewhere = cohort.nearest(asked.vector) if cohort is not None else ("", 0.0)
        sure = round(doubt.confidence(nearest, len(asked.matching), elsewhere), 4)
        return Sureness(sure, law if elsewhere > nearest + CLEARLY_LESS else "")

    def asked(self, query: Query) -> tuple[Asked, Numbers | None]:
        """A question as the legs need it, and the articles that its filters allow."""
        return self._read(query, self._expansions(query), Clock()), self._allowed(query.filters)

    def _expansions(self, query: Query) -> tuple[Expansion, ...]:
        """The other names that are wanted and of which the texts hold every pair of characters: what they do not hold
        finds nothing, and half of it the wrong thing (管理 of 公寓大廈管理維護公司)."""
        if not query.expand:
            return ()
        found = self.others.find(query.text, self.segmenter.breaks(query.matching), query.without)
        return tuple(one for one in found if self._known(normalize(one.added)))

    def _known(self, matching: str) -> bool:
        return self.retriever.lexical.knows(token.term for token in self.segmenter.tokens(matching))

    def _read(self, query: Query, expansions: Sequence[Expansion], clock: Clock) -> Asked:
        """The question as each leg needs it: a vector halfway to its usual wording, its terms and further ones.

        The pairs of characters of other names are left out: they made gov worse.
        """
        vector, terms = None, None
        further: tuple[str, ...] = ()
        if query.mode is not Mode.LEXICAL and self.encoder is not None:
            wordings = dict.fromkeys((query.matching, usual_wording(query.text, expansions)))
            vector = _direction(self.encoder.encode(list(wordings), TextKind.QUERY))
            clock.mark("embed")
        if query.mode is not Mode.DENSE:
            terms = [token.term for token in self.segmenter.tokens(query.matching)]
            other = [token for one in expansions for token in self.segmenter.words(normalize(one.added))]
            further = tuple(dict.fromkeys(token.term for token in other if token.term not in terms))
            clock.mark("lexical")
        default = self.encoder is None or self.encoder.identity.startswith(DEFAULT_MODEL)
        return Asked(query.matching, query.mode, vector, terms, default_model=default, further=further)

    def _allowed(self, filters: Filters) -> Numbers | None:
        """Numbers of the articles that fit; None where everything does."""
        if not filters:
            return None
        return np.array(sorted(self.store.catalogue.articles_where(*condition(filters))), dtype=np.int64)

    def _dense(self, asked: Asked, articles: Numbers | None, clock: Clock) -> Ranked:
        if asked.vector is None:
            return empty_ranking()
        ranked = self.retriever.by_meaning(asked.vector, POOL, articles)
        clock.mark("dense")
        return ranked

    def _lexical(self, asked: Asked, articles: Numbers | None, clock: Clock) -> Ranked:
        if asked.terms is None:
            return empty_ranking()
        ranked = self.retriever.lexical.search(asked.terms, POOL, articles, further=asked.further)
        clock.mark("lexical")
        return ranked

    def loaded(self, numbers: Sequence[int]) -> dict[int, tuple[Passage, Article]]:
        """Passages with their articles; an older retriever may name some that are gone.

        Raises:
            DamagedError: one of them is not what was stored, or vanished by itself.
        """
        return self.store.passages(numbers, generation=self.retriever.generation)

    def _load(self, fused: Sequence[Fused], k: int, terms: Collection[str]) -> list[Hit]:
        """The first k that are still in the store, with their texts, damaged ones set back."""
        hits: list[Hit] = []
        for at in range(0, len(fused), k):
            group = fused[at : at + k]
            numbers = [item.number for item in group]
            loaded, links = self.loaded(numbers), self.store.links.of(numbers)
            for item in group:
                if item.number in loaded and len(hits) < k:
                    passage, article = loaded[item.number]
                    hits.append(
                        Hit(
                            passage,
                            article,
                            round(weighed(item.score, passage.quality), 6),
                            item.dense,
                            item.lexical,
                            highlights(passage, terms),
                            tuple(link.practice for link in links.get(item.number, ())),
                        )
                    )
            if len(hits) >= k:
                break
        return sorted(hits, key=lambda hit: -hit.score)


def _direction(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The direction halfway between unit vectors; a single one as it is."""
    if len(vectors) == 1:
        only: npt.NDArray[np.float32] = vectors[0]
        return only
    mean = vectors.mean(axis=0)
    halfway: npt.NDArray[np.float32] = (mean / np.linalg.norm(mean)).astype(np.float32)
    return halfway
