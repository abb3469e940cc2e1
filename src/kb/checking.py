"""The doctor: looks at the machine, the model and the index, and says what to do."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from kb.catalogue.consistency import conflicts
from kb.config import Settings
from kb.errors import ArchiveError, IndexStateError, ModelError
from kb.index import caches
from kb.index.database import FILE
from kb.index.store import Store
from kb.knowledge.sealed_library import is_sealed, open_library
from kb.models.encoder import Encoder, TextKind, open_encoder
from kb.types import Check, Document

FREE_BYTES = 2 * 1024**3
"""The default model takes 0.8 GB on disk; an index of 100,000 passages about as much."""

SAMPLE = 8
"""Passages embedded again to see that their vectors are the model's."""

SAME_VECTOR = 0.999
"""Cosine under which a stored vector is not of the text it stands for; engines differ in the fourth digit."""


def check_all(settings: Settings, notice: Callable[[str], None]) -> list[Check]:
    """Every finding, in the order in which things build on each other."""
    found = [_python(), *_packages(), _disk(settings)]
    encoder, check = _model(settings, notice)
    found.append(check)
    folder, sealed = Path(settings.index), is_sealed(Path(settings.index))
    try:
        if sealed:
            folder, check = _sealed(folder, settings, notice)
            found.append(check)
        store = Store(folder)
    except ArchiveError as error:
        return [*found, Check("封存库", False, str(error), "请向发布者重新要一份，或核对 --trust 和 KB_TRUSTED_KEYS。")]
    except IndexStateError as error:
        return [*found, Check("索引", False, str(error), "运行 kb build 建立索引。")]
    try:
        found += _index(store, encoder, sealed=sealed)
    except IndexStateError as error:
        found.append(Check("文章库", False, str(error), "从备份恢复，或删除索引文件夹后运行 kb build。"))
    finally:
        store.close()
    return found


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return Check("Python", sys.version_info >= (3, 11), version, "请安装 Python 3.11 或更高版本。")


def _packages() -> Iterator[Check]:
    for name, purpose in (("faiss", "语义索引"), ("tantivy", "字面索引"), ("jieba", "分词"), ("opencc", "繁简转换")):
        yield Check(f"软件包 {name}", find_spec(name) is not None, purpose, "请运行 make install。")


def _disk(settings: Settings) -> Check:
    folder = next(path for path in (Path(settings.index).absolute(), *Path(settings.index).absolute().parents)
                  if path.exists())  # fmt: skip
    free = shutil.disk_usage(folder).free
    return Check("磁盘", free >= FREE_BYTES, f"剩余 {free / 1024**3:.1f} GB", "请腾出空间，或用 --index 换一个文件夹。")


def _model(settings: Settings, notice: Callable[[str], None]) -> tuple[Encoder | None, Check]:
    try:
        encoder = open_encoder(
            model=settings.model, cache=settings.cache, engine=settings.engine, threads=settings.threads,
            prefixes=(settings.query_prefix, settings.passage_prefix), notice=notice,
        )  # fmt: skip
        vector = encoder.encode(["枫桥经验"], TextKind.QUERY)[0]
    except ModelError as error:
        return None, Check("模型", False, str(error), "请检查 KB_MODEL 和 KB_CACHE。")
    length = float(np.linalg.norm(vector))
    detail = f"{encoder.identity}，{encoder.dimension} 维，{encoder.engine}，{os.cpu_count()} 核"
    return encoder, Check(
        "模型", abs(length - 1.0) < 1e-3, detail, "模型输出异常。请删除 KB_CACHE 下的 models 后再试。"
    )


def _sealed(file: Path, settings: Settings, notice: Callable[[str], None]) -> tuple[Path, Check]:
    """The folder that a sealed library is read from; the file itself is read to its end.

    Raises:
        ArchiveError: it is damaged, changed, or not of a trusted signer.
    """
    library = open_library(file, settings, notice)
    library.archive.check(lambda _what, _done, _total: None)
    made = f"{library.stated.made[:10]} 签署，指纹 {library.signer.fingerprint}，内容 {library.stated.content[:16]}"
    return library.folder, Check("封存库", True, made, "")


def _index(store: Store, encoder: Encoder | None, *, sealed: bool) -> Iterator[Check]:
    problem = store.integrity()
    yield Check("文章库", problem == "ok", f"{store.path}：{problem}", f"{FILE} 已损坏：从备份恢复，或重建。")
    articles, passages, practices, _characters = store.counts()
    yield Check("内容", articles > 0, f"{articles} 篇文章，{passages} 个段落，{practices} 个实践", "运行 kb build。")
    yield _spans(store)
    yield _catalogue(store)
    model = store.meta("model")
    missing = len(store.vectors.passages_without(model))
    yield Check("向量", missing == 0, f"{passages - missing} / {passages}", "运行 kb build 补算。")
    if encoder is not None:
        yield _same_model(store, encoder, model)
    yield _caches(store, model, sealed=sealed)


def _spans(store: Store) -> Check:
    """Every passage lies in its article and is cut as the rules cut it today."""
    from kb.knowledge.preparing import cut

    wrong = []
    for summary in store.summaries():
        article = store.article(summary.id)
        if article is not None:
            expected = [(new.start, new.end) for new in cut(Document(article), "", "").passages]
            if expected != [(passage.start, passage.end) for passage in store.passages_of(article.id)]:
                wrong.append(article.id)
    detail = "每个段落都能在原文中按位置取出" if not wrong else f"{len(wrong)} 篇与切分规则不符，如 {wrong[0]}"
    return Check("段落位置", not wrong, detail, "对这些文章重新运行 kb build。")


def _catalogue(store: Store) -> Check:
    """Names and related ids agree between practice pages; an unknown id alone leads nobody astray."""
    found = conflicts(store.catalogue.practices())
    detail = "；".join(one.detail for one in found) or "名称和相关实践前后一致"
    return Check(
        "实践目录", not any(one.serious for one in found), detail, "".join(one.advice for one in found if one.serious)
    )


def _same_model(store: Store, encoder: Encoder, model: str) -> Check:
    if encoder.identity != model:
        detail = f"索引用 {model}，现在设置 {encoder.identity}"
        return Check("模型与索引", False, detail, "运行 kb build 换用新模型，或改回 KB_MODEL。")
    from kb.knowledge.caching import searchable_text

    numbers, vectors = store.vectors.load(model)
    rows = np.linspace(0, len(numbers) - 1, min(SAMPLE, len(numbers)), dtype=int) if numbers else np.zeros(0, dtype=int)
    passages = list(store.texts([numbers[row] for row in rows]))
    texts = [searchable_text(row.title, row.headings, row.text) for row in passages]
    lowest = float((encoder.encode(texts, TextKind.PASSAGE) * vectors[rows]).sum(axis=1).min()) if texts else 1.0
    return Check("模型与索引", lowest >= SAME_VECTOR, f"抽查 {len(texts)} 个段落，最低余弦 {lowest:.5f}",
                 "向量与文字不符。请删除索引文件夹后运行 kb build。")  # fmt: skip


def _caches(store: Store, model: str, *, sealed: bool) -> Check:
    found = caches.newest_manifest(store.folder, store.lineage())
    if found is None:
        detail = "缺失" if not sealed else "第一次检索时生成"
        return Check("索引文件", sealed, detail, "运行 kb build（不会重算向量）。")
    behind = found.generation != store.generation() or found.model != model
    detail = f"{found.passages} 个段落，第 {found.generation} 代"
    return Check("索引文件", not behind, detail, "索引文件落后于文章库。运行 kb build。")
