"""The vectors in the store, kept by what was embedded and by which model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from kb.index.database import Database, chunks

FloatMatrix = npt.NDArray[np.float32]


class Vectors:
    """The `vector` table."""

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
        rows = self._database.rows(
            "SELECT p.pk FROM passage p LEFT JOIN vector v ON v.digest = p.digest AND v.model = ?"
            " WHERE v.digest IS NULL ORDER BY p.pk",
            model,
        )
        return [row[0] for row in rows]

    def put(self, model: str, digests: Sequence[str], vectors: FloatMatrix) -> None:
        """Store the vectors of texts, shape (len(digests), dimension)."""
        rows = [
            (model, digest, vector.astype("<f4").tobytes()) for digest, vector in zip(digests, vectors, strict=True)
        ]
        with self._database.transaction():
            self._database.db.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", rows)

    def load(self, model: str) -> tuple[list[int], FloatMatrix]:
        """(passage numbers, vectors of shape (n, dimension)) of every passage that has a vector of this model."""
        rows = self._database.rows(
            "SELECT p.pk, v.value FROM passage p JOIN vector v ON v.digest = p.digest AND v.model = ? ORDER BY p.pk",
            model,
        )
        if not rows:
            return [], np.zeros((0, 0), dtype=np.float32)
        matrix = np.frombuffer(b"".join(row[1] for row in rows), dtype="<f4").reshape(len(rows), -1)
        return [row[0] for row in rows], matrix.astype(np.float32, copy=False)
