"""The `gap` table: questions that the texts do not answer."""

from __future__ import annotations

import json

from kb.index.database import Database
from kb.index.rows import as_json
from kb.types import Gap, Topic


class Gaps:
    """Gaps by the matching form of their question; they are no part of what is searched and change no generation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, gap: Gap, folded: str) -> None:
        """Put a question down once more."""
        nearest = as_json([(one.article_id, one.title, one.heading) for one in gap.nearest])
        with self._database.transaction():
            self._database.db.execute(
                "INSERT INTO gap VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (folded) DO UPDATE SET times = times + 1,"
                " question = excluded.question, last = excluded.last, confidence = excluded.confidence,"
                " nearest = excluded.nearest",
                (folded, gap.question, gap.times, gap.first, gap.last, gap.confidence, nearest),
            )

    def all(self) -> list[Gap]:
        """Those put down most often first."""
        rows = self._database.rows("SELECT * FROM gap ORDER BY times DESC, last DESC, folded")
        return [
            Gap(
                row["question"], row["times"], row["first"], row["last"], row["confidence"],
                tuple(Topic(*topic) for topic in json.loads(row["nearest"])),
            )
            for row in rows
        ]  # fmt: skip

    def remove(self, folded: str) -> bool:
        """Take a question off the list; False where it is not on it."""
        with self._database.transaction():
            return self._database.db.execute("DELETE FROM gap WHERE folded = ?", (folded,)).rowcount > 0
