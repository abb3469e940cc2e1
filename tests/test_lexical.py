"""BM25 scores worked out by hand, and the laws of adding and taking out.

Three passages of 3, 5 and 3 terms, 11 / 3 on average. With k1 = 1.2 and b = 0.75 the length of a passage weighs
1.2 * (0.25 + 0.75 * length * 3 / 11). A term held by n of N passages weighs ln(1 + (N - n + 0.5) / (n + 0.5)).
"""

from __future__ import annotations

from math import log
from pathlib import Path

import numpy as np
import pytest

from kb.index.dense import Numbers, Ranked
from kb.index.lexical import LexicalIndex

PASSAGES = (
    (1, 10, ["网格", "网格", "巡查"]),
    (2, 10, ["巡查", "调解", "调解", "调解", "物业"]),
    (3, 30, ["网格", "物业", "公开"]),
)

IN_TWO, IN_ONE = log(1 + 1.5 / 2.5), log(1 + 2.5 / 1.5)
SHORT, LONG = 1.2 * (0.25 + 0.75 * 9 / 11), 1.2 * (0.25 + 0.75 * 15 / 11)
ONCE_SHORT, TWICE_SHORT = 1 * 2.2 / (1 + SHORT), 2 * 2.2 / (2 + SHORT)
ONCE_LONG, THRICE_LONG = 1 * 2.2 / (1 + LONG), 3 * 2.2 / (3 + LONG)


def made(*steps: tuple[tuple[int, int, list[str]], ...], folder: Path | None = None) -> LexicalIndex:
    index = LexicalIndex.create(folder)
    for passages in steps:
        index.update([], passages)
    return index


def scores(ranked: Ranked) -> dict[int, float]:
    return dict(zip(ranked.numbers.tolist(), ranked.scores.tolist(), strict=True))


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (["网格"], {1: IN_TWO * TWICE_SHORT, 3: IN_TWO * ONCE_SHORT}),
        (["调解"], {2: IN_ONE * THRICE_LONG}),
        (["巡查", "物业"], {2: 2 * IN_TWO * ONCE_LONG, 1: IN_TWO * ONCE_SHORT, 3: IN_TWO * ONCE_SHORT}),
        (["网格", "网格"], {1: 2 * IN_TWO * TWICE_SHORT, 3: 2 * IN_TWO * ONCE_SHORT}),
        (["公开", "没有"], {3: IN_ONE * ONCE_SHORT}),
        (["没有"], {}),
        ([], {}),
    ],
)
def test_scores_are_those_worked_out_by_hand(terms: list[str], expected: dict[int, float]) -> None:
    found = scores(made(PASSAGES).search(terms, 10))
    assert found == pytest.approx(expected, abs=1e-6)


def test_what_terms_are_worth() -> None:
    """In a passage of mean length that holds each once; a term that no passage holds is worth ln(1 + 3.5 / 0.5)."""
    index = made(PASSAGES)
    assert index.weight(["网格", "公开"]) == pytest.approx(IN_TWO + IN_ONE)
    assert index.weight(["公开", "没有"]) == pytest.approx(IN_ONE + log(8))
    assert index.weight([]) == 0.0
    level = made(((1, 1, ["甲", "乙"]), (2, 1, ["丙", "丁"])))
    assert scores(level.search(["甲", "乙"], 1)) == pytest.approx({1: level.weight(["甲", "乙"])}, abs=1e-6)


def test_the_numbers_behind_the_formulas() -> None:
    assert scores(made(PASSAGES).search(["网格"], 10)) == pytest.approx({1: 0.681083, 3: 0.507772}, abs=1e-6)


def test_best_first_and_equal_scores_by_number() -> None:
    assert made(PASSAGES).search(["巡查", "物业"], 10).numbers.tolist() == [2, 1, 3]
    assert made(PASSAGES[::-1]).search(["巡查", "物业"], 10).numbers.tolist() == [2, 1, 3]


def test_only_the_best_k() -> None:
    assert made(PASSAGES).search(["网格"], 1).numbers.tolist() == [1]


