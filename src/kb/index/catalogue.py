"""What the store knows besides articles and vectors: practices, terms, and the values filters can take."""

from __future__ import annotations

from collections.abc import Sequence

from kb.index.database import Database, chunks
from kb.index.rows import practice_from_json
from kb.types import Practice

ADDED = ""
"""The root of terms that were added by hand: no build replaces them."""

REGIONAL = "regional:"
"""Before the root in the key under which `meta` keeps the root's list of other names."""


class Catalogue:
    """The `practice` and `term` tables, and counts over articles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def practices(self) -> list[Practice]:
        """Every practice, by id."""
        return [practice_from_json(row[0]) for row in self._database.rows("SELECT data FROM practice ORDER BY id")]

    def page_passages(self) -> dict[int, str]:
        """Number of each passage of the practices' own pages, ascending -> the practice's id."""
        rows = self._database.rows(
            "SELECT p.pk, r.id FROM practice r JOIN passage p ON p.article = r.article ORDER BY p.pk"
        )
        return {row[0]: row[1] for row in rows}

    def terms(self) -> list[str]:
        """Our own terms for segmentation."""
        return [row[0] for row in self._database.rows("SELECT DISTINCT term FROM term ORDER BY term")]

    def terms_by_root(self) -> list[tuple[str, str]]:
        """(term, the path whose lexicon brought it, or ADDED), by term."""
        return [(row[0], row[1]) for row in self._database.rows("SELECT term, root FROM term ORDER BY term, root")]

    def added_terms(self) -> list[str]:
        """The terms that were added by hand, as written."""
        return [term for term, root in self.terms_by_root() if root == ADDED]

    def article_ids(self, numbers: Sequence[int]) -> set[str]:
        """The ids of the articles with these numbers."""
        found: set[str] = set()
        for chunk in chunks(numbers):
            marks = ", ".join("?" * len(chunk))
            rows = self._database.rows(f"SELECT id FROM article WHERE pk IN ({marks})", *chunk)
            found.update(row[0] for row in rows)
        return found

    def articles_stating(self, line: str) -> list[str]:
        """Ids of the Markdown articles whose first bytes hold these words: front matter that no column keeps."""
        rows = self._database.rows(
            "SELECT id FROM article WHERE origin LIKE '%.md' AND instr(substr(raw, 1, 4096), ?) > 0 ORDER BY id",
            line.encode(),
        )
        return [row[0] for row in rows]

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

    def regional(self) -> str:
        """The lists of other names that came with the roots, as text."""
        rows = self._database.rows("SELECT value FROM meta WHERE key LIKE ? ORDER BY key", f"{REGIONAL}%")
        return "\n".join(row[0] for row in rows)

    def set_regional(self, root: str, text: str) -> None:
        """The list of other names that comes with `root`, in place of the one it brought before."""
        key = REGIONAL + root
        if self._database.meta(key) == text:
            return
        with self._database.transaction():
            self._database.db.execute("DELETE FROM meta WHERE key = ?", (key,))
            if text:
                self._database.db.execute("INSERT INTO meta VALUES (?, ?)", (key, text))
            self._database.next_generation()

    def articles_where(self, condition: str, values: Sequence[str]) -> set[int]:
        """Numbers of the articles that meet an SQL condition made by `kb.index.filters`, also of those that index files
        still name and a build has replaced."""
        sql = f"SELECT pk FROM article WHERE {condition}"
        rows = [*self._database.rows(sql, *values), *self._database.displaced.rows(sql, values)]
        return {row[0] for row in rows}

    def facet(self, column: str) -> dict[str, int]:
        """Value -> number of articles, most frequent first, of one of the facet columns."""
        expression = {"year": "substr(date, 1, 4)"}.get(column, column)
        rows = self._database.rows(
            f"SELECT {expression}, count(*) FROM article WHERE {expression} <> '' GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        return {row[0]: row[1] for row in rows}
