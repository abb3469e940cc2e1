"""Is the right practice surfaced: for questions that never name it, and for every name of every practice.

`python -m benchmarks.practices` builds the starter corpus and prints the tables. The questions lie outside the project
(`facts/practice_queries.jsonl`, two a practice); the pages were not written towards them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.shared_data import shared_folder
from kb import KnowledgeBase

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
FIRST_FLOOR, FIVE_FLOOR = 0.80, 0.95
"""What the questions must reach: the right practice first, and among the first five."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the practice that answers it; `kind` says how it was made."""

    text: str
    practice: str
    kind: str


def questions() -> list[Asked]:
    """The questions of the measuring data."""
    path = shared_folder() / "facts" / "practice_queries.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Asked(row["query"], row["id"], row["kind"]) for row in rows]


def converted(asked: Iterable[Asked]) -> list[Asked]:
    """Every question in traditional script."""
    from opencc import OpenCC

    converter = OpenCC("s2t")
    return [Asked(converter.convert(one.text), one.practice, one.kind) for one in asked]


def names(knowledge: KnowledgeBase) -> Iterator[Asked]:
    """Every name and alias of every practice, as written and in the other script."""
    from opencc import OpenCC

    scripts = (OpenCC("s2t"), OpenCC("t2s"))
    for practice in knowledge.practices():
        for name in dict.fromkeys(form for own in practice.names for form in (own, *(c.convert(own) for c in scripts))):
            yield Asked(name, practice.id, "name")


def places(knowledge: KnowledgeBase, asked: Iterable[Asked]) -> list[tuple[Asked, int]]:
    """Each question with the place of its practice among those surfaced, from 1; 0 where it is not there."""
    found = []
    for one in asked:
        ids = [hit.id for hit in knowledge.search(one.text).practices]
        found.append((one, ids.index(one.practice) + 1 if one.practice in ids else 0))
    return found


def table(found: list[tuple[Asked, int]]) -> str:
    """A row a kind of question, and one for all."""
    groups: dict[str, list[int]] = defaultdict(list)
    for one, place in found:
        groups[one.kind].append(place)
        groups["all"].append(place)
    rows = ["| kind | questions | first | first five |", "|---|---|---|---|"]
    for kind, ranks in groups.items():
        first, five = sum(rank == 1 for rank in ranks), sum(1 <= rank <= 5 for rank in ranks)
        rows.append(f"| {kind} | {len(ranks)} | {first / len(ranks):.3f} | {five / len(ranks):.3f} |")
    return "\n".join(rows)


def main() -> None:
    """Build in a temporary folder (or use --index) and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.practices")
    parser.add_argument("--index", type=Path, help="an index of the corpus that is there already")
    parser.add_argument("--misses", action="store_true", help="list the questions whose practice is not first")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, KnowledgeBase.open(arguments.index or Path(folder)) as knowledge:
        if arguments.index is None:
            knowledge.build([CORPUS])
        here = {practice.id for practice in knowledge.practices()}
        asked = [one for one in questions() if one.practice in here]
        sets: dict[str, Callable[[], Any]] = {
            "as asked": lambda: asked,
            "in traditional script": lambda: converted(asked),
            "names and aliases": lambda: list(names(knowledge)),
        }
        for title, make in sets.items():
            found = places(knowledge, make())
            print(f"\n{title}\n{table(found)}")
            if arguments.misses:
                for one, place in found:
                    if place != 1:
                        surfaced = [(hit.id, hit.score) for hit in knowledge.search(one.text).practices[:3]]
                        print(f"  {place} {one.practice} {one.text} -> {surfaced}")


if __name__ == "__main__":
    main()
