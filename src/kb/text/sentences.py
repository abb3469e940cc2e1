"""Cuts a text into sentences; every sentence is a span of the text as written, each character is in exactly one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.text.tables import CELL_BORDER, is_row
from kb.types import Span

SENTENCE_LIMIT = 600
"""A "sentence" longer than this (a text without punctuation, an overgrown row of a table) is cut, since the model
reads 512 tokens."""

ENDS = "。！？!?…"
CLOSERS = "”’」』）)】》〉\"'"
PAIRS = {"“": "”", "‘": "’", "「": "」", "『": "』", "（": "）", "(": ")", "《": "》", "【": "】"}
TITLE_END = "》"
"""A full stop before it belongs to the title: 《没有物业怎么办？》是一本书。"""

CONTINUING = "，、；：,;:"
"""A full stop before one of these ends no sentence: 他问“行吗？”，没人回答。"""

PAIR_LIMIT = 120
"""A pair of quotes or brackets longer than this does not hold a sentence together."""

# Source numbers and marks that follow a full stop belong to the sentence before them: ……。[1][3]〔自述〕
_TRAILING = re.compile(r"(?:\[\d{1,3}\]|〔[^〕\n]{1,6}〕|\^\[?\d{1,3}\]?)+")
_BLANK_REST = re.compile(r"\s*\Z")

# Where an overlong sentence is cut, best first: between cells, between the items of a list, between clauses.
_CUTS = (re.compile(re.escape(CELL_BORDER)), re.compile(r"[。！？；;]"), re.compile(r"[，,、：:\s]"))


def sentences(text: str) -> list[Span]:
    """The sentences of a text, in order; together they cover it exactly once. A row of a table is one."""
    return [span for line in lines(text) for span in sentences_of_line(text, line)]


def lines(text: str) -> Iterator[Span]:
    """The lines of a text, each with its line break."""
    start = 0
    while start < len(text):
        found = text.find("\n", start)
        end = len(text) if found < 0 else found + 1
        yield Span(start, end)
        start = end


def sentences_of_line(text: str, line: Span) -> Iterator[Span]:
    """The sentences of one line; its line break belongs to the last of them."""
    if is_row(text[line.start : line.end]):
        yield from _bounded(text, line.start, line.end)
        return
    closed_by = _held_together(text, line)
    start, at = line.start, line.start
    while at < line.end:
        if at in closed_by:
            at = closed_by[at]
        elif text[at] in ENDS and not _within_word(text, at):
            at = _after_end(text, at, line.end)
            if text[at : at + 1] not in CONTINUING and not _BLANK_REST.match(text, at, line.end):
                yield from _bounded(text, start, at)
                start = at
        else:
            at += 1
    if start < line.end:
        yield from _bounded(text, start, line.end)


def _within_word(text: str, at: int) -> bool:
    """A half-width mark inside an address or a word: http://a.cn/?id=1"""
    return text[at] in "!?" and at + 1 < len(text) and text[at + 1].isascii() and text[at + 1].isalnum()


def _after_end(text: str, at: int, limit: int) -> int:
    """Behind repeated full stops, closing quotes (in any order: “好。”。), source numbers and marks."""
    while at < limit and text[at] in ENDS + CLOSERS:
        at += 1
    trailing = _TRAILING.match(text, at, limit)
    return trailing.end() if trailing else at


def _held_together(text: str, line: Span) -> dict[int, int]:
    """Opening quote or bracket -> the place of its closing one, where a full stop between ends no sentence.

    A closing mark right behind a full stop does end the sentence (他说：“好。”), so the pair is left just
    before that last full stop; only the end of a title does not.
    """
    held: dict[int, int] = {}
    opened: list[int] = []
    for at in range(line.start, line.end):
        character = text[at]
        if character in PAIRS:
            opened.append(at)
        elif opened and character == PAIRS[text[opened[-1]]]:
            begin = opened.pop()
            ended = at > begin + 1 and text[at - 1] in ENDS and character != TITLE_END
            last = at - 1 if ended else at
            if last - begin <= PAIR_LIMIT:
                held[begin] = last
    return held


def _bounded(text: str, start: int, end: int) -> Iterator[Span]:
    """The span itself, or pieces of it no longer than SENTENCE_LIMIT, cut where it harms least."""
    while end - start > SENTENCE_LIMIT:
        cut = _cut(text, start + SENTENCE_LIMIT // 2, start + SENTENCE_LIMIT)
        yield Span(start, cut)
        start = cut
    yield Span(start, end)


def _cut(text: str, first: int, last: int) -> int:
    """The last place between the two where the best kind of border ends; `last` where there is none."""
    for pattern in _CUTS:
        found = [match.end() for match in pattern.finditer(text, first, last)]
        if found:
            return found[-1]
    return last
