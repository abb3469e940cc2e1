"""What an index costs by its size: `python -m benchmarks.size [--passages N ...] [--folder FOLDER]`.

Each size is filled (`benchmarks.size_corpus`: recombined, for measuring size alone), indexed, added to, and asked in a
process of its own; its figures go into the section `size` of results.json. A million takes about 15 GB of disk.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np

from benchmarks import report, size_corpus
from benchmarks.latency import STAGES
from benchmarks.report import Section
from benchmarks.shared_data import gov, read_rows
from benchmarks.size_report import CUT_ONCE_ABOVE, show
from kb.config import Settings, load_settings
from kb.index import caches
from kb.index.caches import Caches
from kb.index.store import Store
from kb.knowledge import KnowledgeBase, caching
from kb.knowledge.calibrating import calibrate
from kb.knowledge.progress import no_progress
from kb.models.encoder import TextKind, open_encoder
from kb.text.normalize import normalize
from kb.text.segment import Segmenter
from kb.types import Filters

SIZES = (6_000, 50_000, 200_000)
SHARES = (0.001, 0.01, 0.05, 0.2, 0.5)
"""Of the passages that a filter leaves."""

TASKS = ("fill", "build", "ask", "recall", "add")
ADDED = 10
FOUND = 10
BLOCK = 20_000


def _silent(_text: str) -> None:
    pass


def timed(call: Callable[[], Any]) -> float:
    """Seconds."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def both(values: Sequence[float]) -> tuple[float, float]:
    """p50 and p95."""
    return median(values), quantiles(values, n=20)[-1]


