"""Files in parts of similar size, for many processes to embed; a part that did not change keeps its name."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from kb.sources.read import BULK_SUFFIXES
from kb.text.normalize import VERSION as NORMALIZE_VERSION
from kb.text.repair import VERSION as REPAIR_VERSION
from kb.text.split import VERSION as SPLIT_VERSION

MOST_BYTES = 1_000_000
"""Of a part: about a thousand passages, half a minute on one core. A killed run loses one part for each worker."""

_LEAST_BYTES = MOST_BYTES // 2


@dataclass(frozen=True, slots=True)
class Piece:
    """A file, or the lines of a bulk file from one byte to another; `mark` changes with what is in it."""

    path: str
    start: int
    end: int
    mark: str

    @property
    def whole(self) -> bool:
        """Whether it is all of the file."""
        return self.end < 0


@dataclass(frozen=True, slots=True)
class Part:
    """Pieces that one worker embeds; its name says what they are, which model embeds them, and by which rules."""

    name: str
    pieces: tuple[Piece, ...]


def parts_of(files: Sequence[Path], model: str, *, with_sentences: bool) -> Iterator[Part]:
    """All files, in their order.

    A part ends where it is full, or behind a file whose name says so: so a file that comes or goes changes its own
    part and not all that follow.
    """
    pieces: list[Piece] = []
    size = 0
    for file in files:
        for piece, length in _pieces(file):
            pieces.append(piece)
            size += length
            ends_here = size >= _LEAST_BYTES and _chosen(file)
            if size >= MOST_BYTES or ends_here:
                yield _part(pieces, model, with_sentences)
                pieces, size = [], 0
    if pieces:
        yield _part(pieces, model, with_sentences)


def _chosen(file: Path) -> bool:
    """Every fourth file, by its name alone: the folder may lie elsewhere."""
    name = file.name.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(name, digest_size=1).digest()[0] % 4 == 0


def _part(pieces: Sequence[Piece], model: str, with_sentences: bool) -> Part:
    rules = (NORMALIZE_VERSION, REPAIR_VERSION, SPLIT_VERSION, model, with_sentences)
    content = json.dumps([rules, [astuple(piece) for piece in pieces]])
    return Part(hashlib.sha256(content.encode()).hexdigest()[:24], tuple(pieces))


def _pieces(file: Path) -> Iterator[tuple[Piece, int]]:
    """With how many bytes each has. What cannot be read is left to the loading, which tells of it."""
    try:
        if file.suffix.lower() in BULK_SUFFIXES and _is_utf8(file):
            yield from _ranges(file)
            return
        found = file.stat()
        yield Piece(str(file), 0, -1, f"{found.st_size}.{found.st_mtime_ns}"), found.st_size
    except OSError:
        return


def _is_utf8(file: Path) -> bool:
    """By its beginning. In UTF-16 a byte that looks like a line break may be half a character."""
    with file.open("rb") as content:
        sample = content.read(64 * 1024)
    try:
        sample[: sample.rfind(b"\n") + 1].decode()
    except UnicodeDecodeError:
        return False
    return b"\x00" not in sample


def _ranges(file: Path) -> Iterator[tuple[Piece, int]]:
    """Whole lines, about as many bytes as a part has."""
    start = 0
    with file.open("rb") as content:
        while chunk := content.read(MOST_BYTES):
            chunk += content.readline()
            end = start + len(chunk)
            yield Piece(str(file), start, end, f"{zlib.crc32(chunk):08x}"), len(chunk)
            start = end
