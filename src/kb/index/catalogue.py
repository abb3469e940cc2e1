"""What the store knows besides articles and vectors: practices, terms, and the values filters can take."""

from __future__ import annotations

from collections.abc import Sequence

from kb.index.database import Database
from kb.index.rows import practice_from_json
from kb.types import Practice


class Catalogue:
    """The `practice` and `term` tables, and counts over articles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def practices(self) -> list[Practice]:
        """Every practice, by id."""
        return [practice_from_json(row[0]) for row in self._database.rows("SELECT data FROM practice ORDER BY id")]

    def terms(self) -> list[str]:
        """Our own terms for segmentation."""
        return [row[0] for row in self._database.rows("SELECT DISTINCT term FROM term ORDER BY term")]

    def set_terms(self, root: str, terms: Sequence[str]) -> None:
        """The terms that come with `root`, in place of those it brought before."""
        before = {row[0] for row in self._database.rows("SELECT term FROM term WHERE root = ?", root)}
        if before == set(terms):
            return
        with self._database.transaction():
            self._database.db.execute("DELETE FROM term WHERE root = ?", (root,))
            self._database.db.executemany(
                "INSERT OR REPLACE INTO term VALUES (?, ?)", [(term, root) for term in set(terms)]
            )
            self._database.next_generation()

    def articles_where(self, condition: str, values: Sequence[str]) -> set[int]:
        """Numbers of the articles that meet an SQL condition made by `kb.index.filters`."""
        return {row[0] for row in self._database.rows(f"SELECT pk FROM article WHERE {condition}", *values)}

    def facet(self, column: str) -> dict[str, int]:
        """Value -> number of articles, most frequent first, of one of the facet columns."""
        expression = {"year": "substr(date, 1, 4)"}.get(column, column)
        rows = self._database.rows(
            f"SELECT {expression}, count(*) FROM article WHERE {expression} <> '' GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        return {row[0]: row[1] for row in rows}
