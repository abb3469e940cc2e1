"""The laws of the country as a cohort: a question that comes nearer to one of them than to any text here belongs there.

How near a question comes tells little by itself; how near it comes to texts that are known not to be the ones asked
tells what its nearness is worth (cohort normalisation: Auckenthaler, Carey and Lloyd-Thomas 2000, "Score Normalization
for Text-Independent Speaker Verification Systems"). The cohort are vectors of the articles of national laws, made by
`benchmarks/training/cohort.py`; their texts are not shipped. A law that the user's own library holds comes as near
from there, and then nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from io import BytesIO
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FILE = "cohort.npz"
"""`model`: identity of the encoder; `vectors`: int8 (articles, dimension), each row scaled to fill the range;
`laws`: names; `law_of`: the law of each article. `known_vectors`, in the same form, `known_characters`, `known_at_home`
and `known_outside` are the fields of `KnownQuestions`."""

FloatMatrix = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class KnownQuestions:
    """Questions of which the law that answers them is known: where that is not in a library, they have no answer there.

    Unit vectors, shape (questions, dimension); how long each is; its cosine with its own law's nearest article, and
    with the nearest of all other laws.
    """

    vectors: FloatMatrix
    characters: npt.NDArray[np.int16]
    at_home: Floats
    outside: Floats


class Neighbour(NamedTuple):
    """The law outside whose article is nearest to a question, and the cosine."""

    law: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Cohort:
    """Unit vectors of articles, shape (articles, dimension), the law that each belongs to, and questions on them."""

    vectors: FloatMatrix
    law_of: npt.NDArray[np.int16]
    laws: tuple[str, ...]
    known: KnownQuestions

    def nearest(self, question: FloatMatrix) -> Neighbour:
        """Of a question's unit vector, shape (dimension,)."""
        cosines = np.vecdot(self.vectors, question)  # Not `@`: see `kb.index.sentences`.
        best = int(cosines.argmax())
        return Neighbour(self.laws[int(self.law_of[best])], float(cosines[best]))


@lru_cache(maxsize=1)
def cohort_of(model: str) -> Cohort | None:
    """The cohort in the vectors of this model; None for a model that it was not made with."""
    with np.load(BytesIO(resources.files("kb.search").joinpath(FILE).read_bytes()), allow_pickle=False) as stored:
        if str(stored["model"]) != model:
            return None
        characters, at_home, outside = (stored[f"known_{name}"] for name in ("characters", "at_home", "outside"))
        known = KnownQuestions(_unit(stored["known_vectors"]), characters, at_home, outside)
        return Cohort(_unit(stored["vectors"]), stored["law_of"], tuple(map(str, stored["laws"])), known)


def _unit(scaled: npt.NDArray[np.int8]) -> FloatMatrix:
    vectors: FloatMatrix = scaled.astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors
