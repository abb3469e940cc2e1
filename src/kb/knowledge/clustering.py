"""From the store to a distributed engine: what is missing is added, what is gone is taken out.

    state -> under way -> put what is new -> take out what is gone -> count terms -> state of this generation

Killed at any moment, the next sync goes on with what is under way: every step may be done twice.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kb.errors import IndexStateError
from kb.index.cluster import checked_state
from kb.index.cluster_engine import ClusterEngine
from kb.index.cluster_schema import VERSION, State, Target, create_collections, names_of, state_name, write_state
from kb.index.cluster_writing import BATCH, Entry, Writing
from kb.index.store import Store
from kb.knowledge.caching import recut, searchable_text
from kb.knowledge.progress import Progress
from kb.knowledge.proving import proven
from kb.text.segment import Segmenter


def sync_cluster(engine: ClusterEngine, store: Store, model: str, segmenter: Segmenter, progress: Progress) -> None:
    """Make the engine agree with the store; those who search see the new passages one after the other.

    Raises:
        DamagedError: something that they are made from is not what was stored.
        IndexStateError: the engine cannot be reached or refuses, or holds another library.
    """
    generation, existing = store.generation(), engine.names()
    state = checked_state(engine, store.lineage(), existing) or State(store.lineage())
    done = state.under_way is None and (state.generation, state.model, state.segmenter, state.version) == (
        generation, model, segmenter.fingerprint, VERSION,
    )  # fmt: skip
    passages = names_of(engine, state.stamp).passages
    if done and passages in existing and engine.count(passages) == state.passages:
        store.displaced.clear()
        return
    held, articles = proven(store, None)
    numbers = {*held.tolist()}
    change = _change(engine, store, state, existing, model, segmenter, numbers)
    write_state(engine, replace(state, under_way=change.target, version=VERSION), existing)
    _carry_out(store, change, numbers, model, segmenter, progress)
    made = State(
        lineage=store.lineage(), stamp=change.target.stamp, generation=generation, model=model,
        dimension=int(store.meta("dimension") or 0), segmenter=segmenter.fingerprint, rules=segmenter.rules,
        terms=segmenter.terms, passages=len(numbers),
        articles=len(np.unique(articles)),
    )  # fmt: skip
    write_state(engine, made, engine.names())
    _sweep(engine, {state.stamp, made.stamp})
    store.displaced.clear()


@dataclass(frozen=True, slots=True)
class _Change:
    """Which collections are brought up to date, what is in them, which passages are cut differently now; `counted`:
    the counts of terms are those of what is in them."""

    target: Target
    writing: Writing
    before: set[int]
    recut: frozenset[int]
    counted: bool


def _change(
    engine: ClusterEngine,
    store: Store,
    state: State,
    existing: Sequence[str],
    model: str,
    segmenter: Segmenter,
    numbers: set[int],
) -> _Change:
    """Going on with what is under way, in the collections that are there, or in new ones."""
    goes_on = state.under_way
    fits = (state.model, state.rules, state.version) == (model, segmenter.rules, VERSION) and state.stamp
    stamp = ""
    if goes_on is not None:
        stamp = goes_on.stamp if (goes_on.model, goes_on.segmenter) == (model, segmenter.fingerprint) else ""
    elif fits:
        stamp = state.stamp
    if stamp and {names_of(engine, stamp).terms, names_of(engine, stamp).passages} <= {*existing}:
        writing = Writing(engine, names_of(engine, stamp))
        before = writing.numbers()
        other = _cut_differently(store, state, before & numbers, segmenter) if stamp == state.stamp else {}
        if other is not None:
            target = Target(stamp, model, segmenter.fingerprint)
            return _Change(target, writing, before, frozenset(other), goes_on is None and len(before) == state.passages)
    stamp = f"{store.generation()}_{os.urandom(4).hex()}"
    writing = Writing(engine, create_collections(engine, stamp, int(store.meta("dimension") or 0) or 1))
    return _Change(Target(stamp, model, segmenter.fingerprint), writing, set(), frozenset(), counted=True)


def _cut_differently(store: Store, state: State, numbers: set[int], segmenter: Segmenter) -> dict[int, int] | None:
    if state.segmenter == segmenter.fingerprint:
        return {}
    held = np.array(sorted(numbers), dtype=np.int64)
    return None if state.terms is None else recut(store, held, state.terms, segmenter)


def _carry_out(
    store: Store, change: _Change, numbers: set[int], model: str, segmenter: Segmenter, progress: Progress
) -> None:
    writing = change.writing
    gone, new = sorted(change.before - numbers), sorted((numbers - change.before) | change.recut)
    if change.counted:
        writing.forget([*gone, *sorted(change.recut)])
    for at in range(0, len(new), BATCH):
        writing.put(list(_entries(store, new[at : at + BATCH], model, segmenter)))
        progress("写入检索引擎", min(at + BATCH, len(new)), len(new))
    writing.remove(gone)
    if change.counted:
        writing.count_changed()
    else:
        writing.count_all()


def _entries(store: Store, numbers: Sequence[int], model: str, segmenter: Segmenter) -> Iterator[Entry]:
    """These passages as the engine keeps them, from the store."""
    vectors, sentences = store.vectors.some(model, numbers), store.vectors.some_sentences(model, numbers)
    missing = len({*numbers} - {*vectors})
    if missing:
        raise IndexStateError(f"索引 {store.folder} 中有 {missing} 个段落还没有向量。请运行 kb build 补齐。")
    none = np.zeros((0, 0), dtype=np.float16)
    for passage in store.texts(numbers):
        tokens = segmenter.tokens(searchable_text(passage.title, passage.headings, passage.text))
        own = sentences.get(passage.pk)
        yield Entry(
            passage.pk,
            passage.article,
            [token.term for token in tokens],
            vectors[passage.pk],
            none if own is None else own.astype(np.float16),
        )


def _sweep(engine: ClusterEngine, kept: set[str]) -> None:
    """Take away collections of other stamps. Those that were current until now stay until the next time: somebody may
    be searching them."""
    names = {name for stamp in kept if stamp for name in names_of(engine, stamp).all} | {state_name(engine)}
    for name in engine.names():
        if name not in names:
            engine.drop(name)
