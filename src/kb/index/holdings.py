"""The articles of the store as a stocktaking counts them: when they came, how sound they are, what they repeat."""

from __future__ import annotations

import json
import sqlite3

from kb.index.damage import Part
from kb.index.database import Database
from kb.types import Copy, Duplicate, DuplicateKind, FlagKind, Holding

_SELECT = (
    "SELECT a.id, a.title, a.added, a.quality, length(a.text), json_array_length(a.flags), a.root = '', a.origin,"
    " r.id IS NOT NULL FROM article a LEFT JOIN practice r ON r.article = a.pk"
)

_PARTS = (Part.SHARED, Part.ARTICLE, Part.TEXT, Part.KEPT)


class Holdings:
    """Counts over articles that no filter needs. Whatever reads all of them holds them against their seals first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Holding]:
        """Every article, the one that came last first; `file` is its whole origin."""
        self._database.sound(*_PARTS)
        return [_holding(row) for row in self._database.rows(f"{_SELECT} ORDER BY a.added DESC, a.id")]

    def one(self, key: str) -> Holding | None:
        """An article by its id; None where there is none."""
        rows = self._database.rows(f"{_SELECT} WHERE a.id = ?", key)
        return _holding(rows[0]) if rows else None

    def flags(self) -> dict[FlagKind, tuple[int, int]]:
        """Kind of flag -> (how many places, in how many articles)."""
        self._database.sound(*_PARTS)
        rows = self._database.rows(
            "SELECT json_extract(f.value, '$[0]'), count(*), count(DISTINCT a.pk)"
            " FROM article a, json_each(a.flags) f WHERE a.flags <> '[]' GROUP BY 1 ORDER BY 2 DESC"
        )
        return {FlagKind(kind): (places, articles) for kind, places, articles in rows}

    def copies(self) -> list[Copy]:
        """Articles whose receipt names others that say the same and are still there; most alike first."""
        self._database.sound(*_PARTS)
        rows = self._database.rows(
            "SELECT a.id, a.title, d.value FROM article a, json_each(a.receipt, '$.duplicates') d"
            " WHERE a.receipt <> '' AND json_extract(d.value, '$.article_id') IN (SELECT id FROM article)"
            " ORDER BY json_extract(d.value, '$.similarity') DESC, a.id"
        )
        copies = []
        for key, title, value in rows:
            fields = json.loads(value)
            copies.append(Copy(key, title, Duplicate(**{**fields, "kind": DuplicateKind(fields["kind"])})))
        return copies


def _holding(row: sqlite3.Row) -> Holding:
    key, title, added, quality, characters, flags, own, origin, practice = row
    return Holding(key, title, added, quality, characters, flags, bool(own), origin, bool(practice))
