"""Articles that were replaced or removed while index files still name their passages.

A build stores article by article and makes the index files at its end. Until those are in their place, whoever searches
is answered from the ones of before, and what they name that is not in the store any more is read from here. One writes
(who writes the store), all read; when the index files are made, it goes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from kb.index import schema

FILE = "displaced.sqlite3"
SECONDS = 30.0
_BESIDE = ("", "-wal", "-shm", "-journal")
_PARTS = {
    "article": "pk = ?",
    "passage": "article = ?",
    "sentence": "passage IN (SELECT pk FROM source.passage WHERE article = ?)",
    "link": "passage IN (SELECT pk FROM source.passage WHERE article = ?)",
}


class Displaced:
    """What is kept aside for the store in the file `store`."""

    def __init__(self, store: Path) -> None:
        self._store, self._file = store, store.with_name(FILE)
        self._db: sqlite3.Connection | None = None

    def keep(self, condition: str, *values: str) -> None:
        """Keep the articles of the store that meet an SQL condition; of each what was kept first, which is what the
        index files name.

        Raises:
            sqlite3.Error: there is no room for it.
        """
        if not (self._store.parent / "caches").is_dir():
            return
        try:
            self._copy(condition, values)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # Damaged by a power cut: it goes, and with it nothing but what is replaced now.
            self.clear()

    def _copy(self, condition: str, values: Sequence[str]) -> None:
        db = self._opened()
        db.execute("BEGIN")
        try:
            found = db.execute(
                f"SELECT pk FROM source.article s WHERE ({condition}) AND NOT EXISTS"
                " (SELECT 1 FROM main.article k WHERE k.id = s.id OR k.origin = s.origin)",
                tuple(values),
            ).fetchall()
            for table, rows in _PARTS.items():
                names = ", ".join(f'"{row[1]}"' for row in db.execute(f"PRAGMA main.table_info({table})"))
                for row in found:
                    db.execute(
                        f"INSERT INTO main.{table} ({names}) SELECT {names} FROM source.{table} WHERE {rows}", row
                    )
            db.execute("COMMIT")
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            db = sqlite3.connect(self._file, timeout=SECONDS, isolation_level=None, check_same_thread=False)
            self._db = db
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = OFF")  # Lost in a power cut, it is missed until the index files are made.
            if not db.execute("SELECT 1 FROM sqlite_master").fetchone():
                db.executescript(f"BEGIN;{schema.SCHEMA};COMMIT;")
            db.execute("ATTACH ? AS source", (str(self._store),))
        return self._db

    def there(self) -> bool:
        """Whether anything may be kept."""
        return self._file.exists()

    def rows(self, sql: str, values: Sequence[Any]) -> list[sqlite3.Row]:
        """What a query finds among what is kept; nothing where nothing is, or where it went this moment."""
        if not self.there():
            return []
        try:
            db = sqlite3.connect(f"{self._file.absolute().as_uri()}?mode=ro", uri=True, timeout=SECONDS)
            try:
                db.row_factory = sqlite3.Row
                return db.execute(sql, tuple(values)).fetchall()
            finally:
                db.close()
        except sqlite3.Error:
            return []

    def clear(self) -> None:
        """The index files are those of the store: nobody asks for what was before."""
        self.close()
        for suffix in _BESIDE:
            with suppress(OSError):  # Windows keeps a file that somebody reads this moment; the next change takes it.
                self._file.with_name(FILE + suffix).unlink()

    def close(self) -> None:
        """Let go of the file."""
        if self._db is not None:
            self._db.close()
        self._db = None
