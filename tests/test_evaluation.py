"""Measures against values worked out by hand."""

from __future__ import annotations

import json
from math import log2
from pathlib import Path

import pytest

from kb.errors import SourceError
from kb.evaluation import (
    Judgment,
    Question,
    Scores,
    ask,
    best_of_articles,
    confidence,
    read_judgments,
    read_questions,
    score,
)
from kb.knowledge import KnowledgeBase
from kb.types import Article, Hit, LegRank, Mode, Passage, SearchResult, Timings


def result(*found: tuple[str, float], cosine: float | None = None, milliseconds: float = 1.0) -> SearchResult:
    """The answer to a question: articles with scores, as sure as the cosine of the nearest passage makes it."""
    dense = None if cosine is None else LegRank(1, cosine)
    hits = tuple(
        Hit(Passage(f"{key}#{n}", key, 0, 1, (), "字"), Article(key, key, "字"), value, dense, None, (), ())
        for n, (key, value) in enumerate(found)
    )
    timings = Timings(total=milliseconds)
    return SearchResult("问", Mode.HYBRID, hits, (), (), timings, (), 0.0 if cosine is None else cosine)


QUESTIONS = [
    Question("q1", "一", True),
    Question("q2", "二", True),
    Question("q3", "三", True),
    Question("q4", "四", False),
]
JUDGMENTS = [
    Judgment("q1", "a", 2),
    Judgment("q1", "b", 1),
    Judgment("q1", "c", 0),
    Judgment("q2", "d", 2),
    Judgment("q2", "e", 2),
    Judgment("q3", "f", 1),
]
RESULTS = [
    result(("b", 0.9), ("x", 0.8), ("b", 0.7), ("a", 0.5), cosine=0.9, milliseconds=1.0),
    result(("d", 0.6), cosine=0.5, milliseconds=2.0),
    result(milliseconds=3.0),
    result(("a", 1.0), cosine=0.6, milliseconds=4.0),
]


def test_the_measures_by_hand() -> None:
    scores = score(RESULTS, QUESTIONS, JUDGMENTS)
    # q1 finds b (1), x (not judged), a (2); the best order would be a, b. q2 finds one of two. q3 finds nothing.
    first = (1 / log2(2) + 0 / log2(3) + 2 / log2(4)) / (2 / log2(2) + 1 / log2(3))
    second = 2 / (2 + 2 / log2(3))
    assert (round(first, 6), round(second, 6)) == (0.760188, 0.613147)
    assert scores.ndcg == pytest.approx((first + second + 0) / 3)
    assert scores.recall == pytest.approx((1 + 0.5 + 0) / 3)
    assert scores.reciprocal_rank == pytest.approx((1 + 1 + 0) / 3)
    assert scores.precision == pytest.approx((0 + 1 + 0) / 3)  # the first of q1 only helps
    assert scores.questions == 4


def test_the_reciprocal_rank_counts_what_helps_at_all() -> None:
    found = [result(("x", 0.9), ("c", 0.8), ("b", 0.7), ("a", 0.5))]
    assert score(found, QUESTIONS[:1], JUDGMENTS).reciprocal_rank == pytest.approx(1 / 3)


def test_only_the_first_ten_articles_count() -> None:
    found = [result(*((f"x{n}", 1 - n / 100) for n in range(10)), ("a", 0.1))]
    scores = score(found, QUESTIONS[:1], JUDGMENTS)
    assert (scores.ndcg, scores.recall) == (0, 0)


def test_equal_scores_count_in_the_order_shown() -> None:
    for shown in (("a", "x"), ("x", "a")):
        found = [result(*((key, 0.5) for key in shown))]
        assert score(found, QUESTIONS[:1], JUDGMENTS).precision == (1 if shown[0] == "a" else 0)


def test_auroc_by_hand() -> None:
    """Of the pairs (answerable, not answerable) the share where the answerable one is surer; equal ones half."""
    cosines = {True: [0.9, 0.5, 0.4], False: [0.6, 0.4]}
    questions = [Question(f"{kind}{n}", "问", kind) for kind in cosines for n in range(len(cosines[kind]))]
    results = [result(("a", 1.0), cosine=cosine) for kind in cosines for cosine in cosines[kind]]
    judgments = [Judgment("True0", "a", 2)]
    assert score(results, questions, judgments).refusal_auroc == pytest.approx(3.5 / 6)


