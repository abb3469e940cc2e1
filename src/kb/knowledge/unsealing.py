"""A sealed library, opened: its signature and every byte are checked, then it is searched from a copy in the cache.

    file -> signature by a trusted key -> (first time) unpacked and checked -> folder with store and index files

SQLite, FAISS and tantivy open files of their own, none of them a stretch of another file; so what they open is laid
once into a folder named by the digest of what was signed. The file itself is read again to its end whenever it is not
the one (size, time, place) that was checked last.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from kb.archive.container import Archive, head_of
from kb.archive.keys import PublicKey, check_signature
from kb.archive.manifest import Kind, Manifest, manifest_from
from kb.archive.refusing import damaged, newer
from kb.errors import ArchiveError, IndexStateError
from kb.index import schema
from kb.index.content import contents
from kb.index.database import FILE
from kb.index.disk import to_disk
from kb.knowledge.packing import opened, proven
from kb.knowledge.progress import Progress

_FOLDER, _LIBRARY, _CHECKED = "sealed", "library", "checked.json"
_MOST_CHECKED = 8
"""Files (copies of one library in several places) that are remembered as checked."""

Seen = list[int]
"""Size, times of change, place on the disk: when one differs, a file is read again."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed library whose signature is good; `stated` is what was signed."""

    archive: Archive
    stated: Manifest
    signer: PublicKey

    @property
    def key(self) -> str:
        """The name of its folder in the cache."""
        return hashlib.sha256(self.archive.head).hexdigest()[:32]


def read_sealed(path: Path, trusted: Sequence[PublicKey]) -> Sealed:
    """Read the beginning of the file and check who signed it.

    Raises:
        ArchiveError: it is no sealed library, damaged, changed, of a newer version, or signed by nobody trusted.
    """
    archive = Archive.open(path, Kind.SEALED)
    manifest = archive.manifest
    if manifest.schema_version > schema.VERSION:
        raise newer(path, f"文章库格式 {manifest.schema_version}，本版本用 {schema.VERSION}")
    if manifest.applied is None:
        return Sealed(archive, manifest, check_signature(path, archive.head, archive.signature, trusted))
    data = manifest.applied.manifest.encode()
    try:
        stated = manifest_from(data)
    except ValueError as error:
        raise damaged(path, "更新的记录") from error
    head = head_of(Kind.DELTA, data, stated.version)
    signer = check_signature(path, head, manifest.applied.signature.encode(), trusted)
    told = (stated.kind, stated.content, stated.counts, stated.model, stated.schema_version)
    if told != (Kind.DELTA, manifest.content, manifest.counts, manifest.model, manifest.schema_version):
        raise damaged(path, "更新的记录")
    return Sealed(archive, stated, signer)


def library_of(sealed: Sealed, cache: Path, progress: Progress) -> Path:
    """The folder in which the library can be searched; unpacked and checked when this is the first time.

    Raises:
        ArchiveError: the file was changed, or what is in it is not what was signed.
        IndexStateError: the cache cannot be written.
    """
    place = cache / _FOLDER / sealed.key
    file = sealed.archive.path
    try:
        with FileLock(place.with_name(f"{place.name}.lock")):  # Two first uses at once: the second one waits.
            checked = _checked(place)
            if not checked or not _as_it_was(place, checked[0]):
                shutil.rmtree(place, ignore_errors=True)
                _unpack(sealed, place, progress)
            elif _seen(file) not in checked[1:]:
                sealed.archive.check(progress)
                _remember(place, [*checked[1:], _seen(file)])
    except OSError as error:
        raise IndexStateError(
            f"无法在 {cache} 展开封存库（{error.strerror or error}）。请检查磁盘空间，或用 KB_CACHE 指定可写的文件夹。"
        ) from error
    return place / _LIBRARY


def _unpack(sealed: Sealed, place: Path, progress: Progress) -> None:
    """Aside, then under its name: a folder that is there is a whole one."""
    for left in place.parent.glob(f".making-{place.name}-*"):
        shutil.rmtree(left, ignore_errors=True)  # Only the one process that holds the lock comes here.
    aside = Path(tempfile.mkdtemp(prefix=f".making-{place.name}-", dir=place.parent))
    try:
        sealed.archive.extract(aside / _LIBRARY, progress)
        _agrees(sealed, aside / _LIBRARY, progress)
        _remember(aside, [_seen(sealed.archive.path)])
        aside.rename(place)
        to_disk(place.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _agrees(sealed: Sealed, folder: Path, progress: Progress) -> None:
    """The store of a signed file is what the publisher made. One that came out of an update is proven and its content
    compared; its index files are made when it is searched."""
    with opened(folder) as store:  # Takes one of an older version to today's tables.
        if sealed.archive.manifest.applied is not None:
            try:
                proven(store, progress)
            except IndexStateError as error:
                raise damaged(sealed.archive.path, FILE) from error
            if contents(store).digest != sealed.stated.content:
                raise ArchiveError(f"{sealed.archive.path} 的内容不是签署过的内容，没有打开。请向发布者重新要一份。")


def _checked(place: Path) -> list[Seen]:
    """What the store looked like when it was unpacked, then the files that were checked."""
    try:
        found: list[Seen] = json.loads((place / _CHECKED).read_bytes())
    except (OSError, ValueError):
        return []
    return found


def _as_it_was(place: Path, then: Seen) -> bool:
    try:
        return _seen(place / _LIBRARY / FILE) == then
    except OSError:
        return False


def _remember(place: Path, files: list[Seen]) -> None:
    told = [_seen(place / _LIBRARY / FILE), *files[-_MOST_CHECKED:]]
    aside = Path(tempfile.mkstemp(prefix=f".{_CHECKED}-", dir=place)[1])
    aside.write_text(json.dumps(told), encoding="ascii")
    aside.replace(place / _CHECKED)


def _seen(path: Path) -> Seen:
    status = path.stat()
    # Anybody can write a time of change (touch, cp -p); the other one is the system's own.
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev]
