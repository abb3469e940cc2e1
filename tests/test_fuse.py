"""The joint ranking: min-max by hand, legs that are missing, ties, and what a full pool changes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.dense import Ranked, empty_ranking
from kb.search import fuse as fusing
from kb.search.fuse import dense_share, fuse, stretch
from kb.types import LegRank, Mode


def ranked(*found: tuple[int, float]) -> Ranked:
    numbers, scores = [number for number, _ in found], [score for _, score in found]
    return Ranked(np.array(numbers, dtype=np.int64), np.array(scores, dtype=np.float32))


DENSE = ranked((1, 0.9), (2, 0.7), (3, 0.5))
LEXICAL = ranked((3, 8.0), (4, 2.0))
"""Stretched: dense 1, 0.5, 0 (its own lowest is 0); lexical 1, 0.25 (what BM25 does not find is 0)."""


def scores(dense: Ranked, lexical: Ranked, mode: Mode) -> list[tuple[int, float]]:
    return [(found.number, round(found.score, 6)) for found in fuse(dense, lexical, mode)]


def test_hybrid_by_hand() -> None:
    # 1: 0.85 * 1; 2: 0.85 * 0.5; 3: 0.85 * 0 + 0.15 * 1; 4: 0.15 * 0.25
    assert scores(DENSE, LEXICAL, Mode.HYBRID) == [(1, 0.85), (2, 0.425), (3, 0.15), (4, 0.0375)]


def test_words_that_one_passage_holds_count_more() -> None:
    # The best passage has 8 of 10: as much as counts; with 4.5 of 10 (0.45) half way: 0.85 - 0.35 / 2 = 0.675.
    held = fuse(DENSE, LEXICAL, Mode.HYBRID, attainable=10.0)
    assert [(one.number, round(one.score, 6)) for one in held] == [(1, 0.5), (3, 0.5), (2, 0.25), (4, 0.125)]
    half = fuse(DENSE, ranked((3, 4.5), (4, 2.25)), Mode.HYBRID, attainable=10.0)
    assert [(one.number, round(one.score, 6)) for one in half] == [(1, 0.675), (2, 0.3375), (3, 0.325), (4, 0.1625)]


@pytest.mark.parametrize(("coverage", "share"), [(0.0, 0.85), (0.1, 0.85), (0.45, 0.675), (0.8, 0.5), (3.0, 0.5)])
def test_the_share_of_meaning_falls_with_the_words_that_are_held(coverage: float, share: float) -> None:
    assert dense_share(coverage) == pytest.approx(share)


def test_one_leg_by_hand() -> None:
    assert scores(DENSE, empty_ranking(), Mode.DENSE) == [(1, 1.0), (2, 0.5), (3, 0.0)]
    assert scores(empty_ranking(), LEXICAL, Mode.LEXICAL) == [(3, 1.0), (4, 0.25)]


def test_a_mode_does_not_look_at_the_other_leg() -> None:
    assert scores(DENSE, LEXICAL, Mode.DENSE) == scores(DENSE, empty_ranking(), Mode.DENSE)
    assert scores(DENSE, LEXICAL, Mode.LEXICAL) == scores(empty_ranking(), LEXICAL, Mode.LEXICAL)
    assert all(found.lexical is None for found in fuse(DENSE, LEXICAL, Mode.DENSE))
    assert all(found.dense is None for found in fuse(DENSE, LEXICAL, Mode.LEXICAL))


def test_hybrid_where_a_leg_found_nothing() -> None:
    assert scores(DENSE, empty_ranking(), Mode.HYBRID) == [(1, 0.85), (2, 0.425), (3, 0.0)]
    assert scores(empty_ranking(), LEXICAL, Mode.HYBRID) == [(3, 0.15), (4, 0.0375)]
    assert scores(empty_ranking(), empty_ranking(), Mode.HYBRID) == []


def test_every_passage_carries_its_place_in_each_leg() -> None:
    found = {one.number: (one.dense, one.lexical) for one in fuse(DENSE, LEXICAL, Mode.HYBRID)}
    half = float(np.float32(0.7))
    assert found[2] == (LegRank(2, half), None)
    assert found[3] == (LegRank(3, 0.5), LegRank(1, 8.0))
    assert found[4] == (None, LegRank(2, 2.0))


def test_equal_scores_come_by_number() -> None:
    assert scores(ranked((9, 0.5), (2, 0.5)), ranked((7, 3.0), (5, 3.0)), Mode.HYBRID) == [
        (2, 0.85),
        (9, 0.85),
        (5, 0.15),
        (7, 0.15),
    ]


def test_a_leg_with_one_passage_gives_it_everything() -> None:
    assert scores(ranked((5, 0.2)), ranked((5, 0.3)), Mode.HYBRID) == [(5, 1.0)]


def test_the_last_of_a_full_lexical_pool_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fusing, "POOL", 3)
    full = ranked((1, 8.0), (2, 5.0), (3, 2.0))
    assert scores(empty_ranking(), full, Mode.LEXICAL) == [(1, 1.0), (2, 0.5), (3, 0.0)]
    assert scores(empty_ranking(), LEXICAL, Mode.LEXICAL) == [(3, 1.0), (4, 0.25)]


def test_stretching_nothing() -> None:
    assert stretch(np.zeros(0, dtype=np.float32), None).tolist() == []
    assert stretch(np.zeros(3, dtype=np.float32), 0.0).tolist() == [1.0, 1.0, 1.0]


leg = st.lists(
    st.tuples(st.integers(1, 30), st.integers(1, 1000).map(float)), max_size=20, unique_by=lambda found: found[0]
)


def descending(found: Sequence[tuple[int, float]]) -> Ranked:
    return ranked(*sorted(found, key=lambda one: (-one[1], one[0])))


@given(leg, leg, st.sampled_from(Mode))
def test_laws_of_fusion(dense: list[tuple[int, float]], lexical: list[tuple[int, float]], mode: Mode) -> None:
    found = list(fuse(descending(dense), descending(lexical), mode))
    asked = (dense if mode is not Mode.LEXICAL else []) + (lexical if mode is not Mode.DENSE else [])
    assert sorted(one.number for one in found) == sorted({number for number, _ in asked})
    assert all(0.0 <= one.score <= 1.0 + 1e-9 for one in found)
    assert found == sorted(found, key=lambda one: (-one.score, one.number))


@given(leg, leg)
def test_a_passage_that_is_better_in_both_legs_is_better(
    dense: list[tuple[int, float]], lexical: list[tuple[int, float]]
) -> None:
    found = list(fuse(descending(dense), descending(lexical), Mode.HYBRID))
    both = [(one.dense.score, one.lexical.score) for one in found if one.dense and one.lexical]
    for better, worse in pairwise(both):
        assert not (worse[0] > better[0] and worse[1] > better[1])


def test_a_ranking_is_cut_like_a_list() -> None:
    found = fuse(DENSE, LEXICAL, Mode.HYBRID)
    every = list(found)
    assert len(found) == len(every) == 4
    assert (found[:2], found[2:], found[9:], found[-1]) == (every[:2], every[2:], [], every[-1])
    with pytest.raises(IndexError):
        found[4]
