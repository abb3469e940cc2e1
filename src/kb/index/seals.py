"""Seals: a checksum beside everything that the store holds, so that a byte that changed by itself is noticed.

SQLite notices damage to the structure of its file, not to what its rows say. A seal is the CRC-32 of what a row says,
together with its number: it notices every change of up to four neighbouring bytes for certain and any other with a
probability of 1 - 2**-32. What hangs on a row (its passages, sentences, links) is sealed in that row, and how many rows
there are with the sum of their seals in `total`, so that a row that vanished is noticed as well.

A row is held against its seal when it is read into an answer (`kb.index.store`), the whole before index files are
made from it, by a build and by the doctor (`kb.index.damage`).
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

HEAD = (
    "pk", "id", "title", "script", "source", "url", "date", "region", "author", "category", "tags", "headings",
    "sources", "origin", "root", "digest", "region_folded", "source_folded", "category_folded", "added", "quality",
    "parts",
)  # fmt: skip
"""An article without its text, the bytes as received, and what was done to them: each of these has its own seal."""

KEPT = ("repairs", "flags", "receipt", "fingerprint")
PASSAGE = ("pk", "article", "n", "start", "end", "headings", "digest", "flags", "quality", "searched")
SENTENCE = ("n", "start", "end", "digest")
LINK = ("practice", "kind", "likelihood", "start", "end")
VECTOR = ("model", "digest", "value")
SHARED = {
    "meta": ("key", "value"),
    "term": ("term", "root"),
    "gap": ("folded", "question", "times", "first", "last", "confidence", "nearest"),
    "practice": ("id", "article", "data"),
}
"""The tables whose rows are sealed one by one and counted in `total`, besides articles."""

SCHEMA = "schema"
"""The row of `total` that seals the tables' definitions."""

NONE = -1
"""What no seal is."""

_BETWEEN = "\x1f"


def seal_of(values: Iterable[Any]) -> int:
    """Of the values of a row (or several) in order, whatever their kinds."""
    crc, words = 0, []
    for value in values:
        if value.__class__ is str:
            words.append(value)
        elif value.__class__ is bytes:
            crc = zlib.crc32(value, crc)
        else:
            words.append(repr(value))
    return zlib.crc32(_BETWEEN.join(words).encode("utf-8", "surrogateescape"), crc)


def seal_of_text(number: int, text: Any) -> int:
    """Of an article's text; with its number, so that one cannot stand in for another. No seal is of what is no text."""
    if text.__class__ is not str:
        return NONE
    return zlib.crc32(text.encode("utf-8", "surrogateescape"), number & 0xFFFF_FFFF)


def seal_of_bytes(data: Any) -> int:
    """Of the bytes of an article as received. No seal is of what is no bytes."""
    return zlib.crc32(data) if data.__class__ is bytes else NONE


def added(seals: Iterable[Any]) -> int:
    """The sum of seals; a damaged one may be of any kind."""
    return sum(seal for seal in seals if seal.__class__ is int)


def seal_of_links(number: int, links: Iterable[Sequence[Any]]) -> int:
    """Of the links of a passage that was looked at (LINK each); 0 stands for one that was not."""
    return seal_of((number, *(value for link in links for value in link))) or 1


def article_seals(row: Mapping[str, Any]) -> dict[str, int]:
    """The seals of an article, from its columns."""
    return {
        "seal": seal_of(row[name] for name in HEAD),
        "text_seal": seal_of_text(row["pk"], row["text"]),
        "raw_seal": seal_of_bytes(row["raw"]),
        "kept_seal": seal_of(row[name] for name in KEPT),
    }


def quoted(columns: Iterable[str], before: str = "") -> str:
    """Columns for a SELECT."""
    return ", ".join(f'{before}"{name}"' for name in columns)


# -- what is counted


def note(db: sqlite3.Connection, key: str, value: str) -> None:
    """Set a value of `meta`, within a transaction."""
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?, ?)", (key, value, seal_of((key, value))))
    count_again(db, "meta")