def memory() -> dict[str, float]:
    """Megabytes of this process: its own, what it has of mapped files, and the most it ever had."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    names = {"own": "RssAnon", "mapped": "RssFile", "peak": "VmHWM"}
    return {name: int(lines[key].split()[0]) / 1024 for name, key in names.items()}


def measure_here(task: str, index: Path, passages: int) -> Any:
    """One task of one size, in this process."""
    settings = load_settings()
    if task == "fill":
        return {"seconds": timed(lambda: size_corpus.fill(index, passages, settings))}
    if task == "build":
        return _build(index, settings, passages)
    if task == "add":
        return _add(index, settings)
    return {"ask": _ask, "recall": _recall}[task](index)


def _build(index: Path, settings: Settings, passages: int) -> Any:
    store = Store(index, writable=True)
    encoder = open_encoder(cache=settings.cache, threads=settings.threads, notice=_silent)
    try:
        calibrated = timed(lambda: calibrate(store, encoder))
        kind = Segmenter if passages <= CUT_ONCE_ABOVE else size_corpus.CutOnce
        segmenter = kind((), cache=settings.cache)
        synced = timed(lambda: caching.sync(store, encoder.identity, segmenter, no_progress))
        opened = caches.current(index, store.lineage(), encoder.identity, segmenter.fingerprint)
        assert opened is not None
        segments = [asdict(one) for one in opened.manifest.segments]
    finally:
        store.close()
    return {"calibrate": calibrated, "sync": synced, "segments": segments, "memory": memory(),
            "store_mb": (index / "kb.sqlite3").stat().st_size / 1e6,
            "files_mb": size_corpus.bytes_below(index / "caches") / 1e6}  # fmt: skip


def _add(index: Path, settings: Settings) -> Any:
    """Ten articles by `add`, then the index files alone after ten more, and how much of them is new."""
    with KnowledgeBase.open(index, settings=settings) as knowledge, tempfile.TemporaryDirectory() as work:
        whole = timed(lambda: knowledge.add([size_corpus.new_articles(Path(work) / "new", ADDED)]))
        ids = [f"new-{number}" for number in range(ADDED)]
        before = _inodes(index)
        removed = timed(lambda: knowledge.remove(ids))
    written = sum(size for inode, size in _inodes(index).items() if inode not in before)
    return {"add": whole, "remove": removed, "written_mb": written / 1e6, "memory": memory()}


def _inodes(index: Path) -> dict[int, int]:
    files = (file.stat() for file in (index / "caches").rglob("*") if file.is_file())
    return {stat.st_ino: stat.st_size for stat in files}


def _ask(index: Path) -> Any:
    questions = [row["query"] for row in read_rows(gov().queries)]
    with KnowledgeBase.open(index) as knowledge:
        opened = timed(lambda: knowledge.search(questions[0]))
        for text in questions[:30]:
            knowledge.search(text)
        stages = [asdict(knowledge.search(f"{text}？").timings) for text in questions]
        region, since = Filters(region=size_corpus.REGIONS[0]), Filters(since="2025")
        filtered = {
            name: both([knowledge.search(f"{text}？", filters=filters).timings.total for text in questions])
            for name, filters in (("eighth", region), ("twentysixth", since))
        }
        lexical = [knowledge.search(f"{text}？？", mode="lexical").timings.total for text in questions]
        held = memory()
    return {"first": opened, "memory": held, "lexical_alone": both(lexical), "filtered": filtered,
            "stages": {name: both([one[name] for one in stages]) for name in STAGES}}  # fmt: skip


def _recall(index: Path) -> Any:
    """Of the first ten by the dense leg against an exact search, for all and under filters; milliseconds beside it."""
    settings = load_settings()
    store = Store(index)
    try:
        segmenter = Segmenter((), cache=settings.cache)
        opened = caches.current(index, store.lineage(), store.meta("model"), segmenter.fingerprint)
        assert opened is not None
        asked = open_encoder(cache=settings.cache, notice=_silent).encode(
            [normalize(row["query"]) for row in read_rows(gov().queries)], TextKind.QUERY
        )
        chance, numbers = np.random.default_rng(1), opened.segments.numbers
        found = {"1": _compared(store, opened, asked, None)}
        for share in SHARES:
            some = np.sort(chance.choice(numbers, max(1, int(share * len(numbers))), replace=False))
            found[f"{share:g}"] = _compared(store, opened, asked, some)
    finally:
        store.close()
    return found


def _compared(store: Store, opened: Caches, asked: Any, allowed: Any) -> dict[str, float]:
    numbers = opened.segments.numbers
    kept = numbers if allowed is None else allowed
    best, names = np.zeros((len(asked), 0), np.float32), np.zeros((len(asked), 0), np.int64)
    for at in range(0, len(kept), BLOCK):
        block = kept[at : at + BLOCK]
        having, vectors = store.vectors.load(store.meta("model"), block.tolist())
        best = np.concatenate((best, asked @ vectors.T), axis=1)
        names = np.concatenate((names, np.broadcast_to(having, (len(asked), len(having)))), axis=1)
        chosen = np.argsort(-best, axis=1)[:, :FOUND]
        best, names = np.take_along_axis(best, chosen, 1), np.take_along_axis(names, chosen, 1)
    hits, times = 0, []
    for vector, wanted in zip(asked, names, strict=True):
        started = time.perf_counter()
        ranked = opened.segments.search(vector, FOUND, allowed)
        times.append((time.perf_counter() - started) * 1000)
        hits += len(np.intersect1d(ranked.numbers, wanted))
    return {"recall": hits / names.size, "p50": both(times)[0], "p95": both(times)[1]}


def in_process(task: str, index: Path, passages: int) -> Any:
    """One task in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.size", "--task", task, "--folder", str(index), "--passages", str(passages)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{task} at {passages}: {done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def measure_size(passages: int, parent: Path) -> Any:
    """All tasks of one size, in a folder that is taken away at the end; one that was broken off goes on from there."""
    index, kept = parent / f"size-{passages}", parent / f"size-{passages}.json"
    found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    for task in TASKS:
        if task not in found:
            if task == "fill":
                shutil.rmtree(index, ignore_errors=True)
            found[task] = in_process(task, index, passages)
            kept.write_text(json.dumps(found), encoding="utf-8")
            print(f"{passages:,}: {task}", flush=True)
    shutil.rmtree(index)
    kept.unlink()
    return found


def measure(_settings: Settings) -> Any:
    """SIZES, in the folder for temporary files."""
    with tempfile.TemporaryDirectory() as work:
        return {str(passages): measure_size(passages, Path(work)) for passages in SIZES}


SECTION = Section("size", "Size", measure, show)


def main() -> None:
    """Measure the sizes that are asked for; the others stay as they were measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.size", description=__doc__)
    parser.add_argument("--passages", type=int, nargs="*", default=SIZES)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--task", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.task:
        print(json.dumps(measure_here(arguments.task, arguments.folder, arguments.passages[0])))
        return
    for passages in arguments.passages:
        when, figures = report.circumstances(), measure_size(passages, arguments.folder)
        known = report.read().get("size", {"figures": {}})["figures"]
        report.keep(SECTION, {**known, str(passages): figures}, when)
    print(show(report.read()["size"]["figures"]))


if __name__ == "__main__":
    main()
