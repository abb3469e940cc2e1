"""Texts as HTML. Everything that comes from an article, a file or a question is escaped here, and only here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from urllib.parse import urlencode, urlsplit

from kb.present import warnings
from kb.present.outline import Heading
from kb.present.warnings import NAMES, hint
from kb.types import Flag, Hit, Script, Source, Span, Statement

LANGUAGES = {Script.HANS: "zh-Hans", Script.HANT: "zh-Hant", Script.MIXED: "zh"}
"""Tells the browser which national forms of the characters to draw."""

HERE = "kb-here"
"""The class of the link to what is shown, among its like."""

Say = Callable[[str], str]
"""A text of ours in the reader's script."""

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


_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_TURN, _TURN_BACK = frozenset("\u202a\u202b\u202d\u202e"), "\u202c"
_ISOLATE, _ISOLATE_ENDS = frozenset("\u2066\u2067\u2068"), "\u2069"


def contained(text: str) -> str:
    """A text whose marks for writing from right to left end with it, and turn nothing around that follows.

    They are ended in the order of the Unicode rules: what was begun last ends first, the end of an isolate ends
    everything that was begun in it.
    """
    begun: list[str] = []
    for mark in _TURNING.findall(text):
        if mark in _TURN:
            begun.append(_TURN_BACK)
        elif mark in _ISOLATE:
            begun.append(_ISOLATE_ENDS)
        elif mark == _TURN_BACK and begun[-1:] == [_TURN_BACK]:
            begun.pop()
        elif mark == _ISOLATE_ENDS and _ISOLATE_ENDS in begun:
            while begun.pop() != _ISOLATE_ENDS:
                pass
    return text + "".join(reversed(begun))


def escaped(text: str) -> str:
    """A text as it is, to stand between tags or in an attribute."""
    return escape(contained(text))


_MARKDOWN = re.compile(r"([\\`*_\[\]<>$~:#|!])")


def in_markdown(text: str) -> str:
    """A text as it is where Streamlit reads Markdown: in its messages and labels.

    >>> in_markdown("没有文章 [点](javascript:1)")
    '没有文章 \\\\[点\\\\](javascript\\\\:1)'
    """
    return _MARKDOWN.sub(r"\\\1", contained(text))


def link(text: str, css: str = "", **parameters: str) -> str:
    """A link within the app; it is a permanent address as well. With the class `HERE` it is the one that is shown."""
    query = escape(urlencode({name: value for name, value in parameters.items() if value}, errors="replace"))
    shown = ' aria-current="true"' if HERE in css.split() else ""
    return f'<a class="{css}" href="?{query}" target="_self"{shown}>{escaped(text)}</a>'


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
    text: str,
    start: int,
    spans: Iterable[Span],
    sources: Sequence[Source] = (),
    flags: Iterable[Flag] = (),
    *,
    headings: Iterable[Heading] = (),
) -> str:
    """Lines of an article as paragraphs, headings and items; `spans` (of the article, the text beginning at `start`)
    are set in <mark>, damaged places (`flags`) are underlined, source numbers get their source as a hint. `headings`
    are those that can be jumped to (`outline`)."""
    layers = [_flagged(flag, start) for flag in flags]
    layers += [Layer(span.start - start, span.end - start, "<mark>", "</mark>") for span in spans]
    depths = {heading.start - start: heading.depth for heading in headings}
    lines, at = [], 0
    for line in text.split("\n"):
        within = [layer for layer in layers if layer.start < at + len(line) and layer.end > at]
        if line.strip():
            moved = [replace(one, start=one.start - at, end=one.end - at) for one in within]
            content = _line(line, moved, sources)
            lines.append(_anchored(content, depths[at], at + start) if at in depths else content)
        at += len(line) + 1
    return "".join(lines)


def _anchored(paragraph: str, depth: int, place: int) -> str:
    """A line as a heading below the page's own, which the outline leads to."""
    content = re.sub(r"^<p[^>]*>|</p>$", "", paragraph)
    return f'<h{depth + 1} id="at-{place}" class="kb-heading kb-depth-{depth}">{content}</h{depth + 1}>'


def outline(headings: Iterable[Heading]) -> str:
    """Links to the headings of a text on the same page."""
    rows = "".join(
        f'<li class="kb-depth-{heading.depth}"><a href="#at-{heading.start}">{escape(heading.text)}</a></li>'
        for heading in headings
    )
    return f"<ol>{rows}</ol>"


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
    facts = (article.region, article.date, article.source)
    where = "".join(f"<span>{escape(part)}</span>" for part in facts if part)
    path = " › ".join(escape(heading) for heading in passage.headings)
    chips = "".join(link(names[key], "kb-chip", **keep, practice=key) for key in found.practices if key in names)
    language = LANGUAGES[article.script]
    return (
        f'<article class="kb-card" lang="{language}"><div class="kb-words"><h3><span class="kb-rank">{number}</span>'
        f"{link(article.title, **keep, article=article.id, at=place)}</h3>"
        + (f'<div class="kb-path">{path}</div>' if path else "")
        + f'<div class="kb-text">{_body(found)}</div></div>'
        f'<footer><div class="kb-meta">{where}<span class="kb-why">{escape(explanation)}</span></div>'
        + (f'<div class="kb-chips">{chips}</div>' if chips else "")
        + "</footer></article>"
    )
