"""What stands around a practice's page: related practices, other places, the law, the articles that tell of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from kb.catalogue.values import Surroundings
from kb.present import html
from kb.present.display import Form, display
from kb.present.html import outward
from kb.present.practice_parts import Reader, anchor, language_of
from kb.types import Article, Practice, Quote

MOST_BASIS = 3
"""Sentences shown for one law."""


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of another article that tells of a practice: `text` and `title` are in the form that is shown, of the
    same length as what was written, so that the article's places hold."""

    quote: Quote
    article: Article
    text: str
    title: str
    language: str

    @classmethod
    def of(cls, quote: Quote, article: Article, form: Form, terms: Sequence[str]) -> Told:
        """The sentence as it is shown in this form."""
        text, title = (display(part, form, article.script, terms) for part in (quote.text, article.title))
        return cls(quote, article, text, title, language_of(form, article.script))


def parts(
    reader: Reader, around: Surroundings, practices: Mapping[str, Practice], told: Sequence[Told]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """(Key, (title, content)) of each part that has anything to say, in the order of the page."""
    if around.elsewhere:
        yield "elsewhere", ("别处", _elsewhere(reader, around, practices))
    if around.basis:
        yield "basis", ("法规依据", _basis(around))
    if around.explained_in:
        rows = "".join(f"<li>{anchor(reader, title, article=key)}</li>" for key, title in around.explained_in)
        yield "explained", ("法规解读", f'<ul class="kb-links">{rows}</ul>')
    if told:
        quotes = "".join(_quote(reader, one) for one in told)
        note = reader.say("下面是各篇文章的原句，点标题到原文。")
        yield "told", ("讲到它的文章", f'<p class="kb-note">{note}</p><ul class="kb-quotes">{quotes}</ul>')


def aside(reader: Reader, around: Surroundings, practices: Mapping[str, Practice]) -> str:
    """Related practices, each with the reasons why it is named."""
    rows = "".join(
        f"<li>{anchor(reader, reader.name_of(practices[one.id]), practice=one.id)}"
        f"<small>{reader.say('、'.join(one.reasons))}</small></li>"
        for one in around.related
        if one.id in practices
    )
    if not rows:
        return ""
    return f'<section class="kb-related"><h2>{reader.say("相关实践")}</h2><ul>{rows}</ul></section>'


def _elsewhere(reader: Reader, around: Surroundings, practices: Mapping[str, Practice]) -> str:
    rows = []
    for one in around.elsewhere:
        page = practices.get(one.cited.practice)
        where = anchor(reader, reader.name_of(page), practice=page.id) if page else ""
        rows.append(
            f"<div><dt>{escape(one.place)}</dt><dd>{escape(one.cited.text)}"
            f" <small>{reader.say('见')} {where}</small></dd></div>"
        )
    return f'<dl class="kb-places" lang="zh-Hans">{"".join(rows)}</dl>'


def _basis(around: Surroundings) -> str:
    rows = []
    for basis in around.basis:
        told = "，".join(escape(part) for part in (basis.source.publisher, basis.source.date) if part)
        cited = "".join(f"<p>{escape(one.text)}</p>" for one in basis.statements[:MOST_BASIS])
        rows.append(f"<li><b>{outward(basis.source)}</b><small>{told}</small>{cited}</li>")
    return f'<ul class="kb-laws" lang="zh-Hans">{"".join(rows)}</ul>'


def _quote(reader: Reader, one: Told) -> str:
    """As in the article itself: its source numbers have their hints, its damaged places are marked."""
    article, quote = one.article, one.quote
    body = html.marked(one.text, quote.start, (), article.sources, article.flags)
    title = anchor(reader, one.title, article=article.id, at=f"{quote.start}-{quote.end}")
    return f'<li><blockquote lang="{one.language}">{body}</blockquote><cite>{title}</cite></li>'