def count(db: sqlite3.Connection, table: str, rows: int, seals: int) -> None:
    """So many rows and so much of their seals came (or went, below 0), within the transaction that changes them."""
    db.execute(
        "INSERT INTO total VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
        " rows = rows + excluded.rows, seal = seal + excluded.seal",
        (table, rows, seals),
    )


def count_again(db: sqlite3.Connection, table: str) -> None:
    """Count all rows of a (small) table, within the transaction that changed them."""
    db.execute(f"INSERT OR REPLACE INTO total SELECT '{table}', count(*), coalesce(sum(seal), 0) FROM {table}")


def counted(db: sqlite3.Connection, table: str) -> tuple[int, int]:
    """(rows, sum of the seals) as they were counted."""
    row = db.execute("SELECT rows, seal FROM total WHERE name = ?", (table,)).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def seal_of_schema(db: sqlite3.Connection) -> int:
    """Of the definitions of tables and indexes, whatever pages they begin on."""
    rows = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'")
    return seal_of(value for row in sorted(map(tuple, rows.fetchall()), key=repr) for value in row)


# -- sealing what is there


def reseal(db: sqlite3.Connection) -> None:
    """Seal every row as it is now, within a transaction: rows of an older version, or renumbered ones.

    Whoever calls it knows that the rows are right.
    """
    _reseal_passages(db)
    _reseal_articles(db)
    vectors = db.execute(f"SELECT rowid, {quoted(VECTOR)} FROM vector")
    _update(db, "UPDATE vector SET seal = ? WHERE rowid = ?", ((seal_of(row[1:]), row[0]) for row in vectors))
    for table, columns in SHARED.items():
        rows = db.execute(f"SELECT {quoted(columns)} FROM {table}")
        _update(
            db,
            f"UPDATE {table} SET seal = ? WHERE {_where(table)}",
            ((seal_of(row), *_key(table, row)) for row in rows),
        )
        count_again(db, table)
    count_again(db, "article")
    db.execute("INSERT OR REPLACE INTO total VALUES (?, 1, ?)", (SCHEMA, seal_of_schema(db)))


def _where(table: str) -> str:
    return "term = ? AND root = ?" if table == "term" else f"{SHARED[table][0]} = ?"


def _key(table: str, row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(row[:2]) if table == "term" else (row[0],)


def _reseal_passages(db: sqlite3.Connection) -> None:
    sentences = rows_by_passage(db, "sentence", SENTENCE)
    links = rows_by_passage(db, "link", LINK)
    rows = db.execute(f"SELECT {quoted(PASSAGE)}, linked FROM passage")
    _update(
        db,
        "UPDATE passage SET seal = ?, sentences_seal = ?, links_seal = ? WHERE pk = ?",
        (
            (
                seal_of(row[:-1]),
                seal_of((row[0], *sentences.get(row[0], ()))),
                (seal_of((row[0], *links.get(row[0], ()))) or 1) if row[-1] else 0,
                row[0],
            )
            for row in rows
        ),
    )


def rows_by_passage(db: sqlite3.Connection, table: str, columns: Sequence[str]) -> dict[int, list[Any]]:
    """The values of all rows of a passage, one row after the other, in their order."""
    found: dict[int, list[Any]] = {}
    for row in db.execute(f"SELECT passage, {quoted(columns)} FROM {table} ORDER BY passage, {columns[0]}"):
        found.setdefault(row[0], []).extend(row[1:])
    return found


def _reseal_articles(db: sqlite3.Connection) -> None:
    db.execute(
        "UPDATE article SET parts = (SELECT coalesce(sum(p.seal), 0) FROM passage p WHERE p.article = article.pk)"
    )
    columns = (*HEAD, *KEPT, "text", "raw")
    for (number,) in db.execute("SELECT pk FROM article").fetchall():
        row = db.execute(f"SELECT {quoted(columns)} FROM article WHERE pk = ?", (number,)).fetchone()
        seals = article_seals(dict(zip(columns, row, strict=True)))
        db.execute(
            "UPDATE article SET seal = ?, text_seal = ?, raw_seal = ?, kept_seal = ? WHERE pk = ?",
            (*seals.values(), number),
        )


def _update(db: sqlite3.Connection, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
    db.executemany(sql, list(rows))
