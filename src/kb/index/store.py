"""The store: one SQLite file that holds everything; all other files of an index can be made from it.

Every public method is one transaction or one read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kb.index.catalogue import Catalogue
from kb.index.damage import SEALED_BY, Damage, Part, named
from kb.index.filters import folded_columns
from kb.index.gaps import Gaps
from kb.index.links import Links
from kb.index.passages import Passages
from kb.index.rows import (
    article_columns,
    article_from_row,
    as_json,
    flags_as_json,
    receipt_as_json,
    receipt_from_json,
)
from kb.index.seals import KEPT, PASSAGE, article_seals, count, quoted, seal_of
from kb.index.sentence_table import NewSentence, Sentences, seal_of_sentences
from kb.index.vectors import Vectors
from kb.types import Article, ArticleSummary, Flag, Practice, Receipt, Script


@dataclass(frozen=True, slots=True)
class NewPassage:
    """A passage about to be stored; `searched` is what is searched of it where that is not simply its text."""

    start: int
    end: int
    headings: tuple[str, ...]
    digest: str
    flags: tuple[Flag, ...] = ()
    quality: float = 1.0
    searched: str | None = None
    sentences: tuple[NewSentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of an article before a build: enough to tell whether it changed."""

    id: str
    origin: str
    root: str
    digest: str


