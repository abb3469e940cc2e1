"""JSON lines: one article a line, for bulk loading and for evaluation corpora."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.errors import SourceError
from kb.sources.decode import count_han, decode_strictly, detect
from kb.sources.front_matter import Text, Texts, wrong_fields
from kb.text.script import detect_script
from kb.types import Article, Document, Failure, Receipt, Stated


class Line(BaseModel):
    """One line. `id` and `text` are required; `chapter` and `article` are the headings above a legal article."""

    model_config = ConfigDict(extra="ignore")

    id: Annotated[Text, Field(min_length=1)]
    text: Annotated[Text, Field(min_length=1)]
    title: Text = ""
    region: Text = ""
    date: Text = ""
    source: Text = ""
    author: Text = ""
    category: Text = ""
    url: Text = ""
    tags: Texts = ()
    chapter: Text = ""
    article: Text = ""


SAMPLE = 1024 * 1024
"""So much of a file tells its encoding; bulk files may be larger than the memory."""

MAX_LINE = 20 * 1024 * 1024
"""Bytes of one line, which is one article: seven million characters. Its JSON may take twenty times as much memory."""

LONGEST_HEADING = 200
"""So much of a heading is told: it stands above every passage of its article."""


def read_lines(path: Path) -> Iterator[Document | Failure]:
    """Every line as a document, or as a failure that names the line; the file is read as a stream.

    Raises:
        SourceError: the file cannot be opened or holds nothing.
    """
    with path.open("rb") as file:
        yield from parse_lines(file, str(path))


def parse_lines(file: BinaryIO, name: str) -> Iterator[Document | Failure]:
    """The same for a file that is open.

    Raises:
        SourceError: there are no lines.
    """
    empty = True
    encoding = _encoding(file, name)
    for number, raw in enumerate(_raw_lines(file, encoding), start=1):
        if (raw.replace(b"\x00", b"") if encoding.startswith("utf-16") else raw).strip():
            empty = False
            long = len(raw) > MAX_LINE
            yield _too_long(f"{name}:{number}") if long else _read_line(raw, encoding, f"{name}:{number}")
    if empty:
        raise SourceError(f"文件 {name} 是空的，没有可收录的文字。")


def _encoding(file: BinaryIO, name: str) -> str:
    """The encoding of the file by its beginning; UTF-8 where that cannot be told, so that each bad line is named."""
    sample = file.read(SAMPLE)
    file.seek(0)
    if len(sample) == SAMPLE:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    try:
        found = detect(sample + b"\x00" * _half(sample), name)
    except SourceError:
        return "utf-8"
    if found.encoding == "utf-16":
        return "utf-16-le" if sample.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    return found.encoding.removesuffix("-sig")


def _half(sample: bytes) -> int:
    """1 where the last line break of a sample of UTF-16 was cut in its middle."""
    return len(sample) % 2 if b"\x00" in sample else 0


def _raw_lines(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    """The lines as received; of one that is too long one byte more than the limit, so that it is known as such."""
    line_break = "\n".encode(encoding if encoding.startswith("utf-16") else "ascii")
    parts: list[bytes] = []
    size = 0
    for part in _parts(file, line_break):
        parts.append(part[: max(0, MAX_LINE + 1 - size)])
        size += len(part)
        if part.endswith(line_break) and size % len(line_break) == 0:
            yield b"".join(parts)
            parts, size = [], 0
    if parts:
        yield b"".join(parts)


def _parts(file: BinaryIO, line_break: bytes) -> Iterator[bytes]:
    """A file in pieces, each of which ends in a line break or is a megabyte long.

    A line break of UTF-16 is two bytes, which may also be halves of two characters: then a line goes on behind it.
    """
    if len(line_break) == 1:
        yield from iter(lambda: file.readline(SAMPLE), b"")
        return
    while chunk := file.read(SAMPLE + SAMPLE % 2):
        start, at = 0, chunk.find(line_break)
        while at >= 0:
            if at % 2 == 0:
                yield chunk[start : at + 2]
                start = at + 2
            at = chunk.find(line_break, at + 1)
        yield from [chunk[start:]] if start < len(chunk) else []


def _too_long(origin: str) -> Failure:
    return Failure(origin, f"这一行超过 {MAX_LINE // 1024**2} MB，没有读取。请检查换行，一行只写一篇文章。")


def _read_line(raw: bytes, encoding: str, origin: str) -> Document | Failure:
    try:
        text = decode_strictly(raw, encoding).strip().removeprefix("\ufeff")
        content: Any = json.loads(text)
        line = Line.model_validate(content)
    except UnicodeDecodeError:
        return Failure(origin, f"不是 {encoding.upper()} 编码。请另存为 UTF-8 后再试。")
    except json.JSONDecodeError as error:
        return Failure(origin, f"不是一行完整的 JSON（第 {error.colno} 列）。")
    except ValidationError as error:
        return Failure(origin, f"缺少或写错了这些项：{wrong_fields(error)}。每行需要 id 和 text。")
    except (ValueError, RecursionError):  # what `json` raises besides: a number of 5,000 digits, 1,000 brackets
        return Failure(origin, "这一行 JSON 读不了：数字太长或嵌套太深。")
    if not line.text.strip():
        return Failure(origin, "text 只有空白，没有可收录的文字。")
    kept = raw if encoding.startswith("utf-16") else raw.strip()
    return Document(_article(line, kept, origin), receipt=_receipt(line, kept, encoding, origin))


def _article(line: Line, raw: bytes, origin: str) -> Article:
    return Article(
        id=line.id,
        title=line.title or line.text.strip().splitlines()[0][:30],
        text=line.text,
        raw=raw,
        script=detect_script(line.text),
        source=line.source,
        url=line.url,
        date=line.date,
        region=line.region,
        author=line.author,
        category=line.category,
        tags=line.tags,
        headings=tuple(one[:LONGEST_HEADING] for one in (line.chapter, line.article) if one),
        origin=origin,
    )


def _receipt(line: Line, raw: bytes, encoding: str, origin: str) -> Receipt:
    stated = (
        (name, getattr(line, name)) for name in ("title", "date", "source", "author", "region", "category", "url")
    )
    return Receipt(
        origin=origin,
        format="jsonl",
        bytes=len(raw),
        encoding=encoding,
        han_received=count_han(line.text),
        han_characters=count_han(line.text),
        metadata=tuple(Stated(name, value, f"字段 {name}") for name, value in stated if value),
    )
