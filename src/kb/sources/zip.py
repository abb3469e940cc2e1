"""The members of a .zip, in memory, with the names their author gave them; nothing is written to disk."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from kb.errors import SourceError
from kb.sources.decode import detect
from kb.sources.limits import MAX_EXPANDED, UNREADABLE, check_expansion, expand
from kb.types import Failure

MAX_MEMBER_BYTES = 200 * 1024 * 1024
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_UNICODE_PATH = 0x7075
"""The extra field in which Info-ZIP gives the name as UTF-8."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive; `path` is that of the archive, a slash, and its name inside."""

    path: str
    data: bytes


def read_zip(data: bytes, name: str, wanted: frozenset[str], nested: bool = False) -> Iterator[Member | Failure]:
    """The members whose suffix is wanted, in the order of the archive; one archive inside another is opened, no more.

    Raises:
        SourceError: no archive, too many members, or expanding without measure.
    """
    left = MAX_EXPANDED - check_expansion(data, name)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [info for info in archive.infolist() if not info.filename.endswith("/")]  # `is_dir` wants a name
        for info, inside in zip(members, _names(members), strict=True):
            path = f"{name}/{inside}"
            if _hidden(inside):
                continue
            suffix = PurePosixPath(inside).suffix.lower()
            if suffix not in wanted:
                continue
            try:
                content = _expand(archive, info, inside, path)
                if suffix != ".zip":
                    yield Member(path, content)
                elif nested:
                    raise SourceError(f"{path} 是压缩包里的压缩包里的压缩包，只读一层。请解压后再试。")
                else:
                    left -= check_expansion(content, path, left)
                    yield from read_zip(content, path, wanted, nested=True)
            except SourceError as error:
                yield Failure(path, str(error))


def _expand(archive: zipfile.ZipFile, info: zipfile.ZipInfo, inside: str, path: str) -> bytes:
    if inside.startswith("/") or inside[1:2] == ":" or ".." in inside.split("/"):
        raise SourceError(f"{path} 的路径是绝对路径或含“..”，为安全起见不读取。请重新压缩后再试。")
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise SourceError(f"{path} 有密码保护，读不了。请解压后再试。")
    if info.file_size > MAX_MEMBER_BYTES:
        raise SourceError(f"{path} 超过 {MAX_MEMBER_BYTES // 1024**2} MB。请拆分后再试。")
    try:
        return expand(archive, info)
    except UNREADABLE as error:
        raise SourceError(f"{path} 在压缩包里已损坏，或压缩方法不受支持。请重新压缩后再试。") from error


def _names(members: list[zipfile.ZipInfo]) -> list[str]:
    """The names as their author wrote them.

    Windows writes them in the code page of its language without saying which. All such names are weighed together
    (see `kb.sources.decode`), since one name alone may be too short to tell GBK from Big5.
    """
    unmarked = {id(info): _raw(info) for info in members if not info.flag_bits & _UTF8_FLAG and not _unicode_path(info)}
    encoding = _encoding(b"\n".join(unmarked.values()))
    names = []
    for info in members:
        raw = unmarked.get(id(info))
        if raw is None:
            name = _unicode_path(info) or info.orig_filename
        else:
            name = raw.decode(encoding, "backslashreplace") if encoding else info.orig_filename
        names.append(name.replace("\\", "/").replace("\x00", ""))
    return names


def _encoding(names: bytes) -> str:
    if names.isascii():
        return "ascii"
    try:
        found = detect(names, "")
    except SourceError:
        return ""  # the name as code page 437, as the format's letter has it: ugly, but each byte is still there
    return "cp950" if found.encoding == "big5" else found.encoding


def _raw(info: zipfile.ZipInfo) -> bytes:
    """The bytes of a name; zipfile read them as code page 437, which has a character for every byte."""
    return info.orig_filename.encode("cp437", "replace")


def _unicode_path(info: zipfile.ZipInfo) -> str:
    """The name in Info-ZIP's extra field, where it still belongs to the name in the header."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        known = kind == _UNICODE_PATH and len(field) > 5 and field[0] == 1
        if known and struct.unpack_from("<L", field, 1)[0] == zlib.crc32(_raw(info)):
            return field[5:].decode("utf-8", "replace")
    return ""


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) and part != ".." for part in name.split("/"))
