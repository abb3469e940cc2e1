"""A library gathered in a folder of its own, proven whole, and described: what backups and sealed libraries share.

    open store -> snapshot -> proven -> caches (copied or made anew) -> manifest

Nothing here touches the index that the copy is of.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from kb import __version__
from kb.archive.manifest import Counts, Kind, Manifest, Member, ModelUsed
from kb.errors import IndexStateError
from kb.index import caches, schema
from kb.index.content import contents
from kb.index.damage import Part
from kb.index.database import FILE
from kb.index.proof import prove
from kb.index.snapshot import as_one_file, snapshot
from kb.index.store import Store
from kb.knowledge import caching
from kb.knowledge.progress import Progress
from kb.text.segment import Segmenter

CACHES = "caches"
_CHUNK = 1 << 20


def copy_of(store: Store, folder: Path, progress: Progress) -> Path:
    """The store as it is committed now, in `folder`; proven whole.

    Raises:
        IndexStateError: it is damaged or cannot be read, or there is no room.
    """
    snapshot(store, folder / FILE, lambda done, total: progress("复制文章库", done, total))
    with opened(folder) as copy:
        copy.sound(*Part)
        proven(copy, progress)
    return folder


def proven(store: Store, progress: Progress) -> None:
    """
    Raises:
        IndexStateError: something in the store is not as it must be.
    """
    prove(store, lambda done, total: progress("核对文章", done, total))


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """A store of our own, for changing it; when it is closed nothing lies beside its file."""
    store = Store(folder, writable=True)
    try:
        yield store
        with store.translated():
            store.db.execute("PRAGMA journal_mode = DELETE")
    finally:
        store.close()


def compacted(folder: Path) -> None:
    """Nothing of what was removed is left in the file of the store."""
    store = Store(folder, writable=True)
    try:
        as_one_file(store)
    finally:
        store.close()


def add_caches(store: Store, source: Path | None, segmenter: Segmenter, progress: Progress) -> None:
    """Index files beside the copied store: those of the folder `source` where they are of it, else new ones.

    None where they cannot be made, as in the middle of a change of model: they can be made later.
    """
    model = store.meta("model")
    if not model:
        return
    if source is not None:
        with suppress(OSError):  # A build took them away meanwhile, or there are none.
            shutil.copytree(source / CACHES, store.folder / CACHES, ignore=shutil.ignore_patterns(".*-*"))
    try:
        caching.sync(store, model, segmenter, progress)
        made = caches.current(store.folder, store.lineage(), model, segmenter.fingerprint)
    except IndexStateError:
        made = None
    for folder in (store.folder / CACHES).glob("*"):
        if made is None or folder != made.folder:
            shutil.rmtree(folder)


def described(kind: Kind, store: Store, model_files: dict[str, str]) -> Manifest:
    """What the library in the store's folder is, before its files are measured."""
    articles, passages, practices, characters = store.counts()
    return Manifest(
        kind=kind,
        version=1,
        kb=__version__,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        schema_version=schema.VERSION,
        content=contents(store).digest,
        counts=Counts(
            articles=articles,
            passages=passages,
            practices=practices,
            characters=characters,
            terms=len(store.catalogue.terms_by_root()),
            gaps=len(store.gaps.all()),
        ),
        model=ModelUsed(identity=store.meta("model"), dimension=int(store.meta("dimension") or 0), files=model_files),
        members=(),
    )


def measured(manifest: Manifest, folder: Path) -> Manifest:
    """The manifest with every file of the folder in it, the store first."""
    files = sorted(
        (file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file() and _wanted(file)),
        key=lambda name: (name != FILE, name),
    )
    return manifest.model_copy(update={"members": tuple(_member(folder, name) for name in files)})


def _wanted(file: Path) -> bool:
    """Locks are of processes, not of the library."""
    return not file.name.endswith(".lock")


def _member(folder: Path, name: str) -> Member:
    digest, size = hashlib.sha256(), 0
    with (folder / name).open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Member(name=name, size=size, sha256=digest.hexdigest())


def same_content(store: Store, manifest: Manifest, path: Path) -> None:
    """
    Raises:
        IndexStateError: the store is not what the manifest says.
    """
    if manifest.schema_version == schema.VERSION and contents(store).digest != manifest.content:
        raise IndexStateError(f"{path} 的内容与它自己的记录不符，没有使用。请换一份。")
