"""What the store knows besides articles and vectors: practices, terms, and the values filters can take."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby

from kb.index.damage import Damage, Part, named
from kb.index.database import Database, chunks
from kb.index.filters import FILTERED
from kb.index.rows import as_json, practice_from_json
from kb.index.seals import PASSAGE, added, count, count_again, quoted, seal_of
from kb.types import Practice

ADDED = ""
"""The root of terms that were added by hand: no build replaces them."""

REGIONAL = "regional:"
"""Before the root in the key under which `meta` keeps the root's list of other names."""


class Catalogue:
    """The `practice` and `term` tables, and counts over articles."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.Lock()
        self._filterable_of: tuple[str, int] | None = None

    def practices(self) -> list[Practice]:
        """Every practice, by id.

        Raises:
            DamagedError: one of them is not what was stored, or missing.
        """
        rows = self._database.sealed("practice", "ORDER BY id")
        return [practice_from_json(row["data"]) for row in rows]

    def put(self, practice: Practice, article: int) -> None:
        """Store a practice with its page, within the transaction that stores that."""
        row = (practice.id, article, as_json(asdict(practice)))
        self._database.db.execute("INSERT INTO practice VALUES (?, ?, ?, ?)", (*row, seal_of(row)))
        count(self._database.db, "practice", 1, seal_of(row))

    def take_out(self, article: int) -> None:
        """The practice of an article's page, within the transaction that removes that."""
        db = self._database.db
        for key, seal in db.execute("SELECT id, seal FROM practice WHERE article = ?", (article,)).fetchall():
            db.execute("DELETE FROM practice WHERE id = ?", (key,))
            count(db, "practice", -1, -seal)

    def page_passages(self) -> dict[int, str]:
        """Number of each passage of the practices' own pages, ascending -> the practice's id.

        Raises:
            DamagedError: a passage or a practice is not what was stored, or missing.
        """
        self._database.sound(Part.SHARED)
        rows = self._database.rows(
            f"SELECT r.id, r.article, a.title, a.parts, p.seal, {quoted(PASSAGE, 'p.')} FROM practice r"
            " LEFT JOIN article a ON a.pk = r.article LEFT JOIN passage p ON p.article = r.article ORDER BY r.id, p.pk"
        )
        found: dict[int, str] = {}
        for (key, number, title, parts), own in groupby(rows, key=lambda row: tuple(row[:4])):
            held = [tuple(row[4:]) for row in own if row[5] is not None]
            # Only these, not all passages: of a million that takes most of a minute.
            if added(row[0] for row in held) != parts or any(seal_of(row[1:]) != row[0] for row in held):
                raise self._database.damaged(Damage(Part.PASSAGE, "article", (number,), named(key, title), number))
            found |= {row[1]: key for row in held}
        return dict(sorted(found.items()))

    def pages(self) -> dict[int, str]:
        """Number of the article that is a practice's own page -> the practice's id.

        Raises:
            DamagedError: a practice is not what was stored, or missing.
        """
        return {row["article"]: row["id"] for row in self._database.sealed("practice", "ORDER BY id")}

    def terms(self) -> list[str]:
        """Our own terms for segmentation."""
        return list(dict.fromkeys(term for term, _root in self.terms_by_root()))

    def terms_by_root(self) -> list[tuple[str, str]]:
        """(term, the path whose lexicon brought it, or ADDED), by term.

        Raises:
            DamagedError: one of them is not what was stored, or missing.
        """
        return [(row["term"], row["root"]) for row in self._database.sealed("term", "ORDER BY term, root")]

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
        """Ids of the Markdown articles whose first bytes hold these words: front matter that no column keeps.

        Raises:
            DamagedError: the bytes of an article are not those that were received.
        """
        self._database.sound(Part.ARTICLE, Part.RAW)
        return self.stating(line)

    def stating(self, line: str) -> list[str]:
        """The same, sound or not."""
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
                "INSERT OR REPLACE INTO term VALUES (?, ?, ?)",
                [(term, root, seal_of((term, root))) for term in set(terms)],
            )
            count_again(self._database.db, "term")
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
            count_again(self._database.db, "meta")
            if text:
                self._database.note(key, text)
            self._database.next_generation()

    def articles_where(self, condition: str, values: Sequence[str]) -> set[int]:
        """Numbers of the articles that meet an SQL condition made by `kb.index.filters`, also of those that index files
        still name and a build has replaced."""
        self._database.sound(Part.ARTICLE)
        sql = "SELECT pk FROM {} WHERE " + condition
        with self._guard:
            rows = [*self._database.rows(sql.format(self._filterable()), *values)]
        rows += self._database.displaced.rows(sql.format("article"), values)
        return {row[0] for row in rows}

    def _filterable(self) -> str:
        """A table in memory of what filters look at, made from the articles as they are now: a row of theirs holds its
        text and its original as well, and to read all of those took 0.3 s at 10,000 articles."""
        now = self._database.lineage(), self._database.generation()
        if self._filterable_of != now:
            with self._database.translated():
                self._database.db.execute("PRAGMA temp_store = MEMORY")
                self._database.db.execute("DROP TABLE IF EXISTS temp.filterable")
                columns = f"pk, {', '.join(FILTERED)}"
                self._database.db.execute(f"CREATE TEMP TABLE filterable AS SELECT {columns} FROM article")
            self._filterable_of = now
        return "temp.filterable"

    def facet(self, column: str) -> dict[str, int]:
        """Value -> number of articles, most frequent first, of one of the facet columns."""
        self._database.sound(Part.ARTICLE)
        expression = {"year": "substr(date, 1, 4)"}.get(column, column)
        rows = self._database.rows(
            f"SELECT {expression}, count(*) FROM article WHERE {expression} <> '' GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        return {row[0]: row[1] for row in rows}
