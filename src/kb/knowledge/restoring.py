"""A backup put back: unpacked aside, proven, then in place of what is there, as one step.

    file -> unpacked and checked -> proven -> renumbered -> index files -> in place

An index that is there is replaced through SQLite, as one transaction: an interruption leaves the old one, and servers
that have it open see the new one at their next question. One that is too damaged for that is kept aside.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from kb.archive.container import Archive
from kb.archive.manifest import Kind, Manifest
from kb.archive.refusing import newer
from kb.errors import ArchiveError, IndexStateError
from kb.index import schema
from kb.index.database import FILE, LINEAGE, new_lineage
from kb.index.disk import to_disk
from kb.index.displaced import Displaced
from kb.index.manifests import newest_manifest
from kb.index.snapshot import reached, renumber, replace
from kb.index.store import Store
from kb.knowledge.aside import unwritable
from kb.knowledge.engine import Engine
from kb.knowledge.packing import CACHES, add_caches, opened, proven, same_content
from kb.knowledge.progress import Progress

_ASIDE = ".restoring-"
_BESIDE = ("-wal", "-shm", "-journal")
_UNUSABLE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def check_backup(file: Path, progress: Progress) -> Manifest:
    """Read a backup to its end and compare it with its own record; nothing is unpacked.

    Raises:
        ArchiveError: it is none, incomplete, changed, or of a newer version.
    """
    archive = _archive(file)
    archive.check(progress)
    return archive.manifest


def restore(engine: Engine, file: Path, force: bool, progress: Progress) -> Manifest:
    """Make the index folder hold what the backup holds.

    Raises:
        ArchiveError: the file is no backup, incomplete, changed, of a newer version, or what it holds is not whole.
        IndexStateError: there is an index already (without `force`), another kb writes it, or it cannot be written.
    """
    archive = _archive(file)
    with engine.lock():
        folder = engine.folder
        if _holds_index(folder) and not force:
            raise IndexStateError(
                f"文件夹 {folder} 里已有索引，没有恢复。要用备份换掉它请加 --force，或用 --index 恢复到别的文件夹。"
            )
        with _aside(folder) as aside:
            archive.extract(aside, progress)
            _prepare(engine, archive, aside, folder, progress)
            _put_in_place(aside, folder, progress)
    return archive.manifest


def _holds_index(folder: Path) -> bool:
    """A process that died while it made the store leaves an empty file."""
    return (folder / FILE).exists() and (folder / FILE).stat().st_size > 0


def _archive(file: Path) -> Archive:
    archive = Archive.open(file, Kind.BACKUP)
    if archive.manifest.schema_version > schema.VERSION:
        raise newer(file, f"文章库格式 {archive.manifest.schema_version}，本版本用 {schema.VERSION}")
    return archive


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A folder within the index folder, so that what is in it can be renamed into place."""
    try:
        for left in folder.glob(f"{_ASIDE}*"):
            shutil.rmtree(left, ignore_errors=True)  # Only the one process that holds the lock comes here.
        aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=folder))
    except OSError as error:
        raise unwritable(folder, error) from error
    try:
        yield aside
    except OSError as error:
        raise unwritable(folder, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _prepare(engine: Engine, archive: Archive, aside: Path, folder: Path, progress: Progress) -> None:
    """Prove what was unpacked, and make it follow what the folder holds: numbers and generations never come twice."""
    try:
        with opened(aside) as store:
            proven(store, progress)
            same_content(store, archive.manifest, archive.path)
            if (folder / FILE).exists() or (folder / CACHES).exists():
                shutil.rmtree(aside / CACHES, ignore_errors=True)
                _follow(store, folder)
            add_caches(store, None, engine.new_segmenter(store), progress)
    except IndexStateError as error:
        raise ArchiveError(f"没有恢复 {archive.path}：{error}原有索引没有改动。") from error
    except sqlite3.Error as error:  # Text that is no UTF-8, and whatever else only reading it tells.
        raise ArchiveError(f"没有恢复 {archive.path}：里面有读不出来的文字。请换一份。原有索引没有改动。") from error


def _follow(store: Store, folder: Path) -> None:
    number, generation = 0, 0
    try:
        if (folder / FILE).exists():
            number, generation = reached(folder)
    except (sqlite3.Error, ValueError):
        pass  # Too damaged to tell; its index files tell how far it came, and they go.
    renumber(store, number)
    found = newest_manifest(folder)
    highest = max(generation, store.generation(), found.generation if found else 0)
    store.remember(LINEAGE, new_lineage())
    store.remember("generation", str(highest + 1))


def _put_in_place(aside: Path, folder: Path, progress: Progress) -> None:
    """Index files first: they are of no use to anyone before the store is there that they are of."""
    kept = set()
    if (aside / CACHES).exists():
        (folder / CACHES).mkdir(exist_ok=True)
        for made in (aside / CACHES).iterdir():
            made.rename(folder / CACHES / made.name)
            kept.add(made.name)
        to_disk(folder / CACHES)
    to_disk(aside / FILE)
    if (folder / FILE).exists():
        _replace(aside, folder, progress)
    else:
        _rename(aside, folder)
    for old in (folder / CACHES).iterdir() if kept else ():
        if old.name not in kept:
            shutil.rmtree(old, ignore_errors=True)
    Displaced(folder / FILE).clear()


def _replace(aside: Path, folder: Path, progress: Progress) -> None:
    try:
        replace(folder, aside / FILE, lambda done, total: progress("换上文章库", done, total))
    except (sqlite3.Error, UnicodeDecodeError) as error:  # Of a damaged definition not even the error can be read.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        if (code & 0xFF) not in _UNUSABLE:
            raise IndexStateError(f"写不了 {folder / FILE}（{error}）。没有恢复，原有索引没有改动。") from error
        _set_aside(folder)
        _rename(aside, folder)


def _set_aside(folder: Path) -> None:
    """Keep a damaged store under another name as well, for whoever wants to save something from it."""
    now = f"damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    # A second one within the second, or with a clock that was set back, takes no other's place.
    names = chain([now], (f"{now}-{number}" for number in count(2)))
    kept = next(folder / name for name in names if not (folder / name).exists())
    kept.mkdir()
    shutil.copy2(folder / FILE, kept / FILE)
    for suffix in _BESIDE:
        if (folder / (FILE + suffix)).exists():
            (folder / (FILE + suffix)).replace(kept / (FILE + suffix))


def _rename(aside: Path, folder: Path) -> None:
    for suffix in _BESIDE:  # Of a store that is not there any more; they must not be taken for the new one's.
        (folder / (FILE + suffix)).unlink(missing_ok=True)
    (aside / FILE).replace(folder / FILE)
    to_disk(folder)
