"""What the pages of the catalogue are put together from. Everything that comes from a page is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Protocol
from urllib.parse import urlencode

from kb.present.display import Form
from kb.present.html import HERE, LANGUAGES, STANDINGS, source_line
from kb.types import Mark, Practice, Script, Source, Statement

NOT_TOLD = "来源未说明"
"""What stands where the sources of a practice say nothing."""

SECTIONS = {
    "lead": "牵头",
    "problem": "针对的问题",
    "mechanism": "做法",
    "steps": "步骤",
    "figures": "数据",
    "results": "成效",
    "limits": "局限",
}


class Reader(Protocol):
    """Who is spoken to: in which script, and what links carry on for them."""

    def say(self, text: str) -> str:
        """A text of ours in the reader's script."""

    def name_of(self, practice: Practice) -> str:
        """A practice's name in the reader's script."""

    @property
    def keep(self) -> dict[str, str]:
        """The parameters that every link carries on."""


def address(reader: Reader, **parameters: str) -> str:
    """The address of a page of the app, as the value of an attribute."""
    wanted = {name: value for name, value in (reader.keep | parameters).items() if value}
    return escape(f"?{urlencode(wanted)}")


def anchor(reader: Reader, text: str, css: str = "", **parameters: str) -> str:
    """A link within the app that keeps what the reader carries along."""
    shown = ' aria-current="true"' if HERE in css.split() else ""
    return f'<a class="{css}" href="{address(reader, **parameters)}" target="_self"{shown}>{escape(text)}</a>'


def statement(reader: Reader, item: Statement, sources: Sequence[Source], prefix: str = "source") -> str:
    """A sentence, its sources as links to the list of sources (`prefix`-1, ...), its marks with what they mean."""
    numbers = "".join(
        f'<a class="kb-number" href="#{prefix}-{at + 1}" title="{escape(source_line(sources[at]))}"'
        f' aria-label="{escape(reader.say("来源"))} {at + 1}">[{at + 1}]</a>'
        for at in item.sources
        if at < len(sources)
    )
    return escape(item.text) + (f"<sup>{numbers}</sup>" if numbers else "") + marks(reader, item.marks)


def marks(reader: Reader, found: Sequence[Mark]) -> str:
    """〔自述〕, 〔归纳〕, 〔待核〕, each with its meaning as a hint; the brackets go along when it is copied."""
    return "".join(
        f'<span class="kb-seal" title="{escape(reader.say(STANDINGS[mark.value]))}">〔{reader.say(mark.value)}〕</span>'
        for mark in found
    )


def meanings(reader: Reader, practices: Sequence[Practice]) -> str:
    """What the marks that occur mean, for those who cannot hover."""
    used = {
        mark for practice in practices for field in SECTIONS for item in getattr(practice, field) for mark in item.marks
    }
    rows = "".join(
        f"<div><dt>{marks(reader, (mark,))}</dt><dd>{reader.say(STANDINGS[mark.value])}</dd></div>"
        for mark in Mark
        if mark in used
    )
    return f'<dl class="kb-meanings">{rows}</dl>' if rows else ""


def card(reader: Reader, practice: Practice) -> str:
    """A practice in a list: its name, where and since when, the problem it is for."""
    where = " · ".join(filter(None, (practice.region, practice.since)))
    problem = f"<p>{escape(practice.problem[0].text)}</p>" if practice.problem else ""
    return (
        f'<li class="kb-entry"><h3>{anchor(reader, reader.name_of(practice), practice=practice.id)}</h3>'
        f"<small>{escape(where)}</small>{problem}</li>"
    )


def cards(reader: Reader, practices: Sequence[Practice], language: str = "zh-Hans") -> str:
    """A list of practices."""
    return f'<ul class="kb-entries" lang="{language}">{"".join(card(reader, one) for one in practices)}</ul>'


def language_of(form: Form, script: Script = Script.HANS) -> str:
    """The language tag of a practice's texts in this form."""
    if form is Form.ORIGINAL:
        return LANGUAGES[script]
    return LANGUAGES[Script.HANS if form is Form.SIMPLIFIED else Script.HANT]
