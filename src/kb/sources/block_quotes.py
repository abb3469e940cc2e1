"""Block quotes of a draft: paragraphs set apart as somebody else's words, and the line below that says whose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kb.sources.docx_quotes import squeezed
from kb.types import Span

_SIGN = re.compile(r"[ \t]{0,3}>[ \t>]*")
_ATTRIBUTION = re.compile(r"(?:[—–－]{1,3}|--|[来來]源[：:]|出[处處][：:])[ \t]*\S")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a block quote: its words, all its lines, the words of its attribution ("" where there is none)."""

    words: Span
    extent: Span
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a block quote without its sign; one in a Word style has none, and is a paragraph of its own."""

    number: int
    words: Span
    signed: bool


def block_quotes(text: str, quoted_lines: frozenset[str] = frozenset()) -> list[Block]:
    """Lines that begin with > and those whose characters, blanks left out, are among `quoted_lines`."""
    blocks: list[Block] = []
    for paragraph in _paragraphs(list(_lines(text, quoted_lines))):
        said = [_ATTRIBUTION.match(text, line.words.start, line.words.end) is not None for line in paragraph]
        extent = Span(paragraph[0].words.start, paragraph[-1].words.end)
        if said[0] and blocks and not blocks[-1].attribution:
            blocks[-1] = replace(blocks[-1], attribution=text[extent.start : extent.end])
            blocks.append(Block(Span(extent.start, extent.start), extent))
        elif said[-1] and len(paragraph) > 1:
            last = paragraph[-1].words
            blocks.append(Block(Span(extent.start, paragraph[-2].words.end), extent, text[last.start : last.end]))
        else:
            blocks.append(Block(extent, extent))
    return blocks


def _lines(text: str, quoted_lines: frozenset[str]) -> Iterator[_Line]:
    start = 0
    for number, line in enumerate(text.split("\n")):
        sign = _SIGN.match(line)
        begin, end = start + (sign.end() if sign else 0), start + len(line.rstrip())
        if begin < end and (sign or squeezed(line) in quoted_lines):
            yield _Line(number, Span(begin, end), bool(sign))
        start += len(line) + 1


def _paragraphs(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Lines with a sign that follow one another; a line with a sign alone is a break."""
    paragraph: list[_Line] = []
    for line in lines:
        if paragraph and (not line.signed or not paragraph[-1].signed or line.number > paragraph[-1].number + 1):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph
