"""The SQLite file itself: opening, transactions, and what its errors mean to a user.

Errors of SQLite that a user can do something about (locked, full, read-only, damaged) become
`IndexStateError` here and nowhere else; others are bugs and pass.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from kb.errors import IndexStateError
from kb.index import schema
from kb.index.displaced import Displaced

FILE = "kb.sqlite3"
BUSY_SECONDS = 30.0
LINEAGE = "lineage"

T = TypeVar("T")

_ADVICE = {
    sqlite3.SQLITE_FULL: "磁盘空间不足，写入没有完成，原有索引不受影响。请腾出空间后再试。",
    sqlite3.SQLITE_READONLY: "索引文件夹是只读的，无法写入。请检查权限，或用 --index 指定别的文件夹。",
    sqlite3.SQLITE_CANTOPEN: "打不开索引文件。请检查文件夹权限，或用 --index 指定别的文件夹。",
    sqlite3.SQLITE_PERM: "没有访问索引文件的权限。请检查权限。",
    sqlite3.SQLITE_BUSY: "另一个程序正在写这个索引。请等它完成后再试。",
    sqlite3.SQLITE_LOCKED: "另一个程序正在写这个索引。请等它完成后再试。",
    sqlite3.SQLITE_CORRUPT: "索引文件已损坏。请运行 kb doctor 查看，从备份恢复，或删除后用 kb build 重建。",
    sqlite3.SQLITE_NOTADB: "这不是 kb 的索引文件。请检查路径，或删除后用 kb build 重建。",
    sqlite3.SQLITE_IOERR: "读写索引文件时出错。请检查磁盘空间、内存和硬件。",
}


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
        with self.translated():
            self.db = self._connect(writable)
            self._check_version(writable)

    def _connect(self, writable: bool) -> sqlite3.Connection:
        if writable:
            self._make_folder()
            db = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
        else:
            db = self._connect_reader()
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA trusted_schema = OFF")  # A file that somebody else made runs no function of its choice.
        return db

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise IndexStateError(
                f"无法建立索引文件夹 {self.folder}（{error.strerror}）。请检查权限，或用 --index 指定别的文件夹。"
            ) from error

    def _connect_reader(self) -> sqlite3.Connection:
        """A reader shares the write-ahead log; where the folder is read-only it reads the finished file alone."""
        location = self.path.absolute().as_uri()
        db = sqlite3.connect(
            f"{location}?mode=ro", uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            db.close()
            db = sqlite3.connect(f"{location}?immutable=1", uri=True, isolation_level=None, check_same_thread=False)
        return db

    def _check_version(self, writable: bool) -> None:
        (version,) = self.db.execute("PRAGMA user_version").fetchone()
        if version == schema.VERSION:
            return
        if version == 0 and writable and not self.db.execute("SELECT 1 FROM sqlite_master").fetchone():
            begun = f"INSERT INTO meta VALUES ('{LINEAGE}', '{new_lineage()}');"
            self.db.executescript(f"BEGIN;{schema.SCHEMA};{begun}PRAGMA user_version = {schema.VERSION};COMMIT;")
            return
        if version == 0:
            raise IndexStateError(f"{self.path} 里还没有内容。请运行 kb build 建立索引。")
        if 0 < version < schema.VERSION:
            if not writable:
                raise IndexStateError(f"{self.path} 由旧版本的 kb 建立。请运行一次 kb build，文章和向量都会保留。")
            self._migrate(version)
            return
        raise IndexStateError(
            f"{self.path} 由另一版本的 kb 建立（格式 {version}，本版本用 {schema.VERSION}）。请升级 kb，或另建索引。"
        )

    def _migrate(self, version: int) -> None:
        """Take the store to today's version, all steps in one transaction."""
        steps = "".join(schema.MIGRATIONS[number] for number in range(version + 1, schema.VERSION + 1))
        self.db.executescript(f"BEGIN IMMEDIATE;{steps};PRAGMA user_version = {schema.VERSION};COMMIT;")

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
            if advice is None:
                raise
            raise IndexStateError(f"{self.path}：{advice}") from error

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
            self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def generation(self) -> int:
        """Counts every change of the passages; caches carry the generation they were made from."""
        return int(self.meta("generation") or 0)

    def lineage(self) -> str:
        """Tells this store from others that lay in its folder before or will after: their generations are not ours.

        Empty where an older version made it."""
        return self.meta(LINEAGE)

    def next_generation(self) -> None:
        """To be called within the transaction that changes passages, terms or the model."""
        self.db.execute(
            "INSERT INTO meta VALUES ('generation', '1')"
            " ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
        )

    def integrity(self) -> str:
        """What SQLite finds wrong with the file, or "ok"."""
        return str(self.one("PRAGMA integrity_check"))

    def size(self) -> int:
        """Bytes on disk, the write-ahead log included."""
        return sum(file.stat().st_size for file in self.folder.glob(f"{FILE}*") if file.is_file())


def _marked(sql: str, values: Sequence[int]) -> str:
    return sql.replace("{marks}", ", ".join("?" * len(values)))


def new_lineage() -> str:
    """A mark that no other store has."""
    return secrets.token_hex(8)


def chunks(values: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """SQLite takes a limited number of values in one statement."""
    for at in range(0, len(values), size):
        yield values[at : at + size]
