"""A distributed engine against the store: of this store and of today, the same passages, the same vectors."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kb.checking.vectors import sample_of
from kb.errors import KBError
from kb.index.cluster import ClusterIndex, checked_state
from kb.index.cluster_engine import ClusterEngine
from kb.index.cluster_schema import names_of
from kb.index.cluster_writing import Writing
from kb.index.store import Store
from kb.types import Check

_BUILD = "运行 kb build，会把缺的补上、多的去掉。"


def engine_files(engine: ClusterEngine, store: Store) -> Iterator[Check]:
    """What stands in the engine instead of index files."""
    try:
        state = checked_state(engine, store.lineage(), engine.names())
        if state is None or not state.stamp:
            yield Check("检索引擎", False, f"{engine.address} 里还没有这个库", _BUILD)
            return
        behind = state.generation != store.generation() or state.model != store.meta("model")
        detail = f"{engine.address}，{state.passages} 个段落，第 {state.generation} 代"
        if state.under_way is not None:
            detail += "，上次没有写完"
        yield Check("检索引擎", not behind and state.under_way is None, detail, "引擎落后于文章库。" + _BUILD)
        opened = ClusterIndex.open(engine, state.lineage, state.model, state.segmenter)
        if opened is not None and not behind:
            there = Writing(engine, names_of(engine, state.stamp)).numbers()
            yield _same_rows(store, opened, there)
    except KBError as error:
        yield Check("检索引擎", False, str(error), "引擎恢复之前不能检索；文章都在文章库里。")


def _same_rows(store: Store, opened: ClusterIndex, there: set[int]) -> Check:
    """All numbers; of the vectors a sample, since all would travel over the network."""
    numbers, _articles = store.passage_numbers()
    held = {*numbers.tolist()}
    missing, more = len(held - there), len(there - held)
    if missing or more:
        return Check("检索引擎的内容", False, f"少 {missing} 个段落，多 {more} 个", _BUILD)
    sample = sample_of(numbers)
    _numbers, expected = store.vectors.load(store.meta("model"), sample.tolist())
    same = not len(sample) or np.array_equal(opened.vectors_of(sample), expected)
    detail = f"{len(numbers)} 个段落一个不差，抽查 {len(sample)} 个向量" + ("" if same else "，与文章库不同")
    return Check("检索引擎的内容", bool(same), detail, "在 KB_STORE_URL 里换一个库名，再运行 kb build 重新写入。")
