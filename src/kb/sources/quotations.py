"""The quotations of a draft: what stands in quotation marks or in a block quote, with the reference behind it.

Marks are “ ” 「 」 『 』 ‘ ’ and straight ones in pairs within a line; of marks in marks the outer ones count. Block
quotes are lines that begin with > (text, Markdown) and paragraphs in a style for quotations (Word).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.errors import SourceError
from kb.sources.block_quotes import Block, block_quotes
from kb.sources.decode import count_han, detect
from kb.sources.docx_quotes import quoted_paragraphs
from kb.sources.picture import PICTURE_SUFFIXES
from kb.sources.read import READERS, TEXT_SUFFIXES
from kb.types import Span

SHORTEST = 8
"""Han characters; what is shorter in marks is a term, not a quotation."""

LONGEST = 2_000
"""Characters; a pair of marks further apart is a mark left open."""

MOST_OF_A_BLOCK = 0.5
"""Where this share of a block quote stands in quotation marks, those are the quotation and the rest introduces it."""

DRAFT_SUFFIXES = tuple(sorted(TEXT_SUFFIXES | (READERS.keys() - PICTURE_SUFFIXES)))

_CLOSING = {"“": "”", "‘": "’", "「": "」", "『": "』", '"': '"', "＂": "＂"}
_STRAIGHT = frozenset('"＂')
_MARK = re.compile('[“”‘’「」『』"＂\n]')
_MOST_OPEN = 20
"""Marks within marks; more are marks left open."""

_WRAP = re.compile(r"[ \t]*\n[ \t>]*")
_BLANKS = re.compile(r"\s*")
_IN_BRACKETS = (
    r"（[^（）\n]{1,200}）|\([^()\n]{1,200}\)|〔[^〔〕\n]{1,200}〕|\[[^\[\]\n]{1,200}\]|【[^【】\n]{1,200}】"
    r"|[①-⑳]|—{1,2}《[^《》\n]{1,100}》"
)
_REFERENCE = re.compile(rf"[ \t]*+[。，；、,.;]?+[ \t]*+((?:{_IN_BRACKETS}){{1,5}})")
_TELLS_A_SOURCE = re.compile(r"[《@]|https?:|\d{4}|^[\[①-⑳]")
_NOTE_MARK = re.compile(r"\[\^?([^\[\]\n]{1,40})\]")
_NOTE = re.compile(r"^\[\^?([^\[\]\n]{1,40})\]:?[ \t]+(\S.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation of a draft: its text, its characters there (marks left out), its line (from 1), what is behind it.

    `text` has no line breaks: they are those of the draft, not of what it quotes.
    """

    text: str
    start: int
    end: int
    line: int
    reference: str = ""


def read_draft(data: bytes, name: str) -> tuple[str, tuple[Quoted, ...]]:
    """The text of a draft and its quotations, in order; the ending of `name` tells the format.

    Raises:
        SourceError: the file cannot be read, or is of another kind.
    """
    suffix = Path(name).suffix.lower()
    if suffix not in DRAFT_SUFFIXES:
        known = "、".join(DRAFT_SUFFIXES)
        raise SourceError(f"不能核对 {suffix or '没有后缀的'} 文件：{name}。请转换成其中一种：{known}。")
    if suffix in TEXT_SUFFIXES:
        text = detect(data, name).text
        return text, quotations(text)
    text = READERS[suffix](data, name).text
    return text, quotations(text, quoted_paragraphs(data) if suffix == ".docx" else frozenset())


