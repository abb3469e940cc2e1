"""How counts are kept in the package: as sorted numbers, differences stored, a few bytes an entry."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.text.repair.counts import Counts
from kb.text.repair.grams import BITS, Grams, Keys, Weights
from kb.text.repair.trigrams import Tables

LEVELS = 16
"""Weights are kept as powers of two in steps of a sixteenth: within 2.2 %, and one byte each."""

_FLOOR = 2.0**-6
_LENGTHS = {"ones": 1, "twos": 2, "threes": 3}


def save(counts: Counts, path: Path) -> None:
    """Write counts; the same counts make the same file."""
    named = {"ones": counts.ones, "twos": counts.twos, "threes": counts.threes}
    letters = "".join(sorted(counts.ones.keys() | set("".join(counts.twos)) | set("".join(counts.threes))))
    at = {letter: place for place, letter in enumerate(letters)}
    arrays: dict[str, npt.NDArray[np.generic]] = {"letters": np.frombuffer(letters.encode("utf-32-le"), np.uint32)}
    for name, table in named.items():
        keys = np.array([_key(gram, at) for gram in table], dtype=np.int64)
        values = np.array(list(table.values()), dtype=np.float64)
        order = np.argsort(keys)
        arrays[f"{name}_steps"] = _narrow(np.diff(keys[order], prepend=0))
        arrays[f"{name}_levels"] = _levels(values[order])
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def load(path: Path) -> Tables:
    """What `save` wrote."""
    with np.load(path, allow_pickle=False) as file:
        letters = file["letters"].astype(np.int64)
        ones, twos, threes = (_grams(file, name, letters) for name in _LENGTHS)
    return Tables(ones, twos, threes)


def _grams(file: Mapping[str, npt.NDArray[np.int64]], name: str, letters: Keys) -> Grams:
    places = np.cumsum(file[f"{name}_steps"].astype(np.int64))
    weights: Weights = _FLOOR * 2.0 ** (file[f"{name}_levels"].astype(np.float64) / LEVELS)
    keys = np.zeros_like(places)
    for power in reversed(range(_LENGTHS[name])):
        keys = keys << BITS | letters[places // len(letters) ** power % len(letters)]
    return Grams(keys, weights)  # letters are sorted, so the numbers ascend as the places did


def _levels(values: Weights) -> npt.NDArray[np.uint16]:
    levels: npt.NDArray[np.uint16] = np.rint(LEVELS * np.log2(np.maximum(values, _FLOOR) / _FLOOR)).astype(np.uint16)
    return levels


def _key(gram: str, at: Mapping[str, int]) -> int:
    key = 0
    for letter in gram:
        key = key * len(at) + at[letter]
    return key


def _narrow(steps: Keys) -> npt.NDArray[np.generic]:
    """In the smallest type that holds them; the first difference may be large."""
    return steps.astype(np.min_scalar_type(int(steps.max(initial=0))))
