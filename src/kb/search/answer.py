"""Which sentences of the passages found answer a question: chosen, merged where they say the same, in reading order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.text.normalize import normalize

MEANING, PASSAGE, WORDS = 0.5, 0.3, 0.2
"""Shares of a sentence's own cosine, of its passage's score, and of the question's words it holds."""

FROM_BEST = 0.72
"""A sentence is taken from this share of the best one's score on: lower brings what does not bear on the question."""

MOST_SENTENCES = 5
SAME = 0.965
"""Cosine from which two sentences say the same."""

_LETTER = re.compile(r"[\W_]+")
_STEPS = re.compile(r"步骤|流程|程序|怎么做|怎样做|如何做|几步|怎么办理")
_FIGURES = re.compile(r"多少|几[个名件户成年月天次项万]|比例|占比|数据|人数|数量")
_DIGIT = re.compile(r"\d")
_STEP = re.compile(
    r"^\s*(?:\d{1,2}[.、]|[（(][一二三四五六七八九十\d]+[)）]|第[一二三四五六七八九十]+步|[一二三四五六七八九十]+是)"
)
_KIND_BONUS = 0.15
"""What a step gains where steps are asked for, and a sentence with a figure where figures are."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a passage that was found: its passage's place and score, where it stands, how near it is."""

    passage: int
    passage_score: float
    start: int
    end: int
    text: str
    line_start: str
    cosine: float
    overlap: float
    vector: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence of the answer with the other places (indices of candidates) that say the same."""

    candidate: int
    score: float
    also: tuple[int, ...] = ()


def choose(question: str, candidates: Sequence[Candidate]) -> list[Chosen]:
    """The sentences of the answer: passages by their best sentence, within a passage in reading order."""
    if not candidates:
        return []
    scores = scored(question, candidates)
    order = sorted(range(len(candidates)), key=lambda at: (-scores[at], at))
    taken: list[Chosen] = []
    for at in order:
        twin = next((n for n, one in enumerate(taken) if _same(candidates[one.candidate], candidates[at])), None)
        if twin is not None:
            taken[twin] = Chosen(taken[twin].candidate, taken[twin].score, (*taken[twin].also, at))
        elif len(taken) < MOST_SENTENCES and scores[at] >= FROM_BEST * scores[order[0]]:
            taken.append(Chosen(at, round(scores[at], 4)))
    best: dict[int, int] = {}
    for one in taken:
        best.setdefault(candidates[one.candidate].passage, len(best))
    return sorted(taken, key=lambda one: (best[candidates[one.candidate].passage], candidates[one.candidate].start))


def scored(question: str, candidates: Sequence[Candidate]) -> list[float]:
    """How much each sentence bears on the question, about 0 to 1."""
    cosines = _stretched([one.cosine for one in candidates])
    overlaps = _stretched([one.overlap for one in candidates])
    matching = normalize(question)
    steps, figures = _STEPS.search(matching) is not None, _FIGURES.search(matching) is not None
    return [
        MEANING * cosine
        + PASSAGE * one.passage_score
        + WORDS * words
        + _KIND_BONUS * (steps and _STEP.match(one.line_start) is not None)
        + _KIND_BONUS * (figures and _DIGIT.search(one.text) is not None)
        for one, cosine, words in zip(candidates, cosines, overlaps, strict=True)
    ]


def _same(one: Candidate, other: Candidate) -> bool:
    if _LETTER.sub("", normalize(one.text)) == _LETTER.sub("", normalize(other.text)):
        return True
    return one.passage != other.passage and float(one.vector @ other.vector) >= SAME


def _stretched(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    return [(value - low) / (high - low) if high > low else 1.0 for value in values]
