"""`KnowledgeBase`: the public face of an index folder."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType

from kb.config import Settings, load_settings
from kb.errors import NotFoundError, SourceError
from kb.index.store import Store
from kb.knowledge.adding import Adding, reembed
from kb.knowledge.caching import Progress
from kb.knowledge.engine import Engine, no_progress
from kb.knowledge.searching import Searcher, read_query
from kb.models.encoder import Encoder
from kb.search.practices import PracticeNames
from kb.sources.read import find_files, read_terms
from kb.types import (
    Article,
    ArticleSummary,
    BuildReport,
    Facets,
    Failure,
    Filters,
    IndexInfo,
    Mode,
    Passage,
    Practice,
    SearchResult,
)


def _silent(_text: str) -> None:
    pass


class KnowledgeBase:
    """An index folder, open for searching and for adding.

    >>> with KnowledgeBase.open("index") as kb:                    # doctest: +SKIP
    ...     for hit in kb.search("老旧小区没有物业怎么办", k=3).hits:
    ...         print(hit.article.title, hit.passage.text)

    May be used from several threads; other processes may search the same folder meanwhile.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._store: Store | None = None
        self._searcher: Searcher | None = None
        self._guard = threading.RLock()

    @classmethod
    def open(
        cls,
        index: str | Path | None = None,
        *,
        settings: Settings | None = None,
        notice: Callable[[str], None] = _silent,
        encoder: Encoder | None = None,
    ) -> KnowledgeBase:
        """The knowledge base in a folder (default: `KB_INDEX`, or ./index). Nothing is read before it is needed.

        `notice` is told what takes long or falls back; `encoder` replaces the model of the settings.
        """
        chosen = settings or load_settings()
        if index is not None:
            chosen = chosen.model_copy(update={"index": Path(index)})
        return cls(Engine(chosen, notice, encoder))

    def __enter__(self) -> KnowledgeBase:
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

    # -- adding

    def build(self, paths: Iterable[str | Path], progress: Progress = no_progress) -> BuildReport:
        """Make the index agree with these files and folders: new and changed articles in, vanished ones out.

        Articles that came from elsewhere stay. What cannot be read is in the report's failures; the rest goes in.

        Raises:
            SourceError: a path does not exist, or nothing readable is there.
            IndexStateError, ModelError: the index cannot be written, or the model cannot be used.
        """
        roots = [Path(path).resolve() for path in paths]
        root_of = {file: str(root) for root in roots for file in find_files([root])}
        return self._add(root_of, {str(root): read_terms([root]) for root in roots}, progress)

    def add(self, paths: Iterable[str | Path], progress: Progress = no_progress) -> BuildReport:
        """Add files, or all files of folders; what is there already under the same id is replaced.

        Raises:
            SourceError: a path does not exist, or nothing readable is there.
            IndexStateError, ModelError: the index cannot be written, or the model cannot be used.
        """
        files = find_files([Path(path).resolve() for path in paths])
        return self._add(dict.fromkeys(files, ""), {}, progress)

    def _add(self, root_of: dict[Path, str], terms: dict[str, list[str]], progress: Progress) -> BuildReport:
        with self._guard, self._engine.writing() as store:
            encoder = self._engine.encoder()
            adding = Adding(store, encoder, progress)
            adding.run(list(root_of), root_of)
            if adding.failures and not adding.taken:
                raise SourceError(_all_failed(adding.failures))
            for root, words in terms.items():
                store.catalogue.set_terms(root, words)
            gone = adding.vanished(root_of.values())
            store.remove(gone)
            adding.embedded += reembed(store, encoder, progress)
            store.adopt_model(encoder.identity, encoder.dimension, encoder.engine)
            self._engine.sync(store, progress)
            return adding.report(len(gone), store.counts()[1])

    def remove(self, ids: Iterable[str]) -> int:
        """Remove articles by id; how many.

        Raises:
            NotFoundError: one of them is not there; then none is removed.
        """
        wanted = list(dict.fromkeys(ids))
        self._reading()
        with self._guard, self._engine.writing() as store:
            known = {known.id for known in store.known()}
            missing = [key for key in wanted if key not in known]
            if missing:
                raise NotFoundError(f"索引中没有这些文章：{'、'.join(missing)}。用 kb list 查看编号。")
            removed = store.remove(wanted)
            self._engine.sync(store, no_progress)
        return removed

    # -- searching

    def search(
        self, query: str, *, k: int = 10, mode: Mode | str = Mode.HYBRID, filters: Filters | None = None
    ) -> SearchResult:
        """The passages and practices that fit a question, best first.

        Raises:
            QueryError: the question, the mode, k or a filter cannot be used.
            IndexStateError, ModelError: there is no index, or it was made with another model.
        """
        asked = read_query(query, mode, filters or Filters(), k)
        return self._ready(asked.mode).search(asked)

    def _ready(self, mode: Mode) -> Searcher:
        """A searcher over what the store holds now."""
        with self._guard:
            store, searcher = self._reading(), self._searcher
            if searcher is None or searcher.caches.manifest.generation != store.generation():
                searcher = self._engine.searcher(store)
            if mode is not Mode.LEXICAL and searcher.encoder is None:
                searcher = self._engine.with_model(searcher)
            self._searcher = searcher
            return searcher

    def _reading(self) -> Store:
        with self._guard:
            if self._store is None:
                self._store = Store(self._engine.folder)
            return self._store

    # -- looking up

    def article(self, key: str) -> Article:
        """
        Raises:
            NotFoundError: there is no article with this id.
        """
        found = self._reading().article(key)
        if found is None:
            raise NotFoundError(f"索引中没有文章 {key}。用 kb list 查看编号。")
        return found

    def passages(self, key: str) -> list[Passage]:
        """The passages of an article, in order."""
        return self._reading().passages_of(key)

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

    def facets(self) -> Facets:
        """The values that filters can take."""
        facet = self._reading().catalogue.facet
        return Facets(facet("region"), facet("category"), facet("source"), facet("year"), facet("script"))

    def info(self) -> IndexInfo:
        """What the index holds and how it was made."""
        store = self._reading()
        articles, passages, practices, characters = store.counts()
        return IndexInfo(
            path=str(self._engine.folder),
            articles=articles,
            passages=passages,
            practices=practices,
            characters=characters,
            model=store.meta("model"),
            dimension=int(store.meta("dimension") or 0),
            built=store.meta("built"),
            store_bytes=store.size(),
            engine=store.meta("engine"),
        )


def _all_failed(failures: Sequence[Failure]) -> str:
    """One sentence for one file; for several, the first and how many more."""
    more = f"（另有 {len(failures) - 1} 个文件也未能收录）" if len(failures) > 1 else ""
    return failures[0].reason + more
