"""How long a question takes, warm, by the size of the index: `python -m benchmarks.latency [PASSAGES...]`.

Plain search and the whole of `ask` beside each other, over every gov dev question. A larger index than gov's 5,985
passages holds its passages several times under other ids: the texts are the same, so that no vector is computed again,
and everything that a question passes (both legs, filters, the store) has that many passages to go through.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.shared_data import gov
from kb.config import load_settings
from kb.evaluation import evaluate_files, place_of
from kb.knowledge import KnowledgeBase
from kb.knowledge.engine import no_progress
from kb.types import Timings

SIZES = (5_985, 50_000)
ROUNDS = 3
STAGES = tuple(field.name for field in fields(Timings))


def enlarged(passages: int, work: Path) -> Path:
    """The folder of an index of so many passages; gov's own where that is enough."""
    data, settings = gov(), load_settings()
    evaluate_files(data.corpus, data.queries, data.qrels, settings, no_progress)
    own = place_of(data.corpus, settings)
    rows = [json.loads(line) for line in data.corpus.read_text(encoding="utf-8").splitlines()]
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


def figures(index: Path) -> list[str]:
    """A row of the table for each stage of a search, the whole search, and the whole of `ask`; milliseconds."""
    questions = [json.loads(line)["query"] for line in gov().queries.read_text(encoding="utf-8").splitlines()]
    with KnowledgeBase.open(index) as knowledge:
        knowledge.ask(questions[0])
        stages = [asdict(knowledge.search(text).timings) for text in _rounds(questions)]
        asked = [_milliseconds(knowledge.ask, text) for text in _rounds(questions)]
    rows = [_row(name, [stage[name] for stage in stages]) for name in STAGES]
    return [*rows, _row("ask", asked)]


def _rounds(questions: Sequence[str]) -> list[str]:
    """Every question ROUNDS times, so far apart that none is remembered."""
    return [f"{text}{'？' * number}" for number in range(ROUNDS) for text in questions]


def _milliseconds(call: Callable[[str], Any], text: str) -> float:
    started = time.perf_counter()
    call(f"请问{text}")  # Not the words that search embedded just now: vectors of questions are remembered.
    return (time.perf_counter() - started) * 1_000


def _row(name: str, values: Sequence[float]) -> str:
    return f"| {name} | {median(values):.1f} | {quantiles(values, n=20)[-1]:.1f} |"


def main(arguments: Sequence[str]) -> None:
    """The table for each size."""
    for passages in [int(one) for one in arguments] or SIZES:
        with tempfile.TemporaryDirectory() as work:
            index = enlarged(passages, Path(work))
            print(f"\n{passages} passages\n\n| stage | p50 | p95 |\n|---|---|---|", flush=True)
            print("\n".join(figures(index)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
