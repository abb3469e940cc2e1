"""A quotation as it is put into a text of one's own: the words, the reference after GB/T 7714, and how to check it."""

from __future__ import annotations

from kb.course.quoting import paragraph
from kb.present.gbt7714 import article_source, gbt7714
from kb.search.evidence import trimmed
from kb.text.headings import read_heading
from kb.text.sentences import sentences
from kb.types import Article, Citation, Span

BEFORE, AFTER = "“", "”"


def reference(article: Article) -> str:
    """The article as an entry of a list of references."""
    return gbt7714(article_source(article), article.author)


def quotation(article: Article, span: Span) -> str:
    """The words as written, in quotation marks, then the reference, the paragraph, and the citation to check them by.

    Line breaks within the words stay; what is copied is what is stored.
    """
    words = article.text[span.start : span.end]
    cited = Citation.of(article.id, span.start, span.end, words)
    return f"{BEFORE}{words}{AFTER}\n{reference(article)}\n{paragraph(article, span.start)}，出处：{cited}"


def sentences_within(text: str, span: Span) -> tuple[Span, ...]:
    """The sentences that lie in a span, without blanks and list signs; headings are none."""
    held = text[span.start : span.end]
    found = (trimmed(held, one) for one in sentences(held) if read_heading(held[one.start : one.end].rstrip()) is None)
    return tuple(Span(span.start + one.start, span.start + one.end) for one in found if one.end > one.start)
