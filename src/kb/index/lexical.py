"""Lexical search: BM25 (k1 = 1.2, b = 0.75) over our own terms, with tantivy.

The terms come from `kb.text.segment`, joined by spaces; tantivy's own tokenizer only splits them again.
BM25 as in Robertson & Zaragoza 2009, in Lucene's form.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from kb.errors import out_of_memory
from kb.index.dense import Numbers, Ranked, empty_ranking

_FOLDER = "lexical"
_HEAP_BYTES = 64_000_000
FURTHER_WEIGHT = 0.6
"""What another name counts beside the word itself: the best of 0.4, 0.5, 0.6, 0.8 on gov (benchmarks/attempts.md)."""

_PANIC = "PanicException"
"""A failed assertion of Rust; Python knows it by no other name."""

MOST_TERMS = 1024
"""A question of more terms than this (a pasted article) is searched by its first ones."""


def rarity(passages: int, held: Iterable[int]) -> float:
    """The inverse document frequencies of terms, added; each stands in so many of the `passages`."""
    return sum(math.log(1 + (passages - count + 0.5) / (count + 0.5)) for count in held)


class LexicalIndex:
    """Terms of passages, searched by BM25."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self._schema = index.schema
        self._searcher = index.searcher()

    @classmethod
    def create(cls, folder: Path | None) -> LexicalIndex:
        """An empty index in `folder`, or in memory.

        Raises:
            OSError: the folder cannot be written.
        """
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
        builder.add_unsigned_field("number", indexed=True, fast=True)
        builder.add_unsigned_field("article", indexed=True)
        path = None
        if folder is not None:
            (folder / _FOLDER).mkdir(exist_ok=True)
            path = str(folder / _FOLDER)
        with _Tantivy(writing=True):
            return cls(tantivy.Index(builder.build(), path=path))

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """
        Raises:
            OSError, ValueError: the files are missing or damaged.
        """
        path = folder / _FOLDER
        if os.access(path, os.W_OK):
            return cls._opened(path)
        # tantivy writes a lock file beside the index, so on a read-only disk it gets a folder of links.
        with tempfile.TemporaryDirectory(prefix="kb-lexical-") as links:
            for file in path.iterdir():
                if file.suffix != ".lock":
                    (Path(links) / file.name).symlink_to(file.absolute())
            return cls._opened(Path(links))

    @classmethod
    def _opened(cls, path: Path) -> LexicalIndex:
        import tantivy

        with _Tantivy(writing=False):
            opened = cls(tantivy.Index.open(str(path)))
            # tantivy opens some files only when they are first asked: a missing one is to be noticed here.
            for field, value in (("terms", ""), ("number", 0), ("article", 0)):
                opened._searcher.doc_freq(field, value)
        return opened

    def update(self, gone: Iterable[int], new: Iterable[tuple[int, int, Sequence[str]]]) -> None:
        """Take out passages by number, add (number, article number, terms), in one commit.

        Passages taken out go on counting in the statistics of BM25 (how many passages hold a term, how long
        they are), as in Lucene.

        Raises:
            OSError: the files cannot be written.
        """
        import tantivy

        with _Tantivy(writing=True):
            writer = self._index.writer(_HEAP_BYTES, 1)
            # By query: `delete_documents_by_term` makes a signed term of every int and so finds no unsigned number.
            writer.delete_documents_by_query(tantivy.Query.term_set_query(self._schema, "number", list(gone)))
        for number, article, terms in new:
            document = tantivy.Document()
            document.add_unsigned("number", int(number))
            document.add_unsigned("article", int(article))
            document.add_text("terms", " ".join(terms))
            with _Tantivy(writing=True):
                writer.add_document(document)
        with _Tantivy(writing=True):
            writer.commit()
            writer.wait_merging_threads()
            self._index.reload()
        self._searcher = self._index.searcher()

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def numbers(self) -> Numbers:
        """Every passage that is there, ascending."""
        import tantivy

        if len(self) == 0:
            return empty_ranking().numbers
        hits = self._searcher.search(tantivy.Query.all_query(), len(self), count=False).hits
        found = self._searcher.fast_field_values("number", [address for _, address in hits])
        return np.sort(np.array(found, dtype=np.int64))

    def knows(self, terms: Iterable[str]) -> bool:
        """Whether each of these terms stands somewhere."""
        return all(self._searcher.doc_freq("terms", term) > 0 for term in terms)

    def weight(self, terms: Iterable[str]) -> float:
        """The inverse document frequencies of these terms, added.

        A passage of mean length that holds each of them once gets as much from BM25.
        """
        return rarity(len(self), (self._searcher.doc_freq("terms", term) for term in list(terms)[:MOST_TERMS]))

    def holding(self, terms: Iterable[str], k: int) -> Numbers:
        """Up to k passages that hold each of these terms, those with the highest BM25 first; none for no terms."""
        import tantivy

        clauses = [(tantivy.Occur.Must, self._term(term)) for term in list(dict.fromkeys(terms))[:MOST_TERMS]]
        if not clauses or len(self) == 0:
            return empty_ranking().numbers
        hits = self._searcher.search(tantivy.Query.boolean_query(clauses), min(k, len(self)), count=False).hits
        found = self._searcher.fast_field_values("number", [address for _, address in hits])
        return np.array(found, dtype=np.int64)

    def search(
        self, terms: Sequence[str], k: int, articles: Numbers | None = None, *, further: Sequence[str] = ()
    ) -> Ranked:
        """The k passages with the highest BM25 for these terms, best first, equal scores by number.

        `further` terms count FURTHER_WEIGHT of what they would count among the others.
        """
        import tantivy

        k = min(k, len(self))
        wanted = list(terms)[:MOST_TERMS]
        if k == 0 or not wanted or (articles is not None and len(articles) == 0):
            return empty_ranking()
        clauses = [*map(self._term, wanted), *map(self._further, list(further)[: MOST_TERMS - len(wanted)])]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, clause) for clause in clauses])
        if articles is not None:
            within = tantivy.Query.term_set_query(self._schema, "article", articles.tolist())
            query = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, query),
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(within, 0.0)),
                ]
            )
        hits = self._searcher.search(query, k, count=False).hits
        scores = np.array([score for score, _ in hits], dtype=np.float32)
        found = self._searcher.fast_field_values("number", [address for _, address in hits])
        numbers = np.array(found, dtype=np.int64)
        order = np.lexsort((numbers, -scores))
        return Ranked(numbers[order], scores[order])

    def _term(self, term: str) -> Any:
        import tantivy

        return tantivy.Query.term_query(self._schema, "terms", term, "freq")

    def _further(self, term: str) -> Any:
        import tantivy

        return tantivy.Query.boost_query(self._term(term), FURTHER_WEIGHT)


class _Tantivy:
    """What tantivy fails with while the block lasts, as what it means.

    It raises ValueError for every failure, a full disk among them, and panics where it gets no thread. With `writing`
    it is the disk that fails, unless it is memory.
    """

    def __init__(self, *, writing: bool) -> None:
        self._writing = writing

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """
        Raises:
            MemoryError: there was no room for a thread's stack or for a file in memory.
            OSError: the files cannot be written.
        """
        if kind is None or not (issubclass(kind, ValueError) or kind.__name__ == _PANIC):
            return
        if error is not None and out_of_memory(error):
            raise MemoryError(str(error)) from error
        if self._writing and kind.__name__ != _PANIC:
            raise OSError(str(error)) from error
