"""Which sentences of the passages found answer a question: chosen, merged where they say the same, in reading order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
import numpy.typing as npt

from kb.search import asked
from kb.text.normalize import normalize

MEANING, PASSAGE, WORDS = 0.5, 0.4, 0.1
"""Shares of a sentence's own cosine, of its passage's score, and of the question's words it holds; all stretched."""

FROM_BEST = 0.72
"""A sentence is taken from this share of the best one's score on: lower brings what does not bear on the question."""

MOST_SENTENCES = 5
MOST_OF_ARTICLE = 12
"""An article asked for by its number is told as a whole."""

MOST_PLACES = 8
PLACES_FROM_BEST = 0.5
"""For a question that asks for several places: one sentence a place, also of places further from the best."""

SAME = 0.965
"""Cosine from which two sentences say the same, if they name the same figures: penalties differ in nothing else."""

_LETTER = re.compile(r"[\W_]+")
_STEP = re.compile(
    r"^\s*(?:\d{1,2}[.、]|[（(][一二三四五六七八九十\d]+[)）]|第[一二三四五六七八九十]+步|[一二三四五六七八九十]+是)"
)
_LEADS_IN = ("：", ":")
_KIND_BONUS = 0.15
"""What a step gains where steps are asked for, and a sentence with an amount where amounts are."""

_FRAME_LOSS = 0.25
"""What a sentence on the purpose, scope or entry into force of a law loses where nobody asked for it."""

MOST_ITEMS = 6
"""Items that a line leading in to a list brings along; alone it says nothing."""


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


def choose(question: str, candidates: Sequence[Candidate]) -> list[Chosen]:
    """The sentences of the answer: passages by their best sentence, within a passage in reading order.

    A sentence that is an item of a list brings the line that leads in to the list: without it nobody knows of what;
    and that line, where it is chosen itself, brings the items.
    """
    if not candidates:
        return []
    if asked.article(question) is not None and len({one.passage for one in candidates}) == 1:
        return [Chosen(at, 1.0) for at in _beside(candidates, candidates[0])[:MOST_OF_ARTICLE]]
    scores = scored(question, candidates)
    taken = _best(candidates, scores, places=asked.places(question))
    best: dict[int, int] = {}
    for one in taken:
        best.setdefault(candidates[one.candidate].passage, len(best))
    whole = _with_lists(candidates, [one.candidate for one in taken])
    known = {one.candidate for one in taken}
    taken += [Chosen(at, round(scores[at], 4)) for at in whole if at not in known]
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


def _with_lists(candidates: Sequence[Candidate], taken: Sequence[int]) -> list[int]:
    """What was taken, with the lead-in lines of its items and the items of its lead-in lines."""
    found = dict.fromkeys(taken)
    for at in taken:
        one = candidates[at]
        if _STEP.match(one.line_start):
            before = [n for n in _beside(candidates, one) if candidates[n].start < one.start and _leads(candidates[n])]
            found |= dict.fromkeys(before[-1:])
        elif _leads(one):
            behind = [n for n in _beside(candidates, one) if candidates[n].start > one.start]
            items = list(takewhile(lambda n: _STEP.match(candidates[n].line_start) is not None, behind))
            found |= dict.fromkeys(items[:MOST_ITEMS])
    return list(found)


def _beside(candidates: Sequence[Candidate], one: Candidate) -> list[int]:
    """The sentences of the same passage, in reading order."""
    same = (at for at, other in enumerate(candidates) if other.passage == one.passage)
    return sorted(same, key=lambda at: candidates[at].start)


def _leads(one: Candidate) -> bool:
    return one.text.rstrip().endswith(_LEADS_IN)


def scored(question: str, candidates: Sequence[Candidate]) -> list[float]:
    """How much each sentence bears on the question, about 0 to 1."""
    cosines = _stretched([one.cosine for one in candidates])
    overlaps = _stretched([one.overlap for one in candidates])
    passages = _stretched([one.passage_score for one in candidates])
    steps, figures = asked.steps(question), asked.figures(question)
    return [
        MEANING * cosine
        + PASSAGE * passage
        + WORDS * words
        + _KIND_BONUS * (steps and _STEP.match(one.line_start) is not None)
        + _KIND_BONUS * (figures and asked.says_amount(one.text))
        - _FRAME_LOSS * asked.says_little(one.text, question)
        for one, cosine, passage, words in zip(candidates, cosines, passages, overlaps, strict=True)
    ]


def _same(one: Candidate, other: Candidate) -> bool:
    if _LETTER.sub("", normalize(one.text)) == _LETTER.sub("", normalize(other.text)):
        return True
    if one.passage == other.passage or float(one.vector @ other.vector) < SAME:
        return False
    return _figures(one) == _figures(other)


def _figures(one: Candidate) -> list[float]:
    """The amounts that a sentence names, but for the number of an item."""
    text = normalize(one.text)
    item = _STEP.match(text)
    return asked.amounts(text[item.end() :] if item else text)


def _stretched(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    return [(value - low) / (high - low) if high > low else 1.0 for value in values]
