"""Parity: the same questions to the index files and to the distributed engine, and how far their answers part.

Both search the same store, so whatever differs is the engine's doing: other arithmetic in BM25 (tantivy rounds the
lengths of passages, Milvus does not), half floats, and an approximate index of vectors where one is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median, quantiles
from typing import Any

import numpy as np

from kb.config import Settings
from kb.errors import QueryError, SourceError
from kb.evaluation import DEPTH, Judgment, Question, read_judgments, read_questions, score
from kb.knowledge import KnowledgeBase
from kb.knowledge.progress import Progress
from kb.types import Mode, SearchResult

LEAST_OVERLAP = 0.95
"""Mean share of the first ten that both find. 0.992 was measured on gov; where scores are equal to the last digits,
either order is right, and the tenth place changes hands."""

LEAST_CORRELATION = 0.9
"""Mean Kendall tau of what both find among the first 30."""

MOST_NDCG = 0.01
"""Difference of nDCG@10: a third of what is noise between two systems on 90 questions."""

MOST_DERIVED = 100
"""Questions that are made from the library where none are given."""

_FIRST = 10


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of a search."""

    p50: float
    p95: float

    @classmethod
    def of(cls, results: Sequence[SearchResult]) -> Latency:
        """From the searches' own clocks."""
        times = [result.timings.total for result in results]
        return cls(median(times), quantiles(times, n=20)[-1] if len(times) > 1 else times[0])

    def as_plain(self) -> dict[str, float]:
        """In a JSON document."""
        return {"p50": round(self.p50, 2), "p95": round(self.p95, 2)}


@dataclass(frozen=True, slots=True)
class Parity:
    """How far two stores agree on the same questions: shares and correlations are means over the questions.

    `legs` is the overlap of searching by meaning and by words alone; `ndcg` of the local store and the other, None
    without judgments.
    """

    store: str
    questions: int
    overlap: float
    correlation: float
    legs: tuple[float, float]
    ndcg: tuple[float, float] | None
    latency: tuple[Latency, Latency]

    def broken(self) -> list[str]:
        """What is beyond its limit, each as a sentence."""
        found = []
        if self.overlap < LEAST_OVERLAP:
            found.append(f"前 10 条重合率 {self.overlap:.3f}，低于 {LEAST_OVERLAP}。")
        if self.correlation < LEAST_CORRELATION:
            found.append(f"名次相关（Kendall）{self.correlation:.3f}，低于 {LEAST_CORRELATION}。")
        parted = round(abs(self.ndcg[0] - self.ndcg[1]), 4) if self.ndcg is not None else 0.0
        if parted > MOST_NDCG:
            found.append(f"nDCG@10 相差 {parted}，超过 {MOST_NDCG}。")
        return found

    def as_plain(self) -> dict[str, Any]:
        """The document that `kb parity --json` prints."""
        return {
            "ok": not self.broken(),
            "store": self.store,
            "queries": self.questions,
            "overlap@10": round(self.overlap, 4),
            "kendall_tau": round(self.correlation, 4),
            "overlap@10_dense": round(self.legs[0], 4),
            "overlap@10_lexical": round(self.legs[1], 4),
            "nDCG@10": self.ndcg and {"local": round(self.ndcg[0], 4), "store": round(self.ndcg[1], 4)},
            "latency_ms": {"local": self.latency[0].as_plain(), "store": self.latency[1].as_plain()},
            "limits": {"overlap@10": LEAST_OVERLAP, "kendall_tau": LEAST_CORRELATION, "nDCG@10": MOST_NDCG},
            "broken": self.broken(),
        }

    def as_text(self) -> str:
        """The same for people."""
        ndcg = "未测（没有给 --qrels）" if self.ndcg is None else f"本机 {self.ndcg[0]:.4f}，引擎 {self.ndcg[1]:.4f}"
        local, store = self.latency
        verdict = "合格" if not self.broken() else "不合格：" + "".join(self.broken())
        return (
            f"检索引擎 {self.store}\n问题 {self.questions} 个\n"
            f"前 10 条重合率 {self.overlap:.4f}（要求 {LEAST_OVERLAP} 以上；"
            f"只按语义 {self.legs[0]:.4f}，只按字面 {self.legs[1]:.4f}）\n"
            f"名次相关 {self.correlation:.4f}（Kendall，要求 {LEAST_CORRELATION} 以上）\n"
            f"nDCG@10 {ndcg}（相差不得超过 {MOST_NDCG}）\n"
            f"单次检索毫秒：本机 中位 {local.p50:.1f}，95% {local.p95:.1f}；"
            f"引擎 中位 {store.p50:.1f}，95% {store.p95:.1f}\n{verdict}"
        )


