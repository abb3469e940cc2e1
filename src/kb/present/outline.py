"""The outline of an article: its headings, each with its depth and its place in the text."""

from __future__ import annotations

from dataclasses import dataclass

from kb.text.headings import read_heading
from kb.text.sentences import lines

DEEPEST = 3
"""Deeper headings stand in the outline at this depth."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a text: `depth` from 1, without a step left out; `start` is where its line begins."""

    text: str
    depth: int
    start: int


def outline(text: str, start: int = 0) -> tuple[Heading, ...]:
    """The headings from `start` on, in order.

    >>> [(one.text, one.depth) for one in outline("# 甲\\n一、乙\\n文字。\\n# 丙\\n")]
    [('甲', 1), ('一、乙', 2), ('丙', 1)]
    """
    found = []
    for line in lines(text):
        heading = read_heading(text[line.start : line.end].rstrip("\n")) if line.start >= start else None
        if heading is not None:
            found.append((heading[0], heading[1], line.start))
    headings: list[Heading] = []
    above: list[int] = []  # The levels of the headings that the line stands under.
    for level, words, place in found:
        above = [one for one in above if one < level]
        above.append(level)
        headings.append(Heading(words, min(len(above), DEEPEST), place))
    return tuple(headings)
