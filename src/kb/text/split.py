"""Cuts a text into passages; every cut is a span of the text as written.

Sentences cover the text: each character is in exactly one (`kb.text.sentences`). Passages are runs of whole
sentences of one section, about 200 to 400 characters. What is understood only as a whole stays whole where it fits:
an article of a law (第…条), a list within the text (一是…二是…), a row of a table; and the rows of a table that
come in a later passage have the names of their columns above them. The line of other names under the title of a
practice page says too little to be a passage: it goes with what stands under the next heading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kb.text import other_names
from kb.text.enumerations import keep_together
from kb.text.headings import ENUMERATION_LEVEL, LEGAL_ARTICLE, read_heading
from kb.text.sentences import CONTINUING, ENDS, SENTENCE_LIMIT, lines, sentences, sentences_of_line
from kb.text.tables import column_names, is_row
from kb.types import Span

__all__ = ["CONTINUING", "ENDS", "SENTENCE_LIMIT", "VERSION", "Piece", "Section", "sections", "sentences", "split"]

VERSION = 4
"""Raised whenever spans change; passages made by another version are made anew."""

TARGET = 200
LIMIT = 400
"""A passage is closed at a paragraph's end after TARGET characters and at a sentence's end before LIMIT."""

TAIL = 100
"""A last passage shorter than this joins the one before it: too short to be understood alone."""

WHOLE_LIMIT = 700
"""An article of a law up to this length stays whole; longer ones would be cut off by the model (512 tokens)."""


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


def sections(text: str, above: tuple[str, ...] = (), *, legal: bool = False) -> Iterator[Section]:
    """Groups the sentences by heading and by article of a law. A heading with nothing below it is its own section."""
    grouping = _Grouping(above, legal)
    for line in lines(text):
        content = text[line.start : line.end].rstrip("\n")
        heading = read_heading(content)
        if heading is not None and not (grouping.in_article and heading[0] >= ENUMERATION_LEVEL):
            yield from grouping.open_heading(line, *heading, lead=_is_lead(text, grouping.sentences))
            continue
        if LEGAL_ARTICLE.match(content):
            yield from grouping.open_article()
        if content.strip():
            grouping.sentences.extend(sentences_of_line(text, line))
    yield from grouping.close()


def _is_lead(text: str, spans: Sequence[Span]) -> bool:
    """Whether these sentences are only a line of other names."""
    return bool(spans) and other_names.is_line(text[spans[0].start : spans[-1].end])


class _Grouping:
    """Where the reading stands: the headings above, and the sentences since the last of them."""

    def __init__(self, above: tuple[str, ...], in_article: bool) -> None:
        self._above = above
        self._path: list[tuple[int, str]] = []
        self._heading: Span | None = None
        self.in_article = in_article
        self.sentences: list[Span] = []

    def open_heading(self, line: Span, level: int, name: str, *, lead: bool) -> Iterator[Section]:
        """`lead`: the sentences since the last heading go with those under this one, if it is within that one."""
        deeper = self._path and level > self._path[-1][0]
        if (self.sentences and not lead) or not deeper:
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


def _pack(text: str, section: Section) -> list[Piece]:
    """Passages of one section."""
    spans = [_strip(text, span) for span in section.sentences]
    spans = [span for span in spans if span.start < span.end]
    if not spans:
        return []
    if section.legal and spans[-1].end - spans[0].start <= WHOLE_LIMIT:
        return [Piece(spans[0].start, spans[-1].end, section.headings)]
    bounds: list[list[int]] = []
    for span in keep_together(text, spans, LIMIT + TAIL, LIMIT):
        if bounds and not _full(text, bounds[-1], span):
            bounds[-1][1] = span.end
        else:
            bounds.append([span.start, span.end])
    if len(bounds) > 1 and bounds[-1][1] - bounds[-1][0] < TAIL and bounds[-1][1] - bounds[-2][0] <= LIMIT + TAIL:
        tail = bounds.pop()
        bounds[-1][1] = tail[1]
    pieces = [Piece(start, end, section.headings) for start, end in bounds]
    return _under_their_columns(text, spans, pieces)


def _full(text: str, bounds: list[int], following: Span) -> bool:
    if following.end - bounds[0] > LIMIT:
        return True
    new_paragraph = "\n" in text[bounds[1] : following.start]
    return new_paragraph and bounds[1] - bounds[0] >= TARGET


def _under_their_columns(text: str, spans: Sequence[Span], pieces: list[Piece]) -> list[Piece]:
    """The pieces; one that begins within a table has the names of the columns as its innermost heading."""
    above: dict[int, str] = {}
    columns, in_table = "", False
    for span in spans:
        row = text[span.start : span.end]
        if not is_row(row):
            in_table = False
        elif in_table:
            above[span.start] = columns
        else:
            in_table, columns = True, column_names(row)
    return [
        replace(piece, headings=(*piece.headings, above[piece.start])) if above.get(piece.start) else piece
        for piece in pieces
    ]


def _strip(text: str, span: Span) -> Span:
    """The span without white space at its ends."""
    content = text[span.start : span.end]
    start = span.start + len(content) - len(content.lstrip())
    return Span(start, max(start, span.start + len(content.rstrip())))
