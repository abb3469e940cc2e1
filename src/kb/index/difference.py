"""The articles in which two stores differ, cut out of one and put into the other.

The rows travel in a store of their own, which holds the changed articles whole, the vectors that the other store lacks,
and all that belongs to no article (terms, other names, what was measured).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kb.index.database import FILE, chunks
from kb.index.seals import reseal
from kb.index.store import Store

_TABLES = ("article", "passage", "sentence", "link", "practice")
_OF_CHANGED = {
    "article": "pk IN (SELECT pk FROM wanted)",
    "practice": "article IN (SELECT pk FROM wanted)",
    "passage": "article IN (SELECT pk FROM wanted)",
    "sentence": "passage IN (SELECT p.pk FROM {source}.passage p JOIN wanted w ON w.pk = p.article)",
    "link": "passage IN (SELECT p.pk FROM {source}.passage p JOIN wanted w ON w.pk = p.article)",
}
_NUMBERS = {
    "article": {"pk": "articles"},
    "practice": {"article": "articles"},
    "passage": {"pk": "passages", "article": "articles"},
    "sentence": {"passage": "passages"},
    "link": {"passage": "passages"},
}
"""The columns that number rows, and by which of the two counts they are moved."""

_REFERENCED = "SELECT digest FROM {0}passage UNION SELECT digest FROM {0}sentence"


def cut(library: Store, base: Store, changed: Sequence[str], target: Store) -> None:
    """Put the changed articles of `library` into the empty store `target`, with what `base` lacks of their vectors.

    Raises:
        IndexStateError: one of them cannot be read or written.
    """
    with _attached(target, source=library.folder, base=base.folder), target.transaction():
        target.db.execute("CREATE TEMP TABLE wanted (pk INTEGER PRIMARY KEY)")
        for chunk in chunks(changed):
            marks = ", ".join("?" * len(chunk))
            target.db.execute(f"INSERT INTO wanted SELECT pk FROM source.article WHERE id IN ({marks})", tuple(chunk))
        for table in _TABLES:
            columns = _columns(target, table)
            rows = _OF_CHANGED[table].format(source="source")
            target.db.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM source.{table} WHERE {rows}")
        target.db.execute(
            "INSERT INTO vector SELECT model, digest, value, seal FROM source.vector v WHERE model = ? AND digest IN"
            f" ({_REFERENCED.format('main.')}) AND NOT EXISTS"
            " (SELECT 1 FROM base.vector b WHERE b.model = v.model AND b.digest = v.digest)",
            (library.meta("model"),),
        )
        _shared(target)
        reseal(target.db)


def put(library: Store, delta: Path, gone: Sequence[str]) -> None:
    """Make `library` what the other store was: articles that went away, those that changed, all that is shared.

    `delta` is the folder of a store made by `cut`.

    Raises:
        IndexStateError: one of them cannot be read or written; nothing was changed.
    """
    with _attached(library, source=delta), library.transaction():
        changed = [row[0] for row in library.db.execute("SELECT id FROM source.article").fetchall()]
        for key in (*gone, *changed):
            library.db.execute("DELETE FROM article WHERE id = ?", (key,))
        moved = {
            "articles": _highest(library, "SELECT max(pk) FROM article"),
            "passages": _highest(library, "SELECT max(seq) FROM sqlite_sequence WHERE name = 'passage'"),
        }
        for table in _TABLES:
            columns = _columns(library, table)
            values = ", ".join(
                f"{name} + {moved[_NUMBERS[table][name]]}" if name in _NUMBERS[table] else f'"{name}"'
                for name in _names(library, table)
            )
            library.db.execute(f"INSERT INTO {table} ({columns}) SELECT {values} FROM source.{table}")
        library.db.execute("INSERT OR IGNORE INTO vector SELECT model, digest, value, seal FROM source.vector")
        _shared(library)
        library.db.execute(
            f"DELETE FROM vector WHERE model <> ? OR digest NOT IN ({_REFERENCED.format('main.')})",
            (library.db.execute("SELECT value FROM meta WHERE key = 'model'").fetchone()[0],),
        )
        reseal(library.db)


def _shared(target: Store) -> None:
    """Terms, what the index knows of itself, and the list of gaps."""
    for table in ("term", "meta", "gap"):
        columns = _columns(target, table)
        target.db.execute(f"DELETE FROM main.{table}")
        target.db.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM source.{table}")


def _names(store: Store, table: str) -> list[str]:
    return [row[1] for row in store.db.execute(f"PRAGMA main.table_info({table})").fetchall()]


def _columns(store: Store, table: str) -> str:
    return ", ".join(f'"{name}"' for name in _names(store, table))


def _highest(store: Store, sql: str) -> int:
    return int(store.db.execute(sql).fetchone()[0] or 0)


@contextmanager
def _attached(store: Store, **others: Path) -> Iterator[None]:
    with store.translated():
        for name, folder in others.items():
            store.db.execute(f"ATTACH ? AS {name}", (str(folder / FILE),))
        try:
            yield
        finally:
            store.db.execute("DROP TABLE IF EXISTS temp.wanted")
            for name in others:
                store.db.execute(f"DETACH {name}")
