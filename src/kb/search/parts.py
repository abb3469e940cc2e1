"""The parts of a question that asks for several things: which of its words belong to one part only, and are rare."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kb.text.normalize import normalize

TELLING = 4.0
"""Inverse document frequency from which a word tells what its part asks for: fewer than one passage in fifty."""

_JOINTS = re.compile(r"[、,，;；和与及]")
_SHORTEST = 2


def parts(question: str, weights: Mapping[str, float]) -> list[tuple[str, ...]]:
    """The telling words of each part of a question, in its order: 一窗受理 of 好差评和一窗受理.

    `weights` are the inverse document frequencies of the question's terms, in matching form. A word of several parts
    belongs to none; a part without a telling word is left out, and so is everything where there is but one part.
    """
    found = [part for part in _JOINTS.split(normalize(question)) if part]
    if len(found) < 2:
        return []
    words = [word for word, weight in weights.items() if len(word) >= _SHORTEST and weight >= TELLING]
    single = [word for word in words if sum(word in part for part in found) == 1]
    told = (tuple(word for word in single if word in part) for part in found)
    return [words for words in told if words]


def held(words: Iterable[str], text: str, weights: Mapping[str, float]) -> float:
    """How much of the words of a part a text holds: their inverse document frequencies, added."""
    matching = normalize(text)
    return sum(weights[word] for word in words if word in matching)
