"""The vectors in the store, kept by what was embedded and by which model."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from kb.index.damage import Damage, Part
from kb.index.database import Database, chunks
from kb.index.dense import Numbers
from kb.index.seals import seal_of

FloatMatrix = npt.NDArray[np.float32]
HalfMatrix = npt.NDArray[np.float16]


_SEALED = "v.model, v.digest, v.value, v.seal, v.rowid"
_OF_PASSAGE, _OF_SENTENCE = f"p.pk, p.digest, {_SEALED}", f"s.passage, s.digest, {_SEALED}"


EVERY = (0, 2**63 - 1)
"""The numbers that a passage may have."""

BLOCK = 10_000
"""Passages whose vectors are read at a time: 15 MB, and about four times as much of their sentences. At a million all
of them would take gigabytes."""


def blocks(numbers: Numbers, size: int = BLOCK) -> Iterator[Numbers]:
    """Up to `size` numbers at a time, in their order."""
    for at in range(0, len(numbers), size):
        yield numbers[at : at + size]


def reach(block: Numbers) -> tuple[int, int]:
    """The first and the last of ascending numbers, as `within` of `Vectors` has them."""
    return int(block[0]), int(block[-1])


class Vectors:
    """The `vector` table. A vector that is not what was stored is never handed out: `DamagedError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def missing(self, model: str, digests: Iterable[str]) -> set[str]:
        """Which of these texts have no vector of this model yet."""
        wanted = set(digests)
        for chunk in chunks(sorted(wanted)):
            marks = ", ".join("?" * len(chunk))
            rows = self._database.rows(
                f"SELECT digest FROM vector WHERE model = ? AND digest IN ({marks})", model, *chunk
            )
            wanted.difference_update(row[0] for row in rows)
        return wanted

    def passages_without(self, model: str) -> list[int]:
        """Numbers of the passages that still have no vector of this model."""
        # Not by number: in the order of the digests both indexes are read from their beginning to their end.
        rows = self._database.rows(
            "SELECT p.pk FROM passage p WHERE NOT EXISTS"
            " (SELECT 1 FROM vector v WHERE v.model = ? AND v.digest = p.digest) ORDER BY p.digest",
            model,
        )
        return sorted(row[0] for row in rows)

    def sentences_without(self, model: str) -> list[str]:
        """Digests of the sentences that still have no vector of this model."""
        rows = self._database.rows(
            "SELECT DISTINCT s.digest FROM sentence s LEFT JOIN vector v ON v.digest = s.digest AND v.model = ?"
            " WHERE v.digest IS NULL ORDER BY s.digest",
            model,
        )
        return [row[0] for row in rows]

    def put(self, model: str, digests: Sequence[str], vectors: FloatMatrix, *, half: bool = False) -> None:
        """Store the vectors of texts, shape (len(digests), dimension); `half` in float16, as sentences are kept."""
        kind = "<f2" if half else "<f4"
        rows = [(model, digest, vector.astype(kind).tobytes()) for digest, vector in zip(digests, vectors, strict=True)]
        with self._database.transaction():
            self._database.db.executemany(
                "INSERT OR REPLACE INTO vector VALUES (?, ?, ?, ?)", [(*row, seal_of(row)) for row in rows]
            )

    def load(
        self, model: str, only: Sequence[int] | None = None, *, within: tuple[int, int] | None = None
    ) -> tuple[list[int], FloatMatrix]:
        """(passage numbers, vectors of shape (n, dimension)) of every passage that has a vector of this model, or of
        those of `only`, or of those numbered from the first to the last of `within`, by number."""
        # CROSS: the passages first. Left to choose, SQLite reads every vector there is to find those of a few passages.
        select = f"SELECT {_OF_PASSAGE} FROM passage p CROSS JOIN vector v ON v.digest = p.digest AND v.model = ?"
        if within is not None:
            rows = self._database.rows(f"{select} WHERE p.pk BETWEEN ? AND ? ORDER BY p.pk", model, *within)
        elif only is None:
            rows = list(self._database.rows(f"{select} ORDER BY p.pk", model))
        else:
            rows = [
                row
                for chunk in chunks(sorted(only))
                for row in self._database.rows(
                    f"{select} WHERE p.pk IN ({', '.join('?' * len(chunk))}) ORDER BY p.pk", model, *chunk
                )
            ]
        if not rows:
            return [], np.zeros((0, 0), dtype=np.float32)
        matrix = np.frombuffer(b"".join(value for _row, value in self._whole(rows)), dtype="<f4").reshape(len(rows), -1)
        return [row[0] for row in rows], matrix.astype(np.float32, copy=False)

    def some(self, model: str, numbers: Sequence[int]) -> dict[int, FloatMatrix]:
        """The vectors of these passages, each of shape (dimension,), by number."""
        found: dict[int, FloatMatrix] = {}
        for chunk in chunks(numbers):
            marks = ", ".join("?" * len(chunk))
            rows = self._database.rows(
                f"SELECT {_OF_PASSAGE} FROM passage p JOIN vector v ON v.digest = p.digest AND v.model = ?"
                f" WHERE p.pk IN ({marks})",
                model,
                *chunk,
            )
            found.update(
                (row[0], np.frombuffer(value, dtype="<f4").astype(np.float32)) for row, value in self._whole(rows)
            )
        return found

    def some_sentences(self, model: str, numbers: Sequence[int]) -> dict[int, FloatMatrix]:
        """The vectors of these passages' sentences, each of shape (n, dimension), by number of the passage."""
        found: dict[int, list[npt.NDArray[np.float32]]] = {}
        for chunk in chunks(numbers):
            marks = ", ".join("?" * len(chunk))
            rows = self._database.rows(
                f"SELECT {_OF_SENTENCE} FROM sentence s JOIN vector v ON v.digest = s.digest AND v.model = ?"
                f" WHERE s.passage IN ({marks}) ORDER BY s.passage, s.n",
                model,
                *chunk,
            )
            for row, value in self._whole(rows):
                found.setdefault(row[0], []).append(np.frombuffer(value, dtype="<f2").astype(np.float32))
        return {number: np.stack(vectors) for number, vectors in found.items()}

    def load_sentences(self, model: str, within: tuple[int, int] = EVERY) -> tuple[list[int], HalfMatrix]:
        """(the passage of each sentence, vectors of shape (n, dimension)), by passage and place; of the passages that
        are numbered from the first to the last of `within`.

        Sentences without a vector of this model are left out.
        """
        rows = self._database.rows(
            f"SELECT {_OF_SENTENCE} FROM sentence s CROSS JOIN vector v ON v.digest = s.digest AND v.model = ?"
            " WHERE s.passage BETWEEN ? AND ? ORDER BY s.passage, s.n",
            model,
            *within,
        )
        if not rows:
            return [], np.zeros((0, 0), dtype=np.float16)
        matrix = np.frombuffer(b"".join(value for _row, value in self._whole(rows)), dtype="<f2").reshape(len(rows), -1)
        return [row[0] for row in rows], matrix.astype(np.float16, copy=False)

    def sentences_within(self, within: tuple[int, int]) -> int:
        """How many sentences, with a vector or without, the passages numbered from the first to the last have."""
        return int(self._database.one("SELECT count(*) FROM sentence WHERE passage BETWEEN ? AND ?", *within))

    def _whole(self, rows: Iterable[sqlite3.Row]) -> Iterator[tuple[sqlite3.Row, bytes]]:
        """Rows of _OF_PASSAGE or _OF_SENTENCE, each with its vector's bytes.

        A damaged index of the table leads to the vector of another text, which is sound itself.
        """
        for row in rows:
            wanted, model, digest, value, seal, number = row[1:]
            if digest != wanted or seal_of((model, digest, value)) != seal:
                raise self._database.damaged(Damage(Part.VECTOR, "vector", (number,), f"第 {number} 号向量"))
            yield row, value
