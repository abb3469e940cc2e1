"""`kb bulk`: many articles, embedded by many processes.

    files -> parts -> [read -> repair -> split -> embed] in Dask's workers -> a file of vectors each
                                                        -> vectors into the store -> build, which finds them there

A part whose file is there is not embedded again, so a run that was killed goes on where it was. Everything else is
`KnowledgeBase.build`: an article is stored in a transaction of its own, once, however often it is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.errors import IndexStateError, MissingExtraError, QueryError
from kb.index.store import Store
from kb.knowledge.base import KnowledgeBase
from kb.knowledge.bulk_parts import Part, parts_of
from kb.knowledge.bulk_worker import (
    SUFFIX,
    MakeEncoder,
    embed_part,
    encoder_of_settings,
    end_with_parent,
    read_embedded,
)
from kb.knowledge.progress import Progress
from kb.knowledge.receipts import OnReceipt, no_receipt
from kb.sources.objects import is_address, mirrored
from kb.sources.read import find_files
from kb.types import BuildReport

FOLDER, OBJECTS = "bulk", "objects"
"""In the index folder: vectors of parts that are not stored yet, and what was fetched from object stores."""

_LOADED = ".loaded"
"""Behind the name of a part whose vectors are in the store."""


@dataclass(frozen=True, slots=True)
class Share:
    """One of `of` machines that embed the same files into the same folder; `number` counts from 1."""

    number: int = 1
    of: int = 1

    @classmethod
    def read(cls, text: str) -> Share:
        """
        Raises:
            QueryError: it is not written N/M, or there is no such share.
        """
        number, _slash, of = text.partition("/")
        if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
            raise QueryError(f"--only 应写成 N/M，如 2/8（八台机器里的第二台），不能是 {text}。")
        return cls(int(number), int(of))

    def takes(self, part: Part) -> bool:
        """Whether this machine embeds a part: by its name, so that all machines agree."""
        return int(part.name[:12], 16) % self.of == self.number - 1


def bulk(
    knowledge: KnowledgeBase,
    paths: Iterable[str | Path],
    *,
    workers: int,
    progress: Progress,
    on_receipt: OnReceipt = no_receipt,
    make_encoder: MakeEncoder | None = None,
) -> BuildReport:
    """Build the index from these paths (files, folders, addresses of object stores) with so many worker processes.

    Raises:
        SourceError: a path does not exist, or nothing readable is there.
        IndexStateError, ModelError: the index cannot be written, or the model cannot be used.
        MissingExtraError: Dask is not installed.
    """
    roots = _local(knowledge, paths, progress)
    folder, parts = _embedded(knowledge, roots, workers, Share(), progress, make_encoder)
    embedded = 0
    with knowledge._changing() as store:
        for done, part in enumerate(parts, start=1):
            embedded += _load(store, folder, part, knowledge._engine.encoder().identity)
            progress("载入向量", done, len(parts))
    report = knowledge.build(roots, progress, on_receipt)
    for part in parts:
        (folder / f"{part.name}{_LOADED}").touch()
        (folder / f"{part.name}{SUFFIX}").unlink(missing_ok=True)
    return replace(report, embedded=report.embedded + embedded)


def embed_share(
    knowledge: KnowledgeBase,
    paths: Iterable[str | Path],
    share: Share,
    *,
    workers: int,
    progress: Progress,
    make_encoder: MakeEncoder | None = None,
) -> int:
    """Embed what falls to one of several machines, and store nothing; how many parts that is.

    Raises:
        as `bulk`
    """
    roots = _local(knowledge, paths, progress)
    _folder, parts = _embedded(knowledge, roots, workers, share, progress, make_encoder)
    return len(parts)


def _local(knowledge: KnowledgeBase, paths: Iterable[str | Path], progress: Progress) -> list[Path]:
    """The paths, with what lies in object stores fetched."""
    below = knowledge._engine.folder / FOLDER / OBJECTS
    fetched = partial(progress, "下载对象")
    return [mirrored(str(path), below, fetched) if is_address(str(path)) else Path(path).resolve() for path in paths]


def _embedded(
    knowledge: KnowledgeBase,
    roots: Sequence[Path],
    workers: int,
    share: Share,
    progress: Progress,
    make_encoder: MakeEncoder | None,
) -> tuple[Path, list[Part]]:
    """The folder of vectors, and the parts of this share that now have theirs in it."""
    engine = knowledge._engine
    engine.check_writable()
    settings, model = engine.settings, engine.encoder().identity
    folder = engine.folder / FOLDER
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        parts = [
            part
            for part in parts_of(find_files(roots), model, with_sentences=settings.sentences)
            if share.takes(part) and not (folder / f"{part.name}{_LOADED}").exists()
        ]
        missing = [part for part in parts if not (folder / f"{part.name}{SUFFIX}").exists()]
        if missing:
            each = settings.threads or max(1, (os.cpu_count() or 1) // workers)
            make = make_encoder or partial(encoder_of_settings, settings.model_copy(update={"threads": each}))
            work = partial(
                embed_part, folder=str(folder), model=model, make_encoder=make, with_sentences=settings.sentences
            )
            _in_workers(work, missing, workers, partial(progress, "分区嵌入"))
    return folder, parts


def _in_workers(
    work: Callable[[Part], int], parts: Sequence[Part], workers: int, progress: Callable[[int, int], None]
) -> None:
    """Each part in one of Dask's worker processes."""
    try:
        import dask
        from dask.callbacks import Callback
    except ImportError as error:
        raise MissingExtraError("批量收录需要 Dask。请运行：pip install 'kb[bulk]'") from error
    done = 0

    def one_more(*_given: Any) -> None:
        nonlocal done
        done += 1
        progress(min(done, len(parts)), len(parts))

    progress(0, len(parts))
    started = partial(end_with_parent, os.getpid())
    try:
        with Callback(posttask=one_more):
            dask.compute(
                [dask.delayed(work)(part) for part in parts],
                scheduler="processes", num_workers=workers, chunksize=1, initializer=started,
            )  # fmt: skip
    except BrokenExecutor as error:
        raise IndexStateError(
            "有工作进程中途被结束，多半是内存不足。已经算完的分区不会重算：请减少 --workers 后再运行一次。"
        ) from error


def _load(store: Store, folder: Path, part: Part, model: str) -> int:
    """The vectors of a part into the store; how many were not there yet."""
    file = folder / f"{part.name}{SUFFIX}"
    made = read_embedded(file)
    if made is None:
        file.unlink(missing_ok=True)  # The build embeds what is missing.
        return 0
    missing = store.vectors.missing(model, (*made.passage_digests, *made.sentence_digests))
    _put(store, model, made.passage_digests, made.passages, missing, half=False)
    _put(store, model, made.sentence_digests, made.sentences.astype(np.float32), missing, half=True)
    return len(missing & {*made.passage_digests})


def _put(
    store: Store,
    model: str,
    digests: Sequence[str],
    vectors: npt.NDArray[np.float32],
    missing: set[str],
    *,
    half: bool,
) -> None:
    rows = [row for row, digest in enumerate(digests) if digest in missing]
    store.vectors.put(model, [digests[row] for row in rows], vectors[rows], half=half)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IndexStateError(
            f"无法写入 {folder}（{error.strerror}）。请检查磁盘空间和权限后再运行一次，已经算完的分区不会重算。"
        ) from error
