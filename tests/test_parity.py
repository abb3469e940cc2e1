"""`kb parity`: two stores that agree pass, two that do not fail, and the figures are what they say."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import kendalltau

from conftest import CharacterEncoder
from kb import parity
from kb.cli import main
from kb.config import Settings
from kb.errors import QueryError, SourceError
from kb.evaluation import Judgment, Question
from kb.knowledge import KnowledgeBase
from kb.knowledge.engine import Engine
from kb.parity import Latency, Parity, compare, compare_stores, derived_questions, kendall
from small_corpus import QUESTIONS, write_articles

pytest.importorskip("pymilvus", reason="the extra `cluster` is not installed")

pytestmark = pytest.mark.usefixtures("small_jieba")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_articles(tmp_path / "articles", range(40))
    return tmp_path / "articles"


@pytest.fixture
def index(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index of 40 articles; commands embed with the small encoder."""
    monkeypatch.setattr(Engine, "_load_encoder", lambda _engine, _many: CharacterEncoder())
    with KnowledgeBase.open(tmp_path / "index") as knowledge:
        knowledge.build([folder])
    return tmp_path / "index"


def silent(_what: str, _done: int, _total: int) -> None:
    pass


def test_kendall_is_that_of_scipy() -> None:
    chance = np.random.default_rng(3)
    for size in (2, 3, 10, 30):
        one, other = (chance.permutation(size).tolist() for _ in range(2))
        ranks = [other.index(key) for key in one]
        expected = kendalltau(range(size), ranks).statistic
        assert kendall([str(key) for key in one], [str(key) for key in other]) == pytest.approx(expected)
    assert kendall(["a", "b"], ["b", "a"]) == -1
    assert kendall(["a"], []) == kendall([], []) == 1


def test_the_command_passes_two_that_agree(index: Path, tmp_path: Path) -> None:
    queries, qrels = tmp_path / "queries.jsonl", tmp_path / "qrels.tsv"
    rows = [{"qid": str(n), "query": question} for n, question in enumerate(QUESTIONS)]
    queries.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    qrels.write_text("0\t0001\t2\n1\t0002\t1\n", encoding="utf-8")
    url = f"milvus-lite://{tmp_path}/engine.db"
    arguments = ["--index", str(index), "parity", "--store", url]
    done = CliRunner().invoke(main, [*arguments, "--queries", str(queries), "--qrels", str(qrels), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["ok"] is True
    assert told["queries"] == len(QUESTIONS)
    assert told["overlap@10"] >= 0.95
    assert told["overlap@10_dense"] == 1.0
    assert {*told["nDCG@10"]} == {*told["latency_ms"]} == {"local", "store"}
    text = CliRunner().invoke(main, arguments)
    assert text.exit_code == 0, text.output
    assert "合格" in text.stdout
    assert "没有给 --qrels" in text.stdout


def test_the_command_fails_two_that_part(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parity, "LEAST_OVERLAP", 1.1)
    done = CliRunner().invoke(main, ["--index", str(index), "parity", "--store", f"milvus-lite://{tmp_path}/engine.db"])
    assert done.exit_code == 1
    assert "不合格：前 10 条重合率" in done.stdout


def test_two_different_libraries_are_told_apart(index: Path, folder: Path, tmp_path: Path) -> None:
    """Not two engines, but it is the same measuring."""
    for number in range(0, 40, 2):
        (folder / f"{number:04}.txt").unlink()
    questions = [Question(str(n), text, answerable=True) for n, text in enumerate(QUESTIONS)]
    with KnowledgeBase.open(index) as one, KnowledgeBase.open(tmp_path / "half") as half:
        half.build([folder])
        best = one.search(QUESTIONS[0], k=1).hits[0].article.id
        judgments = [Judgment("0", best, 2)]
        found = compare((one, half), questions, judgments, "half", silent)
        same = compare((one, one), questions, judgments, "itself", silent)
    assert 0.2 < found.overlap < 0.9
    assert any("重合率" in reason for reason in found.broken())
    assert (same.overlap, same.correlation, same.legs) == (1.0, 1.0, (1.0, 1.0))
    assert same.ndcg == (1.0, 1.0)
    assert same.broken() == []


@pytest.mark.parametrize(
    ("overlap", "correlation", "ndcg", "broken"),
    [
        (0.95, 0.9, (0.75, 0.76), []),
        (0.949, 0.9, None, ["重合率"]),
        (1.0, 0.89, None, ["Kendall"]),
        (1.0, 1.0, (0.75, 0.739), ["nDCG"]),
        (0.5, 0.5, (0.7, 0.8), ["重合率", "Kendall", "nDCG"]),
    ],
)
def test_limits(overlap: float, correlation: float, ndcg: tuple[float, float] | None, broken: Sequence[str]) -> None:
    found = Parity("x", 1, overlap, correlation, (1.0, 1.0), ndcg, (Latency(1, 2), Latency(3, 4)))
    assert len(found.broken()) == len(broken)
    assert all(word in reason for word, reason in zip(broken, found.broken(), strict=True))


def test_questions_from_the_library(index: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(index) as knowledge:
        questions = derived_questions(knowledge)
        assert 40 < len(questions) <= 100
        assert all(knowledge.search(question.text).hits for question in questions[:3])
        knowledge.remove([article.id for article in knowledge.articles()])
        with pytest.raises(SourceError, match="库里没有文章"):
            derived_questions(knowledge)


def test_wrong_usage(index: Path, tmp_path: Path) -> None:
    ask: Callable[..., Parity] = compare_stores
    with pytest.raises(QueryError, match="--store 或 KB_STORE_URL"):
        ask(Settings(index=index), "", None, None, silent)
    with pytest.raises(QueryError, match="--queries"):
        ask(Settings(index=index), "milvus-lite:///x.db", None, tmp_path / "qrels.tsv", silent)
