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
MOST_PLACES = 8
PLACES_FROM_BEST = 0.5
"""For a question that asks for several places: one sentence a place, also of places further from the best."""

SAME = 0.965
"""Cosine from which two sentences say the same, if they name the same figures: penalties differ in nothing else."""

_LETTER = re.compile(r"[\W_]+")
_STEPS = re.compile(r"步骤|流程|程序|怎么做|怎样做|如何做|几步|怎么办理")
_FIGURES = re.compile(r"多少|几[个名件户成年月天次项万]|比例|占比|数据|人数|数量")
_DIGIT = re.compile(r"\d")
_STEP = re.compile(
    r"^\s*(?:\d{1,2}[.、]|[（(][一二三四五六七八九十\d]+[)）]|第[一二三四五六七八九十]+步|[一二三四五六七八九十]+是)"
)
_PLACES = re.compile(r"各地|各省|各市|哪些地方|哪些城市|别处|外地|不同地方|梳理|汇总|分别|对比|比较")
_NUMBER = re.compile(r"[\d〇零一二三四五六七八九十百千万亿两]+")
_LEADS_IN = ("：", ":")
_KIND_BONUS = 0.15
"""What a step gains where steps are asked for, and a sentence with a figure where figures are."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a passage that was found: its passage's place and score, where it stands, how near it is.

    `source` is whose text it is: the region of its article, or the title where that has none.
    """

    passage: int
    passage_score: float
    start: int
    end: int
    text: str
    line_start: str
    cosine: float
    overlap: float
    vector: npt.NDArray[np.float32]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence of the answer with the other places (indices of candidates) that say the same."""

    candidate: int
    score: float
    also: tuple[int, ...] = ()


def asks_for_places(question: str) -> bool:
    """Whether several places or laws are asked for, so that each should be heard once."""
    return _PLACES.search(normalize(question)) is not None


def choose(question: str, candidates: Sequence[Candidate]) -> list[Chosen]:
    """The sentences of the answer: passages by their best sentence, within a passage in reading order.

    A sentence that is an item of a list brings the line that leads in to the list: without it nobody knows of what.
    """
    if not candidates:
        return []
    scores = scored(question, candidates)
    taken = _best(candidates, scores, places=asks_for_places(question))
    best: dict[int, int] = {}
    for one in taken:
        best.setdefault(candidates[one.candidate].passage, len(best))
    taken += [Chosen(at, round(scores[at], 4)) for at in _leads(candidates, [one.candidate for one in taken])]
    return sorted(taken, key=lambda one: (best[candidates[one.candidate].passage], candidates[one.candidate].start))


def _best(candidates: Sequence[Candidate], scores: Sequence[float], *, places: bool) -> list[Chosen]:
    """The sentences that bear most on the question, best first, those that say the same joined."""
    most, share = (MOST_PLACES, PLACES_FROM_BEST) if places else (MOST_SENTENCES, FROM_BEST)
    order = sorted(range(len(candidates)), key=lambda at: (-scores[at], at))
    taken: list[Chosen] = []
    heard: set[str] = set()
    for at in order:
        one = candidates[at]
        twin = next((n for n, told in enumerate(taken) if _same(candidates[told.candidate], one)), None)
        if twin is not None:
            taken[twin] = Chosen(taken[twin].candidate, taken[twin].score, (*taken[twin].also, at))
        elif len(taken) < most and scores[at] >= share * scores[order[0]] and not (places and one.source in heard):
            taken.append(Chosen(at, round(scores[at], 4)))
            heard.add(one.source)
    return taken


def _leads(candidates: Sequence[Candidate], taken: Sequence[int]) -> list[int]:
    """The lines that lead in to the lists of which items were taken, where they are not taken themselves."""
    found: dict[int, None] = {}
    for item in (candidates[at] for at in taken if _STEP.match(candidates[at].line_start)):
        before = [
            at
            for at, one in enumerate(candidates)
            if one.passage == item.passage and one.start < item.start and one.text.rstrip().endswith(_LEADS_IN)
        ]
        if before:
            found[max(before, key=lambda at: candidates[at].start)] = None
    return [at for at in found if at not in taken]


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
    if one.passage == other.passage or float(one.vector @ other.vector) < SAME:
        return False
    return _figures(one) == _figures(other)


def _figures(one: Candidate) -> list[str]:
    """The numbers that a sentence names, but for that of an item."""
    text = normalize(one.text)
    item = _STEP.match(text)
    return sorted(_NUMBER.findall(text[item.end() :] if item else text))


def _stretched(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    return [(value - low) / (high - low) if high > low else 1.0 for value in values]
