"""The store: one SQLite file that holds everything; all other files of an index can be made from it.

Every public method is one transaction or one read.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kb.index.catalogue import Catalogue
from kb.index.database import Database, chunks
from kb.index.filters import folded_columns
from kb.index.gaps import Gaps
from kb.index.links import Links
from kb.index.rows import (
    ARTICLE_COLUMNS,
    article_columns,
    article_from_row,
    as_json,
    flags_as_json,
    flags_from_json,
    receipt_as_json,
    receipt_from_json,
)
from kb.index.sentence_table import NewSentence, Sentences
from kb.index.vectors import Vectors
from kb.types import Article, ArticleSummary, Flag, Passage, Practice, Receipt, Script


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage as the caches see it: its number, its article's number, and the digest of what is embedded."""

    pk: int
    article: int
    digest: str


@dataclass(frozen=True, slots=True)
class PassageText:
    """A passage with everything that is searched: its text (`NewPassage.searched`), the title and headings above it."""

    pk: int
    article: int
    digest: str
    title: str
    headings: tuple[str, ...]
    text: str


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


PASSAGE_COLUMNS = 'article, n, start, "end", headings, digest, flags, quality, searched'


def passage_values(new: NewPassage) -> tuple[Any, ...]:
    """The columns from `start` on."""
    return (
        new.start, new.end, as_json(new.headings), new.digest, flags_as_json(new.flags), new.quality, new.searched
    )  # fmt: skip


class Store(Database):
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
            self.db.execute("DELETE FROM article WHERE id = ? OR origin = ?", (article.id, article.origin))
            names, places = ", ".join(columns), ", ".join("?" * len(columns))
            cursor = self.db.execute(f"INSERT INTO article ({names}) VALUES ({places})", tuple(columns.values()))
            self.db.executemany(
                f"INSERT INTO passage ({PASSAGE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(cursor.lastrowid, n, *passage_values(new)) for n, new in enumerate(passages, start=1)],
            )
            self.sentences.put(cursor.lastrowid, [new.sentences for new in passages])
            if practice is not None:
                data = as_json(asdict(practice))
                self.db.execute("INSERT INTO practice VALUES (?, ?, ?)", (practice.id, cursor.lastrowid, data))
            self.next_generation()

    def remove(self, ids: Iterable[str]) -> int:
        """Remove articles with all that belongs to them; how many there were."""
        wanted = list(ids)
        with self.translated():
            for key in wanted:
                self.displaced.keep("id = ?", key)
        with self.transaction():
            removed = sum(self.db.execute("DELETE FROM article WHERE id = ?", (key,)).rowcount for key in wanted)
            if removed:
                self.next_generation()
        return removed

    def article(self, key: str) -> Article | None:
        """An article with the bytes as received."""
        rows = self.rows("SELECT * FROM article WHERE id = ?", key)
        return article_from_row(rows[0]) if rows else None

    def receipt(self, key: str) -> Receipt | None:
        """How the file of an article was read; None where an older version stored it."""
        data = self.one("SELECT receipt FROM article WHERE id = ?", key)
        return receipt_from_json(data) if data else None

    def fingerprints(self) -> Iterator[tuple[str, str, bytes]]:
        """Id, title and fingerprint of every article that has one."""
        for row in self.rows("SELECT id, title, fingerprint FROM article WHERE fingerprint <> x''"):
            yield row[0], row[1], row[2]

    def summaries(self) -> list[ArticleSummary]:
        """Every article without its text, by id."""
        rows = self.rows(
            "SELECT a.id, title, script, region, date, source, category, length(text), count(p.pk)"
            " FROM article a LEFT JOIN passage p ON p.article = a.pk GROUP BY a.pk ORDER BY a.id"
        )
        return [ArticleSummary(row[0], row[1], Script(row[2]), *row[3:]) for row in rows]

    # -- passages

    def passage_rows(self) -> list[PassageRow]:
        """Every passage, by number."""
        return [PassageRow(*row) for row in self.rows("SELECT pk, article, digest FROM passage ORDER BY pk")]

    def passages(self, numbers: Sequence[int]) -> dict[int, tuple[Passage, Article]]:
        """The passages with these numbers, with their articles; numbers that are gone are left out."""
        rows = self.of_passages(
            f'SELECT p.pk AS number, p.n, p.start, p."end", p.headings AS path, p.flags AS marks, p.quality AS sound,'
            f" {ARTICLE_COLUMNS} FROM passage p"
            " JOIN article a ON a.pk = p.article WHERE p.pk IN ({marks})",
            numbers,
        )
        found = {}
        for row in rows:
            article = article_from_row(row)
            start, end = row["start"], row["end"]
            path = tuple(json.loads(row["path"]))
            text, flags = article.text[start:end], flags_from_json(row["marks"])
            passage = Passage(f"{article.id}#{row['n']}", article.id, start, end, path, text, flags, row["sound"])
            found[int(row["number"])] = (passage, article)
        return found

    def passages_of(self, key: str) -> list[Passage]:
        """The passages of one article, in order."""
        numbers = [row[0] for row in self.rows(
            "SELECT p.pk FROM passage p JOIN article a ON a.pk = p.article WHERE a.id = ? ORDER BY p.n", key
        )]  # fmt: skip
        found = self.passages(numbers)
        return [found[number][0] for number in numbers if number in found]

    def texts(self, wanted: Collection[int]) -> Iterator[PassageText]:
        """These passages with what stands above them, as a stream, by number."""
        body = 'coalesce(p.searched, substr(a.text, p.start + 1, p."end" - p.start))'
        columns = f"p.pk, p.article, a.title, p.headings, p.digest, {body}"
        for chunk in chunks(sorted(wanted)):
            marks = ", ".join("?" * len(chunk))
            rows = self.rows(
                f"SELECT {columns} FROM passage p JOIN article a ON a.pk = p.article"
                f" WHERE p.pk IN ({marks}) ORDER BY p.pk",
                *chunk,
            )
            for pk, article, title, headings, digest, text in rows:
                yield PassageText(pk, article, digest, title, tuple(json.loads(headings)), text)

    # -- the whole

    def adopt_model(self, identity: str, dimension: int, engine: str) -> None:
        """From now on the index is of this model; every passage has its vector, others are forgotten."""
        changed = identity != self.meta("model")
        built = datetime.now(UTC).isoformat(timespec="seconds")
        values = {"model": identity, "dimension": str(dimension), "engine": engine, "built": built}
        with self.transaction():
            self.db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())
            self.db.execute(
                "DELETE FROM vector WHERE model <> ? OR digest NOT IN"
                " (SELECT digest FROM passage UNION SELECT digest FROM sentence)",
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
