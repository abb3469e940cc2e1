"""Whether a store that came from elsewhere is whole, and is nothing but a store of ours.

A file that somebody else made may hold anything that SQLite would run or that our readers trip over; after this it
holds our tables, no program, and rows that can be read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kb.errors import IndexStateError
from kb.index import schema
from kb.index.store import Store

OnArticles = Callable[[int, int], None]
"""Called with (articles proven, articles in all)."""

_GROUP = 64


def prove(store: Store, on_articles: OnArticles) -> None:
    """
    Raises:
        IndexStateError: something in it is not as it must be; the sentence names it.
    """
    _only_ours(store)
    _sound(store)
    for done, summary_id in enumerate(ids := [known.id for known in store.known()], start=1):
        _article(store, summary_id)
        if done % _GROUP == 0 or done == len(ids):
            on_articles(done, len(ids))
    _vectors(store)
    _shared(store)


def _only_ours(store: Store) -> None:
    """Our tables with our columns; no triggers, views or virtual tables, which would be run."""
    expected = _shape(_fresh())
    found = _shape(store.db)
    if found != expected:
        odd = sorted({name for name, _columns in found ^ expected})
        raise _wrong(store, f"表 {'、'.join(odd[:3])} 与本版本的不同")


def _fresh() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.executescript(schema.SCHEMA)
    return db


def _shape(db: sqlite3.Connection) -> frozenset[tuple[str, frozenset[str]]]:
    """Every table, trigger or view by name, with its columns; indexes with their table."""
    found = set()
    for kind, name, table, sql in db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall():
        if kind == "table" and str(sql).upper().startswith("CREATE TABLE"):
            columns = frozenset(
                f"{row[1]}:{row[6]}" for row in db.execute("SELECT * FROM pragma_table_xinfo(?)", (name,))
            )
        else:
            columns = frozenset({f"{kind} {table}"})
        told = str(name)  # A changed byte of the file makes a number or bytes of a name.
        if not told.startswith("sqlite_stat"):
            found.add((told, columns))
    return frozenset(found)


def _sound(store: Store) -> None:
    problem = store.integrity()
    if problem != "ok":
        raise _wrong(store, problem.splitlines()[0])
    orphans = store.rows("PRAGMA foreign_key_check")
    if orphans:
        raise _wrong(store, f"表 {orphans[0][0]} 里有不属于任何文章的行")


def _article(store: Store, key: str) -> None:
    """It can be read with its receipt, and everything that is cut from it lies in its text."""
    with _readable(store, f"文章 {key} 读不出来"):
        article = store.article(key)
        store.receipt(key)
    length = len(article.text) if article else -1
    rows = store.rows(
        'SELECT p.start, p."end", s.start, s."end", l.start, l."end" FROM article a JOIN passage p ON p.article = a.pk'
        " LEFT JOIN sentence s ON s.passage = p.pk LEFT JOIN link l ON l.passage = p.pk WHERE a.id = ?",
        key,
    )
    for start, end, *inner in rows:
        with _readable(store, f"文章 {key} 的段落位置不对"):
            within = [int(place) for place in inner if place is not None]
            if not 0 <= start < end <= length or any(not start <= place <= end for place in within):
                raise ValueError(key)
    with _readable(store, f"文章 {key} 的段落读不出来"):
        store.passages_of(key)


def _vectors(store: Store) -> None:
    """Those of passages are float32, those of sentences float16, of the dimension that is told."""
    with _readable(store, "向量的维数"):
        dimension = int(store.meta("dimension") or 0)
    for table, size in (("passage", 4), ("sentence", 2)):
        odd = store.one(
            f"SELECT count(*) FROM {table} t JOIN vector v ON v.digest = t.digest AND v.model = ?"
            " WHERE length(v.value) <> ?",
            store.meta("model"),
            size * dimension,
        )
        if odd:
            raise _wrong(store, f"{odd} 个向量的长度不对")


def _shared(store: Store) -> None:
    with _readable(store, "实践目录或待补清单读不出来"):
        store.catalogue.practices()
        store.gaps.all()
        store.generation()


@contextmanager
def _readable(store: Store, what: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise _wrong(store, what) from error


def _wrong(store: Store, what: str) -> IndexStateError:
    return IndexStateError(f"{store.path} 里的内容有问题（{what}）。")
