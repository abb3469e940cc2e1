"""The sentences of passages in the store: where they lie, and under which digest their vector is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.index.database import Database, chunks
from kb.types import Span


@dataclass(frozen=True, slots=True)
class NewSentence:
    """A sentence about to be stored; `digest` is that of what is embedded for it."""

    start: int
    end: int
    digest: str


class Sentences:
    """The `sentence` table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, article: int | None, sentences: Sequence[Sequence[NewSentence]]) -> None:
        """Those of each passage of an article, in order, within the transaction that stores it."""
        numbers = self._database.db.execute(
            "SELECT pk FROM passage WHERE article = ? ORDER BY n", (article,)
        ).fetchall()
        self._database.db.executemany(
            "INSERT INTO sentence VALUES (?, ?, ?, ?, ?)",
            [
                (row[0], n, one.start, one.end, one.digest)
                for row, own in zip(numbers, sentences, strict=True)
                for n, one in enumerate(own, start=1)
            ],
        )

    def texts(self, digests: Sequence[str]) -> dict[str, str]:
        """The sentences with these digests, as written."""
        found: dict[str, str] = {}
        for chunk in chunks(digests):
            marks = ", ".join("?" * len(chunk))
            rows = self._database.rows(
                'SELECT s.digest, substr(a.text, s.start + 1, s."end" - s.start) FROM sentence s'
                f" JOIN passage p ON p.pk = s.passage JOIN article a ON a.pk = p.article WHERE s.digest IN ({marks})",
                *chunk,
            )
            found.update((row[0], row[1]) for row in rows)
        return found

    def of(self, numbers: Sequence[int]) -> dict[int, list[Span]]:
        """The sentences of these passages that have a vector of their own, in order, in the article's characters."""
        found: dict[int, list[Span]] = {}
        for chunk in chunks(numbers):
            rows = self._database.of_passages(
                'SELECT passage, start, "end" FROM sentence WHERE passage IN ({marks}) ORDER BY passage, n', chunk
            )
            for number, start, end in rows:
                found.setdefault(number, []).append(Span(start, end))
        return found
