"""Which practices passages speak of, in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.index.database import Database, chunks
from kb.types import Link, LinkKind, Span


@dataclass(frozen=True, slots=True)
class LinkedPassage:
    """A passage that speaks of a practice, by number."""

    number: int
    link: Link


class Links:
    """The `link` table and `passage.linked`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unlinked(self) -> list[int]:
        """Numbers of the passages that were not looked at yet, ascending."""
        return [row[0] for row in self._database.rows("SELECT pk FROM passage WHERE NOT linked ORDER BY pk")]

    def forget(self) -> None:
        """Look at every passage again: the practices changed."""
        with self._database.transaction():
            self._database.db.execute("DELETE FROM link")
            self._database.db.execute("UPDATE passage SET linked = 0 WHERE linked")

    def put(self, found: Mapping[int, Sequence[Link]]) -> None:
        """The links of these passages, in place of none."""
        rows = [
            (number, link.practice, link.kind.value, link.likelihood, link.span.start, link.span.end)
            for number, links in found.items()
            for link in links
        ]
        with self._database.transaction():
            self._database.db.executemany("INSERT OR REPLACE INTO link VALUES (?, ?, ?, ?, ?, ?)", rows)
            self._database.db.executemany("UPDATE passage SET linked = 1 WHERE pk = ?", [(key,) for key in found])

    def of(self, numbers: Sequence[int]) -> dict[int, list[Link]]:
        """The links of these passages, those that describe a practice first."""
        found: dict[int, list[Link]] = {}
        for chunk in chunks(numbers):
            rows = self._database.of_passages(
                'SELECT passage, practice, kind, likelihood, start, "end" FROM link WHERE passage IN ({marks})'
                " ORDER BY passage, likelihood DESC, practice",
                chunk,
            )
            for row in rows:
                link = Link(row[1], LinkKind(row[2]), row[3], Span(row[4], row[5]))
                found.setdefault(row[0], []).append(link)
        return found

    def describing(self, practice: str) -> list[LinkedPassage]:
        """The passages of other articles that describe a practice, likeliest first."""
        rows = self._database.rows(
            'SELECT l.passage, l.kind, l.likelihood, l.start, l."end" FROM link l JOIN passage p ON p.pk = l.passage'
            " LEFT JOIN practice r ON r.article = p.article WHERE l.practice = ? AND l.kind = ?"
            " AND coalesce(r.id, '') <> l.practice ORDER BY l.likelihood DESC, l.passage",
            practice,
            LinkKind.DESCRIBES.value,
        )
        return [LinkedPassage(row[0], Link(practice, LinkKind(row[1]), row[2], Span(row[3], row[4]))) for row in rows]
