"""Build throughput and peak memory, warm queries by stage, cold starts; each build in a process of its own."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import asdict, fields
from pathlib import Path
from statistics import median, quantiles

from benchmarks.shared_data import gov
from kb.config import load_settings
from kb.knowledge import KnowledgeBase
from kb.types import Timings

COLD_RUNS = 5
WARM_RUNS = 3


def measure_here(task: str, index: Path) -> None:
    """Run one task in this process and print its seconds and peak memory as JSON."""
    started = time.perf_counter()
    count = {"build": _build, "plain": _plain}[task](index)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"passages": count, "seconds": seconds, "per_second": count / seconds, "peak_mb": peak}))


def _build(index: Path) -> int:
    with KnowledgeBase.open(index) as knowledge:
        return knowledge.build([gov().corpus]).passages


def _plain(_index: Path) -> int:
    """What a user would write without this package: SentenceTransformer.encode, which sorts by length itself."""
    from sentence_transformers import SentenceTransformer

    from kb.knowledge.preparing import prepare
    from kb.models.folder import prepare_default
    from kb.sources.read import read_file
    from kb.types import Document

    documents = [item for item in read_file(gov().corpus) if isinstance(item, Document)]
    texts = [text for document in documents for text in prepare(document, "", "").texts]
    model = SentenceTransformer(str(prepare_default(load_settings().cache, print)), device="cpu")
    model.encode(texts, prompt_name="passage", normalize_embeddings=True, show_progress_bar=False)
    return len(texts)


def in_process(task: str, index: Path) -> dict[str, float]:
    """The figures of one task, measured in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--task", task, "--at", str(index)],
        capture_output=True, text=True, check=True, env={**os.environ, "KB_INDEX": str(index)},
    )  # fmt: skip
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def warm_queries(index: Path) -> dict[str, tuple[float, float]]:
    """(p50, p95) in milliseconds of each stage, over every gov question, the index open and warm."""
    questions = [json.loads(line)["query"] for line in gov().queries.read_text(encoding="utf-8").splitlines()]
    with KnowledgeBase.open(index) as knowledge:
        knowledge.search(questions[0])
        times = [asdict(knowledge.search(text).timings) for _ in range(WARM_RUNS) for text in questions]
    names = [field.name for field in fields(Timings)]
    return {name: (median(t[name] for t in times), quantiles([t[name] for t in times], n=20)[-1]) for name in names}


def cold_starts(index: Path) -> dict[str, float]:
    """Median wall seconds of whole commands, each a new process."""
    commands = {
        "kb --help": ["--help"],
        "kb search": ["search", "老旧小区没有物业怎么办"],
        "kb search --mode lexical": ["search", "老旧小区没有物业怎么办", "--mode", "lexical"],
    }
    return {name: median(_timed(index, arguments) for _ in range(COLD_RUNS)) for name, arguments in commands.items()}


def _timed(index: Path, arguments: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(
        [str(Path(sys.executable).with_name("kb")), "--index", str(index), *arguments], capture_output=True, check=True
    )
    return time.perf_counter() - started
