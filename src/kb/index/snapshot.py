"""Copies of the store as one transaction sees it, out of an index in use and into one.

SQLite's online backup copies pages. Out of a store, within one read transaction: writers and readers go on, and what is
copied is what was committed when it began. Into a store, as one write transaction: readers see the old or the new.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from kb.index.database import BUSY_SECONDS, FILE, Database
from kb.index.disk import to_disk
from kb.index.seals import reseal

PAGES = 1_024
"""Copied at a time (4 MB): progress is told, and an interruption is noticed, in between."""

OnPages = Callable[[int, int], None]
"""Called with (pages done, pages in all)."""


def snapshot(store: Database, target: Path, on_pages: OnPages) -> None:
    """Copy the open store into a new file that needs no other beside it, and wait until that is on the disk.

    Raises:
        IndexStateError: the store cannot be read, or the disk is full.
    """
    with store.translated():
        copy = sqlite3.connect(target, isolation_level=None)
        try:
            copy.execute("PRAGMA synchronous = FULL")
            store.db.execute("BEGIN")
            try:
                # The first read fixes what the transaction sees; the copy takes over a transaction that is there.
                store.db.execute("SELECT count(*) FROM meta").fetchone()
                _copy(store.db, copy, on_pages)
            finally:
                store.db.execute("ROLLBACK")
            copy.execute("PRAGMA journal_mode = DELETE")
        finally:
            copy.close()
    to_disk(target)


def replace(folder: Path, source: Path, on_pages: OnPages) -> None:
    """Put what `source` holds in place of all that the store in `folder` holds, as one transaction.

    Raises:
        sqlite3.Error: the store cannot be opened or written; it is as it was.
    """
    new = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    old = sqlite3.connect(folder / FILE, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        old.execute("PRAGMA journal_mode = WAL")
        old.execute("PRAGMA synchronous = FULL")
        _copy(new, old, on_pages)
    finally:
        new.close()
        old.close()


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, on_pages: OnPages) -> None:
    def told(_status: int, remaining: int, total: int) -> None:
        on_pages(total - remaining, total)

    source.backup(target, pages=PAGES, progress=told, sleep=0.05)


def as_one_file(store: Database) -> None:
    """Leave nothing of removed rows in the file, and need no other file beside it."""
    with store.translated():
        store.db.execute("VACUUM")
        store.db.execute("PRAGMA journal_mode = DELETE")


def renumber(store: Database, beyond: int) -> None:
    """Give every passage and article a number above `beyond` and above all of today's.

    Search files made for another library then name passages that are not there, never others.
    """
    with store.transaction():
        store.db.execute("PRAGMA defer_foreign_keys = ON")
        last = store.db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'passage'").fetchone()
        by = max(beyond, last[0])
        article = max(beyond, store.db.execute("SELECT coalesce(max(pk), 0) FROM article").fetchone()[0])
        for statement, values in (
            ("UPDATE article SET pk = pk + ?", (article,)),
            ("UPDATE practice SET article = article + ?", (article,)),
            ("UPDATE passage SET pk = pk + ?, article = article + ?", (by, article)),
            ("UPDATE sentence SET passage = passage + ?", (by,)),
            ("UPDATE link SET passage = passage + ?", (by,)),
            ("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'passage'", (by,)),
        ):
            store.db.execute(statement, values)
        reseal(store.db)


def reached(folder: Path) -> tuple[int, int]:
    """(the highest number that a passage or an article ever had, the generation) of the store in `folder`.

    Raises:
        sqlite3.Error: it cannot be read.
    """
    db = sqlite3.connect(folder / FILE, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'passage'").fetchone():
            return 0, 0
        numbers = db.execute("SELECT max(seq) FROM sqlite_sequence UNION ALL SELECT max(pk) FROM article").fetchall()
        generation = db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
        return max(row[0] or 0 for row in numbers), int(generation[0]) if generation else 0
    finally:
        db.close()
