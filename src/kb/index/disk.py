"""What the disk does: waiting for it, and noticing what it did not keep."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

_CHUNK = 1 << 20


def checksum(path: Path) -> int:
    """CRC-32 of a file. Read in pieces, not mapped: a failing disk is an error here, not the end of the process.

    Raises:
        OSError: it cannot be read.
    """
    crc, chunk = 0, bytearray(_CHUNK)
    view = memoryview(chunk)
    with path.open("rb", buffering=0) as file:
        while read := file.readinto(chunk):
            crc = zlib.crc32(view[:read], crc)
    return crc


def to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk: no name may be there before what it names."""
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders, and writes their names through.
    opened = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
