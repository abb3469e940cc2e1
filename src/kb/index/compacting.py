"""Which segments of vectors stay, and which are made (anew): decided from numbers alone.

What is new becomes a segment of its own, joined with those before it that are not much larger, so that there are few of
them and every passage is written only a few times however many additions there are. A segment of which much is gone,
or that lacks vectors of sentences, is made anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kb.index.dense import Numbers


@dataclass(frozen=True, slots=True)
class Sizes:
    """From where on an index is treated as a large one."""

    anew: int = 20_000
    """Up to so many passages all of it is one segment, made anew whenever one changes (about 1 s), and everything in
    the store is held against its seals before."""

    exact: int = 30_000
    """Up to so many rows every row of a segment is compared; at 50,000 that took 16 ms, and by lists a larger one takes
    about 1 ms (`python -m benchmarks.size`)."""

    most_gone: float = 0.2
    """The share of a segment's rows that may be gone before it is made anew."""

    merged: float = 2.0
    """A segment that has at most so many times the rows of what comes after it is joined with it."""


SIZES = Sizes()


@dataclass(frozen=True, slots=True)
class Kept:
    """A segment as it is now: all its rows, ascending, those that are gone as well."""

    name: str
    rows: Numbers
    whole: bool = True
    """Whether every sentence in it has its vector."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A segment of the next generation: the passages that are there, and where it stays as it is its name."""

    numbers: Numbers
    stays: str = ""


def plan(numbers: Numbers, held: Sequence[Kept], sizes: Sizes) -> list[Planned]:
    """The segments for these passages, ascending, from those that are `held`, in their order."""
    if not len(numbers):
        return []
    if len(numbers) <= sizes.anew:
        return [Planned(numbers)]
    planned: list[Planned] = []
    for one in _in_order(numbers, held, sizes):
        planned.append(one)
        while len(planned) > 1 and _joined(planned[-2], planned[-1], sizes):
            last = planned.pop()
            planned[-1] = Planned(np.concatenate((planned[-1].numbers, last.numbers)))
    return planned


def _joined(before: Planned, new: Planned, sizes: Sizes) -> bool:
    """Segments made anew are one; one that stays goes into them where it is not much larger."""
    if new.stays:
        return False
    return not before.stays or len(before.numbers) <= sizes.merged * len(new.numbers)


def _in_order(numbers: Numbers, held: Sequence[Kept], sizes: Sizes) -> list[Planned]:
    """Segments that can stay, and between them what is in none."""
    found: list[Planned] = []
    at = 0
    for segment in held:
        begin, end = np.searchsorted(numbers, (segment.rows[0], segment.rows[-1] + 1)).tolist()
        own = numbers[begin:end]
        stays = segment.whole and len(own) >= (1 - sizes.most_gone) * len(segment.rows)
        if stays and np.isin(own, segment.rows, assume_unique=True).all():
            found += [Planned(numbers[at:begin])] if begin > at else []
            found.append(Planned(own, segment.name))
            at = end
    return [*found, Planned(numbers[at:])] if at < len(numbers) else found
