"""The `gap` table: questions that the texts do not answer."""

from __future__ import annotations

import json

from kb.index.database import Database
from kb.index.rows import as_json
from kb.index.seals import count_again, seal_of
from kb.types import Gap, Topic


class Gaps:
    """Gaps by the matching form of their question; they are no part of what is searched and change no generation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, gap: Gap, folded: str) -> None:
        """Put a question down once more."""
        nearest = as_json([(one.article_id, one.title, one.heading) for one in gap.nearest])
        db = self._database.db
        with self._database.transaction():
            before = db.execute("SELECT times, first FROM gap WHERE folded = ?", (folded,)).fetchone()
            times, first = (before[0] + 1, before[1]) if before else (gap.times, gap.first)
            row = (folded, gap.question, times, first, gap.last, float(gap.confidence), nearest)
            db.execute("INSERT OR REPLACE INTO gap VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*row, seal_of(row)))
            count_again(db, "gap")

    def all(self) -> list[Gap]:
        """Those put down most often first.

        Raises:
            DamagedError: one of them is not what was stored, or missing.
        """
        rows = self._database.sealed("gap", "ORDER BY times DESC, last DESC, folded")
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
            found = self._database.db.execute("DELETE FROM gap WHERE folded = ?", (folded,)).rowcount > 0
            count_again(self._database.db, "gap")
        return found
