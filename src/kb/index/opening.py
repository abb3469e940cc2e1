"""Opening the SQLite file: the connection, its version, and the steps from older ones."""

from __future__ import annotations

import secrets
import sqlite3
from pathlib import Path

from kb.errors import DamagedError, IndexStateError
from kb.index import schema
from kb.index.seals import SCHEMA, count_again, note, reseal, seal_of_schema

LINEAGE = "lineage"

CORRUPT = "索引文件已损坏。请运行 kb doctor 查看，从备份恢复，或删除后用 kb build 重建。"


def new_lineage() -> str:
    """A mark that no other store has."""
    return secrets.token_hex(8)


def connect(path: Path, *, writable: bool, timeout: float) -> sqlite3.Connection:
    """A connection in which a file that somebody else made runs nothing of its choice.

    Raises:
        IndexStateError: the folder of a new store cannot be made.
        sqlite3.Error: the file cannot be opened.
    """
    if writable:
        _make_folder(path.parent)
        db = sqlite3.connect(path, timeout=timeout, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
    else:
        db = _connect_reader(path, timeout)
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")  # Damage of a page is noticed when it is read, not by chance.
    return db


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise IndexStateError(
            f"无法建立索引文件夹 {folder}（{error.strerror}）。请检查权限，或用 --index 指定别的文件夹。"
        ) from error


def _connect_reader(path: Path, timeout: float) -> sqlite3.Connection:
    """A reader shares the write-ahead log; where the folder is read-only it reads the finished file alone."""
    location = path.absolute().as_uri()
    db = sqlite3.connect(
        f"{location}?mode=ro", uri=True, timeout=timeout, isolation_level=None, check_same_thread=False
    )
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        db.close()
        db = sqlite3.connect(f"{location}?immutable=1", uri=True, isolation_level=None, check_same_thread=False)
    return db


def check_version(db: sqlite3.Connection, path: Path, *, writable: bool) -> None:
    """Today's version, or made so where it is `writable`: a new store, or one of an older version.

    Raises:
        IndexStateError: it is of a newer version, or of an older one and not to be written.
        DamagedError: its tables are not those of its version.
        sqlite3.Error: the file cannot be read or written.
    """
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version == schema.VERSION:
        return
    if version == 0 and writable and not db.execute("SELECT 1 FROM sqlite_master").fetchone():
        _begin(db)
        return
    if version == 0:
        raise IndexStateError(f"{path} 里还没有内容。请运行 kb build 建立索引。")
    if 0 < version < schema.VERSION:
        if not writable:
            raise IndexStateError(f"{path} 由旧版本的 kb 建立。请运行一次 kb build，文章和向量都会保留。")
        _migrate(db, path, version)
        return
    raise IndexStateError(
        f"{path} 由另一版本的 kb 建立（格式 {version}，本版本用 {schema.VERSION}）。请升级 kb，或另建索引。"
    )


def _begin(db: sqlite3.Connection) -> None:
    """The tables of a new store, in one transaction."""
    try:
        db.executescript(f"BEGIN;{schema.SCHEMA}")
        note(db, LINEAGE, new_lineage())
        for table in ("term", "gap", "practice", "article"):
            count_again(db, table)
        _end(db)
    except BaseException:
        _back(db)
        raise


def _migrate(db: sqlite3.Connection, path: Path, version: int) -> None:
    """Take the store to today's version, all steps in one transaction."""
    steps = "".join(schema.MIGRATIONS[number] for number in range(version + 1, schema.VERSION + 1))
    try:
        db.executescript(f"BEGIN IMMEDIATE;{steps}")
        reseal(db)
        _end(db)
    except BaseException as error:
        _back(db)
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            raise DamagedError(f"{path}：{CORRUPT}") from error
        raise


def _end(db: sqlite3.Connection) -> None:
    db.execute("INSERT OR REPLACE INTO total VALUES (?, 1, ?)", (SCHEMA, seal_of_schema(db)))
    db.execute(f"PRAGMA user_version = {schema.VERSION}")
    db.execute("COMMIT")


def _back(db: sqlite3.Connection) -> None:
    if db.in_transaction:
        db.execute("ROLLBACK")
