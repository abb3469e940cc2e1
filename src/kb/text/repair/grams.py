"""Weights of characters, pairs and triples in sorted arrays: found by bisection, a tenth of a dictionary's memory."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

BITS = 21
"""A code point fits into 21 bits, and three of them into a 64-bit number that sorts as the text does."""

LAST = (1 << BITS) - 1
"""The bits of the last character of a group."""

Keys = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]


Number_co = TypeVar("Number_co", int, float, covariant=True)


class Sorted(Protocol[Number_co]):
    """What lookups need of an array: plain numbers, by place."""

    def __len__(self) -> int: ...
    def __getitem__(self, place: int, /) -> Number_co: ...


@dataclass(frozen=True, slots=True)
class Grams:
    """Groups of characters of one length as numbers, ascending, with their weights."""

    keys: Keys
    weights: Weights

    @classmethod
    def of(cls, table: Mapping[str, float]) -> Grams:
        """The groups of a dictionary."""
        keys = np.fromiter(map(number, table), dtype=np.int64, count=len(table))
        weights = np.fromiter(table.values(), dtype=np.float64, count=len(table))
        order = np.argsort(keys)
        return cls(keys[order], weights[order])

    def added(self, other: Grams) -> Grams:
        """The groups of both, weights summed."""
        keys, places = np.unique(np.concatenate([self.keys, other.keys]), return_inverse=True)
        weights: Weights = np.bincount(places, np.concatenate([self.weights, other.weights]), len(keys)).astype(
            np.float64
        )
        return Grams(keys, weights)

    def by_context(self, worth: Weights) -> Grams:
        """The sums of `worth` over the groups that differ only in their last character, by the others."""
        contexts = self.keys >> BITS
        starts = np.flatnonzero(np.diff(contexts, prepend=-1))
        return Grams(contexts[starts], np.add.reduceat(worth, starts) if len(starts) else worth)


class Lookup:
    """One weight after the other: over memory views, which give plain numbers."""

    def __init__(self, grams: Grams) -> None:
        self._keys: Sorted[int] = memoryview(np.ascontiguousarray(grams.keys).data)
        self._weights: Sorted[float] = memoryview(np.ascontiguousarray(grams.weights).data)

    def weight(self, key: int) -> float:
        """The weight of a group, 0 for one that was never counted."""
        place = bisect_left(self._keys, key)
        return self._weights[place] if place < len(self._keys) and self._keys[place] == key else 0.0

    def within(self, context: int) -> slice:
        """The places of the groups that begin with a context."""
        return slice(*(bisect_left(self._keys, (context + more) << BITS) for more in (0, 1)))


def number(gram: str) -> int:
    """A group of at most three characters as a number."""
    key = 0
    for character in gram:
        key = key << BITS | ord(character)
    return key