class Store(Passages):
    """An open store: its articles and passages here, its vectors and its catalogue each in a part of their own."""

    def __init__(self, folder: Path, *, writable: bool = False) -> None:
        super().__init__(folder, writable=writable)
        self.vectors = Vectors(self)
        self.sentences = Sentences(self)
        self.links = Links(self)
        self.catalogue = Catalogue(self)
        self.gaps = Gaps(self)

    # -- articles

    def known(self) -> list[Known]:
        """Every article, as far as a build needs to know it."""
        return [Known(*row) for row in self.rows("SELECT id, origin, root, digest FROM article")]

    def put(
        self,
        article: Article,
        passages: Sequence[NewPassage],
        practice: Practice | None,
        receipt: Receipt | None = None,
        *,
        root: str,
        digest: str,
        added: str,
        fingerprint: bytes = b"",
    ) -> None:
        """Store an article whole, in place of the one with its id; its vectors must be there already."""
        columns = {
            **article_columns(article),
            **folded_columns(article),
            "root": root,
            "digest": digest,
            "added": added,
            "receipt": receipt_as_json(receipt) if receipt else "",
            "fingerprint": fingerprint,
        }
        with self.translated():
            self.displaced.keep("id = ? OR origin = ?", article.id, article.origin)
        with self.transaction():
            self._take_out("id = ? OR origin = ?", article.id, article.origin)
            number = self._next("SELECT max(pk) FROM article")
            rows = self._passage_rows(number, passages)
            columns |= {"pk": number, "parts": sum(row[-3] for row in rows)}
            columns |= article_seals(columns)
            self._insert(columns, rows)
            self.sentences.put([row[0] for row in rows], [new.sentences for new in passages])
            if practice is not None:
                self.catalogue.put(practice, number)
            self.next_generation()

    def _insert(self, columns: dict[str, Any], passages: Sequence[tuple[Any, ...]]) -> None:
        """An article's own row and those of its passages."""
        names, places = ", ".join(columns), ", ".join("?" * len(columns))
        self.db.execute(f"INSERT INTO article ({names}) VALUES ({places})", tuple(columns.values()))
        count(self.db, "article", 1, columns["seal"])
        self.db.executemany(
            f"INSERT INTO passage ({quoted(PASSAGE)}, seal, sentences_seal, links_seal)"
            f" VALUES ({', '.join('?' * (len(PASSAGE) + 3))})",
            passages,
        )

    def _passage_rows(self, article: int, passages: Sequence[NewPassage]) -> list[tuple[Any, ...]]:
        """PASSAGE and the three seals."""
        first = self._next(
            "SELECT max(pk) FROM (SELECT max(pk) AS pk FROM passage"
            " UNION ALL SELECT max(seq) FROM sqlite_sequence WHERE name = 'passage')"
        )
        rows = []
        for n, new in enumerate(passages):
            row = (
                first + n, article, n + 1, new.start, new.end, as_json(new.headings), new.digest,
                flags_as_json(new.flags), float(new.quality), new.searched,
            )  # fmt: skip
            rows.append((*row, seal_of(row), seal_of_sentences(row[0], new.sentences), 0))
        return rows

    def _next(self, highest: str) -> int:
        """The first number that is free."""
        return (self.db.execute(highest).fetchone()[0] or 0) + 1

    def remove(self, ids: Iterable[str]) -> int:
        """Remove articles with all that belongs to them; how many there were."""
        wanted = list(ids)
        with self.translated():
            for key in wanted:
                self.displaced.keep("id = ?", key)
        with self.transaction():
            removed = sum(self._take_out("id = ?", key) for key in wanted)
            if removed:
                self.next_generation()
        return removed

    def _take_out(self, condition: str, *values: str) -> int:
        """Within a transaction; how many articles went."""
        gone = self.db.execute(f"SELECT pk, seal FROM article WHERE {condition}", values).fetchall()
        for number, seal in gone:
            self.catalogue.take_out(number)
            self.db.execute("DELETE FROM article WHERE pk = ?", (number,))
            count(self.db, "article", -1, -seal)
        return len(gone)

    def article(self, key: str) -> Article | None:
        """An article with the bytes as received.

        Raises:
            DamagedError: it is not what was stored.
        """
        row = self._row(key, Part.ARTICLE, Part.TEXT, Part.RAW, Part.KEPT)
        return None if row is None else article_from_row(row)

    def receipt(self, key: str) -> Receipt | None:
        """How the file of an article was read; None where an older version stored it.

        Raises:
            DamagedError: it is not what was stored.
        """
        row = self._row(key, Part.ARTICLE, Part.KEPT)
        return receipt_from_json(row["receipt"]) if row is not None and row["receipt"] else None

    def _row(self, key: str, *parts: Part) -> sqlite3.Row | None:
        """An article, its parts held against their seals; None where there is none."""
        row: sqlite3.Row | None = next(iter(self.rows("SELECT * FROM article WHERE id = ?", key)), None)
        if row is None or row["id"] != key:
            self.check_missing(key, found=row is not None)
            return None
        seals = article_seals(dict(row))
        for part in parts:
            column = SEALED_BY[part]
            if seals[column] != row[column]:
                raise self.damaged(Damage(part, "article", (row["pk"],), named(row["id"], row["title"]), row["pk"]))
        return row

    def fingerprints(self) -> Iterator[tuple[str, str, bytes]]:
        """Id, title and fingerprint of every article that has a sound one: a build reads them before it heals."""
        rows = self.rows(f"SELECT id, title, {quoted(KEPT)}, kept_seal FROM article WHERE fingerprint <> x''")
        for row in rows:
            if seal_of(row[2:-1]) == row[-1]:
                yield row["id"], row["title"], row["fingerprint"]

    def summaries(self) -> list[ArticleSummary]:
        """Every article without its text, by id."""
        self.sound(Part.ARTICLE, Part.TEXT, Part.PASSAGE)
        rows = self.rows(
            "SELECT a.id, title, script, region, date, source, category, length(text), count(p.pk)"
            " FROM article a LEFT JOIN passage p ON p.article = a.pk GROUP BY a.pk ORDER BY a.id"
        )
        return [ArticleSummary(row[0], row[1], Script(row[2]), *row[3:]) for row in rows]

    # -- the whole

    def adopt_model(self, identity: str, dimension: int, engine: str) -> None:
        """From now on the index is of this model; every passage has its vector, others are forgotten."""
        changed = identity != self.meta("model")
        built = datetime.now(UTC).isoformat(timespec="seconds")
        values = {"model": identity, "dimension": str(dimension), "engine": engine, "built": built}
        with self.transaction():
            for key, value in values.items():
                self.note(key, value)
            self.db.execute(
                # By way of the index: the table holds the vectors themselves, gigabytes of them in a large store.
                "DELETE FROM vector WHERE rowid IN (SELECT v.rowid FROM vector v WHERE v.model <> ? OR NOT"
                " (EXISTS (SELECT 1 FROM passage p WHERE p.digest = v.digest)"
                " OR EXISTS (SELECT 1 FROM sentence s WHERE s.digest = v.digest)))",
                (identity,),
            )
            if changed:
                self.next_generation()

    def counts(self) -> tuple[int, int, int, int]:
        """Articles, passages, practices, characters."""
        (row,) = self.rows(
            "SELECT (SELECT count(*) FROM article), (SELECT count(*) FROM passage),"
            " (SELECT count(*) FROM practice), (SELECT coalesce(sum(length(text)), 0) FROM article)"
        )
        return (row[0], row[1], row[2], row[3])
