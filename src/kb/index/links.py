"""Which practices passages speak of, in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.index.damage import Part
from kb.index.database import Database, chunks
from kb.index.seals import LINK, quoted, seal_of_links
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
            self._database.db.execute("UPDATE passage SET linked = 0, links_seal = 0 WHERE linked OR links_seal")

    def put(self, found: Mapping[int, Sequence[Link]]) -> None:
        """The links of these passages, in place of none."""
        rows = {
            number: sorted(
                (link.practice, link.kind.value, float(link.likelihood), link.span.start, link.span.end)
                for link in links
            )
            for number, links in found.items()
        }
        seals = [(seal_of_links(number, links), number) for number, links in rows.items()]
        with self._database.transaction():
            self._database.db.executemany(
                "INSERT OR REPLACE INTO link VALUES (?, ?, ?, ?, ?, ?)",
                [(number, *link) for number, links in rows.items() for link in links],
            )
            self._database.db.executemany("UPDATE passage SET linked = 1, links_seal = ? WHERE pk = ?", seals)

    def of(self, numbers: Sequence[int]) -> dict[int, list[Link]]:
        """The links of these passages, those that describe a practice first.

        Raises:
            DamagedError: they are not what was stored, or one is missing.
        """
        found: dict[int, list[Link]] = {}
        for chunk in chunks(numbers):
            held: dict[int, list[tuple[Any, ...]]] = {}
            seals: dict[int, tuple[int, int, int]] = {}
            # Links and their seal in one statement: a writer may commit between two.
            for row in self._database.of_passages(
                f"SELECT p.pk, p.article, p.linked, p.links_seal, {quoted(LINK, 'l.')} FROM passage p"
                " LEFT JOIN link l ON l.passage = p.pk WHERE p.pk IN ({marks}) ORDER BY p.pk, l.practice",
                chunk,
            ):
                seals[row[0]] = row[1], row[2], row[3]
                held.setdefault(row[0], []).extend([tuple(row[4:])] if row[4] is not None else [])
            for number, links in held.items():
                article, linked, seal = seals[number]
                if (seal_of_links(number, links) if linked or links else 0) != seal:
                    raise self._database.damaged_passage(Part.LINK, number, article)
                if links:
                    likeliest = sorted(links, key=lambda link: (-link[2], link[0]))
                    found[number] = [Link(one[0], LinkKind(one[1]), one[2], Span(one[3], one[4])) for one in likeliest]
        return found

    def describing(self, practice: str) -> list[LinkedPassage]:
        """The passages of other articles that describe a practice, likeliest first.

        Raises:
            DamagedError: one of the links, whosever it is, is not what was stored.
        """
        self._database.sound(Part.SHARED, Part.PASSAGE, Part.LINK)
        rows = self._database.rows(
            # By the table, not by its index, whose damage the seals do not tell.
            'SELECT l.passage, l.kind, l.likelihood, l.start, l."end" FROM link l JOIN passage p ON p.pk = l.passage'
            " LEFT JOIN practice r ON r.article = p.article WHERE +l.practice = ? AND l.kind = ?"
            " AND coalesce(r.id, '') <> l.practice ORDER BY l.likelihood DESC, l.passage",
            practice,
            LinkKind.DESCRIBES.value,
        )
        return [LinkedPassage(row[0], Link(practice, LinkKind(row[1]), row[2], Span(row[3], row[4]))) for row in rows]