@pytest.mark.parametrize(
    "parts", [(PASSAGES[:1], PASSAGES[1:]), (PASSAGES[2:], PASSAGES[:2]), [(one,) for one in PASSAGES]]
)
def test_adding_one_after_the_other_is_adding_both(parts: tuple[tuple[tuple[int, int, list[str]], ...], ...]) -> None:
    together, apart = made(PASSAGES), made(*parts)
    for terms in (["网格"], ["巡查", "物业"], ["调解", "公开", "网格"]):
        assert scores(apart.search(terms, 10)) == pytest.approx(scores(together.search(terms, 10)))


def test_what_is_taken_out_is_not_found() -> None:
    index = made(PASSAGES)
    index.update([3, 1], [])
    assert len(index) == 1
    assert index.search(["网格"], 10).numbers.tolist() == []
    assert index.search(["物业"], 10).numbers.tolist() == [2]


def test_taking_out_and_adding_in_one_step() -> None:
    index = made(PASSAGES)
    index.update([3], [(4, 40, ["公开", "公开"])])
    assert index.search(["公开"], 10).numbers.tolist() == [4]
    assert len(index) == 3


def test_passages_taken_out_go_on_counting_in_the_statistics() -> None:
    """As in Lucene; `kb.knowledge.caching` makes the index anew when they are many."""
    index = made(PASSAGES)
    index.update([3], [])
    assert scores(index.search(["网格"], 10)) == pytest.approx({1: IN_TWO * TWICE_SHORT}, abs=1e-6)


def test_a_filter_by_article_keeps_the_scores() -> None:
    index = made(PASSAGES)
    first: Numbers = np.array([10], dtype=np.int64)
    assert scores(index.search(["网格", "物业"], 10, first)) == pytest.approx(
        {1: IN_TWO * TWICE_SHORT, 2: IN_TWO * ONCE_LONG}, abs=1e-6
    )
    both: Numbers = np.array([30, 77], dtype=np.int64)
    assert scores(index.search(["网格"], 10, both)) == pytest.approx({3: IN_TWO * ONCE_SHORT}, abs=1e-6)
    assert scores(index.search(["网格"], 10, np.zeros(0, dtype=np.int64))) == {}


def test_an_empty_index_finds_nothing() -> None:
    assert scores(LexicalIndex.create(None).search(["网格"], 10)) == {}


def test_terms_are_searched_as_they_are() -> None:
    """No tokenizer of tantivy's own: neither case nor punctuation nor query syntax means anything."""
    index = made(((1, 1, ["a:b", "(", "and"]), (2, 2, ["b"])))
    assert index.search(["a:b"], 10).numbers.tolist() == [1]
    assert index.search(["("], 10).numbers.tolist() == [1]
    assert index.search(["a"], 10).numbers.tolist() == []


def test_a_question_of_very_many_terms_is_searched_by_its_first() -> None:
    index = made(PASSAGES)
    assert index.search(["没有"] * 1_023 + ["网格"], 10).numbers.tolist() == [1, 3]
    assert index.search(["没有"] * 1_024 + ["网格"], 10).numbers.tolist() == []


def test_written_and_opened_it_finds_the_same(tmp_path: Path) -> None:
    made(PASSAGES, folder=tmp_path)
    opened = LexicalIndex.open(tmp_path)
    assert scores(opened.search(["网格"], 10)) == pytest.approx({1: 0.681083, 3: 0.507772}, abs=1e-6)


def test_a_missing_file_is_noticed_when_opening(tmp_path: Path) -> None:
    made(PASSAGES, folder=tmp_path)
    files = [file for file in (tmp_path / "lexical").iterdir() if not file.name.startswith(".")]
    assert len(files) >= 6
    for file in files:
        content = file.read_bytes()
        file.unlink()
        with pytest.raises(ValueError, match=r"[Ff]ile|Failed"):
            LexicalIndex.open(tmp_path)
        file.write_bytes(content)
    assert len(LexicalIndex.open(tmp_path)) == 3
