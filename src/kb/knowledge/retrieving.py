"""What a question is looked up in: the newest index files of a store, brought up to date where that can be done."""

from __future__ import annotations

from collections.abc import Callable

from kb.errors import IndexStateError
from kb.index import caches
from kb.index.caches import Caches
from kb.index.manifests import newest_manifest
from kb.index.retriever import Retriever
from kb.index.store import Store
from kb.knowledge import caching
from kb.knowledge.locking import held
from kb.text.segment import Segmenter


def _no_progress(_what: str, _done: int, _total: int) -> None:
    pass


def retriever_of(store: Store, model: str, segmenter: Segmenter, notice: Callable[[str], None]) -> Retriever:
    """The passages of this store, embedded with this model and cut by this segmenter, open for searching.

    Index files that lag behind the store are brought up to date, unless another process is at it or the folder is
    read-only: then the older ones serve, or new ones in memory where there are none.

    Raises:
        IndexStateError: index files have to be made, and something that they are made from is missing.
    """
    found = caches.current(store.folder, store.lineage(), model, segmenter.fingerprint)
    if found is None or found.generation != store.generation():
        found = _caught_up(store, model, segmenter, notice) or found
    if found is None:
        notice("索引文件缺失且无法写入，正在内存中重建……")
        found = caching.in_memory(store, model, segmenter, _no_progress)
    return found


def _caught_up(store: Store, model: str, segmenter: Segmenter, notice: Callable[[str], None]) -> Caches | None:
    try:
        with held(store.folder):
            notice("索引文件落后于文章库，正在更新……")
            caching.sync(store, model, segmenter, _no_progress)
    except IndexStateError:
        return None
    return caches.current(store.folder, store.lineage(), model, segmenter.fingerprint)


def has_newer(store: Store, retriever: Retriever, may_write: Callable[[], bool]) -> bool:
    """Whether another retriever would know more: newer index files are there, or can be made.

    While somebody writes, the store is ahead of the files; then those that are open go on serving.
    """
    lineage = store.lineage()
    if (retriever.lineage, retriever.generation) == (lineage, store.generation()):
        return False
    newest = newest_manifest(store.folder, lineage)
    ahead = newest is not None and (retriever.lineage != lineage or newest.generation > retriever.generation)
    return ahead or may_write()
