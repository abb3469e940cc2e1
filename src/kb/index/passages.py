"""Passages as the store holds them, read for an answer or for the index files."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from kb.errors import DamagedError
from kb.index.damage import Damage, Part, named
from kb.index.database import Database, chunks
from kb.index.dense import Numbers
from kb.index.rows import article_from_row, flags_from_json
from kb.index.seals import HEAD, PASSAGE, added, quoted, seal_of, seal_of_text
from kb.types import Article, Passage

_PASSAGE_COLUMNS = ", ".join(f'p."{name}" AS p_{name}' for name in PASSAGE)
_SELECT = (
    f"SELECT {_PASSAGE_COLUMNS}, p.seal, {quoted(HEAD, 'a.')}, a.seal, a.text, a.text_seal,"
    " x'' AS raw, '[]' AS repairs, '[]' AS flags FROM passage p JOIN article a ON a.pk = p.article"
)
"""A passage and its article for showing: all but the bytes as received and what was repaired, which may be large."""

_OWN, _ARTICLE = len(PASSAGE), len(PASSAGE) + 1 + len(HEAD)
"""Where in a row the seal of the passage stands, and that of its article."""


@dataclass(frozen=True, slots=True)
class PassageText:
    """A passage with everything that is searched: its text (`NewPassage.searched`), the title and headings above it."""

    pk: int
    article: int
    digest: str
    title: str
    headings: tuple[str, ...]
    text: str


class Passages(Database):
    """The `passage` table, with what stands above a passage."""

    def passage_numbers(self) -> tuple[Numbers, Numbers]:
        """The number of every passage, ascending, and that of its article; no row becomes an object of its own.

        Raises:
            DamagedError: one of them is no number.
        """
        with self.translated():
            cursor = self.db.cursor()
            cursor.row_factory = None
            # In any order: the index of (article, n) holds both numbers, and is a tenth of the table.
            rows = cursor.execute("SELECT pk, article FROM passage")
            try:
                flat = np.fromiter(chain.from_iterable(rows), dtype=np.int64)
            except (TypeError, ValueError) as error:
                raise self.damaged(Damage(Part.PASSAGE, "passage", (), "段落的目录")) from error
        numbers, articles = flat[::2], flat[1::2]
        order = np.argsort(numbers, kind="stable")
        return numbers[order], articles[order]

    def passages(self, numbers: Sequence[int], *, generation: int = -1) -> dict[int, tuple[Passage, Article]]:
        """The passages with these numbers, with their articles; numbers that are gone are left out.

        Raises:
            DamagedError: one of them is not what was stored, or is missing though the store is of the `generation`
                that they were known in.
        """
        found: dict[int, tuple[Passage, Article]] = {}
        articles: dict[int, Article] = {}
        for row in self.of_passages(_SELECT + " WHERE p.pk IN ({marks})", numbers):
            article = articles.get(row["pk"])
            if article is None:
                article = articles[row["pk"]] = self._article_of(row)
            found[row["p_pk"]] = (self._passage_of(row, article), article)
        if len(found) < len(set(numbers)) and self.generation() == generation:
            raise self.damaged(Damage(Part.PASSAGE, "passage", (), "段落"))
        return found

    def _article_of(self, row: sqlite3.Row) -> Article:
        number, key, title = row[_OWN + 1 : _OWN + 4]
        if seal_of(row[_OWN + 1 : _ARTICLE]) != row[_ARTICLE]:
            raise self.damaged(Damage(Part.ARTICLE, "article", (number,), named(key, title), number))
        text, seal = row[_ARTICLE + 1 : _ARTICLE + 3]
        if seal_of_text(number, text) != seal:
            raise self.damaged(Damage(Part.TEXT, "article", (number,), named(key, title), number))
        return article_from_row(row)

    def _passage_of(self, row: sqlite3.Row, article: Article) -> Passage:
        if seal_of(row[:_OWN]) != row[_OWN]:
            name = named(article.id, article.title)
            raise self.damaged(Damage(Part.PASSAGE, "passage", (row["p_pk"],), name, row["p_article"]))
        start, end = row["p_start"], row["p_end"]
        return Passage(
            f"{article.id}#{row['p_n']}", article.id, start, end, tuple(json.loads(row["p_headings"])),
            article.text[start:end], flags_from_json(row["p_flags"]), row["p_quality"],
        )  # fmt: skip

    def passages_of(self, key: str) -> list[Passage]:
        """The passages of one article, in order.

        Raises:
            DamagedError: one of them is not what was stored, or missing.
        """
        rows = self.rows(
            "SELECT a.pk, a.title, a.parts, p.pk AS passage, p.seal FROM article a"
            " LEFT JOIN passage p ON p.article = a.pk WHERE a.id = ?",
            key,
        )
        if not rows:
            self.check_missing(key)
            return []
        number, title, parts = rows[0][:3]
        if added(row["seal"] for row in rows) != parts:
            raise self.damaged(Damage(Part.PASSAGE, "article", (number,), named(key, title), number))
        numbers = [row["passage"] for row in rows if row["passage"] is not None]
        found = self.passages(numbers)
        if any(article.id != key for _passage, article in found.values()):
            self.check_missing(key, found=True)
        # By their places, not as the table's index has them in order: it may be damaged.
        return sorted((passage for passage, _article in found.values()), key=lambda passage: passage.start)

    def check_missing(self, key: str, *, found: bool = False) -> None:
        """An article that is not found by its id is not there either, nor did one vanish; `found`: another one was.

        Raises:
            DamagedError: it is there, and the table's own index is damaged; or the table is.
        """
        by_index, by_table = "SELECT count(*) FROM article WHERE id = ?", "SELECT count(*) FROM article WHERE +id = ?"
        if found or self.one(f"SELECT ({by_index}) <> ({by_table})", key, key):
            raise DamagedError(f"{self.path} 的目录已损坏，文章 {key} 查不到。请运行 kb build 修复，或从备份恢复。")
        self.sound(Part.ARTICLE)

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
