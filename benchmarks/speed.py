"""Build throughput and peak memory, cold starts; each build in a process of its own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.gov_index import gov_index
from benchmarks.shared_data import gov
from kb.config import Settings, load_settings
from kb.knowledge import KnowledgeBase

COLD_RUNS = 5
CORPUS = "every-sixth.jsonl"


EVERY = 6
"""Every sixth document of gov: four builds of all take an hour, and the rates are the same."""

TASKS = ("build", "plain", "sentences", "plain-sentences")


def build(_settings: Settings) -> dict[str, dict[str, float]]:
    """Each task in a process of its own, over the same documents."""
    with tempfile.TemporaryDirectory() as folder:
        lines = gov().corpus.read_text(encoding="utf-8").splitlines(keepends=True)
        (Path(folder) / CORPUS).write_text("".join(lines[::EVERY]), encoding="utf-8")
        return {task: in_process(task, Path(folder)) for task in TASKS}


def measure_here(task: str, folder: Path) -> None:
    """Run one task in this process and print its seconds and peak memory as JSON."""
    sentences = task.endswith("sentences")
    run = _plain if task.startswith("plain") else _build
    started = time.perf_counter()
    count = run(folder, sentences=sentences)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"passages": count, "seconds": seconds, "per_second": count / seconds, "peak_mb": peak}))


def _build(folder: Path, *, sentences: bool) -> int:
    """The passages; with `sentences` a vector for each of their sentences as well, as it comes."""
    with KnowledgeBase.open(folder / f"index-{sentences}", settings=load_settings(sentences=sentences)) as knowledge:
        return knowledge.build([folder / CORPUS]).passages


def _plain(folder: Path, *, sentences: bool) -> int:
    """What a user would write without this package: SentenceTransformer.encode, which sorts by length itself."""
    from sentence_transformers import SentenceTransformer

    from kb.knowledge.preparing import prepare
    from kb.models.folder import prepare_default
    from kb.sources.read import read_file
    from kb.types import Document

    ready = [prepare(item, "", "") for item in read_file(folder / CORPUS) if isinstance(item, Document)]
    passages = [text for one in ready for text in one.texts]
    more = {digest: text for one in ready for digest, text in one.sentences.items()} if sentences else {}
    model = SentenceTransformer(str(prepare_default(load_settings().cache, print)), device="cpu")
    model.encode([*passages, *more.values()], prompt_name="passage", normalize_embeddings=True, show_progress_bar=False)
    return len(passages)


def in_process(task: str, folder: Path) -> dict[str, float]:
    """The figures of one task, measured in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--task", task, "--at", str(folder)],
        capture_output=True, text=True, check=True,
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
