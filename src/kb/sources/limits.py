"""What an archive may grow to, told by its table of contents before anything is expanded; how long reading may take."""

from __future__ import annotations

import io
import lzma
import math
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

from kb.errors import SourceError

MAX_MEMBERS = 5_000
MAX_RATIO = 200
"""Text and XML shrink to a tenth or a thirtieth; only what is made to harm shrinks to less than a two-hundredth."""

RATIO_FROM = 10 * 1024 * 1024
"""Below this size a high ratio harms nobody: a page of blanks is no attack."""

MAX_EXPANDED = 500 * 1024 * 1024

MAX_UPLOAD_BYTES = 50 * 1024 * 1024
"""One file through the browser: it is held in memory until it is kept; larger ones are for `kb add`."""

MAX_UPLOADS = 50
MAX_UPLOADED_BYTES = 200 * 1024 * 1024
"""All files of one upload together, archives expanded."""

MAX_UPLOADED_ARTICLES = 200
"""More receipts than this nobody reads; the rest is told and not read."""


UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, RuntimeError, ValueError, OSError,
)  # fmt: skip
"""What `zipfile` lets through of a damaged, encrypted or unknown member."""

_PIECE = 4096
"""A piece of a member as it is read: bz2 and lzma expand all of a piece at once, up to a few ten thousand times."""


READING_SECONDS = 600.0
"""All files of one upload together; what takes longer (a scan of a hundred pages) is for `kb add`."""

_until: ContextVar[float] = ContextVar("until", default=math.inf)
"""When what is being read must be read. It goes beside the readers and not through each of them."""


@contextmanager
def reading_for(seconds: float) -> Iterator[None]:
    """What is read in this block must be read in so many seconds; without it reading takes as long as it takes."""
    before = _until.set(monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(before)


def check_time(name: str) -> None:
    """Asked between pages and between files.

    Raises:
        SourceError: the time is over.
    """
    if monotonic() > _until.get():
        raise SourceError(f"{name} 没有读完：这次上传读得太久。请拆分文件、分几次上传，或用 kb add 收录。")


def expand(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A member, no more of it in memory than its header says: `ZipFile.read` would expand all before it compares.

    Raises:
        one of `UNREADABLE`: it is damaged, encrypted or compressed in an unknown way, or its header lies.
    """
    parts = []
    with archive.open(info) as member:
        while part := member.read(_PIECE):
            parts.append(part)
    return b"".join(parts)


def check_expansion(data: bytes, name: str, left: int = MAX_EXPANDED) -> int:
    """The size of everything in an archive once expanded.

    Raises:
        SourceError: no archive, too many members, or too large once expanded.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise SourceError(f"{name} 已损坏或不是 zip 格式，无法打开。请重新压缩或另存后再试。") from error
    if len(members) > MAX_MEMBERS:
        raise SourceError(f"{name} 里有 {len(members)} 个文件，超过 {MAX_MEMBERS} 个。请分成几个压缩包。")
    expanded = sum(member.file_size for member in members)
    if expanded > left:
        raise SourceError(f"{name} 展开后超过 {MAX_EXPANDED // 1024**2} MB，可能是压缩炸弹。请拆分后再试。")
    if expanded > max(RATIO_FROM, MAX_RATIO * len(data)):
        raise SourceError(f"{name} 展开后是压缩包的 {expanded // len(data)} 倍，可能是压缩炸弹，没有读取。")
    return expanded
