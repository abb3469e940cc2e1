"""Which sentences of the passages found answer a question: chosen, merged where they say the same, in reading order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from kb.search import asked
from kb.search.parts import held, parts
from kb.text.normalize import normalize

MEANING, PASSAGE, WORDS = 0.5, 0.4, 0.1
"""Shares of a sentence's own cosine, of its passage's score, and of the question's words it holds; all stretched."""

FROM_BEST = 0.82
"""A sentence is taken from this share of the best one's score on: lower brings what does not bear on the question."""

MOST_SENTENCES = 4
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

LEAST_SPREAD = 0.1
"""Cosines, scores of passages and words held that differ by less say the same: few passages are all near or all far."""

FREE_OF_PASSAGE, FURTHER_OF_PASSAGE = 2, 0.95
"""Sentences that a passage gives freely, and the share of the best score that a further one needs: with less
the next passage is heard first."""

PART_FROM_BEST = 0.65
"""The share of the best score that the sentence for a part of the question needs which no better one speaks of."""

_NO_WEIGHTS: Mapping[str, float] = MappingProxyType({})

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


def choose(question: str, candidates: Sequence[Candidate], weights: Mapping[str, float] = _NO_WEIGHTS) -> list[Chosen]:
    """The sentences of the answer: passages by their best sentence, within a passage in reading order.

    `weights` are the inverse document frequencies of the question's terms: by them its parts are told apart.
    A sentence that is an item of a list brings the line that leads in to the list: without it nobody knows of what;
    and that line, where it is chosen itself, brings the items.
    """
    if not candidates:
        return []
    if asked.article(question) is not None and len({one.passage for one in candidates}) == 1:
        return [Chosen(at, 1.0) for at in _beside(candidates, candidates[0])[:MOST_OF_ARTICLE]]
    scores = scored(question, candidates)
    taken = _best(candidates, scores, places=asked.places(question))
    taken = _each_part(question, candidates, scores, taken, weights)
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
    told_of: Counter[int] = Counter()
    for at in order:
        one = candidates[at]
        twin = next((n for n, told in enumerate(taken) if _same(candidates[told.candidate], one)), None)
        if twin is not None:
            taken[twin] = Chosen(taken[twin].candidate, taken[twin].score, (*taken[twin].also, at))
        elif len(taken) < most and scores[at] >= share * scores[order[0]]:
            further = told_of[one.passage] >= FREE_OF_PASSAGE and scores[at] < FURTHER_OF_PASSAGE * scores[order[0]]
            if further or (places and one.source in heard):
                continue
            taken.append(Chosen(at, round(scores[at], 4)))
            heard.add(one.source)
            told_of[one.passage] += 1
    return taken


def _each_part(
    question: str,
    candidates: Sequence[Candidate],
    scores: Sequence[float],
    taken: list[Chosen],
    weights: Mapping[str, float],
) -> list[Chosen]:
    """What was taken, and after the best sentence one for each part of the question that nothing taken speaks of."""
    added: list[Chosen] = []
    enough = [at for at, score in enumerate(scores) if score >= PART_FROM_BEST * max(scores)]
    for words in parts(question, weights):
        if any(held(words, candidates[one.candidate].text, weights) for one in (*taken, *added)):
            continue
        best = max(enough, key=lambda at: (held(words, candidates[at].text, weights), scores[at]))
        if held(words, candidates[best].text, weights):
            added.append(Chosen(best, round(scores[best], 4)))
    return [*taken[:1], *added, *taken[1:]]


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
        + _KIND_BONUS * (figures and asked.says_amount(one.text, question))
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
    """Up to 1, which the best has; over their own spread, or `LEAST_SPREAD` where that is wider."""
    high = max(values)
    spread = max(high - min(values), LEAST_SPREAD)
    return [1.0 - (high - value) / spread for value in values]
