"""The floors under which retrieval quality must not fall, and whether two runs differ by more than chance.

    python -m benchmarks.gate                    measure the sample, and the other sets where their data is; 1 if worse
    python -m benchmarks.gate sample             only these sets
    python -m benchmarks.gate --pin sample       take what is measured now, less a margin, as the floors
    python -m benchmarks.gate --save FILE        also write nDCG@10 of every question
    python -m benchmarks.gate --compare A B      paired bootstrap between two such files

A floor holds for the data it was measured on: with it stands the digest of the set's corpus, questions and judgments.
With it stands also the model it was measured with, which is told where it is another one, but may change: that the
floors hold with a new model is just what is asked.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.quality import OTHER_SCRIPTS, Measured, available, measure_set, table
from kb.config import load_settings
from kb.errors import KBError

FLOORS = Path(__file__).with_name("floors.json")

MARGIN = 0.01
"""So much below what was measured a floor is pinned.

Not zero: the engines (OpenVINO, torch) and kinds of processors agree on a cosine to the fourth digit only, so that near
ties fall one way or the other. On the 48 questions of the sample two passages changing places cost up to 0.008 of
nDCG@10, a passage that leaves the first ten up to 0.02 of R@10, and one pair of the AUROC is 0.002. Not more: without
the words beside the vectors (`mode="dense"`) the sample loses 0.016, and that must not pass."""

LARGEST_SCRIPT_LOSS = 0.002
"""So much nDCG@10 may be lost by asking in the other script: a character has several there, and the converter errs."""

RESAMPLES, SEED = 10_000, 20261122

Floors = dict[str, "Floor"]


@dataclass(frozen=True, slots=True)
class Floor:
    """What a set must reach, on which data, and the model it was pinned with."""

    digest: str
    model: str
    figures: dict[str, float]


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better the second of two runs is, with the 95 % interval of the paired bootstrap."""

    mean: float
    low: float
    high: float
    questions: int

    @property
    def verdict(self) -> str:
        """Chance is not ruled out where the interval holds zero."""
        if self.low > 0:
            return "better"
        return "worse" if self.high < 0 else "no difference shown"


# -- floors


def read_floors(path: Path) -> Floors:
    """The floors by set."""
    rows: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return {name: Floor(row.pop("digest"), row.pop("model"), row) for name, row in rows.items()}


def write_floors(floors: Floors, path: Path) -> None:
    """The file that `read_floors` reads."""
    rows = {name: {"digest": one.digest, "model": one.model, **one.figures} for name, one in floors.items()}
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def figures(measured: Measured) -> dict[str, float]:
    """What is held against a floor, under the names of `kb eval --json`."""
    scores = measured.scores
    found = {"nDCG@10": scores.ndcg, "R@10": scores.recall}
    return found if scores.refusal_auroc is None else found | {"refusal_auroc": scores.refusal_auroc}


def pinned(measured: list[Measured], floors: Floors) -> Floors:
    """The floors with those of the sets measured replaced; the lower of the two scripts counts."""
    new = dict(floors)
    for one in _in_own_script(measured):
        runs = [figures(other) for other in measured if other.of == one.name]
        lowest = {name: min(run[name] for run in runs) for name in figures(one)}
        rounded = {name: _down(value - MARGIN) for name, value in lowest.items()}
        new[one.name] = Floor(one.digest, one.model, rounded)
    return new


def _down(value: float) -> float:
    """Three digits, rounded down; the inner rounding keeps 0.87, which is a little less in binary, what it is."""
    return math.floor(round(value * 1000, 6)) / 1000


def broken(measured: list[Measured], floors: Floors) -> list[str]:
    """What is worse than the floors allow, a sentence each."""
    own = {one.name: one for one in _in_own_script(measured)}
    found = []
    for name, one in own.items():
        if name not in floors:
            found.append(f"{name}: nothing is pinned for it: look, then --pin")
        elif floors[name].digest != one.digest:
            found.append(f"{name}: measured on other data: look, then --pin")
    for one in measured:
        floor = floors.get(one.of)
        if floor is not None and floor.digest == own[one.of].digest:
            found += _below(one, floor)
        loss = own[one.of].scores.ndcg - one.scores.ndcg
        if loss > LARGEST_SCRIPT_LOSS:
            found.append(f"{one.name}: questions in the other script lose {loss:.4f}")
    return found


