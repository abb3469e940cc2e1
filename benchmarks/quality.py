"""Retrieval quality on the measuring data, and the floors under which it must not fall."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.shared_data import DataSet, converted, gov, reading_set
from kb.config import Settings
from kb.evaluation import Scores, evaluate_files
from kb.knowledge.engine import no_progress

FLOORS = Path(__file__).with_name("floors.json")
LARGEST_SCRIPT_LOSS = 0.002


@dataclass(frozen=True, slots=True)
class Measured:
    """The scores of one set."""

    name: str
    scores: Scores


def measure_all(settings: Settings, work: Path) -> Iterator[Measured]:
    """gov, CMRC and DRCD with the same settings, each also with every question in the other script."""
    for data, other in ((gov(), "s2t"), (reading_set("cmrc", work), "s2t"), (reading_set("drcd", work), "t2s")):
        yield _measure(data, settings)
        yield _measure(converted(data, other, work), settings)


def _measure(data: DataSet, settings: Settings) -> Measured:
    return Measured(data.name, evaluate_files(data.corpus, data.queries, data.qrels, settings, no_progress))


def below_floor(measured: list[Measured]) -> list[str]:
    """What is worse than the floors allow, a sentence each."""
    floors: dict[str, float] = json.loads(FLOORS.read_text(encoding="utf-8"))
    found = {item.name: item.scores.ndcg for item in measured}
    low = [
        f"{name}: nDCG@10 {found[name]:.4f} is below its floor {floor}"
        for name, floor in floors.items()
        if found[name] < floor
    ]
    losses = {name: found[name.rsplit("-", 1)[0]] - value for name, value in found.items() if "-" in name}
    return low + [
        f"{name}: questions in the other script lose {loss:.4f}"
        for name, loss in losses.items()
        if loss >= LARGEST_SCRIPT_LOSS
    ]


def table(measured: list[Measured]) -> str:
    """One row a set."""
    rows = [
        "| set | questions | nDCG@10 | judged@10 | R@10 | RR@10 | P@1 | refusal AUROC |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for item in measured:
        scores = item.scores
        auroc = "–" if scores.refusal_auroc is None else f"{scores.refusal_auroc:.3f}"
        rows.append(
            f"| {item.name} | {scores.questions} | {scores.ndcg:.4f} | {scores.judged:.3f} | {scores.recall:.4f}"
            f" | {scores.reciprocal_rank:.4f} | {scores.precision:.4f} | {auroc} |"
        )
    return "\n".join(rows)
