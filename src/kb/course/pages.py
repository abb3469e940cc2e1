"""The statements of practice pages as points: each a slice of the page as it is stored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kb.catalogue.values import STATEMENT_FIELDS, Cited, cited
from kb.course.material import Material, Numbers
from kb.course.quoting import quoted, words
from kb.course.values import Part, Point
from kb.text.normalize import normalize
from kb.text.sentences import lines
from kb.types import Article, Practice, Quote, Source, Span

NOT_STATED = "未载明。"
_ITEM = re.compile(r"(?:-|\d+\.)[ \t]+(?=\S)")
_TAIL = re.compile(r"(?:\[\d{1,3}\]|〔[^〕]+〕)+\s*$")


class Pages:
    """The practice pages of the material, each statement with its place in the stored text."""

    def __init__(self, material: Material, numbers: Numbers) -> None:
        self._material = material
        self._numbers = numbers
        self._spans: dict[str, Mapping[tuple[str, int], Span]] = {}

    def point(self, one: Cited) -> Point:
        """A statement with its sources and marks."""
        part = self.part(one)
        return Point((part,), (part.quote,) if part.quote else self.head(one.practice))

    def part(self, one: Cited) -> Part:
        """A statement as a piece; where the page has it otherwise than it was read, it is no quotation."""
        references, span = self._numbers.of_cited(one), self.span(one)
        if span is None:
            return Part(one.text, references=references, marks=one.marks)
        return quoted(self._material.articles[one.practice], span, references, one.marks)

    def span(self, one: Cited) -> Span | None:
        """Where a statement stands in its page."""
        article = self._material.articles.get(one.practice)
        if article is None:
            return None
        if one.practice not in self._spans:
            self._spans[one.practice] = dict(_placed(article, self._material.practices[one.practice]))
        return self._spans[one.practice].get((one.field, one.place))

    def quote(self, one: Cited) -> tuple[Quote, ...]:
        """The place of a statement, to rest something on."""
        span = self.span(one)
        if span is None:
            return self.head(one.practice)
        text = self._material.articles[one.practice].text[span.start : span.end]
        return (Quote(one.practice, span.start, span.end, text),)

    def own(self, key: str) -> int:
        """The number of the page itself; where only the practice is stored, that of its name."""
        if key in self._material.articles:
            return self._numbers.of_article(key)
        return self._numbers.of(Source(self._material.practices[key].name, note=f"实践 {key}"))

    def head(self, key: str) -> tuple[Quote, ...]:
        """The first line of a page: what is said of the practice as a whole rests on it."""
        text = self._material.articles[key].text if key in self._material.articles else ""
        end = text.find("\n") if "\n" in text else len(text)
        return (Quote(key, 0, end, text[:end]),) if end else ()

    def about(self, key: str, text: str) -> Point:
        """Words about a practice as a whole, resting on its page."""
        return Point((words(text, self.own(key)),), self.head(key))

    def statements(self, practice: Practice, field: str) -> tuple[Cited, ...]:
        """The statements of a section."""
        return tuple(cited(practice, field, at) for at in range(len(getattr(practice, field))))


def _placed(article: Article, practice: Practice) -> Iterator[tuple[tuple[str, int], Span]]:
    """Section and number of each statement -> the slice of the page, its sign and its sources left out."""
    sections: list[list[Span]] = []
    for line in lines(article.text):
        content = article.text[line.start : line.end]
        item = _ITEM.match(content)
        if content.startswith("## "):
            sections.append([])
        elif sections and item:
            tail = _TAIL.search(content)
            end = tail.start() if tail else len(content.rstrip())
            sections[-1].append(Span(line.start + item.end(), line.start + end))
    for field, spans in zip(STATEMENT_FIELDS, sections, strict=False):
        said = [span for span in spans if normalize(article.text[span.start : span.end]) != normalize(NOT_STATED)]
        if len(said) == len(getattr(practice, field)):
            yield from (((field, place), span) for place, span in enumerate(said))
