"""Build throughput and peak memory, cold starts; each build in a process of its own."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.gov_index import gov_index
from benchmarks.shared_data import gov
from kb.config import Settings, load_settings
from kb.knowledge import KnowledgeBase

COLD_RUNS = 5


def measure_here(task: str, index: Path) -> None:
    """Run one task in this process and print its seconds and peak memory as JSON."""
    started = time.perf_counter()
    count = {"build": _build, "sentences": _sentences, "plain": _plain}[task](index)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"passages": count, "seconds": seconds, "per_second": count / seconds, "peak_mb": peak}))


def _build(index: Path) -> int:
    """A vector a passage, as many as the plain encoding makes."""
    with KnowledgeBase.open(index, settings=load_settings(sentences=False)) as knowledge:
        return knowledge.build([gov().corpus]).passages


def _sentences(index: Path) -> int:
    """As it comes, in a folder of its own."""
    with KnowledgeBase.open(index.with_name("sentences")) as knowledge:
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


def cold(settings: Settings) -> dict[str, float]:
    """Of the index of gov that `kb eval` keeps."""
    return cold_starts(gov_index(settings))


def cold_starts(index: Path) -> dict[str, float]:
    """Median wall seconds of whole commands, each a new process."""
    commands = {
        "kb --help": ["--help"],
        "kb search": ["search", "老旧小区没有物业怎么办"],
        "kb ask": ["ask", "老旧小区没有物业怎么办"],
        "kb search --mode lexical": ["search", "老旧小区没有物业怎么办", "--mode", "lexical"],
    }
    return {name: median(_timed(index, arguments) for _ in range(COLD_RUNS)) for name, arguments in commands.items()}


def _timed(index: Path, arguments: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(
        [str(Path(sys.executable).with_name("kb")), "--index", str(index), *arguments], capture_output=True, check=True
    )
    return time.perf_counter() - started
