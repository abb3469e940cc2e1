"""What a knowledge base keeps open: the model, the terms, the newest index files, and the lock for writing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kb.config import Settings
from kb.errors import IndexStateError, ModelError, QueryError
from kb.index.catalogue import ADDED
from kb.index.damage import Part
from kb.index.store import Store
from kb.knowledge.calibrating import measured_doubt
from kb.knowledge.keeping import IndexFiles, Keeping, keeping_of
from kb.knowledge.kept_encoder import KeptEncoder
from kb.knowledge.locking import held
from kb.knowledge.recognizing import Recognizing
from kb.knowledge.recommending import Recommender
from kb.knowledge.remembering import Remembering
from kb.knowledge.retrieving import has_newer, retriever_of
from kb.knowledge.sealed_name import is_sealed
from kb.knowledge.searching import Searcher
from kb.models import graphics
from kb.models.encoder import Encoder, open_encoder
from kb.search.expand import other_names
from kb.search.practices import PracticeNames
from kb.text.segment import Segmenter

if TYPE_CHECKING:
    from kb.knowledge.sealed_library import Library


class Engine:
    """The parts that outlive one search or one addition. Not safe for threads by itself: its owner locks."""

    def __init__(
        self, settings: Settings, notice: Callable[[str], None], encoder: Encoder | None, *, shared: bool = False
    ) -> None:
        self.settings, self._shared = settings, shared
        self.index = Path(settings.index)
        self._notice = notice
        self._library: Library | None = None
        self._model = KeptEncoder(encoder, self._load_encoder, lambda: not settings.model and graphics.has_driver())
        self._segmenter: Segmenter | None = None
        self._questions: Remembering | None = None
        self._recognize = Recognizing()

    @property
    def folder(self) -> Path:
        """Where the store and the index files lie: the index folder, or what a sealed library was unpacked to.

        Raises:
            ArchiveError: the sealed library is changed, or not of a trusted signer.
        """
        if not is_sealed(self.index):
            return self.index
        from kb.knowledge.sealed_library import open_library

        if self._library is None:
            self._library = open_library(self.index, self.settings, self._notice)
        return self._library.folder

    @cached_property
    def keeping(self) -> Keeping:
        """Where what is searched is kept; a sealed library brings its index files.

        Raises:
            QueryError: `KB_STORE_URL` is no address.
        """
        return IndexFiles() if is_sealed(self.index) else keeping_of(self.settings)

    def store(self) -> Store:
        """The store for reading; what all answers depend on is held against its seals.

        Raises:
            IndexStateError: there is none, or it is damaged.
        """
        store = Store(self.folder)
        try:
            store.sound(Part.SHARED)
        except BaseException:
            store.close()
            raise
        return store

    def encoder(self) -> Encoder:
        """The model of the settings, loaded at first use."""
        return self._model.get()

    def begin_encoder(self) -> None:
        """Load the model meanwhile; `encoder` waits for it."""
        self._model.begin()

    def _load_encoder(self, many: bool) -> Encoder:
        settings = self.settings
        return open_encoder(
            model=settings.model,
            cache=settings.cache,
            engine=settings.engine,
            threads=settings.threads,
            shared=self._shared,
            many=many,
            prefixes=(settings.query_prefix, settings.passage_prefix),
            notice=self._notice,
        )

    def encoder_of(self, store: Store) -> Encoder:
        """The model of the settings, when it is the one the index was made with.

        Raises:
            ModelError: it is another one.
        """
        encoder, made_with = self.encoder(), store.meta("model")
        if encoder.identity != made_with:
            raise ModelError(
                f"索引是用模型 {made_with} 建立的，现在设置的是 {encoder.identity}，两者不能混用。"
                "请运行 kb build 换用新模型，或把 KB_MODEL 改回原来的模型。"
            )
        self._recognize(store, encoder)
        if self._library is not None:
            self._library.check_model(self.settings.model)
        return encoder

    def encoder_for(self, store: Store) -> Encoder:
        """The model of the settings, for adding to this store; where it is another one, all vectors are made anew.

        Raises:
            ModelError: it only bears the name of the one the index was made with.
        """
        encoder = self._model.for_many()
        self._recognize(store, encoder)
        return encoder

    def segmenter(self, store: Store) -> Segmenter:
        """jieba with the terms of this store; the loaded one as long as the terms are the same."""
        made = self.new_segmenter(store)
        if self._segmenter is None or self._segmenter.fingerprint != made.fingerprint:
            self._segmenter = made
        return self._segmenter

    def new_segmenter(self, store: Store) -> Segmenter:
        """jieba with the terms of this store, not loaded yet and shared with nobody."""
        return self.segmenter_with(store, store.catalogue.added_terms())

    def segmenter_with(self, store: Store, added: Iterable[str]) -> Segmenter:
        """jieba with the lexicons and practices of this store and these terms added by hand, not loaded yet."""
        names = [name for practice in store.catalogue.practices() for name in practice.names]
        terms = [term for term, root in store.catalogue.terms_by_root() if root != ADDED]
        return Segmenter(terms, names=names, added=added, cache=self.settings.cache)

    def has_newer(self, store: Store, searcher: Searcher) -> bool:
        """Whether another searcher would know more."""
        return has_newer(store, self.keeping, searcher.retriever, self._free)

    def _free(self) -> bool:
        """Whether nobody writes, and one could."""
        try:
            with self.lock():
                return True
        except IndexStateError:
            return False

    def searcher(self, store: Store) -> Searcher:
        """A searcher over the newest state that can be searched, without a model yet.

        Raises:
            IndexStateError: nothing was ever built here.
        """
        model = store.meta("model")
        if not model:
            raise IndexStateError(f"索引 {self.folder} 还没有建完。请运行 kb build。")
        segmenter = self.segmenter(store)
        retriever = retriever_of(store, self.keeping, model, segmenter, self._notice)
        names = PracticeNames(store.catalogue.practices())
        recommender = Recommender.of(store, retriever, segmenter, names)
        others = other_names(store.catalogue.regional())
        return Searcher(store, retriever, segmenter, names, recommender, others, measured_doubt(store), None)

    def with_model(self, searcher: Searcher) -> Searcher:
        """The same searcher, able to search by meaning."""
        encoder = self.encoder_of(searcher.store)
        if self._questions is None:
            self._questions = Remembering(encoder)
        return replace(searcher, encoder=self._questions)

    @contextmanager
    def writing(self) -> Iterator[Store]:
        """The store, open for writing, while no other process writes it.

        Raises:
            IndexStateError: another one does, or the folder cannot be written.
        """
        # The lock comes first: two processes that make the same new store would be in each other's way.
        with self.lock():
            store = Store(self.folder, writable=True)
            try:
                yield store
            finally:
                store.close()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Held by the one process that writes; the system frees it when that process dies.

        Raises:
            BusyError: another process holds it.
            IndexStateError: the folder cannot be written.
            QueryError: it is a sealed library.
        """
        self.check_writable()
        with held(self.folder):
            yield

    def check_writable(self) -> None:
        """
        Raises:
            QueryError: it is a sealed library.
        """
        if is_sealed(self.index):
            raise QueryError(
                f"{self.index.name} 是封存库，只能查阅，不能改动。要改动请找发布者，或用 kb apply 装上发布者的更新。"
            )
