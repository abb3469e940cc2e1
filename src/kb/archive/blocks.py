"""The blocks of a tar as we write them: one way only, so that they can be compared as bytes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

from kb.archive.refusing import damaged, incomplete

BLOCK = 512
END = bytes(2 * BLOCK)
"""Behind the last member."""

HEAD = re.compile(rb"(kb-backup|kb-sealed|kb-delta) (\d{1,9})\n([0-9a-f]{64})\n")
"""What the first member says."""

MANIFEST, SIGNATURE = "manifest.json", "signature"

_CHECKSUM = slice(148, 156)


def header(name: str, size: int) -> bytes:
    """The header of a member (POSIX ustar; sizes from 8 GiB on as GNU writes them): readable, of nobody, of 1970."""
    length = b"%011o\0" % size if size < 8**11 else b"\x80" + size.to_bytes(11)
    mode, owner, time, plain = b"0000644\0", b"0000000\0", b"00000000000\0", b"0"
    magic = b"ustar\x0000"
    front = name.encode("ascii").ljust(100, b"\0") + mode + owner * 2 + length + time
    block = (front + b" " * 8 + plain.ljust(101, b"\0") + magic).ljust(BLOCK, b"\0")
    return block[: _CHECKSUM.start] + b"%06o\0 " % sum(block) + block[_CHECKSUM.stop :]


def padding(size: int) -> bytes:
    """What follows a member, up to the next block."""
    return bytes(-size % BLOCK)


def put(file: BinaryIO, name: str, data: bytes) -> None:
    """Write a small member."""
    file.write(header(name, len(data)) + data + padding(len(data)))


def expect(file: BinaryIO, path: Path, what: str, wanted: bytes) -> None:
    """Read bytes that are known beforehand.

    Raises:
        ArchiveError: they are others, or the file ends.
    """
    found = file.read(len(wanted))
    if len(found) < len(wanted):
        raise incomplete(path)
    if found != wanted:
        raise damaged(path, what)
