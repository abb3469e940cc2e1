"""What an open index tells without searching: its articles, passages, practices, and what it holds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from kb.errors import NotFoundError
from kb.index.catalogue import ADDED
from kb.index.manifests import lowest_recall
from kb.index.store import Store
from kb.knowledge.engine import Engine
from kb.knowledge.progress import no_progress
from kb.knowledge.searching import Searcher, read_query
from kb.search.practices import PracticeNames
from kb.sources.content import storable
from kb.text.explain import ExplainedWord
from kb.text.segment import Segmenter
from kb.types import Article, ArticleSummary, Facets, Filters, IndexInfo, Mode, Passage, Practice, Receipt, Term

if TYPE_CHECKING:
    from kb.text.discover import Candidate

T = TypeVar("T")


class Reading:
    """An index folder, open for reading. May be used from several threads.

    `_guard` is held for moments, by whoever uses what the engine keeps open; `_writer` for as long as a change takes,
    so that those who write wait for each other and those who search wait for none of them.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._store: Store | None = None
        self._searcher: Searcher | None = None
        self._guard, self._writer = threading.RLock(), threading.RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the files; the next call opens them again."""
        with self._guard:
            if self._store is not None:
                self._store.close()
            self._store = self._searcher = None

    def _reading(self) -> Store:
        with self._guard:
            if self._store is None:
                self._store = self._engine.store()
            return self._store

    def _ready(self, mode: Mode) -> Searcher:
        """A searcher over what the store holds now."""
        with self._guard:
            store, searcher = self._reading(), self._searcher
            if mode is not Mode.LEXICAL and (searcher is None or searcher.encoder is None):
                self._engine.begin_encoder()
            if searcher is None or self._engine.has_newer(store, searcher):
                searcher = self._engine.searcher(store)
            if mode is not Mode.LEXICAL and searcher.encoder is None:
                searcher = self._engine.with_model(searcher)
            self._searcher = searcher
            return searcher

    @contextmanager
    def _changing(self) -> Iterator[Store]:
        """The store, open for writing: one thread after the other.

        Raises:
            BusyError: another process writes.
            IndexStateError: the folder cannot be written.
        """
        with self._writer, self._engine.writing() as store:
            yield store

    def _segmenter(self, store: Store) -> Segmenter:
        with self._guard:
            return self._engine.segmenter(store)

    def _sync(self, store: Store) -> None:
        """Make the index files agree with the store, where anything was embedded yet."""
        model = store.meta("model")
        if model:
            self._engine.keeping.sync(store, model, self._segmenter(store), no_progress)

    def _found(self, mode: Mode, work: Callable[[Searcher], T]) -> T:
        """What `work` finds; again where new index files or, by `kb restore`, another library came meanwhile, so that
        index files and texts are of one."""
        searcher = self._ready(mode)
        found = work(searcher)
        with self._guard:
            overtaken = self._engine.has_newer(self._reading(), searcher)
        return work(self._ready(mode)) if overtaken else found

    def warm(self) -> None:
        """Load now what the first question would wait for: the model (two seconds and more) and the terms.

        The model is loaded without the lock, so that pages can be read meanwhile.

        Raises:
            IndexStateError, ModelError: there is no index, or the model cannot be used.
        """
        self._engine.encoder()
        self._ready(Mode.HYBRID).segmenter.words("预热")

    # -- looking up

    def article(self, key: str) -> Article:
        """
        Raises:
            NotFoundError: there is no article with this id.
        """
        key = storable(key)  # A shell passes on what it cannot decode as halves of surrogate pairs.
        found = self._reading().article(key)
        if found is None:
            raise NotFoundError(f"索引中没有文章 {key}。用 kb list 查看编号。")
        return found

    def receipt(self, key: str) -> Receipt:
        """How the file of an article was read, and what became of it.

        Raises:
            NotFoundError: there is no article with this id, or none since this version that keeps receipts.
        """
        key = storable(key)
        found = self._reading().receipt(key)
        if found is None:
            raise NotFoundError(
                f"没有文章 {key} 的收录回执。用 kb list 查看编号；旧版本收录的文章请重新运行 kb build。"
            )
        return found

    def passages(self, key: str) -> list[Passage]:
        """The passages of an article, in order."""
        return self._reading().passages_of(storable(key))

    def articles(self) -> list[ArticleSummary]:
        """Every article without its text, by id."""
        return self._reading().summaries()

    def practices(self, category: str = "") -> list[Practice]:
        """Every practice, or those of one category, by id."""
        return [found for found in self._reading().catalogue.practices() if category in ("", found.category)]

    def practice(self, name: str) -> Practice:
        """A practice by its id or any of its names, in either script.

        Raises:
            NotFoundError: nothing is called so.
        """
        names = PracticeNames(self._reading().catalogue.practices())
        key = names.resolve(name.strip())
        if key is None:
            raise NotFoundError(f"没有叫“{name}”的实践。用 kb practices 查看全部。")
        return names[key]

    def terms(self) -> list[Term]:
        """Our own terms for segmentation besides the names of practices; those added by hand first."""
        found = [Term(term, root) for term, root in self._reading().catalogue.terms_by_root()]
        return sorted(found, key=lambda one: (one.lexicon != ADDED, one.lexicon, one.term))

    def segment(self, text: str) -> tuple[ExplainedWord, ...]:
        """The words of a text, each with what made it one: our terms, the dictionary, or the guess for new words.

        Raises:
            QueryError: empty, or too long.
            IndexStateError: there is no index.
        """
        asked = read_query(text, Mode.LEXICAL, Filters(), 1)
        return self._segmenter(self._reading()).explain(asked.text)

    def suggest_terms(self, texts: Iterable[str] | None = None) -> list[Candidate]:
        """What may be terms in these texts (default: the articles of the index) and is cut in pieces today.

        Raises:
            IndexStateError: there is no index.
        """
        from kb.text.discover import discover

        store = self._reading()
        segmenter = self._segmenter(store)
        if texts is None:
            found = (store.article(summary.id) for summary in store.summaries())
            texts = [article.text for article in found if article is not None]
        return discover(texts, lambda run: [word.term for word in segmenter.words(run)])

    def facets(self) -> Facets:
        """The values that filters can take."""
        facet = self._reading().catalogue.facet
        return Facets(facet("region"), facet("category"), facet("source"), facet("year"), facet("script"))

    def info(self) -> IndexInfo:
        """What the index holds and how it was made."""
        store = self._reading()
        articles, passages, practices, characters = store.counts()
        return IndexInfo(
            path=str(self._engine.index),
            articles=articles,
            passages=passages,
            practices=practices,
            characters=characters,
            model=store.meta("model"),
            dimension=int(store.meta("dimension") or 0),
            built=store.meta("built"),
            store_bytes=store.size(),
            engine=store.meta("engine"),
            recall=lowest_recall(store.folder, store.lineage()),
        )
