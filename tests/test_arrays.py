"""Arrays are read as `np.load` reads them; what is none is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.arrays import read_array

ARRAYS: dict[str, Any] = {
    "numbers": np.arange(-3, 5, dtype=np.int64),
    "none": np.zeros(0, dtype=np.int64),
    "halves": np.arange(12, dtype=np.float16).reshape(4, 3),
    "floats": np.linspace(0, 1, 7, dtype=np.float32),
    "no rows": np.zeros((0, 384), dtype=np.float16),
    "bytes": np.arange(6, dtype=np.int8).reshape(2, 3),
}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    np.save(tmp_path / "x.npy", ARRAYS["halves"], allow_pickle=False)
    return tmp_path / "x.npy"


@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_is_what_was_saved(tmp_path: Path, name: str, mapped: bool) -> None:
    np.save(tmp_path / "x.npy", ARRAYS[name], allow_pickle=False)
    found, expected = read_array(tmp_path / "x.npy", mapped=mapped), np.load(tmp_path / "x.npy", allow_pickle=False)
    assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    assert np.array_equal(found, expected)
    assert isinstance(found, np.memmap) == mapped


@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize("left", [0, 5, 9, 60, 127, 128, 150, 151])
def test_a_shortened_one_is_refused(saved: Path, left: int, mapped: bool) -> None:
    assert len(saved.read_bytes()) == 152
    saved.write_bytes(saved.read_bytes()[:left])
    with pytest.raises(ValueError):  # noqa: PT011 - numpy's own words where the numbers are cut off
        read_array(saved, mapped=mapped)


OTHERS = (
    np.array([{"a": 1}], dtype=object),
    np.zeros((2, 2), order="F"),
    np.zeros((1, 2, 3)),
    np.array("甲"),
    np.array(3.0),
)


@pytest.mark.parametrize("other", OTHERS)
def test_what_holds_no_plain_rows_is_refused(tmp_path: Path, other: Any) -> None:
    np.save(tmp_path / "x.npy", other, allow_pickle=True)
    with pytest.raises(ValueError, match=r"x\.npy is no array"):
        read_array(tmp_path / "x.npy")