def quotations(text: str, quoted_lines: frozenset[str] = frozenset()) -> tuple[Quoted, ...]:
    """The quotations of a text, in order; `quoted_lines` are block quotes besides (`kb.sources.docx_quotes`)."""
    blocks = block_quotes(text, quoted_lines)
    plain, at = [], 0
    for block in blocks:
        plain += [text[at : block.extent.start], "\n" * (block.extent.end - block.extent.start)]
        at = block.extent.end
    starts = [block.extent.start for block in blocks]
    marked = [
        span for span in _in_marks("".join([*plain, text[at:]])) if not _around_any(span, starts)
    ]  # fmt: skip
    found = [(span, _behind(text, span.end + 1)) for span in marked]
    found += [one for block in blocks for one in _of_block(text, block)]
    notes = {note[1]: note[2] for note in _NOTE.finditer(text)}
    breaks = [place for place, character in enumerate(text) if character == "\n"]
    return tuple(
        Quoted(quoted, span.start, span.end, bisect_right(breaks, span.start) + 1, _with_notes(reference, notes))
        for span, reference in sorted(found, key=lambda one: one[0].start)
        if count_han(quoted := _WRAP.sub("", text[span.start : span.end]).strip()) >= SHORTEST
    )


def _around_any(span: Span, starts: Sequence[int]) -> bool:
    """Whether a block quote begins within: then a mark was left open before it."""
    return bisect_left(starts, span.start) < bisect_left(starts, span.end)


def _in_marks(text: str) -> Iterator[Span]:
    """What stands in marks, outer ones only, the marks left out."""
    opened: list[tuple[str, int]] = []
    pairs: list[Span] = []
    for found in _MARK.finditer(text):
        mark, at = found[0], found.start()
        if mark == "\n":
            opened = [one for one in opened if one[0] not in _STRAIGHT]
            continue
        begun = [n for n, one in enumerate(opened) if _CLOSING[one[0]] == mark and at - one[1] <= LONGEST]
        if begun:
            pairs.append(Span(opened[begun[-1]][1], at))
            del opened[begun[-1] :]
        elif mark in _CLOSING:
            pairs += _continued(text, opened[0]) if len(opened) == _MOST_OPEN else []
            opened = [*opened[1 - _MOST_OPEN :], (mark, at + 1)]
    pairs += [span for one in opened for span in _continued(text, one)]
    end = 0
    for span in sorted(pairs, key=lambda span: (span.start, -span.end)):
        if span.start >= end:
            yield span
            end = span.end


def _continued(text: str, left_open: tuple[str, int]) -> list[Span]:
    """A quotation of several paragraphs has a mark before each of them and is closed behind the last alone."""
    mark, start = left_open
    end = text.find("\n", start, start + LONGEST)
    blanks = _BLANKS.match(text, end) if end >= 0 else None
    return [Span(start, end)] if blanks and text.startswith(mark, blanks.end()) else []


def _behind(text: str, place: int) -> str:
    """The reference that begins here."""
    found = _REFERENCE.match(text, place)
    return found[1] if found else ""


def _of_block(text: str, block: Block) -> Iterator[tuple[Span, str]]:
    """The quotation of a block quote, or those in marks in it; each with its reference."""
    start, end = block.words.start, block.words.end
    words = text[start:end]
    inner = [Span(start + span.start, start + span.end) for span in _in_marks(words)]
    if sum(count_han(text[span.start : span.end]) for span in inner) > MOST_OF_A_BLOCK * count_han(words):
        yield from ((span, _behind(text, span.end + 1) or block.attribution) for span in inner)
        return
    last = max(words.rfind(mark) for mark in "。！？!?；;”」』")
    reference = _behind(text, start + last + 1) if last >= 0 else ""
    if reference and _TELLS_A_SOURCE.search(reference) and words.rstrip().endswith(reference):
        yield Span(start, end - len(reference)), " ".join(filter(None, (reference, block.attribution)))
        return
    while end - start > LONGEST:
        cut = max(text.rfind(mark, start, start + LONGEST) for mark in "。！？；\n") + 1 or start + LONGEST
        yield Span(start, cut), block.attribution
        start = cut
    yield Span(start, end), block.attribution


def _with_notes(reference: str, notes: Mapping[str, str]) -> str:
    """A reference that is the number of a note, with the note."""
    named = (notes[found[1]] for found in _NOTE_MARK.finditer(reference) if found[1] in notes)
    return " ".join([reference, *named])
