"""Search over damaged texts: the law benchmark with 30 % of its documents damaged, with and without repair.

`python -m benchmarks.damaged_search` prints the table. A damaged document went through a farm, as real pages do: put in
traditional script, glossed and torn by byte-wise replacement (`benchmarks.damage`); the questions stay as they are.
One index is used for all three, so that only what differs is embedded anew.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.damage import MORE_PUNCTUATION, damage, make_farm
from benchmarks.shared_data import gov, read_rows
from kb import KnowledgeBase
from kb.evaluation import Scores, ask, read_judgments, read_questions, score
from kb.knowledge.progress import no_progress
from kb.text.repair import Repaired

SHARE, SEED = 0.3, 20261122


def damaged_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The passages, those of a fixed 30 % of the documents damaged, each document by a farm of its own."""
    from opencc import OpenCC

    documents = sorted({str(row["doc_id"]) for row in rows})
    chosen = set(random.Random(SEED).sample(documents, round(SHARE * len(documents))))
    traditional = OpenCC("s2t")
    farms = {
        key: make_farm(
            "\n".join(traditional.convert(str(row["text"])) for row in rows if row["doc_id"] == key),
            seed,
            marks=MORE_PUNCTUATION[: 3 + seed % 5],
        )
        for seed, key in enumerate(sorted(chosen))
    }
    return [
        {**row, "text": "\n".join(damage(line, farms[row["doc_id"]]).text for line in _lines(traditional, row))}
        if row["doc_id"] in chosen
        else row
        for row in rows
    ]


def _lines(converter: Any, row: dict[str, Any]) -> list[str]:
    return str(converter.convert(row["text"])).split("\n")


@contextmanager
def unrepaired() -> Iterator[None]:
    """Texts go in as they were received."""
    with (
        patch("kb.knowledge.preparing.repair", lambda text: Repaired(text, (), (), 1.0)),
        patch("kb.knowledge.preparing.REPAIR_VERSION", 0),
    ):
        yield


def measure(index: Path, work: Path, rows: list[dict[str, Any]]) -> Scores:
    """Bring the index to these passages and score the questions."""
    corpus = work / "corpus.jsonl"
    corpus.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    asked = read_questions(gov().queries)
    with KnowledgeBase.open(index) as knowledge:
        report = knowledge.build([corpus])
        print(f"  {report.embedded} passages embedded, {len(report.failures)} left out", flush=True)
        return score(ask(knowledge, asked, no_progress), asked, read_judgments(gov().qrels))


def main() -> None:
    """Clean, damaged and repaired, damaged as received."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.damaged_search")
    parser.add_argument("--at", type=Path, help="a folder for the index, kept for a second run")
    arguments = parser.parse_args()
    rows = read_rows(gov().corpus)
    with tempfile.TemporaryDirectory() as folder:
        work = arguments.at or Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        index = work / "index"
        torn = damaged_rows(rows)
        found = {"clean": measure(index, work, rows), "damaged, repaired": measure(index, work, torn)}
        with unrepaired():
            found["damaged, as received"] = measure(index, work, torn)
    print("| texts | nDCG@10 | R@10 | RR@10 | P@1 |\n|---|---|---|---|---|")
    for name, one in found.items():
        print(f"| {name} | {one.ndcg:.4f} | {one.recall:.4f} | {one.reciprocal_rank:.4f} | {one.precision:.4f} |")


if __name__ == "__main__":
    main()
