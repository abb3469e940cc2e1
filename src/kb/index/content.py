"""The digest of what a store holds, whatever its bytes, numbers and order are: equal for stores that say the same.

It covers everything that an answer can depend on: articles as received and as read, their passages, sentences, vectors,
practices and links, our terms, other names, what was measured, and the list of gaps. It leaves out what only counts
changes or tells when and by which engine the index was made.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.index.database import LINEAGE, Database

COUNTING = frozenset({LINEAGE, "generation", "built", "engine", "links", "doubt_generation", "sample"})
"""Keys of `meta` that say how the index came about, not what it holds."""

_SEALS = frozenset({"seal", "text_seal", "raw_seal", "kept_seal", "sentences_seal", "links_seal"})
_OF_PASSAGES = "SELECT pk FROM passage WHERE article = :article"
_PARTS: Mapping[str, tuple[str, frozenset[str]]] = {
    "article": ("pk = :article", frozenset({"pk", "parts", *_SEALS})),
    "passage": ("article = :article ORDER BY n", frozenset({"pk", "article", "linked", *_SEALS})),
    "practice": ("article = :article ORDER BY id", frozenset({"article", *_SEALS})),
}
"""Table -> which rows are an article's, and the columns that only number them, seal them (numbers and all) or say how
far a build came."""

_WITHIN: Mapping[str, str] = {"sentence": "s.n", "link": "s.practice"}
"""Tables of a passage's parts -> their order within it."""


@dataclass(frozen=True, slots=True)
class Contents:
    """A digest for each article by id, and one for all that belongs to none."""

    articles: Mapping[str, str]
    shared: str

    @property
    def digest(self) -> str:
        """Of the whole."""
        rows = [*sorted(self.articles.items()), ("", self.shared)]
        return _digest(("contents", rows))


def contents(store: Database) -> Contents:
    """Read everything: one pass over the file.

    Raises:
        IndexStateError: the store cannot be read.
    """
    columns = {table: _columns(store, table) for table in (*_PARTS, *_WITHIN)}
    articles = store.rows("SELECT pk, id FROM article ORDER BY id")
    model = store.meta("model")
    return Contents({row[1]: _digest(_article(store, row[0], model, columns)) for row in articles}, _shared(store))


def _article(
    store: Database, number: int, model: str, columns: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, Iterable[Sequence[Any]]]]:
    """Each table with the rows that belong to an article, in an order that does not depend on numbers."""
    for table, (rows, counted) in _PARTS.items():
        names = [name for name in columns[table] if name not in counted]
        yield table, _select(store, f"SELECT {_quoted(names)} FROM {table} WHERE {rows}", number)
    for table, order in _WITHIN.items():
        names = [name for name in columns[table] if name != "passage"]
        yield (
            table,
            _select(
                store,
                f"SELECT p.n, {_quoted(names, 's.')} FROM {table} s JOIN passage p ON p.pk = s.passage"
                f" WHERE p.article = :article ORDER BY p.n, {order}",
                number,
            ),
        )
    yield "vector", store.rows(
        "SELECT digest, value FROM vector WHERE model = ? AND digest IN (SELECT digest FROM passage WHERE article = ?"
        " UNION SELECT s.digest FROM sentence s JOIN passage p ON p.pk = s.passage WHERE p.article = ?)"
        " ORDER BY digest",
        model, number, number,
    )  # fmt: skip


def _select(store: Database, sql: str, number: int) -> Iterable[Sequence[Any]]:
    return store.rows(sql.replace(":article", "?"), number)


def _shared(store: Database) -> str:
    marks = ", ".join("?" * len(COUNTING))
    gap = [name for name in _columns(store, "gap") if name not in _SEALS]
    return _digest(
        (
            ("term", store.rows("SELECT term, root FROM term ORDER BY term, root")),
            ("meta", store.rows(f"SELECT key, value FROM meta WHERE key NOT IN ({marks}) ORDER BY key", *COUNTING)),
            ("gap", store.rows(f"SELECT {_quoted(gap)} FROM gap ORDER BY folded")),
        )
    )


def _columns(store: Database, table: str) -> list[str]:
    """By name: a store that was taken over from an older version has them in another order."""
    return sorted(row[1] for row in store.rows(f"PRAGMA table_info({table})"))


def _quoted(names: Iterable[str], before: str = "") -> str:
    return ", ".join(f'{before}"{name}"' for name in names)


def _digest(parts: Iterable[Any]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        for piece in _pieces(part):
            digest.update(piece)
    return digest.hexdigest()


def _pieces(value: Any) -> Iterator[bytes]:
    """A value so that no two different ones give the same bytes: its kind, its length, itself."""
    match value:
        case None:
            yield b"n"
        case str():
            yield from _measured(b"s", value.encode("utf-8", "surrogatepass"))
        case bytes():
            yield from _measured(b"b", value)
        case int():
            yield from _measured(b"i", str(value).encode())
        case float():
            yield b"f" + struct.pack(">d", value)
        case _:
            rows = list(value)
            yield b"(" + str(len(rows)).encode() + b":"
            for row in rows:
                yield from _pieces(row)


def _measured(kind: bytes, data: bytes) -> Iterator[bytes]:
    yield kind + str(len(data)).encode() + b":"
    yield data
