"""Texts as HTML. Everything that comes from an article, a file or a question is escaped here, and only here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from urllib.parse import urlencode, urlsplit

from kb.present import warnings
from kb.present.warnings import NAMES, hint
from kb.types import Flag, Hit, Script, Source, Span, Statement

LANGUAGES = {Script.HANS: "zh-Hans", Script.HANT: "zh-Hant", Script.MIXED: "zh"}
"""Tells the browser which national forms of the characters to draw."""

_NUMBER = re.compile(r"\[(\d{1,3})\]")
_STANDING = re.compile(r"〔(自述|归纳|歸納|待核)〕")
_ITEM = re.compile(r"^(?:-|\d{1,2}\.)\s+")
_HEADING = re.compile(r"^#{1,6}\s+")

STANDINGS = {
    "自述": "当地或单位对自己成效的说法，未经独立核实",
    "归纳": "本库根据来源概括，不是来源的原话",
    "歸納": "本庫根據來源概括，不是來源的原話",
    "待核": "尚未核到可靠来源，使用前请核对",
}


def link(text: str, css: str = "", **parameters: str) -> str:
    """A link within the app; it is a permanent address as well."""
    query = escape(urlencode({name: value for name, value in parameters.items() if value}))
    return f'<a class="{css}" href="?{query}" target="_self">{escape(text)}</a>'


def outward(source: Source) -> str:
    """A source's title, linked where it has a web address."""
    title = escape(source.title)
    if urlsplit(source.url).scheme in {"http", "https"}:
        return f'<a href="{escape(source.url)}" target="_blank" rel="noopener noreferrer nofollow">{title}</a>'
    return title


@dataclass(frozen=True, slots=True)
class Layer:
    """Characters of a line that are set apart, and the tags that do it."""

    start: int
    end: int
    before: str
    after: str


def marked(
    text: str, start: int, spans: Iterable[Span], sources: Sequence[Source] = (), flags: Iterable[Flag] = ()
) -> str:
    """Lines of an article as paragraphs, headings and items; `spans` (of the article, the text beginning at `start`)
    are set in <mark>, damaged places (`flags`) are underlined, source numbers get their source as a hint."""
    layers = [_flagged(flag, start) for flag in flags]
    layers += [Layer(span.start - start, span.end - start, "<mark>", "</mark>") for span in spans]
    lines, at = [], 0
    for line in text.split("\n"):
        within = [layer for layer in layers if layer.start < at + len(line) and layer.end > at]
        if line.strip():
            lines.append(_line(line, [replace(one, start=one.start - at, end=one.end - at) for one in within], sources))
        at += len(line) + 1
    return "".join(lines)


def _flagged(flag: Flag, start: int) -> Layer:
    tell = escape(f"{NAMES[flag.kind]}：{hint(flag)}")
    before = f'<span class="kb-flag kb-{flag.kind.value}" title="{tell}" role="note" aria-label="{tell}">'
    return Layer(flag.start - start, flag.end - start, before, "</span>")


def _line(line: str, layers: Sequence[Layer], sources: Sequence[Source]) -> str:
    heading, item = _HEADING.match(line), _ITEM.match(line)
    prefix = (heading or item).end() if heading or item else 0  # type: ignore[union-attr]
    ends = {min(max(edge, prefix), len(line)) for layer in layers for edge in (layer.start, layer.end)}
    content = ""
    for begin, end in pairwise(sorted({prefix, len(line), *ends})):
        piece = _annotated(line[begin:end], sources)
        for layer in layers:
            if layer.start < end and layer.end > begin:
                piece = layer.before + piece + layer.after
        content += piece
    if heading:
        return f'<p class="kb-heading">{content}</p>'
    if item:
        sign = "•" if line.startswith("-") else escape(item[0].strip())
        return f'<p class="kb-item"><span class="kb-sign">{sign}</span>{content}</p>'
    return f"<p>{content}</p>"


def _annotated(text: str, sources: Sequence[Source]) -> str:
    """Escaped text whose source numbers and standings are set apart, each with a hint."""

    def number(found: re.Match[str]) -> str:
        at = int(found[1]) - 1
        hint = escape(source_line(sources[at])) if at < len(sources) else ""
        return f'<sup class="kb-number" title="{hint}">[{found[1]}]</sup>' if hint else found[0]

    def standing(found: re.Match[str]) -> str:
        return f'<span class="kb-standing" title="{STANDINGS[found[1]]}">〔{found[1]}〕</span>'

    return _STANDING.sub(standing, _NUMBER.sub(number, escape(text)))


def source_line(source: Source) -> str:
    """Title, publisher, date in one line of plain text."""
    return "，".join(filter(None, (source.title, source.publisher, source.date)))


def statement(item: Statement, sources: Sequence[Source]) -> str:
    """A statement of a practice page with its source numbers and marks."""
    numbers = "".join(f"[{number + 1}]" for number in item.sources)
    marks = "".join(f"〔{mark.value}〕" for mark in item.marks)
    return _annotated(item.text + numbers + marks, sources)


def source_list(sources: Sequence[Source]) -> str:
    """The sources, numbered as they are cited."""
    rows = []
    for source in sources:
        parts = (source.publisher, source.date or "日期未载明", source.note)
        rows.append(f"<li>{outward(source)}" + "".join(f"，{escape(part)}" for part in parts if part) + "</li>")
    return f'<ol class="kb-sources">{"".join(rows)}</ol>'


def _body(found: Hit) -> str:
    """The passage with the words found, its damaged places underlined and told below."""
    passage = found.passage
    text = marked(passage.text, passage.start, found.highlights, found.article.sources, passage.flags)
    told = "".join(f"<li>{escape(line)}</li>" for line in warnings.lines(passage))
    return text + (f'<ul class="kb-warnings">{told}</ul>' if told else "")


def hit(found: Hit, number: int, names: dict[str, str], explanation: str, **keep: str) -> str:
    """A passage found: title, place in the article, the text with the words found, its practices.

    `names` are the names of practices by id; `keep` are the parameters that links carry on.
    """
    article, passage = found.article, found.passage
    place = f"{passage.start}-{passage.end}"
    where = " · ".join(escape(part) for part in (article.region, article.date, article.source) if part)
    path = " › ".join(escape(heading) for heading in passage.headings)
    chips = "".join(link(names[key], "kb-chip", **keep, practice=key) for key in found.practices if key in names)
    language = LANGUAGES[article.script]
    return (
        f'<article class="kb-card" lang="{language}"><h3><span class="kb-rank">{number}</span>'
        f"{link(article.title, **keep, article=article.id, at=place)}</h3>"
        + (f'<div class="kb-path">{path}</div>' if path else "")
        + f'<div class="kb-text">{_body(found)}</div>'
        f'<div class="kb-meta">{where}<span class="kb-why">{escape(explanation)}</span></div>'
        + (f'<div class="kb-chips">{chips}</div>' if chips else "")
        + "</article>"
    )
