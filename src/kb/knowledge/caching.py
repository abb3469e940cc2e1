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
            old = caches.newest_folder(store.folder, segmenter.fingerprint)
            before = DenseIndex.numbers_in(old) if old is not None else np.zeros(0, dtype=np.int64)
            lexical = making.copy_lexical(old) if old is not None else LexicalIndex.create(making.path)
            dense, articles = _fill(store, model, segmenter, lexical, before, progress)
            dense.save(making.path)
            making.finish(Manifest(generation, model, dense.dimension, segmenter.fingerprint, len(dense)), articles)
    except OSError as error:
        raise IndexStateError(
            f"无法写入索引文件夹 {store.folder}（{error.strerror}）。文章已存好，原有索引仍可用；"
            "请检查磁盘空间和权限后再运行 kb build。"
        ) from error


def in_memory(store: Store, model: str, segmenter: Segmenter, progress: Progress) -> Caches:
    """The same without writing a file: for an index on a read-only disk whose index files are missing."""
    lexical = LexicalIndex.create(None)
    before = np.zeros(0, dtype=np.int64)
    dense, articles = _fill(store, model, segmenter, lexical, before, progress)
    manifest = Manifest(store.generation(), model, dense.dimension, segmenter.fingerprint, len(dense))
    return Caches(manifest, dense, lexical, articles)


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
