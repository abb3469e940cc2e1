"""Beyond one machine: what a search in Milvus (milvus-lite) costs at a size, without model and store.

python -m benchmarks.beyond --passages 50000 --at FOLDER

Terms are those of passages of gov, mixed: half of one passage and half of another. Vectors are random directions near
one of 500 centres (384 numbers), two sentences a passage. Questions are vectors of passages with noise, and the terms
of the questions of gov. Filters allow 1 %, 50 % and 99 % of the articles, every passage being one.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles

import numpy as np
import numpy.typing as npt

from benchmarks.shared_data import gov, read_rows, whole_text
from kb.index.cluster import ClusterIndex
from kb.index.cluster_address import read_address
from kb.index.cluster_engine import ClusterEngine
from kb.index.cluster_schema import State, create_collections
from kb.index.cluster_writing import BATCH, Entry, Writing, batched
from kb.search.fuse import POOL
from kb.text.normalize import normalize
from kb.text.segment import Segmenter

DIMENSION, CENTRES, NOISE = 384, 500, 0.7


class Vectors:
    """Unit vectors near centres."""

    def __init__(self) -> None:
        self._chance = np.random.default_rng(3)
        self._centres = self._chance.normal(size=(CENTRES, DIMENSION))

    def some(self, count: int) -> npt.NDArray[np.float32]:
        """Shape (count, DIMENSION)."""
        near = self._centres[self._chance.integers(0, CENTRES, size=count)]
        found = near + NOISE * self._chance.normal(size=near.shape)
        unit: npt.NDArray[np.float32] = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
        return unit


def entries(passages: int, terms: list[list[str]]) -> Iterator[Entry]:
    """So many passages, the same ones every time."""
    chance, vectors = random.Random(5), Vectors()
    for at in range(0, passages, BATCH):
        count = min(BATCH, passages - at)
        whole, parts = vectors.some(count), vectors.some(2 * count).astype(np.float16)
        for row in range(count):
            one, other = chance.sample(terms, 2)
            mixed = one[: len(one) // 2] + other[len(other) // 2 :]
            yield Entry(at + row + 1, at + row + 1, mixed, whole[row], parts[2 * row : 2 * row + 2])


def timed(work: Callable[[int], object], times: int) -> list[float]:
    """Milliseconds p50 and p95, after one to warm up."""
    work(0)
    taken = []
    for number in range(times):
        began = time.perf_counter()
        work(number)
        taken.append((time.perf_counter() - began) * 1000)
    return [round(median(taken), 1), round(quantiles(taken, n=20)[-1], 1)]


def measure(passages: int, at: Path) -> dict[str, object]:
    """Load, then search."""
    at.mkdir(parents=True, exist_ok=True)
    cutting = Segmenter()
    terms = [[token.term for token in cutting.tokens(normalize(whole_text(row)))] for row in read_rows(gov().corpus)]
    questions = [
        [token.term for token in cutting.tokens(normalize(str(row["query"])))] for row in read_rows(gov().queries)
    ]
    engine = ClusterEngine(read_address(f"milvus-lite://{at.absolute()}/engine{passages}.db"))
    began = time.perf_counter()
    writing = Writing(engine, create_collections(engine, "measured", DIMENSION))
    for batch in batched(entries(passages, terms), BATCH):
        writing.put(batch)
    loaded = time.perf_counter() - began
    writing.count_changed()
    told: dict[str, object] = {
        "passages": passages,
        "load_s": round(loaded, 1),
        "count_terms_s": round(time.perf_counter() - began - loaded, 1),
        "engine_bytes": (at / f"engine{passages}.db").stat().st_size,
    }
    state = State("measured", "measured", dimension=DIMENSION, passages=passages, articles=passages)
    index = ClusterIndex(engine, state)
    asked = Vectors().some(len(questions))
    for name, step in (("all", 0), ("1 %", 100), ("50 %", 2)):
        allowed = np.arange(1, passages + 1, step, dtype=np.int64) if step else None
        told |= figures(index, asked, questions, name, allowed)
    almost = np.delete(np.arange(1, passages + 1, dtype=np.int64), np.s_[::100])
    told |= figures(index, asked, questions, "99 %", almost)
    fresh = ClusterIndex(engine, replace(state))
    told["document frequencies of a question"] = timed(lambda n: fresh.lexical.weight(questions[n]), len(questions))
    pairs = [terms[n * 50][:40] for n in range(60)]
    told["passages holding a quotation"] = timed(lambda n: index.lexical.holding(pairs[n][-6:], 100), 60)
    return told


def figures(
    index: ClusterIndex,
    asked: npt.NDArray[np.float32],
    questions: list[list[str]],
    name: str,
    allowed: npt.NDArray[np.int64] | None,
) -> dict[str, object]:
    """Both legs, 1,000 passages each."""
    return {
        f"by meaning, {name}": timed(lambda n: index.by_meaning(asked[n], POOL, allowed), len(asked)),
        f"by words, {name}": timed(lambda n: index.lexical.search(questions[n], POOL, allowed), len(asked)),
    }


def main() -> None:
    """Print one JSON document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beyond")
    parser.add_argument("--passages", type=int, default=50_000)
    parser.add_argument("--at", type=Path, required=True)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.passages, arguments.at), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