def compare_stores(
    settings: Settings, store: str, queries: Path | None, qrels: Path | None, progress: Progress
) -> Parity:
    """Ask both, one question after the other, so that both have the same machine.

    Raises:
        QueryError: no engine is named, or judgments come without questions.
        SourceError: a file is missing or malformed, or the library is empty.
        IndexStateError, ModelError: there is no index, the engine cannot be reached, or the model cannot be used.
    """
    url = store or settings.store_url
    if not url:
        raise QueryError("没有说与哪个引擎比。请用 --store 或 KB_STORE_URL 写明地址。")
    if qrels is not None and queries is None:
        raise QueryError("给了 --qrels，还要用 --queries 给出问题。")
    judgments = None if qrels is None else read_judgments(qrels)
    with (
        KnowledgeBase.open(settings=settings.model_copy(update={"store_url": ""})) as local,
        KnowledgeBase.open(settings=settings.model_copy(update={"store_url": url})) as other,
    ):
        asked = derived_questions(local) if queries is None else read_questions(queries)
        return compare((local, other), asked, judgments, url, progress)


def compare(
    both: tuple[KnowledgeBase, KnowledgeBase],
    asked: Sequence[Question],
    judgments: Sequence[Judgment] | None,
    store: str,
    progress: Progress,
) -> Parity:
    """How far two open knowledge bases agree; the first is the measure."""
    for knowledge in both:
        knowledge.search(asked[0].text, k=DEPTH)
    found: dict[Mode, list[list[SearchResult]]] = {mode: [[], []] for mode in Mode}
    for number, question in enumerate(asked, start=1):
        for mode, results in found.items():
            for place in ((0, 1), (1, 0))[number % 2]:  # Who comes second finds the processor's caches warm.
                results[place].append(both[place].search(question.text, k=DEPTH, mode=mode))
        progress("两边提问", number, len(asked))
    one, other = found[Mode.HYBRID]
    pairs = [(_ids(mine), _ids(theirs)) for mine, theirs in zip(one, other, strict=True)]
    return Parity(
        store=store,
        questions=len(asked),
        overlap=_overlap(found[Mode.HYBRID]),
        correlation=fmean(kendall(mine, theirs) for mine, theirs in pairs),
        legs=(_overlap(found[Mode.DENSE]), _overlap(found[Mode.LEXICAL])),
        ndcg=None if judgments is None else (score(one, asked, judgments).ndcg, score(other, asked, judgments).ndcg),
        latency=(Latency.of(one), Latency.of(other)),
    )


def derived_questions(knowledge: KnowledgeBase) -> list[Question]:
    """Titles of articles, evenly over the library, and from the same articles a sentence each.

    Raises:
        SourceError: the library is empty.
    """
    articles = knowledge.articles()
    if not articles:
        raise SourceError("库里没有文章，无从提问。请先运行 kb build，或用 --queries 给出问题。")
    rows = np.unique(np.linspace(0, len(articles) - 1, min(len(articles), MOST_DERIVED // 2)).astype(int))
    texts = [articles[row].title for row in rows]
    for row in rows:
        passages = knowledge.passages(articles[row].id)
        texts += [passage.text.split("。")[0].strip("# \n")[:40] for passage in passages[len(passages) // 2 :][:1]]
    return [Question(str(n), text, answerable=True) for n, text in enumerate(dict.fromkeys(filter(None, texts)))]


def _ids(result: SearchResult) -> list[str]:
    return [hit.passage.id for hit in result.hits]


def _overlap(results: Sequence[Sequence[SearchResult]]) -> float:
    """The mean share of the first ten that both found."""
    shares = []
    for mine, theirs in zip(*results, strict=True):
        one, other = {*_ids(mine)[:_FIRST]}, {*_ids(theirs)[:_FIRST]}
        shares.append(len(one & other) / max(len(one), len(other), 1) if one or other else 1.0)
    return fmean(shares)


def kendall(one: Sequence[str], other: Sequence[str]) -> float:
    """Kendall's tau of what stands in both rankings, in [-1, 1]; 1 for fewer than two (Kendall 1938)."""
    place = {key: rank for rank, key in enumerate(other)}
    ranks = [place[key] for key in one if key in place]
    pairs = [(first, second) for at, first in enumerate(ranks) for second in ranks[at + 1 :]]
    return sum(1 if first < second else -1 for first, second in pairs) / len(pairs) if pairs else 1.0
