"""A quotation laid along a text, so that as little as possible has to be altered.

The quotation is aligned whole, the text begins and ends where it fits best (Sellers 1980); words left out of the
text cost little more when they are many, as one cut leaves out a whole clause (Gotoh 1982).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

REPLACED = ADDED = 8
"""The cost of a character that is another one, or that the text has not."""

CUT, EACH_LEFT_OUT = 8, 1
"""The cost of leaving something out of the text, and of each character of it."""

Row = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Run:
    """Characters `quoted_start:quoted_end` of the quotation stand for `start:end` of the text, and differ from them."""

    quoted_start: int
    quoted_end: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """The quotation lies along `start:end` of the text; `runs` are where they differ, in order."""

    cost: int
    start: int
    end: int
    runs: tuple[Run, ...]

    def similarity(self, length: int) -> float:
        """1 for nothing altered, 0 for nothing left of a quotation of this length."""
        return max(0.0, 1 - self.cost / (REPLACED * max(1, length)))


def align(quoted: str, text: str) -> Alignment:
    """The cheapest way; takes memory of four bytes for each pair of a character of one and one of the other."""
    ours, theirs = _codes(quoted), _codes(text)
    costs = _costs(ours, theirs)
    end = int(costs[-1].argmin())
    runs: list[Run] = []
    at = end
    for run in _back(costs, ours, theirs, end):
        at = run.start
        if not _differs(run, ours, theirs):
            continue
        joined = bool(runs) and (runs[-1].quoted_start, runs[-1].start) == (run.quoted_end, run.end)
        behind = runs.pop() if joined else run
        runs.append(Run(run.quoted_start, behind.quoted_end, run.start, behind.end))
    return Alignment(int(costs[-1, end]), at, end, tuple(reversed(runs)))


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _costs(ours: npt.NDArray[np.uint32], theirs: npt.NDArray[np.uint32]) -> npt.NDArray[np.int32]:
    """`[i, j]`: of aligning the first i characters of the quotation so that they end before character j of the text."""
    slope = np.arange(len(theirs) + 1, dtype=np.int32) * EACH_LEFT_OUT
    costs = np.zeros((len(ours) + 1, len(theirs) + 1), dtype=np.int32)
    for i, character in enumerate(ours, start=1):
        row: Row = costs[i - 1] + np.int32(ADDED)
        np.minimum(row[1:], costs[i - 1, :-1] + (theirs != character) * np.int32(REPLACED), out=row[1:])
        best = np.minimum.accumulate(row - slope)
        np.minimum(row[1:], best[:-1] + slope[1:] + CUT, out=row[1:])
        costs[i] = row
    return costs


def _back(
    costs: npt.NDArray[np.int32], ours: npt.NDArray[np.uint32], theirs: npt.NDArray[np.uint32], end: int
) -> Iterator[Run]:
    """The steps of the cheapest way, from its end to its beginning."""
    i, j = len(ours), end
    while i > 0:
        cost = costs[i, j]
        if j > 0 and cost == costs[i - 1, j - 1] + (0 if ours[i - 1] == theirs[j - 1] else REPLACED):
            i, j = i - 1, j - 1
            yield Run(i, i + 1, j, j + 1)
        elif cost == costs[i - 1, j] + ADDED:
            i -= 1
            yield Run(i, i + 1, j, j)
        else:
            lengths = np.arange(1, j + 1, dtype=np.int32)
            back = int(np.flatnonzero(costs[i, j - lengths] + CUT + EACH_LEFT_OUT * lengths == cost)[0]) + 1
            j -= back
            yield Run(i, i, j, j + back)


def _differs(run: Run, ours: npt.NDArray[np.uint32], theirs: npt.NDArray[np.uint32]) -> bool:
    both = run.quoted_end > run.quoted_start and run.end > run.start
    return not both or bool(ours[run.quoted_start] != theirs[run.start])
