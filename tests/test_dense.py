"""Dense search is exact: what numpy finds by brute force, in the same order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.index.dense import DenseIndex, FloatMatrix, Numbers

COUNT, WIDTH = 300, 24


def unit(rows: int, seed: int) -> FloatMatrix:
    vectors = np.random.default_rng(seed).normal(size=(rows, WIDTH)).astype(np.float32)
    normed: FloatMatrix = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return normed


@pytest.fixture
def vectors() -> FloatMatrix:
    return unit(COUNT, seed=1)


@pytest.fixture
def numbers() -> list[int]:
    """Ascending with gaps, as numbers of passages are after removals."""
    return [3 * row + row % 3 for row in range(COUNT)]


@pytest.fixture
def index(numbers: list[int], vectors: FloatMatrix) -> DenseIndex:
    return DenseIndex.build(numbers, vectors)


def brute_force(numbers: list[int], vectors: FloatMatrix, query: FloatMatrix, k: int) -> list[tuple[int, float]]:
    scores = (vectors.astype(np.float64) @ query.astype(np.float64)).tolist()
    return sorted(zip(numbers, scores, strict=True), key=lambda found: (-found[1], found[0]))[:k]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("k", [1, 10, COUNT, COUNT + 50])
def test_search_is_brute_force(index: DenseIndex, numbers: list[int], vectors: FloatMatrix, seed: int, k: int) -> None:
    query = unit(1, seed=100 + seed)[0]
    found, expected = index.search(query, k), brute_force(numbers, vectors, query, k)
    assert found.numbers.tolist() == [number for number, _ in expected]
    np.testing.assert_allclose(found.scores, [score for _, score in expected], atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.01, 0.3, 1.0])
def test_search_under_a_filter_is_brute_force_over_what_is_allowed(
    index: DenseIndex, numbers: list[int], vectors: FloatMatrix, seed: int, share: float
) -> None:
    rows = np.sort(np.random.default_rng(seed).choice(COUNT, max(1, int(share * COUNT)), replace=False))
    allowed: Numbers = np.array(numbers, dtype=np.int64)[rows]
    query = unit(1, seed=200 + seed)[0]
    found = index.search(query, 20, allowed)
    expected = brute_force(allowed.tolist(), vectors[rows], query, 20)
    assert found.numbers.tolist() == [number for number, _ in expected]
    np.testing.assert_allclose(found.scores, [score for _, score in expected], atol=1e-6)


def test_equal_scores_come_by_number_also_where_the_list_is_cut() -> None:
    vectors = np.tile(np.eye(1, 8, dtype=np.float32), (40, 1))
    vectors[5] = np.eye(2, 8, dtype=np.float32)[1]
    index = DenseIndex.build(range(100, 140), vectors)
    assert index.search(vectors[0], 7).numbers.tolist() == [100, 101, 102, 103, 104, 106, 107]
    allowed = np.array([103, 105, 120, 130, 131], dtype=np.int64)
    assert index.search(vectors[0], 3, allowed).numbers.tolist() == [103, 120, 130]
    assert index.search(vectors[0], 9, allowed).numbers.tolist() == [103, 120, 130, 131, 105]


def test_nothing_allowed_finds_nothing(index: DenseIndex, vectors: FloatMatrix) -> None:
    assert index.search(vectors[0], 5, np.zeros(0, dtype=np.int64)).numbers.tolist() == []


def test_an_empty_index_finds_nothing() -> None:
    index = DenseIndex.build([], np.zeros((0, 0), dtype=np.float32))
    assert len(index) == 0
    assert index.search(np.ones(WIDTH, dtype=np.float32), 5).numbers.tolist() == []


def test_scores_of_given_passages(index: DenseIndex, numbers: list[int], vectors: FloatMatrix) -> None:
    query = unit(1, seed=7)[0]
    rows = [250, 0, 17]
    wanted: Numbers = np.array([numbers[row] for row in rows], dtype=np.int64)
    np.testing.assert_allclose(index.scores_of(query, wanted), vectors[rows] @ query, atol=1e-6)
    assert index.scores_of(query, np.zeros(0, dtype=np.int64)).shape == (0,)


def test_saved_and_opened_it_finds_the_same(index: DenseIndex, vectors: FloatMatrix, tmp_path: Path) -> None:
    index.save(tmp_path)
    opened = DenseIndex.open(tmp_path)
    assert (len(opened), opened.dimension) == (COUNT, WIDTH)
    before, after = index.search(vectors[9], 30), opened.search(vectors[9], 30)
    assert before.numbers.tolist() == after.numbers.tolist()
    assert before.scores.tolist() == after.scores.tolist()


@pytest.mark.parametrize("name", ["dense.faiss", "dense-numbers.npy"])
@pytest.mark.parametrize("size", [0, 20, 70])
def test_a_damaged_file_does_not_open(index: DenseIndex, tmp_path: Path, name: str, size: int) -> None:
    index.save(tmp_path)
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:size])
    with pytest.raises((OSError, EOFError, RuntimeError, ValueError)):
        DenseIndex.open(tmp_path)


def test_files_of_two_indexes_do_not_open(index: DenseIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    np.save(tmp_path / "dense-numbers.npy", index.numbers[:-1])
    with pytest.raises(ValueError, match=f"{COUNT} vectors for {COUNT - 1} passages"):
        DenseIndex.open(tmp_path)
