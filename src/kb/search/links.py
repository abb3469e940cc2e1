"""Does a passage tell of a practice, only name it, or neither: judged by its names and by meaning."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.search.surfacing import Pages
from kb.types import LinkKind, Span

VERSION = 2
"""Raised whenever the same passage gives other links."""

CANDIDATES = 6
"""Practices looked at by meaning alone, besides those that are named."""

LONG_NAME = 4
"""Characters of a name that can hardly be ordinary words."""

MOST_COUNTED = 3

FloatMatrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one passage and one practice.

    `names`: places where it is named; `titled`: its name stands in the title or a heading; `own`: the passage is of
    its own page; `near`: mean of the passage's cosine with the page's nearest passage and with the whole page; `lag`:
    how far that is behind the nearest practice's; `told`: the highest cosine of a sentence with one of the page;
    `tone`: of a sentence with the whole page.
    """

    names: tuple[Span, ...]
    titled: bool
    own: bool
    near: float
    lag: float
    told: float
    tone: float


@dataclass(frozen=True, slots=True)
class Weights:
    """Logistic regression, fitted on 150 passages labelled by hand (`python -m benchmarks.practice_links --fit`)."""

    constant: float
    names: float
    named: float
    long: float
    titled: float
    own: float
    near: float
    lag: float
    told: float
    tone: float

    def likelihood(self, seen: Seen) -> float:
        """That the passage tells of the practice, in [0, 1]."""
        count = min(len(seen.names), MOST_COUNTED)
        long = any(name.end - name.start >= LONG_NAME for name in seen.names)
        total = (
            self.constant + self.names * count + self.named * bool(count) + self.long * long
            + self.titled * seen.titled + self.own * seen.own + self.near * seen.near + self.lag * seen.lag
            + self.told * seen.told + self.tone * seen.tone
        )  # fmt: skip
        return 1.0 / (1.0 + math.exp(-total))


WEIGHTS = Weights(-32.96, 2.62, 1.74, -3.00, -0.03, 1.97, -0.46, -33.53, 25.81, 16.49)
"""For vectors of the default model; in five-fold cross-validation precision 0.897 and recall 0.836."""

DESCRIBES_FROM = 0.5


def kind_of(likelihood: float, seen: Seen) -> LinkKind | None:
    """Telling of it (as its own page always does), naming it, or nothing."""
    if likelihood >= DESCRIBES_FROM or seen.own:
        return LinkKind.DESCRIBES
    return LinkKind.MENTIONS if seen.names else None


@dataclass(frozen=True, slots=True)
class PageVectors:
    """The pages of the practices with the vectors of their sentences; `owners` as in `Pages`."""

    pages: Pages
    sentences: FloatMatrix
    owners: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Nearness:
    """Of one passage to every practice, each of shape (practices,); `where[p]` is the sentence that `told` rests on."""

    near: FloatMatrix
    told: FloatMatrix
    tone: FloatMatrix
    where: npt.NDArray[np.int64]


def nearness(page_vectors: PageVectors, passage: FloatMatrix, sentences: FloatMatrix) -> Nearness:
    """`passage` of shape (dimension,), `sentences` of shape (n, dimension), n at least 1."""
    pages = page_vectors.pages
    count = len(pages.ids)
    best = _highest(pages.vectors @ passage, pages.owners, count)
    between = sentences @ page_vectors.sentences.T
    per_sentence = np.stack([_highest(row, page_vectors.owners, count) for row in between])
    where = per_sentence.argmax(axis=0)
    tone = (sentences @ pages.whole.T).max(axis=0)
    near = ((best + pages.whole @ passage) / 2).astype(np.float32)
    return Nearness(near, per_sentence.max(axis=0), tone, where)


def _highest(values: FloatMatrix, owners: npt.NDArray[np.int64], count: int) -> FloatMatrix:
    highest = np.full(count, -1.0, dtype=np.float32)
    np.maximum.at(highest, owners, values)
    return highest
