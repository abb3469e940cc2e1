"""Beyond one machine: what Milvus (milvus-lite) costs beside the index files, over passages made up from those of gov.

python -m benchmarks.beyond --passages 50000 --at FOLDER

Texts are sentences of gov put together anew; vectors are hashed words (384 numbers), so that what is measured is the
two stores and not the model. Filters allow 1 % and 50 % of the articles, by their region.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles

import numpy as np

from benchmarks.shared_data import gov, read_rows
from kb.config import Settings
from kb.knowledge import KnowledgeBase
from kb.knowledge.caching import Progress
from kb.models.encoder import FloatMatrix, TextKind
from kb.types import Filters, Mode

DIMENSION = 384

WITHOUT, HUNDREDTH, HALF = Filters(), Filters(region="甲"), Filters(region="乙")


class HashedWords:
    """A vector for each of 4,096 classes of character pairs, added: similar texts are near, and it takes no model."""

    identity, engine, dimension = "hashed-pairs-384", "none", DIMENSION

    def __init__(self) -> None:
        self._table = np.random.default_rng(1).normal(size=(4096, DIMENSION)).astype(np.float32)

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Callable[[int], None] | None = None
    ) -> FloatMatrix:
        """Rows of unit length."""
        del kind, progress  # The vector is of the text alone.
        rows = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in enumerate(texts):
            codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
            pairs = (codes[:-1] * 31 + codes[1:]) % 4096 if len(codes) > 1 else codes % 4096
            rows[row] = self._table[pairs].sum(axis=0)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: FloatMatrix = rows / np.maximum(lengths, 1e-9)
        return unit


def write_corpus(file: Path, passages: int) -> None:
    """So many articles of one passage: three sentences from anywhere in gov."""
    chance = random.Random(7)
    rows = read_rows(gov().corpus)
    sentences = [one for row in rows for one in re.split(r"(?<=[。；])", str(row["text"])) if 15 < len(one) < 120]
    with file.open("w", encoding="utf-8") as out:
        for number in range(passages):
            region = ("甲地" if number % 100 == 0 else "") + ("乙地" if number % 2 == 0 else "") or "丙地"
            text = "".join(chance.sample(sentences, 3))
            out.write(json.dumps({"id": f"p{number}", "title": f"第{number}则", "region": region, "text": text},
                                 ensure_ascii=False) + "\n")  # fmt: skip


def figures(knowledge: KnowledgeBase, questions: Sequence[str]) -> dict[str, list[float]]:
    """Milliseconds p50 and p95 of every kind of search."""
    found = {}
    for name, filters in (("all", WITHOUT), ("1 %", HUNDREDTH), ("50 %", HALF)):
        for mode in Mode:
            times = []
            for question in questions:
                began = time.perf_counter()
                knowledge.search(question, k=10, mode=mode, filters=filters)
                times.append((time.perf_counter() - began) * 1000)
            found[f"{mode.value}, {name}"] = [round(median(times), 1), round(quantiles(times, n=20)[-1], 1)]
    return found


def _clocked(shown: dict[str, float]) -> Progress:
    """Writes down when a stage was last heard of."""
    began = time.perf_counter()

    def progress(what: str, _done: int, _total: int) -> None:
        shown[what] = round(time.perf_counter() - began, 1)

    return progress


def measure(passages: int, at: Path, questions: Sequence[str]) -> dict[str, object]:
    """Build and ask both over the same store."""
    at.mkdir(parents=True, exist_ok=True)
    corpus = at / "corpus.jsonl"
    if not corpus.exists():
        write_corpus(corpus, passages)
    told: dict[str, object] = {"passages": passages}
    url = f"milvus-lite://{at.absolute()}/engine.db"
    for name, store_url in (("local", ""), ("milvus-lite", url)):
        settings = Settings(index=at / "index", store_url=store_url)
        with KnowledgeBase.open(settings=settings, encoder=HashedWords()) as knowledge:
            stages: dict[str, float] = {}
            began = time.perf_counter()
            if name == "local":
                knowledge.build([corpus], _clocked(stages))
            else:
                with knowledge._changing() as store:
                    knowledge._engine.keeping.sync(
                        store, store.meta("model"), knowledge._segmenter(store), _clocked(stages)
                    )
            seconds = round(time.perf_counter() - began, 1)
            knowledge.search(questions[0])
            told[name] = {"seconds": seconds, "stages": stages, "ms": figures(knowledge, questions)}
            print(json.dumps(told[name], ensure_ascii=False), flush=True)
    sizes = {"engine": (at / "engine.db").stat().st_size, "caches": _size(at / "index" / "caches")}
    return told | {"bytes": sizes}


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def main() -> None:
    """Print one JSON document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beyond")
    parser.add_argument("--passages", type=int, default=50_000)
    parser.add_argument("--at", type=Path, required=True)
    arguments = parser.parse_args()
    questions = [str(row["query"]) for row in read_rows(gov().queries)][:60]
    print(json.dumps(measure(arguments.passages, arguments.at, questions), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
