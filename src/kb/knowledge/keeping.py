"""Where the passages that are searched are kept: in index files beside the store, or in a distributed engine.

Everything else of a library is in the store, so either can be made again from it, and one can take the other's place.
"""

from __future__ import annotations

from typing import Protocol

from kb.config import Settings
from kb.index import caches
from kb.index.manifests import newest_manifest
from kb.index.retriever import Retriever
from kb.index.store import Store
from kb.knowledge import caching
from kb.knowledge.progress import Progress
from kb.text.segment import Segmenter


class Keeping(Protocol):
    """One of the two."""

    def sync(self, store: Store, model: str, segmenter: Segmenter, progress: Progress) -> None:
        """Make what is kept agree with the store.

        Raises:
            IndexStateError: it cannot be written.
        """

    def current(self, store: Store, model: str, segmenter: Segmenter) -> Retriever | None:
        """The newest state that can be searched; None where there is none."""

    def newest(self, store: Store) -> int | None:
        """The generation of the newest state that is kept of this store."""

    def instead(self, store: Store, model: str, segmenter: Segmenter, progress: Progress, /) -> Retriever | None:
        """What is searched where nothing is kept and nothing can be written; None where that cannot be."""


class IndexFiles:
    """Beside the store, for one machine."""

    def sync(self, store: Store, model: str, segmenter: Segmenter, progress: Progress) -> None:
        """Write new ones."""
        caching.sync(store, model, segmenter, progress)

    def current(self, store: Store, model: str, segmenter: Segmenter) -> Retriever | None:
        """Opened from the folder of the store."""
        return caches.current(store.folder, store.lineage(), model, segmenter.fingerprint)

    def newest(self, store: Store) -> int | None:
        """From the manifests."""
        made = newest_manifest(store.folder, store.lineage())
        return None if made is None else made.generation

    def instead(self, store: Store, model: str, segmenter: Segmenter, progress: Progress) -> Retriever | None:
        """The same in memory."""
        return caching.in_memory(store, model, segmenter, progress)


def keeping_of(settings: Settings) -> Keeping:
    """What `KB_STORE_URL` says; index files where it says nothing.

    Raises:
        QueryError: it is no address.
    """
    if not settings.store_url:
        return IndexFiles()
    from kb.knowledge.distributed import distributed

    return distributed(settings.store_url, settings.store_token)
