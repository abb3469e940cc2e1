"""Which practices fit a question: worked out by hand on small pages."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kb.index.dense import Ranked
from kb.search.evidence import best_sentence, overlap, trimmed
from kb.search.surfacing import CALIBRATIONS, Calibration, Pages, named, stretched, surface
from kb.types import Mode, Span

FUSED_ONLY = Calibration(0.0, 1.0, 0.0, 0.0)
"""Its likelihood is the logistic of the fused score, so that the score can be read back."""

VECTORS = np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)
PAGES = Pages.of({11: "a", 12: "a", 21: "b"}, VECTORS)


def scores(vector: list[float] | None, lexical: Ranked | None) -> dict[str, tuple[float, int]]:
    asked = None if vector is None else np.array(vector, dtype=np.float32)
    return {
        one.id: (round(math.log(one.likelihood / (1 - one.likelihood)), 4), one.passage)
        for one in surface(PAGES, asked, lexical, FUSED_ONLY)
    }


def ranked(**numbers: float) -> Ranked:
    return Ranked(
        np.array([int(key[1:]) for key in numbers], dtype=np.int64), np.array(list(numbers.values()), dtype=np.float32)
    )


def test_pages_hold_their_mean_direction() -> None:
    assert PAGES.ids == ("a", "b")
    assert PAGES.owners.tolist() == [0, 0, 1]
    assert pytest.approx(np.array([[0.5**0.5, 0.5**0.5], [0.6, 0.8]]), abs=1e-6) == PAGES.whole


def test_meaning_and_words_are_weighed() -> None:
    """Toward (0, 1): a is (1 + 0.7071) / 2 by its second passage, b 0.8; so a has 1 and b 0 of meaning."""
    assert scores([0, 1], ranked(n21=4.0, n11=2.0)) == {"a": (0.6 * 1 + 0.4 * 0.5, 12), "b": (0.4, 21)}


def test_one_leg_alone_counts_whole() -> None:
    assert scores([0, 1], None) == {"a": (1.0, 12), "b": (0.0, 21)}
    assert scores(None, ranked(n21=4.0, n11=1.0)) == {"a": (0.25, 11), "b": (1.0, 21)}


def test_passages_of_other_articles_do_not_count() -> None:
    assert scores(None, ranked(n99=9.0, n11=1.0)) == {"a": (1.0, 11), "b": (0.0, 21)}


def test_the_lead_counts() -> None:
    leading = Calibration(0.0, 0.0, 0.0, 1.0)
    first, second = surface(PAGES, None, ranked(n21=4.0, n11=1.0), leading)
    assert (first.id, second.id) == ("b", "a")
    assert math.log(first.likelihood / (1 - first.likelihood)) == pytest.approx(0.75)
    assert math.log(second.likelihood / (1 - second.likelihood)) == pytest.approx(-0.75)


def test_without_practices_there_is_nothing_to_surface() -> None:
    empty = Pages.of({}, np.zeros((0, 2), dtype=np.float32))
    assert surface(empty, np.ones(2, dtype=np.float32), None, FUSED_ONLY) == []


def test_a_filter_leaves_the_pages_that_fit_whole() -> None:
    assert PAGES.only(np.array([11, 21])).ids == ("b",)
    assert PAGES.only(np.array([11, 12, 13])).ids == ("a",)


def test_likelihoods_rise_with_score_and_cosine() -> None:
    known = CALIBRATIONS[Mode.HYBRID]
    assert known.likelihood(1.0, 0.85, 0.3) > 0.8
    assert known.likelihood(1.0, 0.45, 0.3) < 0.3
    assert known.likelihood(0.5, 0.85, -0.3) < 0.2


def test_a_name_makes_a_practice_certain_or_likelier() -> None:
    assert named(0.2, 0.5) == 1.0
    assert named(0.2, 0.25) == pytest.approx(0.4)


def test_stretching() -> None:
    assert stretched(np.array([2.0, 4.0, 3.0])).tolist() == [0.0, 1.0, 0.5]
    assert stretched(np.array([2.0, 2.0])).tolist() == [0.0, 0.0]


def test_the_sentence_with_most_of_the_question() -> None:
    text = "## 做法\n- 每户发一张卡。[1]\n- 楼长每天入户收垃圾，分类称重。[2]\n"
    second = text.index("- 楼长")
    spans = [Span(0, 6), Span(6, second), Span(second, len(text))]
    found = best_sentence(text, spans, {"垃圾", "分类"})
    assert found is not None
    assert text[found.start : found.end] == "楼长每天入户收垃圾，分类称重。[2]"
    first = best_sentence(text, spans, {"没有"})
    assert first is not None
    assert text[first.start : first.end] == "每户发一张卡。[1]"
    assert best_sentence("## 做法\n", [Span(0, 6)], {"做法"}) is None


def test_overlap_counts_characters_of_terms_by_length() -> None:
    assert overlap("甲乙丙丁", {"甲乙", "丁"}) == 1.5
    assert overlap("", {"甲"}) == 0.0


def test_list_signs_are_no_part_of_a_sentence() -> None:
    text = " 1. 先登记。 "
    span = trimmed(text, Span(0, len(text)))
    assert text[span.start : span.end] == "先登记。"
