"""Vectors against the texts, and the index files against the store, row by row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from kb.checking.models import SAME_VECTOR
from kb.index import caches
from kb.index.caches import Caches
from kb.index.dense import Numbers
from kb.index.manifests import Manifest, newest_manifest
from kb.index.segments import Segment
from kb.index.store import Store
from kb.index.vectors import blocks, reach
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
    odd, sentences = 0, 0
    for within in map(reach, blocks(store.passage_numbers()[0])):
        odd += _odd(store.vectors.load(model, within=within)[1])
        _owners, halves = store.vectors.load_sentences(model, within)
        odd, sentences = odd + _odd(halves), sentences + len(halves)
    detail = f"{passages - missing} / {passages} 个段落，{sentences} 个句子"
    if odd:
        detail += f"；{odd} 个向量不是单位长度"
    return Check("向量", missing == 0 and odd == 0, detail, "运行 kb build 补算；长度不对的请删除索引文件夹后重建。")


def _odd(vectors: npt.NDArray[np.floating]) -> int:
    if not len(vectors):
        return 0
    measured = np.linalg.norm(vectors.astype(np.float32), axis=1)
    return int((~(np.abs(measured - 1.0) <= UNIT)).sum())  # What is no number is not near 1 either.


def sample_of(numbers: Numbers) -> Numbers:
    """SAMPLE of them, from the first to the last; all where there are no more."""
    return numbers[np.linspace(0, max(len(numbers) - 1, 0), min(SAMPLE, len(numbers)), dtype=int)]


def same_model(store: Store, encoder: Encoder) -> Check:
    """The vectors are those that the model gives the texts: some are embedded again."""
    model = store.meta("model")
    if encoder.identity != model:
        detail = f"索引用 {model}，现在设置 {encoder.identity}"
        return Check("模型与索引", False, detail, "运行 kb build 换用新模型，或改回 KB_MODEL。")
    numbers, vectors = store.vectors.load(model, sample_of(store.passage_numbers()[0]).tolist())
    passages = list(store.texts(numbers))
    texts = [searchable_text(row.title, row.headings, row.text) for row in passages]
    lowest = float((encoder.encode(texts, TextKind.PASSAGE) * vectors).sum(axis=1).min()) if texts else 1.0
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
    detail = f"{found.passages} 个段落，第 {found.generation} 代{_recall(found)}"
    yield Check("索引文件", not behind, detail, "索引文件落后于文章库。运行 kb build。")
    opened = caches.current(store.folder, found.lineage, found.model, found.segmenter)
    if opened is None or opened.manifest.generation != found.generation:
        advice = "不影响文章：下一次检索或 kb build 会由文章库重新生成。"
        yield Check("索引文件的内容", False, "有文件缺失，或与校验值不符", advice)
    elif not behind:
        yield _same_rows(store, opened)


def _recall(found: Manifest) -> str:
    """How near the search by lists comes to an exact one, where some segment is searched by lists."""
    return "".join(
        f"；{one.rows} 个段落按 {one.probes} 组查找，前 10 条与逐一比较相同的有 {one.recall:.1%}"
        for one in found.segments
        if one.probes
    )


def _same_rows(store: Store, opened: Caches) -> Check:
    """Bit for bit (in float16 where they are searched by lists): the vectors of passages and sentences, and whose
    passages are whose."""
    numbers, articles = store.passage_numbers()
    faults = {
        "段落编号": np.array_equal(opened.segments.numbers, numbers),
        "段落所属的文章": np.array_equal(opened.segments.articles, articles),
        "段落的向量": True,
        "句子的位置": True,
        "句子的向量": True,
        "字面索引的段落": np.array_equal(opened.lexical.numbers(), numbers),
    }
    for part in opened.segments.parts:
        for within in map(reach, blocks(part.dense.numbers)):
            for name, well in _same_block(store, opened.manifest.model, part, within).items():
                faults[name] = faults[name] and well
    wrong = [name for name, well in faults.items() if not well]
    detail = f"与文章库不符：{'、'.join(wrong)}" if wrong else "向量逐位与文章库相同，字面索引的段落与文章库相同"
    return Check("索引文件的内容", not wrong, detail, f"请删除 {opened.folder} 后运行 kb build（不会重算向量）。")


def _same_block(store: Store, model: str, part: Segment, within: tuple[int, int]) -> dict[str, bool]:
    """The same for some passages of a segment that follow each other; those that are gone are left out."""
    numbers, vectors = store.vectors.load(model, within=within)
    rows = np.searchsorted(part.dense.numbers, numbers).clip(max=len(part.dense.numbers) - 1)
    held = part.dense.vectors_of(part.dense.numbers[rows])
    kind = np.float32 if part.dense.exact else np.float16
    owners, halves = store.vectors.load_sentences(model, within)
    begins, ends = part.sentences.offsets[rows], part.sentences.offsets[rows + 1]
    own = np.concatenate([np.arange(0), *map(np.arange, begins, ends)])
    return {
        "段落的向量": _same(held.astype(kind), vectors.astype(kind)),
        "句子的位置": np.array_equal(ends - begins, np.unique_counts(np.append(owners, numbers)).counts - 1),
        "句子的向量": _same(np.asarray(part.sentences.vectors[own]), halves) if len(own) else not len(halves),
    }


def _same(one: npt.NDArray[np.floating], other: npt.NDArray[np.floating]) -> bool:
    return one.shape == other.shape and one.tobytes() == other.tobytes()
