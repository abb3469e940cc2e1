"""Did you mean: a known name that a question misses by a slip of the input method or of the fingers.

A name is only offered where what was written is no known word and stands nowhere in the texts: a question that is
fine is left alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from kb.search.sounds import sound_alike, spells
from kb.text.normalize import normalize
from kb.types import Span

SHORTEST = 3
"""Shorter names are one slip away from too many words."""

SHORTEST_BUT_ONE = 4
"""A name this long may lack a character or have two swapped; one of five may have a character that sounds otherwise."""

LONGEST_QUESTION = 60
"""A longer question is searched as it is."""

SHORTEST_SPELLED = 6
"""Letters from which on pinyin is taken for a name."""

SMALL_WORDS = frozenset("的地得了着过到在和与或把被是有不也都为于之")
"""Where one of these stands instead of a name's own character, something else is said: 支部建到网格, 行动的支部."""

_HAN_RUN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_ADDITION = re.compile(r"[（(].*?[)）]")
_NOT_LETTERS = re.compile(r"[^a-z]+")


@dataclass(frozen=True, slots=True)
class Correction:
    """`written` at `span` of the question is probably a slip for `meant`; `text` is the question put right."""

    text: str
    written: str
    meant: str
    span: Span


Stands = Callable[[str], bool]
"""Whether these words stand in the texts, given in matching form."""


class KnownNames:
    """Names that a question may have missed."""

    def __init__(self, names: Iterable[str]) -> None:
        self._written: dict[str, list[str]] = {}
        for name in names:
            for run in _HAN_RUN.findall(_ADDITION.sub("", name)):
                if len(run) >= SHORTEST:
                    self._written.setdefault(normalize(run), []).append(run)
        self._holding: dict[str, list[str]] = {}
        for folded in self._written:
            for character in set(folded):
                self._holding.setdefault(character, []).append(folded)

    def correction(self, question: str, breaks: Collection[int], stands: Stands) -> Correction | None:
        """The likeliest name that was missed; `breaks` are the places between the known words of the question."""
        matching = normalize(question)
        if len(matching) > LONGEST_QUESTION:
            return None
        spelled = self._spelled(question, matching)
        if spelled is not None:
            return spelled
        found = sorted(self._slips(matching, breaks), key=lambda one: (one[0], -len(one[2]), one[1].start, one[2]))
        for _changed, span, name in found:
            if not stands(matching[span.start : span.end]):
                return self._corrected(question, span, name)
        return None

    def _corrected(self, question: str, span: Span, name: str) -> Correction:
        """The name in the script of the question."""
        written = question[span.start : span.end]
        meant = max(self._written[name], key=lambda form: sum(map(written.__contains__, form)))
        return Correction(question[: span.start] + meant + question[span.end :], written, meant, span)

    def _spelled(self, question: str, matching: str) -> Correction | None:
        letters = _NOT_LETTERS.sub("", matching)
        if len(letters) < SHORTEST_SPELLED or _HAN_RUN.search(matching):
            return None
        longest_first = sorted(self._written, key=lambda one: (-len(one), one))
        name = next((one for one in longest_first if spells(letters, one)), None)
        return None if name is None else self._corrected(question, Span(0, len(question)), name)

    def _slips(self, matching: str, breaks: Collection[int]) -> Iterator[tuple[int, Span, str]]:
        """(Characters changed, place, name) of everything that is a slip away from a name, known words left alone."""
        for name in self._near(matching):
            for size in (len(name), len(name) - 1, len(name) + 1):
                for start in range(len(matching) - size + 1):
                    span = Span(start, start + size)
                    if span.start not in breaks or span.end not in breaks:
                        continue
                    slip = read_slip(matching[span.start : span.end], name)
                    if slip is not None and not self._meant(matching, span, slip, breaks):
                        yield len(slip.places), span, name

    def _near(self, matching: str) -> list[str]:
        """Names that have half of their characters in the question and do not stand in it."""
        shared = Counter(name for character in set(matching) for name in self._holding.get(character, ()))
        return [name for name, count in shared.items() if 2 * count >= len(set(name)) and name not in matching]

    def _meant(self, matching: str, span: Span, slip: Slip, breaks: Collection[int]) -> bool:
        """Whether what was written is a known name at the place of the slip, or, unless it sounds the same, a word."""
        places = [span.start + place for place in slip.places]
        if not slip.sounds and any(place not in breaks or place + slip.width not in breaks for place in places):
            return True
        return any(
            matching.startswith(name, at) and at <= place < at + len(name)
            for place in places
            for name in self._holding.get(matching[place], ())
            for at in range(max(0, place - len(name) + 1), place + 1)
        )


@dataclass(frozen=True, slots=True)
class Slip:
    """The places of what was written that differ from the name, whether it sounds like it, and how many characters are
    wrong at each place: none where one was left out."""

    places: tuple[int, ...]
    sounds: bool
    width: int = 1


def read_slip(written: str, name: str) -> Slip | None:
    """What went wrong where `name` was meant; None where it is another text, or the name itself.

    >>> read_slip("风桥经验", "枫桥经验")
    Slip(places=(0,), sounds=True, width=1)
    >>> read_slip("浦江经验", "枫桥经验") is None
    True
    """
    if _HAN_RUN.fullmatch(written) is None or written == name:
        return None
    if len(written) == len(name):
        return _other_characters(written, name)
    if len(name) < SHORTEST_BUT_ONE:
        return None
    if len(written) < len(name):
        return _left_out(written, name)
    return _twice(written, name)


def _other_characters(written: str, name: str) -> Slip | None:
    places = tuple(at for at, pair in enumerate(zip(written, name, strict=True)) if pair[0] != pair[1])
    if all(sound_alike(written[at], name[at]) for at in places):
        return Slip(places, True) if 2 * len(places) <= len(name) else None
    if len(places) == 1:
        small = written[places[0]] in SMALL_WORDS or name[places[0]] in SMALL_WORDS
        return Slip(places, False) if len(name) > SHORTEST_BUT_ONE and not small else None
    swapped = len(places) == 2 and places[1] - places[0] == 1 and written[places[0]] == name[places[1]]
    if swapped and written[places[1]] == name[places[0]] and len(name) >= SHORTEST_BUT_ONE:
        return Slip(places, False)
    return None


def _left_out(written: str, name: str) -> Slip | None:
    """A character within the name is missing; without its first or last it may be another word (社区工作)."""
    for at in range(1, len(written)):
        if written == name[:at] + name[at + 1 :]:
            return None if name[at] in SMALL_WORDS else Slip((at,), False, width=0)
    return None


def _twice(written: str, name: str) -> Slip | None:
    for at in range(1, len(written)):
        if written[at] == written[at - 1] and written[:at] + written[at + 1 :] == name:
            return Slip((at,), False)
    return None
