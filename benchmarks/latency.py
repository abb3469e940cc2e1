"""How long a question takes, warm, by the size of the index: `python -m benchmarks queries`.

Plain search and the whole of `ask` beside each other, over every gov dev question. A larger index than gov's 5,985
passages holds its passages several times under other ids: the texts are the same, so that no vector is computed again,
and everything that a question passes (both legs, filters, the store) has that many passages to go through.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.shared_data import gov, read_rows
from kb.config import Settings, load_settings
from kb.evaluation import evaluate_files, place_of
from kb.knowledge import KnowledgeBase
from kb.knowledge.progress import no_progress
from kb.types import Timings

SIZES = (5_985, 50_000)
ROUNDS = 3
PERCENTILES = (50, 95, 99)
STAGES = tuple(field.name for field in fields(Timings))


def enlarged(passages: int, work: Path) -> Path:
    """The folder of an index of so many passages; gov's own where that is enough."""
    data, settings = gov(), load_settings()
    evaluate_files(data.corpus, data.queries, data.qrels, settings, no_progress)
    own = place_of(data.corpus, settings)
    rows = read_rows(data.corpus)
    if passages <= len(rows):
        return own
    index, more = work / "index", work / "copies.jsonl"
    shutil.copytree(own, index)
    with more.open("w", encoding="utf-8") as out:
        for number in range(len(rows), passages):
            row = rows[number % len(rows)]
            out.write(json.dumps({**row, "id": f"{row['id']}-{number}"}, ensure_ascii=False) + "\n")
    with KnowledgeBase.open(index) as knowledge:
        knowledge.add([more])
    return index


def figures(index: Path) -> dict[str, tuple[float, ...]]:
    """p50, p95 and p99 of each stage of a search, the whole search, and the whole of `ask`; milliseconds."""
    questions = [row["query"] for row in read_rows(gov().queries)]
    with KnowledgeBase.open(index) as knowledge:
        knowledge.ask(questions[0])
        stages = [asdict(knowledge.search(text).timings) for text in _rounds(questions)]
        asked = [_milliseconds(knowledge.ask, text) for text in _rounds(questions)]
    return {name: percentiles([stage[name] for stage in stages]) for name in STAGES} | {"ask": percentiles(asked)}


def _rounds(questions: Sequence[str]) -> list[str]:
    """Every question ROUNDS times, so far apart that none is remembered."""
    return [f"{text}{'？' * number}" for number in range(ROUNDS) for text in questions]


def _milliseconds(call: Callable[[str], Any], text: str) -> float:
    started = time.perf_counter()
    call(f"请问{text}")  # Not the words that search embedded just now: vectors of questions are remembered.
    return (time.perf_counter() - started) * 1_000


def percentiles(values: Sequence[float]) -> tuple[float, ...]:
    """Those of PERCENTILES."""
    hundredths = quantiles(values, n=100, method="inclusive")
    return tuple(hundredths[percentile - 1] for percentile in PERCENTILES)


def measure(_settings: Settings) -> dict[str, dict[str, tuple[float, ...]]]:
    """Of each size."""
    found = {}
    for passages in SIZES:
        with tempfile.TemporaryDirectory() as work:
            found[str(passages)] = figures(enlarged(passages, Path(work)))
    return found
