"""Texts in the form a reader asks for, made when they are shown; what is stored and quoted stays as written.

Every form keeps the length (see `kb.text.convert`), so a span of `Article.text` marks the same words in each of
them: no map of places is needed, and a test holds it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from kb.text.convert import Converted, Region, convert
from kb.types import Article, Hit, Practice, Script


class Form(str, Enum):
    """How a text is shown."""

    ORIGINAL = "原文"
    SIMPLIFIED = "简体"
    TAIWAN = "繁體台"
    HONG_KONG = "繁體港"


REGIONS = {Form.SIMPLIFIED: Region.MAINLAND, Form.TAIWAN: Region.TAIWAN, Form.HONG_KONG: Region.HONG_KONG}

FORM_KEYS = {Form.ORIGINAL: "", Form.SIMPLIFIED: "cn", Form.TAIWAN: "tw", Form.HONG_KONG: "hk"}
"""How an address or an option names a form."""


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A character whose other form no phrase decided: what was chosen, and what else it could be."""

    start: int
    end: int
    char: str
    chosen: str
    candidates: tuple[str, ...]


def display(text: str, form: Form, script: Script | None = None, terms: Iterable[str] = ()) -> str:
    """`text` in `form`, of the same length.

    `script` is that of the article it comes from; `terms` are names in both scripts whose wording is kept.

    >>> display("里长把群众的事放在心里", Form.TAIWAN)
    '里長把群眾的事放在心裡'
    """
    return _converted(text, form, script, terms).text


def ambiguous(text: str, form: Form, script: Script | None = None, terms: Iterable[str] = ()) -> tuple[Ambiguity, ...]:
    """Where `display` had several common characters to choose from and no phrase to tell: 3只 as 3隻 or 3只."""
    return tuple(
        Ambiguity(choice.at, choice.at + 1, text[choice.at], choice.candidates[0], choice.candidates)
        for choice in _converted(text, form, script, terms).choices
    )


def _converted(text: str, form: Form, script: Script | None, terms: Iterable[str]) -> Converted:
    return Converted(text) if form is Form.ORIGINAL else convert(text, REGIONS[form], script, terms)


def names_of(practices: Iterable[Practice]) -> tuple[str, ...]:
    """What practices are called, in every written form: the terms that are converted as one piece."""
    return tuple(sorted({name for practice in practices for name in practice.names}))


def shown_hit(hit: Hit, form: Form, terms: Iterable[str] = ()) -> Hit:
    """The hit with title, headings and passage in `form`; its spans hold as they are."""
    if form is Form.ORIGINAL:
        return hit
    article, passage, names = hit.article, hit.passage, tuple(terms)

    def say(text: str) -> str:
        return display(text, form, article.script, names)

    headings = tuple(map(say, passage.headings))
    return replace(
        hit,
        passage=replace(passage, text=say(passage.text), headings=headings),
        article=replace(
            article,
            title=say(article.title),
            region=say(article.region),
            source=say(article.source),
            script=_script_of(form),
        ),
    )


def shown_article(article: Article, form: Form, terms: Iterable[str] = ()) -> Article:
    """The article with its title and text in `form`; its spans hold as they are."""
    if form is Form.ORIGINAL:
        return article
    names = tuple(terms)
    title, text = (display(part, form, article.script, names) for part in (article.title, article.text))
    return replace(article, title=title, text=text, script=_script_of(form))


def _script_of(form: Form) -> Script:
    return Script.HANS if form is Form.SIMPLIFIED else Script.HANT
