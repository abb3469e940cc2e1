"""Do the sentences of an answer answer: 60 questions on the governance texts, whose answers one reader read.

`python -m benchmarks.answers` asks them again. `answers_judged.jsonl` holds ids, spans and what was found, no texts: do
the first three sentences contain the answer, and does each sentence bear on the question, that is, does it answer, or
is it a condition, an exception or a consequence of the answer? To treat of the same subject is not enough; a line that
leads in to a list bears if an item shown below it does. `further` are sentences that another choice showed, judged too.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.shared_data import gov
from kb import KnowledgeBase
from kb.search.verdicts import CitationState
from kb.types import Answer, Quote

JUDGED = Path(__file__).with_name("answers_judged.jsonl")
FIRST = 3
"""Sentences that should contain the answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was judged (yes, partly, no or refused; the sentences told; which of all judged ones
    bear), and what is answered today."""

    qid: str
    kind: str
    contains: str
    told: tuple[tuple[str, int, int], ...]
    bears: dict[tuple[str, int, int], bool]
    answer: Answer

    @property
    def shown(self) -> list[tuple[str, int, int]]:
        """Where today's sentences stand."""
        return [(one.quote.article_id, one.quote.start, one.quote.end) for one in self.answer.sentences]

    @property
    def known(self) -> list[bool]:
        """Whether they bear, of those that were judged."""
        return [self.bears[place] for place in self.shown if place in self.bears]

    @property
    def holds(self) -> bool:
        """Whether the first sentences are those judged, or there are none as there were none."""
        return set(self.shown[:FIRST]) == set(self.told[:FIRST])


def ask(knowledge: KnowledgeBase) -> list[Asked]:
    """Every question judged, asked again."""
    texts = {row["qid"]: row["query"] for row in map(json.loads, gov().queries.read_text("utf-8").splitlines())}
    asked = []
    for row in map(json.loads, JUDGED.read_text("utf-8").splitlines()):
        judged = [*row["sentences"], *row["further"]]
        bears = {(one["article_id"], one["start"], one["end"]): one["bears"] for one in judged}
        told = tuple(bears)[: len(row["sentences"])]
        asked.append(Asked(row["qid"], row["kind"], row["contains"], told, bears, knowledge.ask(texts[row["qid"]])))
    return asked


def table(asked: list[Asked]) -> str:
    """A row a kind and one for all: shares of the questions whose judgment holds, and of today's sentences judged."""
    names = ("kind", "questions", "refused", "judgment holds", "contained", "or partly", "sentences", "judged", "bear")
    rows = [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
    for kind in (*sorted({one.kind for one in asked}), "all"):
        group = [one for one in asked if kind in (one.kind, "all")]
        told = [one.contains for one in group if one.holds]
        known = [bears for one in group for bears in one.known]
        yes, partly = told.count("yes"), told.count("partly")
        cells = (
            *(kind, len(group), sum(one.answer.refused for one in group), len(told)),
            *(_share(yes, len(told)), _share(yes + partly, len(told))),
            *(sum(len(one.shown) for one in group), len(known), _share(sum(known), len(known))),
        )
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(rows)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def resolves(knowledge: KnowledgeBase, quote: Quote) -> bool:
    """Whether the citation of a sentence leads to its exact text."""
    stands = knowledge.article(quote.article_id).text[quote.start : quote.end] == quote.text
    check = knowledge.verify(str(quote.citation)).cited
    return stands and check is not None and check.state is CitationState.UNCHANGED


def report(knowledge: KnowledgeBase) -> bool:
    """Ask, print, and say whether every citation resolves."""
    asked = ask(knowledge)
    shown, known = sum(len(one.shown) for one in asked), sum(len(one.known) for one in asked)
    was = sum(len(one.told) for one in asked)
    stale = [one.qid for one in asked if not one.holds]
    print(f"{shown} sentences ({was} when judged), {known} of them judged.")
    print(f"{len(asked) - len(stale)} of {len(asked)} judgments hold.")
    print(f"To read again: {', '.join(stale) or 'none'}\n{table(asked)}")
    told = [quote for each in asked for one in each.answer.sentences for quote in (one.quote, *one.also)]
    failed = [str(quote.citation) for quote in told if not resolves(knowledge, quote)]
    print(f"{len(told)} citations, {len(failed)} do not lead to the exact text {' '.join(failed)}".rstrip())
    return not failed


def main() -> None:
    """Build in a temporary folder (or use --index) and print; status 1 where a citation does not resolve."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.answers")
    parser.add_argument("--index", type=Path, help="an index of the governance texts that is there already")
    arguments = parser.parse_args()
    if not gov().queries.is_file():
        print("Skipped: the measuring data is not here.")
        return
    with tempfile.TemporaryDirectory() as folder, KnowledgeBase.open(arguments.index or Path(folder)) as knowledge:
        if arguments.index is None:
            knowledge.build([gov().corpus])
        if not report(knowledge):
            sys.exit(1)


if __name__ == "__main__":
    main()
