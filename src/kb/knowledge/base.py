"""`KnowledgeBase`: the public face of an index folder."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from kb.config import Settings, load_settings
from kb.errors import IndexStateError, ModelError, NotFoundError, SourceError
from kb.index import caches
from kb.index.store import Store
from kb.knowledge import caching
from kb.knowledge.adding import Adding, reembed
from kb.knowledge.caching import Progress
from kb.knowledge.searching import Searcher, read_query
from kb.models.encoder import Encoder, open_encoder
from kb.search.practices import PracticeNames
from kb.sources.read import find_files, read_terms
from kb.text.segment import Segmenter
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

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

_LOCK = ".lock"


def _silent(_text: str) -> None:
    pass


def _no_progress(_what: str, _done: int, _total: int) -> None:
    pass


class KnowledgeBase:
    """An index folder, open for searching and for adding.

    >>> with KnowledgeBase.open("index") as kb:                    # doctest: +SKIP
    ...     for hit in kb.search("老旧小区没有物业怎么办", k=3).hits:
    ...         print(hit.article.title, hit.passage.text)

    Searching may go on in several threads and processes while one of them adds.
    """

    def __init__(
        self, settings: Settings, notice: Callable[[str], None] = _silent, encoder: Encoder | None = None
    ) -> None:
        self.settings = settings
        self.folder = Path(settings.index)
        self._notice = notice
        self._encoder = encoder
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
        return cls(chosen, notice, encoder)

    def __enter__(self) -> KnowledgeBase:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        with self._guard:
            if self._store is not None:
                self._store.close()
            self._store = self._searcher = None

    # -- adding

    def build(self, paths: Iterable[str | Path], progress: Progress = _no_progress) -> BuildReport:
        """Make the index agree with these files and folders: new and changed articles in, vanished ones out.

        Articles that came from elsewhere stay. What cannot be read is in the report's failures; the rest goes in.

        Raises:
            SourceError: a path does not exist or nothing readable is there.
            IndexStateError, ModelError: the index cannot be written, or the model cannot be used.
        """
        roots = [Path(path).resolve() for path in paths]
        files = {root: find_files([root]) for root in roots}
        return self._add(files, progress, terms={str(root): read_terms([root]) for root in roots})

    def add(self, paths: Iterable[str | Path], progress: Progress = _no_progress) -> BuildReport:
        """Add files, or all files of folders; what is there already under the same id is replaced.

        Raises:
            SourceError: a path does not exist or nothing readable is there.
            IndexStateError, ModelError: the index cannot be written, or the model cannot be used.
        """
        return self._add({None: find_files([Path(path).resolve() for path in paths])}, progress, terms={})

    def remove(self, ids: Iterable[str]) -> int:
        """Remove articles by id.

        Raises:
            NotFoundError: one of them is not there; then none is removed.
        """
        wanted = list(dict.fromkeys(ids))
        with self._writing() as store:
            known = {known.id for known in store.known()}
            missing = [key for key in wanted if key not in known]
            if missing:
                raise NotFoundError(f"索引中没有这些文章：{'、'.join(missing)}。用 kb list 查看编号。")
            removed = store.remove(wanted)
            self._sync(store, _no_progress)
        return removed

    def _add(
        self, files: dict[Path | None, list[Path]], progress: Progress, terms: dict[str, list[str]]
    ) -> BuildReport:
        root_of = {file: "" if root is None else str(root) for root, found in files.items() for file in found}
        with self._writing() as store:
            encoder = self._open_encoder()
            for root, words in terms.items():
                store.set_terms(root, words)
            adding = Adding(store, encoder, progress)
            adding.run(list(root_of), root_of)
            if adding.failures and not (adding.added or adding.changed or adding.unchanged):
                raise SourceError(_all_failed(adding.failures))
            removed = store.remove(adding.vanished(root_of.values()))
            reembedded = reembed(store, encoder, progress)
            adding.embedded += reembedded
            store.adopt_model(encoder.identity, encoder.dimension, encoder.engine)
            self._sync(store, progress)
            return adding.report(removed, store.counts()[1])

    def _sync(self, store: Store, progress: Progress) -> None:
        model = store.meta("model")
        if model:
            caching.sync(store, model, self._segmenter(store), progress)

    @contextmanager
    def _writing(self) -> Iterator[Store]:
        """The store, open for writing, while no other process writes it."""
        with self._guard:
            self.close()
            store = Store(self.folder, writable=True)
            try:
                with self._lock():
                    yield store
            finally:
                store.close()

    @contextmanager
    def _lock(self) -> Iterator[None]:
        lock = FileLock(self.folder / _LOCK)
        try:
            with lock.acquire(timeout=0):
                yield
        except Timeout as error:
            raise IndexStateError(f"另一个 kb 正在写索引 {self.folder}。请等它完成后再试。") from error
        except OSError as error:
            raise IndexStateError(
                f"无法写入索引文件夹 {self.folder}（{error.strerror}）。请检查权限，或用 --index 指定别的文件夹。"
            ) from error

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
        """A searcher over the newest index files; made anew when the store has changed since."""
        with self._guard:
            store = self._reading()
            current = self._searcher
            fresh = current is not None and current.caches.manifest.generation == store.generation()
            if current is None or not fresh:
                current = self._open_searcher(store)
            if mode is not Mode.LEXICAL and current.encoder is None:
                current = Searcher(
                    current.store, current.caches, current.segmenter, current.names, self._matching_encoder(store)
                )
            self._searcher = current
            return current

    def _open_searcher(self, store: Store) -> Searcher:
        model = store.meta("model")
        if not model:
            raise IndexStateError(f"索引 {self.folder} 还没有建完。请运行 kb build。")
        segmenter = self._segmenter(store)
        found = caches.current(self.folder, model, segmenter.fingerprint)
        if found is None or found.manifest.generation != store.generation():
            found = self._healed(store, model, segmenter) or found
        if found is None:
            self._notice("索引文件缺失且无法写入，正在内存中重建……")
            found = caching.in_memory(store, model, segmenter, _no_progress)
        encoder = self._searcher.encoder if self._searcher else None
        return Searcher(store, found, segmenter, PracticeNames(store.practices()), encoder)

    def _healed(self, store: Store, model: str, segmenter: Segmenter) -> caches.Caches | None:
        """Index files behind the store: another process is writing (None: use the old ones), or one died."""
        try:
            with self._lock():
                self._notice("索引文件落后于文章库，正在更新……")
                caching.sync(store, model, segmenter, _no_progress)
        except IndexStateError:
            return None
        return caches.current(self.folder, model, segmenter.fingerprint)

    def _reading(self) -> Store:
        if self._store is None:
            self._store = Store(self.folder)
        return self._store

    def _segmenter(self, store: Store) -> Segmenter:
        names = [name for practice in store.practices() for name in practice.names]
        wanted = (*store.terms(), *names)
        known = self._searcher.segmenter if self._searcher else None
        made = Segmenter(wanted, cache=self.settings.cache)
        return known if known is not None and known.fingerprint == made.fingerprint else made

    def _open_encoder(self) -> Encoder:
        if self._encoder is None:
            settings = self.settings
            self._encoder = open_encoder(
                model=settings.model,
                cache=settings.cache,
                engine=settings.engine,
                threads=settings.threads,
                prefixes=(settings.query_prefix, settings.passage_prefix),
                notice=self._notice,
            )
        return self._encoder

    def _matching_encoder(self, store: Store) -> Encoder:
        encoder = self._open_encoder()
        made_with = store.meta("model")
        if encoder.identity != made_with:
            raise ModelError(
                f"索引是用模型 {made_with} 建立的，现在设置的是 {encoder.identity}，两者不能混用。"
                "请运行 kb build 换用新模型，或把 KB_MODEL 改回原来的模型。"
            )
        return encoder

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
        return self._reading().spans_of(key)

    def articles(self) -> list[ArticleSummary]:
        """Every article without its text, by id."""
        return self._reading().summaries()

    def practices(self, category: str = "") -> list[Practice]:
        """Every practice, or those of one category, by id."""
        return [found for found in self._reading().practices() if category in ("", found.category)]

    def practice(self, name: str) -> Practice:
        """A practice by its id or any of its names, in either script.

        Raises:
            NotFoundError: nothing is called so.
        """
        names = PracticeNames(self._reading().practices())
        key = names.resolve(name.strip())
        if key is None:
            raise NotFoundError(f"没有叫“{name}”的实践。用 kb practices 查看全部。")
        return names[key]

    def facets(self) -> Facets:
        """The values that filters can take."""
        facet = self._reading().facet
        return Facets(facet("region"), facet("category"), facet("source"), facet("year"), facet("script"))

    def info(self) -> IndexInfo:
        """What the index holds and how it was made."""
        store = self._reading()
        articles, passages, practices, characters = store.counts()
        return IndexInfo(
            path=str(self.folder),
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


def _all_failed(failures: list[Failure]) -> str:
    """One sentence for one file; for several, the first and how many more."""
    more = f"（另有 {len(failures) - 1} 个文件也未能收录）" if len(failures) > 1 else ""
    return failures[0].reason + more


__all__: list[Any] = ["KnowledgeBase"]
