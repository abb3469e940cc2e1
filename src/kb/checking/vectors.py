"""Vectors against the texts, and the index files against the store, row by row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from kb.checking.models import SAME_VECTOR
from kb.index import caches
from kb.index.caches import Caches
from kb.index.manifests import newest_manifest
from kb.index.store import Store
from kb.knowledge.caching import searchable_text
from kb.models.encoder import Encoder, TextKind
from kb.types import Check

SAMPLE = 8
"""Passages, and as many sentences, embedded again to see that their vectors are the model's."""

UNIT = 2e-3
"""How far the length of a vector may be from 1: sentences are kept in float16, whose step is 5e-4 there."""


def lengths(store: Store) -> Check:
    """Every passage has a vector, and all vectors are numbers and of unit length."""
    model, (_articles, passages, *_more) = store.meta("model"), store.counts()
    missing = len(store.vectors.passages_without(model))
    _numbers, whole = store.vectors.load(model)
    _owners, halves = store.vectors.load_sentences(model)
    odd = _odd(whole) + _odd(halves)
    detail = f"{passages - missing} / {passages} 个段落，{len(halves)} 个句子"
    if odd:
        detail += f"；{odd} 个向量不是单位长度"
    return Check("向量", missing == 0 and odd == 0, detail, "运行 kb build 补算；长度不对的请删除索引文件夹后重建。")


def _odd(vectors: npt.NDArray[np.floating]) -> int:
    if not len(vectors):
        return 0
    measured = np.linalg.norm(vectors.astype(np.float32), axis=1)
    return int((~(np.abs(measured - 1.0) <= UNIT)).sum())  # What is no number is not near 1 either.


def same_model(store: Store, encoder: Encoder) -> Check:
    """The vectors are those that the model gives the texts: some are embedded again."""
    model = store.meta("model")
    if encoder.identity != model:
        detail = f"索引用 {model}，现在设置 {encoder.identity}"
        return Check("模型与索引", False, detail, "运行 kb build 换用新模型，或改回 KB_MODEL。")
    numbers, vectors = store.vectors.load(model)
    rows = np.linspace(0, len(numbers) - 1, min(SAMPLE, len(numbers)), dtype=int) if numbers else np.zeros(0, dtype=int)
    passages = list(store.texts([numbers[row] for row in rows]))
    texts = [searchable_text(row.title, row.headings, row.text) for row in passages]
    lowest = float((encoder.encode(texts, TextKind.PASSAGE) * vectors[rows]).sum(axis=1).min()) if texts else 1.0
    return Check("模型与索引", lowest >= SAME_VECTOR, f"抽查 {len(texts)} 个段落，最低余弦 {lowest:.5f}",
                 "向量与文字不符。请删除索引文件夹后运行 kb build。")  # fmt: skip


def index_files(store: Store, *, sealed: bool) -> Iterator[Check]:
    """They are of this store and of today, no byte of them changed, and they hold what the store holds."""
    found = newest_manifest(store.folder, store.lineage())
    if found is None:
        detail = "缺失" if not sealed else "第一次检索时生成"
        yield Check("索引文件", sealed, detail, "运行 kb build（不会重算向量）。")
        return
    behind = found.generation != store.generation() or found.model != store.meta("model")
    detail = f"{found.passages} 个段落，第 {found.generation} 代"
    yield Check("索引文件", not behind, detail, "索引文件落后于文章库。运行 kb build。")
    opened = caches.current(store.folder, found.lineage, found.model, found.segmenter)
    if opened is None or opened.manifest.generation != found.generation:
        advice = "不影响文章：下一次检索或 kb build 会由文章库重新生成。"
        yield Check("索引文件的内容", False, "有文件缺失，或与校验值不符", advice)
    elif not behind:
        yield _same_rows(store, opened)


def _same_rows(store: Store, opened: Caches) -> Check:
    """Bit for bit: the vectors of passages and sentences, and whose passages are whose."""
    numbers, vectors = store.vectors.load(opened.manifest.model)
    owners, halves = store.vectors.load_sentences(opened.manifest.model)
    rows = store.passage_rows()
    offsets = np.append(np.searchsorted(np.asarray(owners, dtype=np.int64), opened.dense.numbers), len(owners))
    faults = {
        "段落编号": opened.dense.numbers.tolist() == numbers == [row.pk for row in rows],
        "段落所属的文章": opened.articles.tolist() == [row.article for row in rows],
        "段落的向量": _same(opened.dense.vectors_of(opened.dense.numbers), vectors)
        if numbers
        else len(opened.dense) == 0,
        "句子的位置": bool(np.array_equal(opened.sentences.offsets, offsets)),
        "句子的向量": _same(np.asarray(opened.sentences.vectors), halves),
        "字面索引的段落": opened.lexical.numbers().tolist() == [row.pk for row in rows],
    }
    wrong = [name for name, well in faults.items() if not well]
    detail = f"与文章库不符：{'、'.join(wrong)}" if wrong else "向量逐位与文章库相同，字面索引的段落与文章库相同"
    return Check("索引文件的内容", not wrong, detail, f"请删除 {opened.folder} 后运行 kb build（不会重算向量）。")


def _same(one: npt.NDArray[np.floating], other: npt.NDArray[np.floating]) -> bool:
    return one.shape == other.shape and one.tobytes() == other.tobytes()
