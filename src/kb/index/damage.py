"""What in a store no longer says what was written: every row held against its seal, every table against its count."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from kb.index.seals import (
    HEAD,
    KEPT,
    LINK,
    NONE,
    PASSAGE,
    SCHEMA,
    SENTENCE,
    SHARED,
    VECTOR,
    added,
    counted,
    quoted,
    seal_of,
    seal_of_bytes,
    seal_of_links,
    seal_of_schema,
    seal_of_text,
)


class Part(str, Enum):
    """What can be held against its seals apart from the rest, and what it is called."""

    SHARED = "索引自己的信息"
    ARTICLE = "标题和出处"
    TEXT = "正文"
    RAW = "收到的原件"
    KEPT = "修复记录和回执"
    PASSAGE = "段落"
    SENTENCE = "句子"
    LINK = "与实践的联系"
    VECTOR = "向量"


SEALED_BY = {Part.ARTICLE: "seal", Part.TEXT: "text_seal", Part.RAW: "raw_seal", Part.KEPT: "kept_seal"}
"""The column that seals a part of an article."""

SHARED_NAMES = {
    "meta": "索引自己的信息", "term": "词表", "gap": "待补清单", "practice": "实践目录", SCHEMA: "各表的定义",
    "article": "文章的目录",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Damage:
    """Damage of one row (or of the count of a table).

    `key` is the row's: the number of the article or passage, rowid of the vector, key columns elsewhere; () where rows
    are missing. `article` is the number of the article it belongs to, 0 for none; `name` says to a person what it is.
    """

    part: Part
    table: str
    key: tuple[Any, ...]
    name: str
    article: int = 0


def told(path: Path, damage: Damage) -> str:
    """One sentence for a person, and what to do."""
    if damage.article:
        return (
            f"{damage.name}的{damage.part.value}在 {path} 里已损坏，没有使用，其他文章照常可查。"
            "请运行 kb build（或对原文件运行 kb add）重新收录这一篇；没有原文件就用 kb restore 从备份恢复。"
        )
    return f"{path} 里的{damage.name}已损坏，没有使用。请运行 kb build 修复，或用 kb restore 从备份恢复。"


def damages(db: sqlite3.Connection, parts: Collection[Part] = tuple(Part)) -> Iterator[Damage]:
    """Everything that is damaged in these parts; `db` reads text that is no UTF-8 as well (`Database.tolerant`).

    Raises:
        sqlite3.Error: the file's structure is damaged.
    """
    names = _Names(db)
    readers: dict[Part, Callable[[sqlite3.Connection, _Names], Iterator[Damage]]] = {
        Part.SHARED: _shared,
        Part.ARTICLE: _heads,
        Part.TEXT: _texts,
        Part.RAW: _raw,
        Part.KEPT: _kept,
        Part.PASSAGE: _passages,
        Part.SENTENCE: _sentences,
        Part.LINK: _links,
        Part.VECTOR: _vectors,
    }
    for part, read in readers.items():
        if part in parts:
            yield from read(db, names)


class _Names:
    """Articles by number, as a person calls them."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __call__(self, number: int) -> str:
        if not number:
            return "不属于任何文章的行"
        row = self._db.execute("SELECT id, title FROM article WHERE pk = ?", (number,)).fetchone()
        return named(row[0], row[1]) if row else f"第 {number} 号文章"


def named(key: object, title: object) -> str:
    """An article, to a person; what is no character any more is shown as such."""
    text = f"文章 {key}" if title in (key, "") else f"文章 {key}（{title}）"
    return text.encode("utf-8", "replace").decode()


_FOUND_BY = {"article": ("id",), "passage": ("article", "n")}
"""By which columns rows are looked up; SQLite's own index of them is the first one of the table."""


def _findable(db: sqlite3.Connection, table: str) -> bool:
    """Every row of a table is found by its number and by its index, which seals do not cover."""
    columns = quoted((*_FOUND_BY[table], "pk"))
    rows = list(map(tuple, db.execute(f"SELECT {columns} FROM {table} NOT INDEXED")))
    index = f"sqlite_autoindex_{table}_1"
    listed = list(map(tuple, db.execute(f"SELECT {columns} FROM {table} INDEXED BY {index} ORDER BY {columns}")))
    (sought,) = db.execute(f"SELECT count(*) FROM {table} a NOT INDEXED CROSS JOIN {table} b ON b.pk = a.pk").fetchone()
    try:
        return sorted(rows) == listed and sought == len(rows)
    except TypeError:  # A number where a text was, or the other way round.
        return False


def _shared(db: sqlite3.Connection, _names: _Names) -> Iterator[Damage]:
    if counted(db, SCHEMA) != (1, seal_of_schema(db)):
        yield Damage(Part.SHARED, SCHEMA, (), SHARED_NAMES[SCHEMA])
    for table, columns in SHARED.items():
        keys = 2 if table == "term" else 1
        rows = db.execute(f"SELECT {quoted(columns)}, seal FROM {table}").fetchall()
        for row in rows:
            if seal_of(row[:-1]) != row[-1]:
                yield Damage(Part.SHARED, table, tuple(row[:keys]), SHARED_NAMES[table])
        if (len(rows), added(row[-1] for row in rows)) != counted(db, table):
            yield Damage(Part.SHARED, table, (), SHARED_NAMES[table])