def _below(measured: Measured, floor: Floor) -> list[str]:
    found = figures(measured)
    return [
        f"{measured.name}: {name} {found[name]:.4f} is below its floor {value}"
        if name in found
        else f"{measured.name}: {name} has a floor but was not measured"
        for name, value in floor.figures.items()
        if name not in found or found[name] < value
    ]


def _in_own_script(measured: list[Measured]) -> list[Measured]:
    return [one for one in measured if one.name == one.of]


# -- two runs


def save(measured: list[Measured], path: Path) -> None:
    """nDCG@10 by question, for `--compare`."""
    rows = {one.name: {"digest": one.digest, "model": one.model, "nDCG@10": one.each} for one in measured}
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def bootstrap(before: dict[str, float], after: dict[str, float]) -> Difference:
    """The difference of two runs over the same questions, drawn anew `RESAMPLES` times with their pairs kept.

    Raises:
        ValueError: the runs are over other questions, or over none.
    """
    import numpy as np

    if before.keys() != after.keys() or not before:
        raise ValueError("the two runs are not over the same questions")
    differences = np.array([after[key] - value for key, value in before.items()])
    random = np.random.default_rng(SEED)
    count = len(differences)
    # One draw at a time: all at once would be 10,000 times 3,500 numbers.
    means = [float(differences[random.integers(count, size=count)].mean()) for _ in range(RESAMPLES)]
    low, high = (float(value) for value in np.quantile(means, [0.025, 0.975]))
    return Difference(float(differences.mean()), low, high, count)


def compare(before: Path, after: Path) -> int:
    """Print the differences of two saved runs, set by set; 1 where they cannot be compared."""
    first, second = (json.loads(path.read_text(encoding="utf-8")) for path in (before, after))
    common = [name for name in first if name in second]
    if not common:
        print("the two files have no set in common")
        return 1
    other_data = [name for name in common if first[name]["digest"] != second[name]["digest"]]
    for name in common:
        if name in other_data:
            print(f"{name}: the two runs were measured on other data")
            continue
        found = bootstrap(first[name]["nDCG@10"], second[name]["nDCG@10"])
        print(
            f"{name}: nDCG@10 {found.mean:+.4f}, 95 % interval {found.low:+.4f} to {found.high:+.4f},"
            f" {found.questions} questions: {found.verdict}"
        )
    return 1 if other_data else 0


# -- the command


def main(arguments: list[str] | None = None) -> int:
    """Measure and hold against the floors, or compare two runs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gate")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(OTHER_SCRIPTS)}; default: those whose data is here")
    parser.add_argument("--pin", action="store_true", help="make what is measured the floors")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write nDCG@10 of every question")
    parser.add_argument("--compare", type=Path, nargs=2, metavar=("A", "B"), help="paired bootstrap of saved files")
    chosen = parser.parse_args(arguments)
    if chosen.compare:
        return compare(*chosen.compare)
    missing = [name for name in chosen.names if name not in available()]
    if missing:
        print(f"no data here for {', '.join(missing)}; set KB_SHARED, or choose of {', '.join(available())}")
        return 1
    try:
        settings = load_settings()
        measured = [one for name in chosen.names or available() for one in measure_set(name, settings)]
    except KBError as error:
        print(error)
        return 1
    return _judge(measured, pin=chosen.pin, file=chosen.save)


def _judge(measured: list[Measured], *, pin: bool, file: Path | None) -> int:
    """Print, write what was asked for, and say whether all is well."""
    print(table(measured))
    floors = read_floors(FLOORS)
    for one in _in_own_script(measured):
        if one.name in floors and floors[one.name].model != one.model and not pin:
            print(f"{one.name}: pinned with {floors[one.name].model}, measured with {one.model}")
    if file:
        save(measured, file)
    if pin:
        floors = pinned(measured, floors)
        write_floors(floors, FLOORS)
    found = broken(measured, floors)
    print("\n".join(found) or "all floors hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
