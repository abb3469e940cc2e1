"""The one file: an uncompressed tar that is byte for byte what its manifest says, and refused where it is not.

    kb-backup        "kb-backup 1", and the SHA-256 of the next member
    manifest.json    the size and the SHA-256 of every further member, in order
    signature        of the first member (sealed libraries and updates only)
    ...              the members

Every header is written one way only and compared as bytes, padding is zero, nothing stands between or behind the
members. So there is no byte that could be changed unnoticed, and no room for a link, a path outside, a file that was
not meant to be there, or one that expands: nothing is compressed. Any tar reads it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kb.archive.blocks import END, HEAD, MANIFEST, SIGNATURE, expect, header, padding, put
from kb.archive.manifest import VERSION, Kind, Manifest, manifest_from
from kb.archive.refusing import NAMES, damaged, incomplete, newer, other, unreadable
from kb.errors import ArchiveError

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, megabytes done, megabytes in all)."""

CHUNK = 1 << 20
_CHECKING, _UNPACKING = "核对文件", "展开文件"
READING = frozenset({_CHECKING, _UNPACKING})
"""What is told to be done while a file is read; its totals are megabytes."""

MOST_HEAD, MOST_MANIFEST, MOST_SIGNATURE = 128, 64 * 1024**2, 1024


def head_of(kind: Kind, manifest: bytes, version: int = VERSION) -> bytes:
    """The first member: the one thing that is signed, since the rest follows from it."""
    return f"{kind.value} {version}\n{hashlib.sha256(manifest).hexdigest()}\n".encode()


def write(
    target: Path, manifest: Manifest, folder: Path, progress: Progress, sign: Callable[[bytes], bytes] | None = None
) -> None:
    """Write the members of the manifest, which lie in `folder`, into one file; it is on the disk on return.

    Raises:
        OSError: it cannot be written.
    """
    data = manifest.to_bytes()
    head = head_of(manifest.kind, data)
    total = sum(member.size for member in manifest.members)
    done = 0
    with target.open("xb") as file:
        put(file, manifest.kind.value, head)
        put(file, MANIFEST, data)
        if sign is not None:
            put(file, SIGNATURE, sign(head))
        for member in manifest.members:
            file.write(header(member.name, member.size))
            with (folder / member.name).open("rb") as source:
                while chunk := source.read(CHUNK):
                    file.write(chunk)
                    done += len(chunk)
                    progress("写入文件", done // CHUNK, total // CHUNK)
            file.write(padding(member.size))
        file.write(END)
        file.flush()
        os.fsync(file.fileno())


@dataclass(frozen=True, slots=True)
class Archive:
    """A file whose beginning was read and agrees with itself; `check` and `extract` read the rest.

    `head` is what `signature` is of; `begin` is where the members begin.
    """

    path: Path
    manifest: Manifest
    manifest_bytes: bytes
    head: bytes
    signature: bytes
    begin: int

    @classmethod
    def open(cls, path: Path, *kinds: Kind) -> Archive:
        """
        Raises:
            ArchiveError: it is none of these kinds, incomplete, changed, or of a newer version.
        """
        with _reading(path) as file:
            kind, head = _head(path, file, kinds)
            data = _small(path, file, MANIFEST, MOST_MANIFEST)
            if head_of(kind, data) != head:
                raise damaged(path, MANIFEST)
            try:
                manifest = manifest_from(data)
            except ValueError as error:
                raise damaged(path, MANIFEST) from error
            signed = kind is not Kind.BACKUP and manifest.applied is None
            signature = _small(path, file, SIGNATURE, MOST_SIGNATURE) if signed else b""
            found = cls(path, manifest, data, head, signature, file.tell())
        if manifest.kind is not kind:
            raise damaged(path, MANIFEST)
        found._has_its_size()
        return found

    @property
    def total(self) -> int:
        """Bytes of all members."""
        return sum(member.size for member in self.manifest.members)

    def _has_its_size(self) -> None:
        sizes = (len(header(one.name, one.size)) + one.size + len(padding(one.size)) for one in self.manifest.members)
        expected = self.begin + sum(sizes) + len(END)
        there = self.path.stat().st_size
        if there < expected:
            raise incomplete(self.path, there, expected)
        if there > expected:
            raise damaged(self.path, "结尾")

    def check(self, progress: Progress) -> None:
        """Read everything and compare it with the manifest.

        Raises:
            ArchiveError: the file is incomplete or changed.
        """
        for _part in self._parts(_CHECKING, progress):
            pass

    def extract(self, folder: Path, progress: Progress) -> None:
        """Unpack the members below `folder`, checked while they are; they are on the disk on return.

        Raises:
            ArchiveError: the file is incomplete or changed; what was unpacked must not be used.
            OSError: the folder cannot be written.
        """
        for name, at, chunk in self._parts(_UNPACKING, progress):
            path = folder / name
            if at == 0:
                path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab" if at else "xb") as file:
                file.write(chunk)
        for member in self.manifest.members:
            with (folder / member.name).open("rb+") as file:
                os.fsync(file.fileno())

    def _parts(self, what: str, progress: Progress) -> Iterator[tuple[str, int, bytes]]:
        """(name, place in it, bytes) of all members in order; an empty one has one empty part."""
        done, total = 0, self.total // CHUNK
        with _reading(self.path) as file:
            file.seek(self.begin)
            for member in self.manifest.members:
                expect(file, self.path, member.name, header(member.name, member.size))
                digest = hashlib.sha256()
                for at in range(0, max(1, member.size), CHUNK):
                    chunk = file.read(min(CHUNK, member.size - at))
                    digest.update(chunk)
                    yield member.name, at, chunk
                    done += len(chunk)
                    progress(what, done // CHUNK, total)
                if digest.hexdigest() != member.sha256:
                    raise damaged(self.path, member.name)
                expect(file, self.path, member.name, padding(member.size))
            expect(file, self.path, "结尾", END)


@contextmanager
def _reading(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except ArchiveError:
        raise
    except OSError as error:
        raise unreadable(path, error) from error


def _head(path: Path, file: BinaryIO, kinds: tuple[Kind, ...]) -> tuple[Kind, bytes]:
    """The kind that the first member tells, and its bytes.

    Raises:
        ArchiveError: it is none of these kinds, or of a newer version.
    """
    name = file.read(100).rstrip(b"\0").decode("ascii", "replace")
    if name not in set(Kind):
        raise other(path, kinds)
    kind = Kind(name)
    if kind not in kinds:
        raise other(path, kinds, kind)
    file.seek(0)
    head = _small(path, file, kind.value, MOST_HEAD)
    told = HEAD.fullmatch(head)
    if told is None or told[1].decode() != kind.value:
        raise damaged(path, NAMES[kind])
    if int(told[2]) > VERSION:
        raise newer(path, f"格式 {int(told[2])}，本版本认得 {VERSION}")
    return kind, head


def _small(path: Path, file: BinaryIO, name: str, most: int) -> bytes:
    """The next member, which must have this name and at most this size."""
    first = file.read(len(END) // 2)
    try:
        size = int(first[124:135], 8)
    except ValueError:
        size = -1
    if len(first) < len(END) // 2:
        raise incomplete(path)
    if not 0 <= size <= most or first != header(name, size):
        raise damaged(path, name)
    data = file.read(size)
    if len(data) < size:
        raise incomplete(path)
    expect(file, path, name, padding(size))
    return data
