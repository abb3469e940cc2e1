"""Cuts a text into sentences and passages; every cut is a span of the text as written.

Sentences cover the text: each character is in exactly one. Passages are runs of whole sentences of one
section, about 200 to 400 characters; an article of a law (第…条) stays whole when it fits the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.text.headings import ENUMERATION_LEVEL, LEGAL_ARTICLE, read_heading
from kb.types import Span

VERSION = 2
"""Raised whenever spans change; passages made by another version are made anew."""

TARGET = 200
LIMIT = 400
"""A passage is closed at a paragraph's end after TARGET characters and at a sentence's end before LIMIT."""

TAIL = 100
"""A last passage shorter than this joins the one before it: too short to be understood alone."""

WHOLE_LIMIT = 700
"""An article of a law up to this length stays whole; longer ones would be cut off by the model (512 tokens)."""

SENTENCE_LIMIT = 600
"""A "sentence" longer than this (a table, a text without punctuation) is cut at a clause."""

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
_CLAUSE = re.compile(r"[；;，,、：:\s]")
_BLANK_REST = re.compile(r"\s*\Z")


@dataclass(frozen=True, slots=True)
class Section:
    """The sentences under one heading path; `legal` when they are one article of a law."""

    headings: tuple[str, ...]
    sentences: tuple[Span, ...]
    legal: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage before it has an id: its place and the headings above it."""

    start: int
    end: int
    headings: tuple[str, ...]


def split(text: str, headings: tuple[str, ...] = ()) -> list[Piece]:
    """The passages of a text; `headings` is what is known to stand above its first line.

    Every character that is not a heading or white space is in exactly one passage.
    """
    whole = bool(headings) and LEGAL_ARTICLE.match(headings[-1]) is not None
    return [piece for section in sections(text, headings, legal=whole) for piece in _pack(text, section)]


def sentences(text: str) -> list[Span]:
    """The sentences of a text, in order; together they cover it exactly once."""
    return [span for line in _lines(text) for span in _cut_line(text, line)]


def sections(text: str, above: tuple[str, ...] = (), *, legal: bool = False) -> Iterator[Section]:
    """Groups the sentences by heading and by article of a law. A heading with nothing below it is its own section."""
    grouping = _Grouping(above, legal)
    for line in _lines(text):
        content = text[line.start : line.end].rstrip("\n")
        heading = read_heading(content)
        if heading is not None and not (grouping.in_article and heading[0] >= ENUMERATION_LEVEL):
            yield from grouping.open_heading(line, *heading)
            continue
        if LEGAL_ARTICLE.match(content):
            yield from grouping.open_article()
        if content.strip():
            grouping.sentences.extend(_cut_line(text, line))
    yield from grouping.close()


class _Grouping:
    """Where the reading stands: the headings above, and the sentences since the last of them."""

    def __init__(self, above: tuple[str, ...], in_article: bool) -> None:
        self._above = above
        self._path: list[tuple[int, str]] = []
        self._heading: Span | None = None
        self.in_article = in_article
        self.sentences: list[Span] = []

    def open_heading(self, line: Span, level: int, name: str) -> Iterator[Section]:
        deeper = self._path and level > self._path[-1][0]
        if self.sentences or not deeper:
            yield from self.close()
        self._path = [entry for entry in self._path if entry[0] < level] + [(level, name)]
        self._heading, self.in_article = line, False

    def open_article(self) -> Iterator[Section]:
        if self.sentences:
            yield from self.close()
        self._heading, self.in_article = None, True

    def close(self) -> Iterator[Section]:
        names = self._above + tuple(name for _, name in self._path)
        if self.sentences:
            yield Section(names, tuple(self.sentences), self.in_article)
        elif self._heading is not None:
            yield Section(names[:-1], (self._heading,))
        self.sentences, self._heading = [], None


def _lines(text: str) -> Iterator[Span]:
    start = 0
    while start < len(text):
        found = text.find("\n", start)
        end = len(text) if found < 0 else found + 1
        yield Span(start, end)
        start = end


def _cut_line(text: str, line: Span) -> Iterator[Span]:
    """The sentences of one line; its line break belongs to the last of them."""
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
    """The span itself, or pieces of it no longer than SENTENCE_LIMIT, cut behind a clause where there is one."""
    while end - start > SENTENCE_LIMIT:
        window = [found.end() for found in _CLAUSE.finditer(text, start + SENTENCE_LIMIT // 2, start + SENTENCE_LIMIT)]
        cut = window[-1] if window else start + SENTENCE_LIMIT
        yield Span(start, cut)
        start = cut
    yield Span(start, end)


def _pack(text: str, section: Section) -> list[Piece]:
    """Passages of one section."""
    spans = [_strip(text, span) for span in section.sentences]
    spans = [span for span in spans if span.start < span.end]
    if not spans:
        return []
    if section.legal and spans[-1].end - spans[0].start <= WHOLE_LIMIT:
        return [Piece(spans[0].start, spans[-1].end, section.headings)]
    bounds: list[list[int]] = []
    for span in spans:
        if bounds and not _full(text, bounds[-1], span):
            bounds[-1][1] = span.end
        else:
            bounds.append([span.start, span.end])
    if len(bounds) > 1 and bounds[-1][1] - bounds[-1][0] < TAIL and bounds[-1][1] - bounds[-2][0] <= LIMIT + TAIL:
        tail = bounds.pop()
        bounds[-1][1] = tail[1]
    return [Piece(start, end, section.headings) for start, end in bounds]


def _full(text: str, bounds: list[int], following: Span) -> bool:
    if following.end - bounds[0] > LIMIT:
        return True
    new_paragraph = "\n" in text[bounds[1] : following.start]
    return new_paragraph and bounds[1] - bounds[0] >= TARGET


def _strip(text: str, span: Span) -> Span:
    """The span without white space at its ends."""
    content = text[span.start : span.end]
    start = span.start + len(content) - len(content.lstrip())
    return Span(start, max(start, span.start + len(content.rstrip())))