def test_without_unanswerable_questions_there_is_no_auroc() -> None:
    scores = score(RESULTS[:3], QUESTIONS[:3], JUDGMENTS)
    assert scores.refusal_auroc is None
    assert scores.as_plain()["refusal_auroc"] is None
    assert "无（没有不可回答的问题）" in scores.as_text()


def test_nothing_found_is_no_confidence() -> None:
    assert confidence(result(("a", 1.0), cosine=0.3)) == 0.3
    assert confidence(result(cosine=0.9)) == 0.0


def test_an_article_counts_once_with_its_best_passage() -> None:
    assert list(best_of_articles(RESULTS[0])) == [("b", 0.9), ("x", 0.8), ("a", 0.5)]


def test_times() -> None:
    scores = score(RESULTS, QUESTIONS, JUDGMENTS)
    assert scores.p50 == 2.5
    assert scores.p95 == pytest.approx(4.75)  # exclusive quantile: 4 + 0.75 * (4 - 3)
    assert score(RESULTS[:1], QUESTIONS[:1], JUDGMENTS).p95 == 1.0


def test_the_share_of_results_that_have_a_judgment() -> None:
    assert score(RESULTS[:1], QUESTIONS[:1], JUDGMENTS).judged == pytest.approx(2 / 3)


def test_as_a_document() -> None:
    scores = Scores(0.123456, 0.5, 0.25, 1.0, 0.9, 0.876543, 7, 1.23456, 9.87654)
    assert scores.as_plain() == {
        "nDCG@10": 0.1235,
        "R@10": 0.5,
        "RR@10": 0.25,
        "P@1": 1.0,
        "refusal_auroc": 0.8765,
        "queries": 7,
        "latency_ms": {"p50": 1.23, "p95": 9.88},
    }


def test_judgments_of_no_question_are_told() -> None:
    with pytest.raises(SourceError, match="没有一个问题有判定"):
        score(RESULTS, QUESTIONS, [Judgment("other", "a", 2)])


def test_asking_every_question_in_order(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    steps: list[tuple[str, int, int]] = []
    asked = [Question("1", "没有物业的小区", True), Question("2", "楓橋經驗", True)]
    results = ask(knowledge, asked, lambda *step: steps.append(step))
    assert [(one.query, one.hits[0].article.id) for one in results] == [
        ("没有物业的小区", "wuye"),
        ("楓橋經驗", "fengqiao"),
    ]
    assert steps == [("提问", 1, 2), ("提问", 2, 2)]


# -- files


def write(folder: Path, content: str) -> Path:
    (folder / "file").write_text(content, encoding="utf-8")
    return folder / "file"


def test_reading_questions(tmp_path: Path) -> None:
    rows = [{"qid": 7, "query": "网格", "answerable": False}, {"qid": "b", "query": "物业"}]
    path = write(tmp_path, "\ufeff" + "\n\n".join(json.dumps(row) for row in rows) + "\n")
    assert read_questions(path) == [Question("7", "网格", False), Question("b", "物业", True)]


def test_reading_judgments(tmp_path: Path) -> None:
    assert read_judgments(write(tmp_path, "q\ta b\t2\n\nq\tc\t0\n")) == [Judgment("q", "a b", 2), Judgment("q", "c", 0)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "里没有问题"),
        ('{"qid": 1, "query": "甲"}\n[1]\n', "第 2 行不是含 qid 和 query 的 JSON"),
        ('{"qid": 1}\n', "第 1 行不是含 qid 和 query 的 JSON"),
        ("\n{", "第 2 行不是含 qid 和 query 的 JSON"),
    ],
)
def test_malformed_questions(tmp_path: Path, content: str, sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence):
        read_questions(write(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "里没有判定"),
        ("q\ta\n", "第 1 行不是“问题编号、段落编号、等级”三列"),
        ("q\ta\t1\nq a 1\n", "第 2 行不是"),
        ("q\ta\tgood\n", "第 1 行不是"),
        ("q\ta\t-1\n", "第 1 行不是"),
    ],
)
def test_malformed_judgments(tmp_path: Path, content: str, sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence):
        read_judgments(write(tmp_path, content))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"读不了文件 .*none：No such file"):
        read_questions(tmp_path / "none")
    (tmp_path / "gbk").write_bytes("问题".encode("gbk"))
    with pytest.raises(SourceError, match="不是 UTF-8 编码"):
        read_judgments(tmp_path / "gbk")