def _heads(db: sqlite3.Connection, _names: _Names) -> Iterator[Damage]:
    rows, seals = 0, 0
    for row in db.execute(f"SELECT {quoted(HEAD)}, seal FROM article"):
        rows, seals = rows + 1, seals + added(row[-1:])
        if seal_of(row[:-1]) != row[-1]:
            yield Damage(Part.ARTICLE, "article", (row[0],), named(row[1], row[2]), row[0])
    if (rows, seals) != counted(db, "article") or not _findable(db, "article"):
        yield Damage(Part.ARTICLE, "article", (), SHARED_NAMES["article"])


def _texts(db: sqlite3.Connection, names: _Names) -> Iterator[Damage]:
    for number, text, seal in db.execute("SELECT pk, text, text_seal FROM article"):
        if seal_of_text(number, text) != seal:
            yield Damage(Part.TEXT, "article", (number,), names(number), number)


def _raw(db: sqlite3.Connection, names: _Names) -> Iterator[Damage]:
    for number, raw, seal in db.execute("SELECT pk, raw, raw_seal FROM article"):
        if seal_of_bytes(raw) != seal:
            yield Damage(Part.RAW, "article", (number,), names(number), number)


def _kept(db: sqlite3.Connection, names: _Names) -> Iterator[Damage]:
    for row in db.execute(f"SELECT pk, {quoted(KEPT)}, kept_seal FROM article"):
        if seal_of(row[1:-1]) != row[-1]:
            yield Damage(Part.KEPT, "article", (row[0],), names(row[0]), row[0])


def _passages(db: sqlite3.Connection, names: _Names) -> Iterator[Damage]:
    parts: dict[Any, int] = {}  # A damaged number may be of any kind.
    for row in db.execute(f"SELECT {quoted(PASSAGE)}, seal FROM passage"):
        parts[row[1]] = parts.get(row[1], 0) + added(row[-1:])
        if seal_of(row[:-1]) != row[-1]:
            yield Damage(Part.PASSAGE, "passage", (row[0],), names(row[1]), row[1])
    for number, held in db.execute("SELECT pk, parts FROM article"):
        if parts.pop(number, 0) != held:
            yield Damage(Part.PASSAGE, "article", (number,), names(number), number)
    for number in parts:  # Passages of no article.
        yield Damage(Part.PASSAGE, "article", (number,), names(number), number)
    if not _findable(db, "passage"):
        yield Damage(Part.PASSAGE, "passage", (), "段落的目录")


def _sentences(db: sqlite3.Connection, names: _Names) -> Iterator[Damage]:
    passages = db.execute("SELECT pk, article, sentences_seal FROM passage ORDER BY pk")
    for row, values in _beside(passages, _grouped(db, "sentence", SENTENCE)):
        if seal_of((row[0], *values)) != row[2]:
            yield Damage(Part.SENTENCE, "sentence", (row[0],), names(row[1]), row[1])


def _links(db: sqlite3.Connection, names: _Names) -> Iterator[Damage]:
    passages = db.execute("SELECT pk, article, links_seal, linked FROM passage ORDER BY pk")
    for row, values in _beside(passages, _grouped(db, "link", LINK)):
        links = [values[at : at + len(LINK)] for at in range(0, len(values), len(LINK))]
        if (seal_of_links(row[0], links) if row[3] else 0) != row[2] or (links and not row[3]):
            yield Damage(Part.LINK, "link", (row[0],), names(row[1]), row[1])


def _grouped(db: sqlite3.Connection, table: str, columns: Sequence[str]) -> Iterator[tuple[int, list[Any]]]:
    """Each passage with the values of its rows, one row after the other."""
    rows = db.execute(f"SELECT passage, {quoted(columns)} FROM {table} ORDER BY passage, {columns[0]}")
    for number, own in groupby(rows, key=itemgetter(0)):
        yield number if isinstance(number, int) else NONE, [value for row in own for value in row[1:]]


def _beside(
    passages: Iterable[Any], groups: Iterator[tuple[int, list[Any]]]
) -> Iterator[tuple[Sequence[Any], list[Any]]]:
    """Every passage with what hangs on it; both come by number, and what hangs on no passage comes with zeros."""
    group = next(groups, None)
    for row in passages:
        while group is not None and group[0] < row[0]:
            yield (group[0], 0, -1, 1), group[1]
            group = next(groups, None)
        held = group is not None and group[0] == row[0]
        yield row, group[1] if group is not None and held else []
        if held:
            group = next(groups, None)
    while group is not None:
        yield (group[0], 0, -1, 1), group[1]
        group = next(groups, None)


def _vectors(db: sqlite3.Connection, _names: _Names) -> Iterator[Damage]:
    for row in db.execute(f"SELECT rowid, {quoted(VECTOR)}, seal FROM vector"):
        if seal_of(row[1:-1]) != row[-1]:
            yield Damage(Part.VECTOR, "vector", (row[0],), f"第 {row[0]} 号向量")
