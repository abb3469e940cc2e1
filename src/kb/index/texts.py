"""The texts of articles in the store, as quotations are looked for in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kb.index.damage import Part
from kb.index.database import Database, chunks
from kb.index.rows import flags_from_json
from kb.types import Flag, Quote, Span

_COLUMNS = "pk, id, title, source, date, text, flags"


@dataclass(frozen=True, slots=True)
class HeldText:
    """An article as far as quoting it needs: its number in the store, what it is cited by, its text."""

    number: int
    id: str
    title: str
    source: str
    date: str
    text: str
    flags: tuple[Flag, ...]


class Texts:
    """Articles by number or id, and which passages are theirs.

    Whether a text stands nowhere depends on every row, so that all are held against their seals first.
    """

    def __init__(self, database: Database) -> None:
        """
        Raises:
            DamagedError: a text, or where its passages and sentences lie, is not what was stored.
        """
        database.sound(Part.ARTICLE, Part.TEXT, Part.KEPT, Part.PASSAGE, Part.SENTENCE)
        self._database = database

    def owners(self, passages: Sequence[int]) -> dict[int, list[Span]]:
        """The numbers of the articles of these passages, in the passages' order, and where those lie."""
        found: dict[int, tuple[int, Span]] = {}
        for chunk in chunks(passages):
            marks = ", ".join("?" * len(chunk))
            rows = self._database.rows(
                f'SELECT pk, article, start, "end" FROM passage WHERE pk IN ({marks})', *map(int, chunk)
            )
            found.update((row[0], (row[1], Span(row[2], row[3]))) for row in rows)
        owners: dict[int, list[Span]] = {}
        for number in passages:
            if number in found:
                owners.setdefault(found[number][0], []).append(found[number][1])
        return owners

    def article(self, number: int) -> HeldText | None:
        """An article by its number; None where it was taken out meanwhile."""
        return self._one(f"SELECT {_COLUMNS} FROM article WHERE pk = ?", number)

    def called(self, key: str) -> HeldText | None:
        """An article by its id; None where there is none."""
        return self._one(f"SELECT {_COLUMNS} FROM article WHERE id = ?", key)

    def _one(self, sql: str, value: int | str) -> HeldText | None:
        rows = self._database.rows(sql, value)
        if not rows:
            return None
        number, key, title, source, date, text, flags = rows[0]
        return HeldText(number, key, title, source, date, text, flags_from_json(flags))

    def headings_at(self, article: int, place: int) -> tuple[str, ...]:
        """The headings above a place of an article: those of the last passage that begins before it."""
        path = self._database.one(
            "SELECT headings FROM passage WHERE article = ? AND start <= ? ORDER BY start DESC LIMIT 1", article, place
        )
        return tuple(json.loads(path)) if path else ()

    def of_length(self, length: int) -> Iterator[Quote]:
        """Every sentence and every passage of so many characters."""
        for table in (
            'SELECT p.article, s.start FROM sentence s JOIN passage p ON p.pk = s.passage WHERE s."end" - s.start = ?',
            'SELECT article, start FROM passage WHERE "end" - start = ?',
        ):
            yield from self._quotes(self._database.rows(table, length), length)

    def _quotes(self, places: Iterable[Sequence[int]], length: int) -> Iterator[Quote]:
        for number, start in places:
            rows = self._database.rows(
                "SELECT id, substr(text, ? + 1, ?) FROM article WHERE pk = ?", start, length, number
            )
            yield from (Quote(row[0], start, start + length, row[1]) for row in rows)
