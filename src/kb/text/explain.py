"""Why a text is cut into words the way it is: where each word comes from, and how jieba alone would have cut."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

_WORD = re.compile(r"\w")
_NUMBER = re.compile(r"[0-9]+(?:[.][0-9]+)?%?")
_LATIN = re.compile(r"[\x21-\x7e]+")


class Origin(str, Enum):
    """What made a word a word."""

    ADDED = "added"
    TERM = "term"
    NAME = "name"
    SHAPE = "shape"
    DICTIONARY = "dictionary"
    UNKNOWN = "unknown"
    CHARACTER = "character"
    NUMBER = "number"
    LATIN = "latin"


@dataclass(frozen=True, slots=True)
class Cut:
    """A word of another cut at its place, in matching form."""

    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ExplainedWord:
    """A word of a text and why it is one.

    `text` is as written, `term` in matching form, `start` and `end` count characters. `frequency` is the count in
    jieba's dictionary, 0 where it does not have the word. `alone` are the words of jieba's own cut, without our terms,
    that share a character with this one; only itself where both agree. `within` are the dictionary's words inside it,
    which are searched too.
    """

    text: str
    term: str
    start: int
    end: int
    origin: Origin
    frequency: int
    alone: tuple[Cut, ...]
    within: tuple[str, ...]


Tokenized = Sequence[tuple[str, int, int]]
"""Words with their places, as jieba's `tokenize` gives them."""


def explain(
    text: str,
    cut: Tokenized,
    alone: Tokenized,
    ours: Mapping[str, Origin],
    frequencies: Mapping[str, int],
    joined: Collection[tuple[int, int]] = (),
) -> Iterator[ExplainedWord]:
    """Every word of `cut` (punctuation left out) with its reasons.

    `alone` is the cut without our terms, `ours` tells where those come from, `frequencies` is jieba's own dictionary,
    `joined` are the places of compounds that were recognised by their shape.
    """
    for term, start, end in cut:
        if _WORD.search(term):
            frequency = frequencies.get(term) or 0
            yield ExplainedWord(
                text=text[start:end],
                term=term,
                start=start,
                end=end,
                origin=ours.get(term) or _origin(term, frequency, (start, end) in joined),
                frequency=frequency,
                alone=tuple(Cut(word, begin, stop) for word, begin, stop in alone if begin < end and start < stop),
                within=tuple(_within(term, frequencies)),
            )


def origins(added: Sequence[str], terms: Sequence[str], names: Sequence[str]) -> dict[str, Origin]:
    """Where each of our terms comes from; the user's own word counts before the lexicon, that before a name."""
    given: dict[str, Origin] = dict.fromkeys(names, Origin.NAME)
    given |= dict.fromkeys(terms, Origin.TERM)
    return given | dict.fromkeys(added, Origin.ADDED)


def _origin(term: str, frequency: int, joined: bool) -> Origin:
    if joined:
        return Origin.SHAPE
    if _NUMBER.fullmatch(term):
        return Origin.NUMBER
    if frequency and len(term) > 1:
        return Origin.DICTIONARY
    if _LATIN.fullmatch(term):
        return Origin.LATIN
    return Origin.CHARACTER if len(term) == 1 else Origin.UNKNOWN


def _within(term: str, frequencies: Mapping[str, Any]) -> Iterator[str]:
    """The words of two and three characters in a longer one, as jieba's search mode takes them."""
    for width in (2, 3):
        if len(term) > width:
            pieces = (term[at : at + width] for at in range(len(term) - width + 1))
            yield from (piece for piece in pieces if frequencies.get(piece))
