"""JSON lines: one article a line, for bulk loading and for evaluation corpora."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.errors import SourceError
from kb.sources.decode import count_han
from kb.sources.front_matter import Text, Texts
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


def read_lines(path: Path) -> Iterator[Document | Failure]:
    """Every line as a document, or as a failure that names the line; the file is read as a stream.

    Raises:
        SourceError: the file cannot be opened or holds nothing.
    """
    with path.open("rb") as file:
        yield from parse_lines(file, str(path))


def parse_lines(lines: Iterable[bytes], name: str) -> Iterator[Document | Failure]:
    """The same for lines that are at hand.

    Raises:
        SourceError: there are none.
    """
    empty = True
    for number, raw in enumerate(lines, start=1):
        if raw.strip():
            empty = False
            yield _read_line(raw.strip(), f"{name}:{number}")
    if empty:
        raise SourceError(f"文件 {name} 是空的，没有可收录的文字。")


def _read_line(raw: bytes, origin: str) -> Document | Failure:
    try:
        content: Any = json.loads(raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
        line = Line.model_validate(content)
    except UnicodeDecodeError:
        return Failure(origin, "不是 UTF-8 编码。请另存为 UTF-8 后再试。")
    except json.JSONDecodeError as error:
        return Failure(origin, f"不是一行完整的 JSON（第 {error.colno} 列）。")
    except ValidationError as error:
        fields = "、".join(sorted({".".join(map(str, item["loc"])) or "整行" for item in error.errors()}))
        return Failure(origin, f"缺少或写错了这些项：{fields}。每行需要 id 和 text。")
    except (ValueError, RecursionError):  # what `json` raises besides: a number of 5,000 digits, 1,000 brackets
        return Failure(origin, "这一行 JSON 读不了：数字太长或嵌套太深。")
    if not line.text.strip():
        return Failure(origin, "text 只有空白，没有可收录的文字。")
    return Document(_article(line, raw, origin), receipt=_receipt(line, raw, origin))


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
        headings=tuple(filter(None, (line.chapter, line.article))),
        origin=origin,
    )


def _receipt(line: Line, raw: bytes, origin: str) -> Receipt:
    stated = (
        (name, getattr(line, name)) for name in ("title", "date", "source", "author", "region", "category", "url")
    )
    return Receipt(
        origin=origin,
        format="jsonl",
        bytes=len(raw),
        encoding="utf-8",
        han_received=count_han(line.text),
        han_characters=count_han(line.text),
        metadata=tuple(Stated(name, value, f"字段 {name}") for name, value in stated if value),
    )
