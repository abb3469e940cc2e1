"""What a question is looked up in: the newest kept state of a store, brought up to date where that can be done."""

from __future__ import annotations

from collections.abc import Callable

from kb.errors import IndexStateError
from kb.index.retriever import Retriever
from kb.index.store import Store
from kb.knowledge.keeping import IndexFiles, Keeping
from kb.knowledge.locking import held
from kb.knowledge.progress import no_progress
from kb.text.segment import Segmenter


def retriever_of(
    store: Store, keeping: Keeping, model: str, segmenter: Segmenter, notice: Callable[[str], None]
) -> Retriever:
    """The passages of this store, embedded with this model and cut by this segmenter, open for searching.

    What lags behind the store is brought up to date, unless another process is at it or the folder is read-only: then
    the older state serves, or index files in memory where there are none.

    Raises:
        IndexStateError: what is searched has to be made, and something that it is made from is missing, or the engine
            that keeps it does not answer.
    """
    found = keeping.current(store, model, segmenter)
    if found is None or found.generation != store.generation():
        found = _caught_up(store, keeping, model, segmenter, notice) or found
    if found is None:
        if isinstance(keeping, IndexFiles):
            notice("索引文件缺失且无法写入，正在内存中重建……")
        found = keeping.instead(store, model, segmenter, no_progress)
    if found is None:
        raise IndexStateError("检索引擎里还没有这个库。请运行 kb build 写入。")
    return found


def _caught_up(
    store: Store, keeping: Keeping, model: str, segmenter: Segmenter, notice: Callable[[str], None]
) -> Retriever | None:
    try:
        with held(store.folder):
            notice("索引文件落后于文章库，正在更新……")
            keeping.sync(store, model, segmenter, no_progress)
    except IndexStateError:
        return None
    return keeping.current(store, model, segmenter)


def has_newer(store: Store, keeping: Keeping, retriever: Retriever, may_write: Callable[[], bool]) -> bool:
    """Whether another retriever would know more: a newer state is kept, or can be.

    While somebody writes, the store is ahead of what is kept; then what is open goes on serving.
    """
    lineage = store.lineage()
    if (retriever.lineage, retriever.generation) == (lineage, store.generation()):
        return False
    newest = keeping.newest(store)
    ahead = newest is not None and (retriever.lineage != lineage or newest > retriever.generation)
    return ahead or may_write()
