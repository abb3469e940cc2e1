"""Retrieval quality on the sets of questions, each also with every question in the other script."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.shared_data import DataSet, converted, gov, reading_set, shared_folder
from kb.config import Settings
from kb.evaluation import Judgment, Question, Scores, ask, read_judgments, read_questions, score
from kb.knowledge import KnowledgeBase
from kb.knowledge.progress import no_progress
from kb.models.encoder import Encoder, open_encoder
from kb.types import SearchResult

SAMPLE = Path(__file__).with_name("sample")
"""A set small enough for every run of the tests, and of our own words: see the README beside it."""

OTHER_SCRIPTS = {"sample": ("s2t", "t2s"), "gov": ("s2t",), "cmrc": ("s2t",), "drcd": ("t2s",)}
"""Every set, and the conversions under which its questions are asked again; the sample mixes both scripts."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The scores of one set.

    `of` is the set it comes from, another name where the questions were converted; `each` is nDCG@10 by question.
    """

    name: str
    of: str
    scores: Scores
    each: dict[str, float]
    digest: str
    model: str


def sample() -> DataSet:
    """40 pages of the corpus, 48 questions that they answer and 12 others."""
    return DataSet("sample", SAMPLE / "corpus.jsonl", SAMPLE / "queries.jsonl", SAMPLE / "qrels.tsv")


def load_set(name: str, work: Path) -> DataSet:
    """A set by its name; what has to be written for it goes below `work`."""
    if name == "sample":
        return sample()
    return gov() if name == "gov" else reading_set(name, work)


def available() -> list[str]:
    """The sets whose data is on this machine."""
    files = {
        "sample": SAMPLE / "corpus.jsonl",
        "gov": shared_folder() / "gov" / "corpus.jsonl",
        "cmrc": shared_folder() / "qa" / "cmrc_dev.json",
        "drcd": shared_folder() / "qa" / "drcd_dev.json",
    }
    return [name for name in OTHER_SCRIPTS if files[name].is_file()]


def digest_of(data: DataSet) -> str:
    """16 hex digits over the three files: another passage, question or judgment gives other ones."""
    parts = [hashlib.sha256(path.read_bytes()).digest() for path in (data.corpus, data.queries, data.qrels)]
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


def measure_set(name: str, settings: Settings) -> list[Measured]:
    """One set in its own script and in the other, with the model of the settings.

    The index of a large set is kept in the cache folder. The sample's is made anew, so that it also shows a change to
    splitting or embedding whose version somebody forgot to raise.
    """
    work = settings.cache / "bench"
    encoder = open_encoder(
        model=settings.model,
        cache=settings.cache,
        engine=settings.engine,
        threads=settings.threads,
        prefixes=(settings.query_prefix, settings.passage_prefix),
        notice=print,
    )
    data = load_set(name, work)
    if name != "sample":
        return measure(data, settings, encoder, work, work / f"{name}-index")
    with tempfile.TemporaryDirectory() as folder:
        return measure(data, settings, encoder, Path(folder), Path(folder) / "index")


def measure(data: DataSet, settings: Settings, encoder: Encoder, work: Path, index: Path) -> list[Measured]:
    """The same with this model and the index in this folder; converted questions are written below `work`."""
    asked_sets = [data, *(converted(data, config, work) for config in OTHER_SCRIPTS[data.name])]
    judgments = read_judgments(data.qrels)
    measured = []
    with KnowledgeBase.open(index, settings=settings, encoder=encoder) as knowledge:
        knowledge.build([data.corpus], no_progress)
        for asked in asked_sets:
            questions = read_questions(asked.queries)
            results = ask(knowledge, questions, no_progress)
            scores, each = score(results, questions, judgments), by_question(results, questions, judgments)
            measured.append(Measured(asked.name, data.name, scores, each, digest_of(asked), encoder.identity))
    return measured


def by_question(results: list[SearchResult], questions: list[Question], judgments: list[Judgment]) -> dict[str, float]:
    """nDCG@10 of every question that some passage helps to answer: their mean is the nDCG@10 of the scores."""
    judged: dict[str, list[Judgment]] = {}
    for judgment in judgments:
        judged.setdefault(judgment.question, []).append(judgment)
    return {
        question.id: score([result], [question], judged[question.id]).ndcg
        for question, result in zip(questions, results, strict=True)
        if any(judgment.grade > 0 for judgment in judged.get(question.id, []))
    }


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
