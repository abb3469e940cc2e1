"""From the store to the index files: what is missing is added, what is gone is taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from kb.errors import IndexStateError
from kb.index import caches
from kb.index.caches import Caches, Making, Manifest
from kb.index.dense import DenseIndex, Numbers
from kb.index.lexical import LexicalIndex
from kb.index.store import Store
from kb.text.normalize import normalize
from kb.text.segment import Segmenter

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, how many are done, how many there are)."""

SMALL = 2_000
MOST_RETIRED = 0.05
"""Passages taken out of the lexical index go on counting in its statistics. So it is made anew whenever it has
up to SMALL passages (about 2 s), and a larger one when more than this share was taken out: scores of small
indexes are those of a fresh one, scores of large ones near them."""


def searchable_text(title: str, headings: tuple[str, ...], text: str) -> str:
    """What both legs search: title and headings give a passage the context that its own words lack."""
    return normalize(" ".join((title, *headings)) + "\n" + text)


def sync(store: Store, model: str, segmenter: Segmenter, progress: Progress) -> None:
    """Make the index files agree with the store; the old ones serve readers until the new ones are whole.

    Raises:
        IndexStateError: the folder cannot be written.
    """
    generation = store.generation()
    known = caches.current(store.folder, model, segmenter.fingerprint)
    if known is not None and known.manifest.generation == generation:
        return
    try:
        with Making(store.folder) as making:
            lexical, before, retired = _begun(store, segmenter, making)
            dense, articles = _fill(store, model, segmenter, lexical, before, progress)
            dense.save(making.path)
            making.finish(
                Manifest(generation, model, dense.dimension, segmenter.fingerprint, len(dense), retired), articles
            )
    except OSError as error:
        reason = f"（{error.strerror}）" if error.strerror else ""
        raise IndexStateError(
            f"无法写入索引文件夹 {store.folder}{reason}。文章已存好，原有索引仍可用；"
            "请检查磁盘空间和权限后再运行 kb build。"
        ) from error


def _begun(store: Store, segmenter: Segmenter, making: Making) -> tuple[LexicalIndex, Numbers, int]:
    """A copy of the newest lexical index where updating it is worth it, else an empty one.

    With it the passages it holds, and how many will have been taken out of it.
    """
    old = caches.newest(store.folder, segmenter.fingerprint)
    if old is not None and old.folder is not None:
        numbers = [row.pk for row in store.passage_rows()]
        retired = old.manifest.retired + len(np.setdiff1d(old.dense.numbers, numbers))
        if not retired or (len(numbers) > SMALL and retired <= MOST_RETIRED * len(numbers)):
            return making.copy_lexical(old.folder), old.dense.numbers, retired
    return LexicalIndex.create(making.path), np.zeros(0, dtype=np.int64), 0


def in_memory(store: Store, model: str, segmenter: Segmenter, progress: Progress) -> Caches:
    """The same without writing a file: for an index on a read-only disk whose index files are missing."""
    lexical = LexicalIndex.create(None)
    before = np.zeros(0, dtype=np.int64)
    dense, articles = _fill(store, model, segmenter, lexical, before, progress)
    manifest = Manifest(store.generation(), model, dense.dimension, segmenter.fingerprint, len(dense), retired=0)
    return Caches(manifest, dense, lexical, articles, None)


def _fill(
    store: Store, model: str, segmenter: Segmenter, lexical: LexicalIndex, before: Numbers, progress: Progress
) -> tuple[DenseIndex, Numbers]:
    """Bring the lexical index from the passages `before` to those of the store; make the dense one anew."""
    rows = store.passage_rows()
    numbers = np.array([row.pk for row in rows], dtype=np.int64)
    having, vectors = store.vectors.load(model)
    if having != numbers.tolist():
        missing = len(numbers) - len(having)
        raise IndexStateError(f"索引 {store.folder} 中有 {missing} 个段落还没有向量。请运行 kb build 补齐。")
    new = np.setdiff1d(numbers, before)
    gone = np.setdiff1d(before, numbers)
    lexical.update(gone.tolist(), _terms(store, segmenter, set(new.tolist()), progress))
    return DenseIndex.build(having, vectors), np.array([row.article for row in rows], dtype=np.int64)


def _terms(
    store: Store, segmenter: Segmenter, wanted: set[int], progress: Progress
) -> Iterator[tuple[int, int, list[str]]]:
    for done, passage in enumerate(store.texts(wanted), start=1):
        tokens = segmenter.tokens(searchable_text(passage.title, passage.headings, passage.text))
        yield passage.pk, passage.article, [token.term for token in tokens]
        if done % 256 == 0 or done == len(wanted):
            progress("分词索引", done, len(wanted))
