"""How much text a slide holds: measured in points, cut at the ends of sentences, nothing left out.

A full-width character is as wide as its size; others are taken a little wider than fonts draw them, and a line half a
character shorter than it is, so that what is measured here fits whatever font stands in.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import takewhile

from kb.course.values import Point
from kb.text.sentences import ENDS, sentences
from kb.types import Script


class Look(str, Enum):
    """What a run of text is."""

    WORDS = "words"
    QUOTED = "quoted"
    DAMAGED = "damaged"
    NUMBER = "number"
    STANDING = "standing"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look."""

    text: str
    look: Look = Look.WORDS
    script: Script = Script.HANS


@dataclass(frozen=True, slots=True)
class Style:
    """Size of the characters, height of a line, room above and below, and of the sign before it; all in points."""

    size: float
    line: float
    above: float = 0.0
    below: float = 0.0
    sign: float = 0.0


LABEL = Style(16, 22, above=5, below=2)
BODY = Style(20, 28, below=5, sign=26)
EXCERPT = Style(20, 29, below=6, sign=14)
WARNING = Style(13, 18, below=4, sign=26)
REFERENCE = Style(12, 16.5, below=3, sign=34)
CELL = Style(12, 16, below=2)


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of a slide; `sign` stands before its first line; `keep` with the one that follows.

    `point` is what it says, for the speaker's notes; `note` the trainer's own.
    """

    runs: tuple[Run, ...]
    style: Style = BODY
    sign: str = ""
    keep: bool = False
    point: Point | None = None
    note: str = ""

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(run.text for run in self.runs)


_CLOSING = "，。；：、！？”’》）」』〕】％,.;:!?)]%"
MOST_ON_A_SLIDE = 3_000
"""Characters; more fit no slide in any size used here."""

LEAST_FILLED = 0.5
"""Share of a slide from which what stands under a heading goes to the next one rather than being parted."""

LEAST_PIECE = 20
"""Characters that a piece of a sentence has at least; where no more fit, it is cut elsewhere."""

_BROADEST, _CAPITAL, _SMALL, _RAISED = 0.97, 0.76, 0.62, 0.42
"""Widths of W, of other capitals, of small letters and digits, and of a raised digit or bracket, in sizes."""

_CLAUSES = re.compile(r"[，、；：,;:]")


def height(line: Line, width: float) -> float:
    """Points from the top of a paragraph to the next one."""
    style = line.style
    return style.above + _rows(line.runs, width - style.sign - style.size / 2, style.size) * style.line + style.below


def _rows(runs: Sequence[Run], width: float, size: float) -> int:
    rows, filled, last = 1, 0.0, 0.0
    for wide, closing in _units(runs, size):
        if filled + wide > width and filled:
            rows, filled = rows + 1, last if closing else 0.0
        if wide > width:
            rows += int((filled + wide) // width)
            filled = (filled + wide) % width
        else:
            filled += wide
        last = wide
    return rows


def _units(runs: Sequence[Run], size: float) -> Iterator[tuple[float, bool]]:
    """Widths of what is not broken: characters, words of letters and digits; and whether it cannot begin a line."""
    for run in runs:
        if run.look is Look.NUMBER:
            yield len(run.text) * _RAISED * size, True
            continue
        word = 0.0
        for character in run.text:
            if unicodedata.east_asian_width(character) in "WFA":
                if word:
                    yield word, False
                    word = 0.0
                yield size, character in _CLOSING
            else:
                word += _share(character) * size
                if character in " -/":
                    yield word, False
                    word = 0.0
        if word:
            yield word, False


def _share(character: str) -> float:
    if character in "MWmw@%&" or not character.isascii():
        return _BROADEST
    return _CAPITAL if character.isupper() else _SMALL


def pages(lines: Sequence[Line], width: float, room: float) -> list[list[Line]]:
    """The lines on as many slides as they need; one that fits a slide is not cut, a longer one at a sentence's end."""
    found: list[list[Line]] = [[]]
    left, todo = room, list(reversed(lines))
    while todo:
        line = todo.pop()
        needed = height(line, width)
        below = _least(todo[-1], width, room) if line.keep and todo else 0.0
        begun = line.keep and left < room * (1 - LEAST_FILLED) and left < _whole(line, todo, width) <= room
        if needed + below <= left and not begun:
            found[-1].append(line)
            left -= needed
        elif all(one.keep for one in found[-1]):
            first, rest = cut(line, width, left)
            fits = not found[-1] or height(first, width) <= left
            found += [[*found.pop(), first]] if fits else [[]]
            todo += [rest] * bool(rest.runs) if fits else [line]
            left = 0.0 if fits else room
        else:
            todo.append(line)
            while found[-1][-1].keep:
                todo.append(found[-1].pop())
            found.append([])
            left = room
    return [page for page in found if page]


def _whole(label: Line, todo: Sequence[Line], width: float) -> float:
    """A heading with all that stands under it; `todo` is in reverse."""
    under = takewhile(lambda line: not line.keep, reversed(todo))
    return height(label, width) + sum(height(line, width) for line in under)


def _least(line: Line, width: float, room: float) -> float:
    """What must fit below a line that is kept with this one."""
    return min(height(line, width), room / 2)


def cut(line: Line, width: float, room: float) -> tuple[Line, Line]:
    """As much of a line as there is room for, up to the end of a sentence, else of a clause, else anywhere."""
    text = line.text[:MOST_ON_A_SLIDE]
    for ends in (_sentence_ends(text), _clause_ends(text), range(1, len(text) + 1)):
        fitting = bisect_right(ends, room, key=lambda end: height(_until(line, end), width))
        if fitting and ends[fitting - 1] >= min(LEAST_PIECE, len(text)):
            return _until(line, ends[fitting - 1]), _after(line, ends[fitting - 1])
    return line, replace(line, runs=())


def _sentence_ends(text: str) -> list[int]:
    """Ends of sentences; source numbers and marks behind them belong to them."""
    return [span.end for span in sentences(text)] if any(mark in text for mark in ENDS) else [len(text)]


def _clause_ends(text: str) -> list[int]:
    return [found.end() for found in _CLAUSES.finditer(text)]


def _until(line: Line, end: int) -> Line:
    return replace(line, runs=tuple(_slice(line.runs, 0, end)))


def _after(line: Line, start: int) -> Line:
    """The rest, without the sign: it has been shown."""
    return replace(line, runs=tuple(_slice(line.runs, start, len(line.text))), sign="")


def _slice(runs: Sequence[Run], start: int, end: int) -> Iterator[Run]:
    at = 0
    for run in runs:
        begin, stop = max(start, at), min(end, at + len(run.text))
        if begin < stop:
            yield replace(run, text=run.text[begin - at : stop - at])
        at += len(run.text)
