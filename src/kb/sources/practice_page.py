"""A practice page: front matter and seven sections of statements (see docs/corpus.md)."""

from __future__ import annotations

from kb.errors import SourceError
from kb.sources.front_matter import FrontMatter
from kb.sources.practice_schema import NOT_STATED, SECTIONS, Lines, check_page
from kb.sources.statements import parse_statement
from kb.types import Practice, Statement

__all__ = ["NOT_STATED", "SECTIONS", "read_practice", "read_statement"]


def read_practice(head: FrontMatter, body: str, name: str) -> Practice:
    """The practice a page describes.

    Raises:
        SourceError: something on the page is wrong (`kb.sources.practice_schema`); all of it is told at once.
    """
    return check_page(head, _sections(body), name).value()


def _sections(body: str) -> Lines:
    """The lines under each heading; what stands before the first one is the title of the page."""
    found: list[tuple[str, list[str]]] = []
    for line in body.splitlines():
        if line.startswith("## "):
            found.append((line[3:].strip(), []))
        elif found and line.strip():
            found[-1][1].append(line)
    return tuple((title, tuple(lines)) for title, lines in found)


def read_statement(item: str, source_count: int, name: str) -> Statement:
    """`……。[1][3]〔自述〕` -> the sentence, the sources it rests on (from 0), its marks.

    Raises:
        SourceError: it cites no source, or one that is not there, or has an unknown mark.
    """
    try:
        return parse_statement(item, source_count)
    except ValueError as error:
        raise SourceError(f"{name} 中的陈述{error}。") from error
