"""From places of the store to points: exact slices, their source numbers and marks read from the text beside them.

`……。[1][3]〔自述〕` in an article stands for entries of that article's own list of sources. The slice ends before it,
and the same sources are cited by the numbers of the plan. Numbers that the article has no source for stay in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from kb.course.material import Numbers
from kb.course.values import Part, Point
from kb.text.headings import read_heading
from kb.text.normalize import normalize
from kb.text.repair.values import places
from kb.text.sentences import lines
from kb.text.tables import is_rule
from kb.types import Article, Mark, Quote, Span

_APPARATUS = re.compile(r"(?:\[\d{1,3}\]|〔[^〕\n]{1,6}〕)+")
_NUMBER = re.compile(r"\[(\d{1,3})\]")
_MARK = re.compile(r"〔([^〕]+)〕")
_SIGN = re.compile(r"[ \t\u3000]*(?:(?:#{1,6}|[-*+>])[ \t]+)*")
_MARKS = {mark.value: mark for mark in Mark}


def words(text: str, *references: int) -> Part:
    """A piece of our own words, or a name or a number of the corpus."""
    return Part(text, references=references)


def sentence_points(article: Article, quote: Quote, numbers: Numbers, most: int | None = None) -> tuple[Point, ...]:
    """A quotation line by line, each with its sources, the article itself last; signs of lists and headings left out.

    With `most` only so many lines are taken."""
    points = []
    for line in islice(_content_lines(article.text, quote.start, quote.end), most):
        parts = list(quoted_parts(article, line, numbers))
        if not parts:
            continue
        last, own = parts[-1], numbers.of_article(article.id)
        parts[-1] = _with(last, (*last.references, own), last.marks)
        point = Point(tuple(parts), place=paragraph(article, line.start))
        points.append(Point(point.parts, point.quotes, point.place))
    return tuple(points)


def _with(part: Part, references: Sequence[int], marks: Sequence[Mark]) -> Part:
    return Part(part.text, part.quote, tuple(references), tuple(marks), part.flags, part.repaired, part.script)


def _content_lines(text: str, start: int, end: int) -> Iterator[Span]:
    for line in lines(text[start:end]):
        content = text[start + line.start : start + line.end]
        at_start = start + line.start == 0 or text[start + line.start - 1] == "\n"
        sign = _SIGN.match(content) if at_start else None
        begin = sign.end() if sign else 0
        kept = content[begin:].rstrip()
        begin += len(kept) - len(kept.lstrip())
        if kept.strip() and not is_rule(content.strip()):
            yield Span(start + line.start + begin, start + line.start + begin + len(kept.strip()))


def quoted_parts(article: Article, span: Span, numbers: Numbers) -> Iterator[Part]:
    """The slices of a span of one line between source numbers and marks, each with those that follow it."""
    at = span.start
    for found in _APPARATUS.finditer(article.text, span.start, span.end):
        cited = [int(number) for number in _NUMBER.findall(found[0])]
        marks = [_MARKS.get(normalize(mark)) for mark in _MARK.findall(found[0])]
        known = all(1 <= number <= len(article.sources) for number in cited) and None not in marks
        if not known or found.start() == at:
            continue
        references = tuple(dict.fromkeys(numbers.of(article.sources[number - 1]) for number in cited))
        yield quoted(article, Span(at, found.start()), references, tuple(mark for mark in marks if mark is not None))
        at = found.end()
    if article.text[at : span.end].strip():
        yield quoted(article, Span(at, span.end))


def quoted(article: Article, span: Span, references: tuple[int, ...] = (), marks: tuple[Mark, ...] = ()) -> Part:
    """An exact slice, with the damaged and the repaired places in it."""
    text = article.text[span.start : span.end]
    return Part(
        text=text,
        quote=Quote(article.id, span.start, span.end, text),
        references=references,
        marks=marks,
        flags=tuple(flag for flag in article.flags if flag.start < span.end and flag.end > span.start),
        repaired=tuple(
            place
            for step, place in places(article.repairs)
            if step.certain and place.start < span.end and place.end > span.start
        ),
        script=article.script,
    )


def paragraph(article: Article, start: int) -> str:
    """Which paragraph of the article a place is in, headings and blank lines not counted: 第 3 段."""
    begin = article.text.rfind("\n", 0, start) + 1
    end = article.text.find("\n", start)
    own = article.text[begin : end if end >= 0 else None]
    if read_heading(own) is not None:
        return "标题"
    counted = sum(1 for line in article.text[:begin].split("\n") if line.strip() and read_heading(line) is None)
    return f"第 {counted + 1} 段"


def where_now(article: Article, quote: Quote) -> Quote | None:
    """The same text in the article as it is now; None where it is there no more, or where it is not told which.

    A quote that was kept without its text stands for its place.
    """
    there = article.text[quote.start : quote.end]
    if there == quote.text or (not quote.text and there and quote.end <= len(article.text)):
        return Quote(article.id, quote.start, quote.end, there)
    found = [at.start() for at in re.finditer(re.escape(quote.text), article.text)] if quote.text else []
    if not found:
        return None
    start = min(found, key=lambda at: (abs(at - quote.start), at))
    return Quote(article.id, start, start + len(quote.text), quote.text)
