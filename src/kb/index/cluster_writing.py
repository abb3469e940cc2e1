"""Passages into a distributed engine and out of it, with the count of the passages that each term stands in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from kb.index.cluster_engine import ClusterEngine
from kb.index.cluster_schema import SENTENCES_EACH, Names, packed_terms, term_key

BATCH = 500
"""Passages in one call: about 2 MB."""

_TERMS_BATCH = 5_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage as the engine keeps it; `vector` of shape (dimension,), `sentences` of (n, dimension)."""

    number: int
    article: int
    terms: Sequence[str]
    vector: npt.NDArray[np.float32]
    sentences: npt.NDArray[np.float16]


@dataclass(slots=True)
class Writing:
    """A change of the collections of one stamp. Every step may be done twice: what is there is replaced."""

    engine: ClusterEngine
    names: Names
    _more: Counter[str] = field(default_factory=Counter)

    def numbers(self) -> set[int]:
        """The passages that are there."""
        return {row["number"] for row in self.engine.rows(self.names.passages, "number >= 0", ["number"])}

    def put(self, entries: Sequence[Entry]) -> None:
        """Passages that are new, or in place of themselves."""
        packed = [packed_terms(entry.terms) for entry in entries]
        for terms in packed:
            self._more.update({*terms.split()})
        sentences = [
            {"id": entry.number * SENTENCES_EACH + place, "passage": entry.number, "vector": vector.astype(np.float32)}
            for entry in entries
            for place, vector in enumerate(entry.sentences)
        ]
        # Passages last: one that is there has its sentences.
        for rows in batched(sentences, BATCH * 4):
            self.engine.put(self.names.sentences, rows)
        self.engine.put(
            self.names.passages,
            [
                {
                    "number": entry.number,
                    "article": entry.article,
                    "sentences": len(entry.sentences),
                    "vector": entry.vector,
                    "terms": terms,
                }
                for entry, terms in zip(entries, packed, strict=True)
            ],
        )

    def forget(self, numbers: Sequence[int]) -> None:
        """The terms of these passages count no longer: they are about to be taken out or put anew."""
        for row in self.engine.having(self.names.passages, "number", numbers, ["terms"]):
            self._more.subtract({*row["terms"].split()})

    def remove(self, numbers: Sequence[int]) -> None:
        """Take passages out with their sentences."""
        self.engine.delete(self.names.passages, "number", numbers)
        self.engine.delete(self.names.sentences, "passage", numbers)

    def count_changed(self) -> None:
        """The counts of terms after `put` and `forget`."""
        changed = [term for term, more in self._more.items() if more]
        for terms in batched(changed, _TERMS_BATCH):
            keys = {term_key(term): term for term in terms}
            before = {
                row["term"]: row["held"]
                for row in self.engine.having(self.names.terms, "term", [*keys], ["term", "held"])
            }
            self._write({key: before.get(key, 0) + self._more[term] for key, term in keys.items()}.items())
        self._more.clear()

    def count_all(self) -> None:
        """The counts of terms from what is there: after a sync that was killed nobody knows what it counted."""
        counts = Counter[int]()
        for row in self.engine.rows(self.names.passages, "number >= 0", ["terms"]):
            counts.update(term_key(term) for term in {*row["terms"].split()})
        known = [row["term"] for row in self.engine.rows(self.names.terms, "held >= 0", ["term"])]
        gone = [key for key in known if key not in counts]
        for batch in batched(counts.items(), _TERMS_BATCH):
            self._write(batch)
        self.engine.delete(self.names.terms, "term", gone)
        self._more.clear()

    def _write(self, counts: Iterable[tuple[int, int]]) -> None:
        self.engine.put(self.names.terms, [{"term": key, "held": held, "none": [0.0, 0.0]} for key, held in counts])


def batched(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """So many at a time, as a stream (`itertools.batched` of Python 3.12)."""
    stream = iter(values)
    while batch := list(islice(stream, size)):
        yield batch
