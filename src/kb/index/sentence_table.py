"""The sentences of passages in the store: where they lie, and under which digest their vector is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from kb.index.damage import Part
from kb.index.database import Database, chunks
from kb.index.seals import SENTENCE, quoted, seal_of
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

    def put(self, passages: Sequence[int], sentences: Sequence[Sequence[NewSentence]]) -> None:
        """Those of each of these passages of an article, in order, within the transaction that stores it."""
        self._database.db.executemany(
            "INSERT INTO sentence VALUES (?, ?, ?, ?, ?)",
            [
                (number, n, one.start, one.end, one.digest)
                for number, own in zip(passages, sentences, strict=True)
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
        """The sentences of these passages that have a vector of their own, in order, in the article's characters.

        Raises:
            DamagedError: they are not what was stored, or one is missing.
        """
        found: dict[int, list[Span]] = {}
        for chunk in chunks(numbers):
            # Sentences and their seal in one statement: a writer may commit between two.
            rows = self._database.of_passages(
                f"SELECT p.pk, p.article, p.sentences_seal, {quoted(SENTENCE, 's.')} FROM passage p"
                " LEFT JOIN sentence s ON s.passage = p.pk WHERE p.pk IN ({marks}) ORDER BY p.pk, s.n",
                chunk,
            )
            for (number, article, seal), own in groupby(rows, key=lambda row: tuple(row[:3])):
                held = [tuple(row[3:]) for row in own if row[3] is not None]
                if seal_of((number, *(value for row in held for value in row))) != seal:
                    raise self._database.damaged_passage(Part.SENTENCE, number, article)
                if held:
                    found[number] = [Span(row[1], row[2]) for row in held]
        return found


def seal_of_sentences(passage: int, sentences: Sequence[NewSentence]) -> int:
    """The seal of a passage's sentences, in order."""
    values = (value for n, one in enumerate(sentences, start=1) for value in (n, one.start, one.end, one.digest))
    return seal_of((passage, *values))
