"""The SQLite file itself: opening, transactions, and what its errors mean to a user.

Errors of SQLite that a user can do something about (locked, full, read-only, damaged) become
`IndexStateError` here and nowhere else; others are bugs and pass.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from kb.errors import DamagedError, IndexStateError
from kb.index.damage import SHARED_NAMES, Damage, Part, damages, named, told
from kb.index.displaced import Displaced
from kb.index.opening import CORRUPT, LINEAGE, check_version, connect, new_lineage
from kb.index.seals import SHARED, added, note, quoted, seal_of

FILE = "kb.sqlite3"
BUSY_SECONDS = 30.0

__all__ = ["FILE", "LINEAGE", "Database", "chunks", "new_lineage"]

T = TypeVar("T")

_ADVICE = {
    sqlite3.SQLITE_FULL: "磁盘空间不足，写入没有完成，原有索引不受影响。请腾出空间后再试。",
    sqlite3.SQLITE_READONLY: "索引文件夹是只读的，无法写入。请检查权限，或用 --index 指定别的文件夹。",
    sqlite3.SQLITE_CANTOPEN: "打不开索引文件。请检查文件夹权限，或用 --index 指定别的文件夹。",
    sqlite3.SQLITE_PERM: "没有访问索引文件的权限。请检查权限。",
    sqlite3.SQLITE_BUSY: "另一个程序正在写这个索引。请等它完成后再试。",
    sqlite3.SQLITE_LOCKED: "另一个程序正在写这个索引。请等它完成后再试。",
    sqlite3.SQLITE_CORRUPT: CORRUPT,
    sqlite3.SQLITE_NOTADB: "这不是 kb 的索引文件。请检查路径，或删除后用 kb build 重建。",
    sqlite3.SQLITE_IOERR: "读写索引文件时出错。请检查磁盘空间、内存和硬件。",
}
_UNREADABLE = "Could not decode to UTF-8"
"""How Python's sqlite3 says that a text is none any more; it has no code of SQLite's."""


class Database:
    """An open SQLite file with our schema. May be used from several threads, written by one at a time."""

    def __init__(self, folder: Path, *, writable: bool = False) -> None:
        """Open the store in `folder`; with `writable`, make it where it is not there yet.

        Raises:
            IndexStateError: there is none, or it cannot be opened.
        """
        self.folder = folder
        self.path = folder / FILE
        self.displaced = Displaced(self.path)
        if not writable and not self.path.is_file():
            raise IndexStateError(f"文件夹 {folder} 里还没有索引。请先运行 kb build，或用 --index 指定索引文件夹。")
        self._sound: set[Part] = set()
        with self.translated():
            self.db = connect(self.path, writable=writable, timeout=BUSY_SECONDS)
            self.db.row_factory = sqlite3.Row
            check_version(self.db, self.path, writable=writable)

    def close(self) -> None:
        """The last writer that closes folds the write-ahead log into the file."""
        self.displaced.close()
        self.db.close()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Errors of SQLite that a user can do something about, as ours."""
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", None)
            advice = _ADVICE.get(code & 0xFF) if code is not None else None
            if _UNREADABLE in str(error):
                raise self._unreadable() from error
            if advice is None:
                raise
            raise IndexStateError(f"{self.path}：{advice}") from error
        except UnicodeDecodeError as error:  # SQLite quotes a damaged definition, and Python cannot read the quotation.
            raise DamagedError(f"{self.path}：{CORRUPT}") from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; nested use is a bug."""
        with self.translated():
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """All rows of a query."""
        with self.translated():
            return self.db.execute(sql, values).fetchall()

    def of_passages(self, sql: str, numbers: Sequence[int]) -> list[sqlite3.Row]:
        """The rows of a query about these passages, whose numbers take the place of `{marks}`; of those that a build
        has replaced and index files still name, as they were."""
        found = self.rows(_marked(sql, numbers), *numbers)
        if not self.displaced.there():
            return found
        there = {
            row[0] for row in self.rows(_marked("SELECT pk FROM passage WHERE pk IN ({marks})", numbers), *numbers)
        }
        gone = [number for number in numbers if number not in there]
        if gone:  # One that went between the two questions is in both answers.
            found += [row for row in self.displaced.rows(_marked(sql, gone), gone) if row not in found]
        return found

    def one(self, sql: str, *values: Any) -> Any:
        """The first value of the first row, or None."""
        with self.translated():
            row = self.db.execute(sql, values).fetchone()
        return None if row is None else row[0]

    def meta(self, key: str) -> str:
        """A remembered value, "" where there is none."""
        return str(self.one("SELECT value FROM meta WHERE key = ?", key) or "")

    def remember(self, key: str, value: str) -> None:
        """Set a remembered value."""
        with self.transaction():
            self.note(key, value)

    def note(self, key: str, value: str) -> None:
        """Set a remembered value within a transaction."""
        note(self.db, key, value)

    def generation(self) -> int:
        """Counts every change of the passages; caches carry the generation they were made from."""
        return int(self.meta("generation") or 0)

    def lineage(self) -> str:
        """Tells this store from others that lay in its folder before or will after: their generations are not ours.

        Empty where an older version made it."""
        return self.meta(LINEAGE)

    def next_generation(self) -> None:
        """To be called within the transaction that changes passages, terms or the model."""
        self.note("generation", str(self.generation() + 1))

    # -- damage

    def damages(self, parts: Iterable[Part] = tuple(Part)) -> list[Damage]:
        """Everything in these parts that no longer says what was written.

        Raises:
            IndexStateError: the file's structure is damaged.
        """
        with self.translated():
            db = connect(self.path, writable=False, timeout=BUSY_SECONDS)
            try:
                # What is no text any more is to be named as well, not only noticed.
                db.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
                db.execute("BEGIN")  # All of it as one moment saw it: a writer may commit meanwhile.
                return list(damages(db, frozenset(parts)))
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                    raise
                raise DamagedError(f"{self.path}：{CORRUPT}") from error
            finally:
                db.close()

    def sound(self, *parts: Part) -> None:
        """Hold all rows of these parts against their seals, once as long as the store is open.

        For answers that depend on every row: lists, filters, and what is looked up where nothing else would notice
        that a row vanished.

        Raises:
            DamagedError: one of them is damaged; the sentence names it.
        """
        missing = set(parts) - self._sound
        if missing:
            for damage in self.damages(missing):
                raise self.damaged(damage)
            self._sound |= missing

    def sealed(self, table: str, order: str) -> list[sqlite3.Row]:
        """Every row of one of the SHARED tables, all its columns.

        Raises:
            DamagedError: one of them is not what was stored, or missing.
        """
        # Rows and count in one statement: a writer may commit between two.
        count = "(SELECT rows FROM total WHERE name = ?), (SELECT seal FROM total WHERE name = ?)"
        rows = self.rows(f"SELECT {quoted(SHARED[table])}, seal, {count} FROM {table} {order}", table, table)
        if rows:
            whole = tuple(rows[0][-2:]) == (len(rows), added(row[-3] for row in rows))
        else:
            whole = self.one(f"SELECT (SELECT count(*) FROM {table}) = (SELECT rows FROM total WHERE name = ?)", table)
        if not whole or any(seal_of(row[:-3]) != row[-3] for row in rows):
            raise self.damaged(Damage(Part.SHARED, table, (), SHARED_NAMES[table]))
        return rows

    def damaged(self, damage: Damage) -> DamagedError:
        """The error that tells of it."""
        return DamagedError(told(self.path, damage))

    def damaged_passage(self, part: Part, number: int, article: int) -> DamagedError:
        """The error that tells of what hangs on a passage."""
        rows = self.rows("SELECT id, title FROM article WHERE pk = ?", article)
        name = named(rows[0][0], rows[0][1]) if rows else f"第 {article} 号文章"
        return self.damaged(Damage(part, "passage", (number,), name, article))

    def _unreadable(self) -> DamagedError:
        """A text that cannot be read: the seals say whose."""
        for damage in self.damages():
            return self.damaged(damage)
        return DamagedError(f"{self.path}：{CORRUPT}")

    def integrity(self) -> str:
        """What SQLite finds wrong with the file, or "ok"."""
        return str(self.one("PRAGMA integrity_check"))

    def size(self) -> int:
        """Bytes on disk, the write-ahead log included."""
        return sum(file.stat().st_size for file in self.folder.glob(f"{FILE}*") if file.is_file())


def _marked(sql: str, values: Sequence[int]) -> str:
    return sql.replace("{marks}", ", ".join("?" * len(values)))


def chunks(values: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """SQLite takes a limited number of values in one statement."""
    for at in range(0, len(values), size):
        yield values[at : at + size]
