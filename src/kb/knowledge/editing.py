"""What a person writes of an article in place of what its file states: checked, and put down as such."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlsplit

from kb.errors import QueryError
from kb.sources.dates import find_date
from kb.text.normalize import normalize
from kb.types import Document, Edits, Receipt, Stated, parse_day

BY_HAND = "人工填写"
LONGEST = 200
LONGEST_URL = 2_000
NAMES = {
    "title": "标题",
    "date": "日期",
    "source": "来源",
    "region": "地区",
    "category": "类别",
    "url": "网址",
    "author": "作者",
}

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control characters, marks of direction, halves of pairs, line breaks: none belongs into a name or a title."""

_BLANKS = re.compile(r"\s+")


def visible(text: str) -> str:
    """A name or a title in one line, without characters that are not seen or turn the text around."""
    spaced = _BLANKS.sub(" ", text)
    return "".join(one for one in spaced if unicodedata.category(one) not in _UNSEEN).strip()


def edited(document: Document, edits: Edits) -> Document:
    """The document with what was written by hand in its article and in its receipt.

    Raises:
        QueryError: a value cannot be used.
    """
    article = document.article
    given = {name: value for name, value in asdict(edits).items() if value is not None}
    wanted = {name: _checked(name, value) for name, value in given.items()}
    changed: dict[str, Any] = {name: value for name, value in wanted.items() if value != getattr(article, name)}
    if not changed:
        return document
    receipt = document.receipt or Receipt(article.origin, "", len(article.raw))
    kept = [one for one in receipt.metadata if not (one.place == BY_HAND and one.name in changed)]
    noted = [Stated(name, value, BY_HAND) for name, value in changed.items() if value]
    return replace(
        document,
        article=replace(article, **changed),
        receipt=replace(receipt, metadata=(*kept, *noted), title=changed.get("title", receipt.title)),
    )


def _checked(name: str, value: str) -> str:
    text = visible(value)
    most = LONGEST_URL if name == "url" else LONGEST
    if len(text) > most:
        raise QueryError(f"{NAMES[name]}最多 {most} 字，现在有 {len(text)} 字。请缩短。")
    if name == "title" and not text:
        raise QueryError("标题不能留空。")
    if name == "url" and text and urlsplit(text).scheme not in {"http", "https"}:
        raise QueryError("网址要以 http:// 或 https:// 开头；没有网址请留空。")
    return _day(text) if name == "date" and text else text


def _day(text: str) -> str:
    """An ISO date or its beginning, also from 2024年3月1日."""
    try:
        parse_day(text)
    except ValueError:
        found = find_date(normalize(text))
        if not found:
            raise QueryError(f"日期“{text}”看不懂。请写成 2024-03-01、2024-03 或 2024；不知道请留空。") from None
        return found
    year, *rest = text.split("-")
    return "-".join((year, *(part.zfill(2) for part in rest)))
