"""Fits the likelihoods of kb.search.surfacing: `python -m benchmarks.practice_fit --index DIR`.

Logistic regression of "this is the practice that is meant" on what `kb.search.surfacing.measured` says of the first
eight practices of every question of `benchmarks.practices` and of the 40 on other subjects; in five folds, the
practices of one question always in the same one.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from benchmarks.practices import Asked, questions
from kb import KnowledgeBase
from kb.knowledge.searching import Searcher, read_query
from kb.search.elsewhere import QUESTIONS
from kb.search.fuse import POOL
from kb.search.surfacing import DENSE_WEIGHT, Measured, measured
from kb.types import Filters, Mode

FIRST = 8
KINDS = {
    "hybrid": (Mode.HYBRID, (0, 1, 2)),
    "dense": (Mode.DENSE, (0, 1, 2)),
    "lexical": (Mode.LEXICAL, (0, 2)),
    "hybrid, other models": (Mode.HYBRID, (0, 2)),
    "dense, other models": (Mode.DENSE, (0, 2)),
}
"""Which mode, and which of score, cosine and lead count."""

Rows = npt.NDArray[np.float64]


def of_question(searcher: Searcher, text: str, mode: Mode, weight: float) -> list[Measured]:
    """The practices of one question, best first."""
    asked, _articles = searcher.asked(read_query(text, mode, Filters(), 1))
    recommender, lexical = searcher.recommender, None
    if asked.terms is not None:
        lexical = recommender.retriever.lexical.search(asked.terms, POOL, np.unique(recommender.articles))
    return sorted(measured(recommender.pages, asked.vector, lexical, weight), key=lambda one: -one.score)


def rows(
    searcher: Searcher, asked: Sequence[Asked], mode: Mode, weight: float
) -> tuple[Rows, Rows, Rows, float, float]:
    """(features, is it meant, question's number, share first, share in five)."""
    features, meant, owner, places = [], [], [], []
    texts = [(one.text, one.practice) for one in asked] + [(text, "") for text in QUESTIONS]
    for number, (text, practice) in enumerate(texts):
        found = of_question(searcher, text, mode, weight)
        places += [[one.id for one in found].index(practice)] if practice else []
        for one in found[:FIRST]:
            features.append((one.score, one.cosine, one.lead))
            meant.append(float(one.id == practice))
            owner.append(float(number))
    ranks = np.array(places)
    return np.array(features), np.array(meant), np.array(owner), float((ranks == 0).mean()), float((ranks < 5).mean())


def fit(features: Rows, meant: Rows, owner: Rows) -> tuple[Rows, dict[str, float]]:
    """(constant and weights, the share that was meant of those predicted in each band)."""
    predicted = np.zeros(len(meant))
    for train, test in GroupKFold(5).split(features, meant, owner):
        model = LogisticRegression(C=1e4, max_iter=20_000).fit(features[train], meant[train])
        predicted[test] = model.predict_proba(features[test])[:, 1]
    bands = {}
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        held = (predicted >= low) & (predicted < low + 0.2)
        bands[f"{low:.1f}"] = round(float(meant[held].mean()), 2) if held.any() else float("nan")
    model = LogisticRegression(C=1e4, max_iter=20_000).fit(features, meant)
    return np.concatenate([model.intercept_, model.coef_[0]]).round(2), bands


def main() -> None:
    """Print the weights of every kind, and where the right practice stands at several shares of meaning."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.practice_fit")
    parser.add_argument("--index", type=Path, required=True, help="an index of the corpus")
    with KnowledgeBase.open(parser.parse_args().index) as knowledge:
        here = {practice.id for practice in knowledge.practices()}
        asked = [one for one in questions() if one.practice in here]
        knowledge.search(asked[0].text)
        searcher = knowledge._ready(Mode.HYBRID)  # the parts of a search, not its result
        for weight in (0.5, 0.6, 0.7, 0.8):
            first, five = rows(searcher, asked, Mode.HYBRID, weight)[3:]
            print(f"share of meaning {weight}: first {first:.3f}, first five {five:.3f}")
        for name, (mode, columns) in KINDS.items():
            features, meant, owner, _first, _five = rows(searcher, asked, mode, DENSE_WEIGHT)
            weights, bands = fit(features[:, columns], meant, owner)
            print(f"{name}: {weights.tolist()}, meant by band {bands}")


if __name__ == "__main__":
    main()
