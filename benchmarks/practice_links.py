"""Which practices a passage speaks of: precision and recall on 150 passages labelled by hand.

    python -m benchmarks.practice_links          what the index says, against the labels
    python -m benchmarks.practice_links --fit    fits the weights of kb.search.links, with five-fold cross-validation

`practice_links.jsonl` names passages of our own articles and practices by how they begin, and passages of the law
benchmark by number; one reader labelled them by reading.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.shared_data import gov
from kb import KnowledgeBase
from kb.index.store import Store
from kb.knowledge.linking import Linker
from kb.search.links import LONG_NAME, MOST_COUNTED, Seen, nearness
from kb.search.practices import PracticeNames
from kb.text import other_names
from kb.types import LinkKind

LABELS = Path(__file__).with_name("practice_links.jsonl")
CORPUS = Path(__file__).resolve().parents[1] / "corpus"


@dataclass(frozen=True, slots=True)
class Label:
    """What a reader found: the passage's number in the index, the practices it describes and those it only names."""

    number: int
    describes: frozenset[str]
    mentions: frozenset[str]


def build(index: Path, work: Path) -> None:
    """The starter corpus, and the passages of laws that are labelled."""
    wanted = {row["passage"]["gov"] for row in _rows() if "gov" in row["passage"]}
    lines = [line for line in gov().corpus.read_text(encoding="utf-8").splitlines() if json.loads(line)["id"] in wanted]
    laws = work / "laws.jsonl"
    laws.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with KnowledgeBase.open(index) as knowledge:
        knowledge.build([CORPUS, laws])


def labels(store: Store) -> Iterator[Label]:
    """The labelled passages that stand in the index as they were labelled."""
    for row in _rows():
        place, begins = row["passage"], row["passage"].get("begins", "")
        key = place.get("article") or place["gov"]
        numbers = [found[0] for found in store.rows(
            "SELECT p.pk FROM passage p JOIN article a ON a.pk = p.article WHERE a.id = ? ORDER BY p.n", key
        )]  # fmt: skip
        texts = store.passages(numbers)
        fitting = [number for number in numbers if _told(texts[number][0].text).startswith(begins.strip())]
        if len(fitting) == 1:
            yield Label(fitting[0], frozenset(row["describes"]), frozenset(row["mentions"]))


def _told(text: str) -> str:
    """A passage without the line of other names before it and the heading between."""
    named = other_names.blanked(text).lstrip()
    return named.partition("\n")[2].lstrip() if named != text.lstrip() else named


def _rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]


def report(store: Store, found: list[Label]) -> str:
    """Precision and recall of describing, and of any link."""
    linked = store.links.of([label.number for label in found])
    rows = ["| link | labelled | found | precision | recall |", "|---|---|---|---|---|"]
    for name, kinds in (("describes", {LinkKind.DESCRIBES}), ("describes or mentions", set(LinkKind))):
        said = {(label.number, link.practice) for label in found for link in linked.get(label.number, ())
                if link.kind in kinds}  # fmt: skip
        true = {(label.number, key) for label in found for key in label.describes}
        if len(kinds) > 1:
            true |= {(label.number, key) for label in found for key in label.mentions}
        right = len(said & true)
        rows.append(f"| {name} | {len(true)} | {len(said)} | {right / len(said):.3f} | {right / len(true):.3f} |")
    return "\n".join(rows)


def features(seen: Seen) -> list[float]:
    """In the order of `kb.search.links.Weights`, the constant left out."""
    count = min(len(seen.names), MOST_COUNTED)
    long = any(name.end - name.start >= LONG_NAME for name in seen.names)
    return [count, bool(count), long, *(float(value) for value in astuple(seen)[1:])]


def fit(store: Store, model: str, found: list[Label]) -> str:
    """The weights from all labels, and precision and recall by five-fold cross-validation over passages."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    practices, pages = store.catalogue.practices(), store.catalogue.page_passages()
    linker = Linker.of(store, model, PracticeNames(practices), pages)
    rows, true, groups, missed = [], [], [], 0
    for label in found:
        seen = _seen(store, model, linker, label.number)
        missed += len(label.describes - set(seen))
        for key, one in seen.items():
            rows.append(features(one))
            true.append(key in label.describes)
            groups.append(label.number)
    x, y = np.array(rows), np.array(true)
    middle, width = x.mean(axis=0), x.std(axis=0) + 1e-9
    scaled, guessed = (x - middle) / width, np.zeros(len(y))
    for train, test in GroupKFold(5).split(scaled, y, groups):
        guessed[test] = (
            LogisticRegression(C=3, max_iter=5000).fit(scaled[train], y[train]).predict_proba(scaled[test])[:, 1]
        )
    lines = []
    for least in (0.4, 0.5, 0.6):
        right = int((y & (guessed >= least)).sum())
        lines.append(
            f"from {least}: precision {right / (guessed >= least).sum():.3f}, recall {right / (y.sum() + missed):.3f}"
        )
    whole = LogisticRegression(C=3, max_iter=5000).fit(scaled, y)
    weights = whole.coef_[0] / width
    constant = float(whole.intercept_[0] - (weights * middle).sum())
    return "\n".join([*lines, f"Weights({', '.join(f'{value:.2f}' for value in (constant, *weights))})"])


def _seen(store: Store, model: str, linker: Linker, number: int) -> dict[str, Seen]:
    passage, article = store.passages([number])[number]
    vector = store.vectors.some(model, [number])[number]
    own = store.vectors.some_sentences(model, [number]).get(number, vector[None, :])
    return linker.seen(passage, article, nearness(linker.pages, vector, own))


def main() -> None:
    """Build in a temporary folder (or use --index) and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.practice_links")
    parser.add_argument("--index", type=Path, help="where to keep the index for another run")
    parser.add_argument("--fit", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = arguments.index or Path(folder) / "index"
        build(index, Path(folder))
        store = Store(index)
        found = list(labels(store))
        print(f"{len(found)} passages")
        print(fit(store, store.meta("model"), found) if arguments.fit else report(store, found))


if __name__ == "__main__":
    main()
