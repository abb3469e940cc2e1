"""Retrieval quality on a judged set of questions, measured by `ir_measures` through the public search."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from kb.config import Settings
from kb.errors import MissingExtraError, SourceError
from kb.knowledge import KnowledgeBase
from kb.knowledge.progress import Progress
from kb.types import SearchResult

DEPTH = 30
"""Passages asked for: an article cut into several passages still leaves ten different ones."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the set; `answerable` is False where the corpus holds no answer."""

    id: str
    text: str
    answerable: bool


@dataclass(frozen=True, slots=True)
class Judgment:
    """How far a passage answers a question: 2 answers it, 1 helps, 0 does not."""

    question: str
    passage: str
    grade: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Means over the answerable questions; `judged` is the share of the first ten results that have a judgment."""

    ndcg: float
    recall: float
    reciprocal_rank: float
    precision: float
    judged: float
    refusal_auroc: float | None
    questions: int
    p50: float
    p95: float

    def as_plain(self) -> dict[str, Any]:
        """The document that `kb eval --json` prints."""
        return {
            "nDCG@10": round(self.ndcg, 4),
            "R@10": round(self.recall, 4),
            "RR@10": round(self.reciprocal_rank, 4),
            "P@1": round(self.precision, 4),
            "refusal_auroc": None if self.refusal_auroc is None else round(self.refusal_auroc, 4),
            "queries": self.questions,
            "latency_ms": {"p50": round(self.p50, 2), "p95": round(self.p95, 2)},
        }

    def as_text(self) -> str:
        """The same for people."""
        auroc = "无（没有不可回答的问题）" if self.refusal_auroc is None else f"{self.refusal_auroc:.3f}"
        return (
            f"问题 {self.questions} 个\nnDCG@10 {self.ndcg:.4f}（前十条中有判定的占 {self.judged:.3f}）\n"
            f"R@10 {self.recall:.4f}\nRR@10 {self.reciprocal_rank:.4f}\nP@1 {self.precision:.4f}\n"
            f"拒答 AUROC {auroc}\n单次检索毫秒：中位 {self.p50:.1f}，95% {self.p95:.1f}"
        )


def evaluate_files(corpus: Path, queries: Path, qrels: Path, settings: Settings, progress: Progress) -> Scores:
    """Index the corpus (kept in the cache folder, so that a second run is quick), ask every question, score.

    Raises:
        SourceError: a file is missing or malformed.
        MissingExtraError: the measuring libraries are not installed.
    """
    asked, judgments = read_questions(queries), read_judgments(qrels)
    with KnowledgeBase.open(place_of(corpus, settings), settings=settings) as knowledge:
        knowledge.build([corpus], progress)
        return score(ask(knowledge, asked, progress), asked, judgments)


def place_of(corpus: Path, settings: Settings) -> Path:
    """The folder in which the index of a corpus is kept for the next run."""
    return settings.cache / "eval" / hashlib.sha256(str(corpus.resolve()).encode()).hexdigest()[:16]


def ask(knowledge: KnowledgeBase, questions: Sequence[Question], progress: Progress) -> list[SearchResult]:
    """The result of every question, one after the other, after one to warm up."""
    knowledge.search(questions[0].text, k=DEPTH)
    results = []
    for number, question in enumerate(questions, start=1):
        results.append(knowledge.search(question.text, k=DEPTH))
        progress("提问", number, len(questions))
    return results


def score(results: Sequence[SearchResult], questions: Sequence[Question], judgments: Sequence[Judgment]) -> Scores:
    """The means over the questions that some passage helps to answer.

    Raises:
        SourceError: there is no such question.
        MissingExtraError: the measuring libraries are not installed.
    """
    try:
        import ir_measures
        from ir_measures import RR, Judged, P, R, nDCG
        from sklearn.metrics import roc_auc_score
    except ImportError as error:
        raise MissingExtraError("测量质量需要另装几个库。请运行：pip install 'kb[eval]'") from error
    judged = {judgment.question for judgment in judgments if judgment.grade > 0}
    counted = [(question, result) for question, result in zip(questions, results, strict=True) if question.id in judged]
    if not counted:
        raise SourceError("没有一个问题有判定：判定文件里的问题编号与问题文件对不上。请检查 --queries 和 --qrels。")
    # By place: among equal scores the measuring library has an order of its own, not the one that is shown.
    run = [
        ir_measures.ScoredDoc(question.id, key, -place)
        for question, result in counted
        for place, (key, _score) in enumerate(best_of_articles(result))
    ]
    wanted = {question.id for question, _ in counted}
    measures = [nDCG @ 10, R(rel=1) @ 10, RR(rel=1) @ 10, P(rel=2) @ 1, Judged @ 10]
    measured = ir_measures.calc_aggregate(
        measures,
        [ir_measures.Qrel(one.question, one.passage, one.grade) for one in judgments if one.question in wanted],
        run,
    )
    ndcg, recall, reciprocal, precision, known = (float(measured[measure]) for measure in measures)
    answerable = [question.answerable for question in questions]
    auroc = None
    if len(set(answerable)) == 2:
        auroc = float(roc_auc_score(answerable, [confidence(result) for result in results]))
    times = [result.timings.total for result in results]
    p95 = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    return Scores(ndcg, recall, reciprocal, precision, known, auroc, len(questions), median(times), p95)


def best_of_articles(result: SearchResult) -> Iterator[tuple[str, float]]:
    """Each article once, with its best passage's score: a line of the corpus is an article here."""
    seen = set()
    for hit in result.hits:
        if hit.article.id not in seen:
            seen.add(hit.article.id)
            yield hit.article.id, hit.score


def confidence(result: SearchResult) -> float:
    """How sure the search is that the corpus answers: what `ask` refuses by."""
    return result.confidence if result.hits else 0.0


def read_questions(path: Path) -> list[Question]:
    """
    Raises:
        SourceError: the file is missing, empty or malformed.
    """
    questions = []
    for number, line in _lines(path):
        try:
            row = json.loads(line)
            questions.append(Question(str(row["qid"]), str(row["query"]), bool(row.get("answerable", True))))
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(f"{path} 第 {number} 行不是含 qid 和 query 的 JSON。请改正后再试。") from error
    if not questions:
        raise SourceError(f"{path} 里没有问题。")
    return questions


def read_judgments(path: Path) -> list[Judgment]:
    """
    Raises:
        SourceError: the file is missing, empty or malformed.
    """
    judgments = []
    for number, line in _lines(path):
        parts = line.rstrip("\n").split("\t")
        if len(parts) != 3 or not parts[2].strip().isdigit():
            raise SourceError(f"{path} 第 {number} 行不是“问题编号、段落编号、等级”三列。请改正后再试。")
        judgments.append(Judgment(parts[0], parts[1], int(parts[2])))
    if not judgments:
        raise SourceError(f"{path} 里没有判定。")
    return judgments


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield from ((number, line) for number, line in enumerate(file, start=1) if line.strip())
    except OSError as error:
        raise SourceError(f"读不了文件 {path}：{error.strerror}。请检查路径。") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"文件 {path} 不是 UTF-8 编码。请另存为 UTF-8 后再试。") from error
