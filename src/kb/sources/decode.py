"""Bytes to text, or a clear refusal: no character is dropped or replaced in silence."""

from __future__ import annotations

import codecs

from kb.errors import SourceError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes, name: str) -> str:
    """The text of a file, line breaks as "\\n".

    Raises:
        SourceError: empty, binary, or not UTF-8 (nor UTF-16 with its byte order mark).
    """
    if not data.strip():
        raise SourceError(f"文件 {name} 是空的，没有可收录的文字。")
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if b"\x00" in data[:4096]:
            raise _binary(name) from error
        raise SourceError(
            f"文件 {name} 不是 UTF-8 编码（第 {error.start + 1} 个字节起无法识别）。请另存为 UTF-8 后再试。"
        ) from error
    if "\x00" in text:
        raise _binary(name)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise SourceError(f"文件 {name} 只有空白，没有可收录的文字。")
    return text


def _binary(name: str) -> SourceError:
    return SourceError(f"文件 {name} 是二进制文件，不是文字。请转换成 .txt 或 .md 后再试。")
