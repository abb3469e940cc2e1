"""Changes to valid input: of bytes, of texts, and of what lies inside an archive; the same for the same chance."""

# ruff: noqa: E501 - tables of what is put into the input

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Sequence

MOST_BYTES, MOST_CHARACTERS = 60_000, 4_000
"""Longer inputs tell nothing that shorter ones do not, and are slow; long ones have tests of their own."""

_BYTES = (
    b"\x00", b"\xff", b"\x80", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1b[2J", b"\r", b"\n" * 9, b"-1", b"99999999",
    b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x7f\xff\xff\xff", b"\x00\x00\x00\x01", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;",
)  # fmt: skip
_TEXTS = (
    "?", "？", "\ufffd", "\x00", "\ud800", "\udfff", "\u202e", "\u2066", "\x1b[31m", "\u2028", "\x85", "\x1c", "\t", "　", " | ", "\n\n",
    "# ", "## ", "- ", "> ", "---\n", "第一条 ", "（一）", "一、", "一是", "①", "[1]", "〔自述〕", "“", "”", "「", "」", "『", "‘", '"', "《", "》",
    "(", ")", "（", "）", "…", "……", "。", "！", "，", "：", "；", "创(chuàng)", "創(chuàng)", "業(yè)", "&ldquo;", "ldquo;", "&#0;", "&#xD800;", "</p>",
    "/p>", "<script>alert(1)</script>", "<b onclick=x>", "__", "XX市", "1652个", "2024年9月3日", "2024-13-45", "来源：", "作者：", "@1-5~aaaaaaaaaaaaaaaa",
    "{\"a\":", "[", "]", "}", ":", "*a", "&a ", "!!python/name:os", "\\ud800", "\\u0000", "1e999", "-0", "𠮷", "é", "e\u0301", "ß", "İ", "ﬁ", "㈠", "⽼",
    "多少", "几", "百分之", "一百二十", "99999999999999999999", "别名：“甲”。", "%s", "{0}", "../", "'", "\\",
)  # fmt: skip
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def mutated(chance: random.Random, data: bytes, others: Sequence[bytes], tokens: Sequence[bytes] = ()) -> bytes:
    """Bytes with a few pieces flipped, cut out, doubled, moved, or taken from another input."""
    most = max(MOST_BYTES, len(data) + 512)
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        at, length = chance.randint(0, len(data)), chance.choice((1, 2, 4, 16, 64, 512))
        kind = chance.randrange(7)
        if kind == 0 and data:
            place = chance.randrange(len(data))
            data = data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]
        elif kind == 1:
            data = data[:at] + data[at + length :]
        elif kind == 2:
            data = data[:at] + data[at : at + length] * chance.choice((2, 3, 50)) + data[at + length :]
        elif kind == 3:
            data = data[:at] + chance.choice((*_BYTES, *tokens)) + data[at + chance.choice((0, 0, length)) :]
        elif kind == 4:
            other = chance.choice(others)
            begin = chance.randint(0, len(other))
            data = data[:at] + other[begin : begin + length] + data[at:]
        elif kind == 5:
            data = (
                data[:at]
                + struct.pack(chance.choice("<>") + chance.choice("BHIQ"), chance.choice((0, 1, 127, 255)))
                + data[at:]
            )
        else:
            data = data[:at] + chance.randbytes(chance.choice((1, 4, 32))) + data[at:]
    return data[:most]


def mutated_text(chance: random.Random, data: bytes, others: Sequence[bytes], tokens: Sequence[bytes] = ()) -> bytes:
    """A text with pieces cut out, repeated, moved, or put in; as UTF-8, halves of surrogate pairs among it."""
    text, other = _text(data), _text(chance.choice(others))
    pieces = (*_TEXTS, *map(_text, tokens))
    for _ in range(chance.choice((1, 2, 4, 8, 16))):
        at, length = chance.randint(0, len(text)), chance.choice((1, 1, 2, 5, 20, 100))
        kind = chance.randrange(6)
        if kind == 0:
            text = text[:at] + text[at + length :]
        elif kind == 1:
            text = text[:at] + text[at : at + length] * chance.choice((2, 3, 40)) + text[at + length :]
        elif kind == 2:
            text = text[:at] + chance.choice(pieces) * chance.choice((1, 1, 2, 30)) + text[at:]
        elif kind == 3:
            begin = chance.randint(0, len(other))
            text = text[:at] + other[begin : begin + length] + text[at:]
        elif kind == 4:
            text = (
                text[:at] + chr(chance.choice((chance.randrange(0x250), chance.randrange(0x2000, 0x30000)))) + text[at:]
            )
        else:
            text = text[:at] + "".join(chance.choices(pieces, k=3)) + text[at + length :]
    return text[:MOST_CHARACTERS].encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass") if _is_text(data) else data.decode("latin-1")


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def mutated_archive(chance: random.Random, data: bytes, others: Sequence[bytes], tokens: Sequence[bytes] = ()) -> bytes:
    """A zip with a change inside a member, to its name, its compression or its size; or to its own bytes."""
    if chance.random() < 0.25:
        return mutated(chance, data, others, tokens)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, RuntimeError, NotImplementedError, OSError, EOFError, zlib.error):
        return mutated(chance, data, others, tokens)
    for _ in range(chance.choice((1, 1, 2, 3))):
        members = _changed(chance, members, tokens)
    return _packed(chance, members)


def _changed(
    chance: random.Random, members: list[tuple[str, bytes]], tokens: Sequence[bytes]
) -> list[tuple[str, bytes]]:
    if not members:
        return members
    at, kind = chance.randrange(len(members)), chance.randrange(8)
    name, content = members[at]
    if kind == 0:
        return members[:at] + members[at + 1 :]
    if kind == 1:
        return [*members, (name, content)]
    if kind == 2:
        renamed = _text(mutated_text(chance, name.encode("utf-8", "surrogatepass"), [b"../a.txt"]))
        safe = renamed.encode("utf-8", "replace").decode().replace("\x00", "")[:200]
        return [*members[:at], (safe, content), *members[at + 1 :]]
    change = mutated_text if kind < 6 and _is_text(content) else mutated
    return [*members[:at], (name, change(chance, content, [one for _name, one in members], tokens)), *members[at + 1 :]]


def _packed(chance: random.Random, members: Sequence[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members:
            if name and archive.NameToInfo.get(name) is None:
                method = chance.choice(_METHODS) if chance.random() < 0.05 else zipfile.ZIP_DEFLATED
                archive.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    data = bytearray(target.getvalue())
    if chance.random() < 0.1 and len(data) > 60:  # The size that a header tells is another one.
        at = data.rfind(b"PK\x01\x02")
        data[at + 24 : at + 28] = struct.pack("<I", chance.choice((0, 1, 10, 2**31, 2**32 - 1)))
    return bytes(data)
