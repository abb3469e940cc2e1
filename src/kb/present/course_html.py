"""A course kit as a page of the app: every statement with its sources and the way to the sentence it rests on.

Titles, notes and texts may come from a file of somebody else; everything is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kb.course.values import Block, Cell, Group, Part, Point, Reference, Section, SectionKind, Table
from kb.present.course_kit import MISSING, REFERENCES, Kit, pieces
from kb.present.display import Form
from kb.present.html import LANGUAGES, escaped, link
from kb.present.practice_parts import language_of
from kb.types import Quote

Keep = Mapping[str, str]
"""What every link within the app carries on."""

MOST_RESTS = 6
"""Places named behind one statement; an objective counts over the whole page of a practice."""

LONGEST_NAME = 30


def preview(kit: Kit, keep: Keep) -> str:
    """The whole kit, as the files will have it."""
    titles = [title for title, _section in kit.heads] + [kit.say(REFERENCES)]
    contents = "".join(f'<a href="#plan-{at}">{escaped(title)}</a>' for at, title in enumerate(titles, start=1))
    told = "".join(f"<li>{escaped(text)}</li>" for text in kit.notices())
    sections = "".join(_section(kit, keep, at, *head) for at, head in enumerate(kit.heads, start=1))
    entries = "".join(_reference(kit, one) for one in kit.plan.references)
    language = "zh" if kit.form is Form.ORIGINAL else language_of(kit.form)
    return (
        f'<article class="kb-kit" id="kit" lang="{language}"><h2 class="kb-kit-topic">{escaped(kit.plan.topic)}</h2>'
        f"<details><summary>{kit.say('怎样读这份材料')}</summary><ul>{told}</ul></details>"
        f'<nav class="kb-kit-contents" aria-label="{kit.say("材料目录")}">{contents}</nav>{sections}'
        f'<section id="plan-{len(titles)}" class="kb-kit-references"><h3>{escaped(titles[-1])}</h3>'
        f"<ol>{entries}</ol></section>{_missing(kit)}</article>"
    )


def _section(kit: Kit, keep: Keep, at: int, title: str, section: Section) -> str:
    groups = "".join(_group(kit, keep, group) for group in section.groups)
    kind = " kb-kit-figures" if section.kind is SectionKind.FIGURES else ""
    tables = "".join(_table(kit, keep, table, kind) for table in section.tables)
    return f'<section id="plan-{at}"><h3>{escaped(title)}</h3>{groups}{tables}</section>'


def _group(kit: Kit, keep: Keep, group: Group) -> str:
    title = f"<h4>{escaped(group.title)}</h4>" if group.title else ""
    return title + "".join(_block(kit, keep, block) for block in group.blocks)


def _block(kit: Kit, keep: Keep, block: Block) -> str:
    title = f"<h5>{escaped(block.title)}</h5>" if block.title else ""
    tag = "ol" if block.numbered else "ul"
    rows = "".join(f"<li>{_point(kit, keep, point)}</li>" for point in block.points)
    note = f'<p class="kb-kit-note"><b>{kit.say("备注")}</b> {_lines(block.note)}</p>' if block.note else ""
    return title + (f"<{tag}>{rows}</{tag}>" if rows else "") + note


def _lines(text: str) -> str:
    return "<br>".join(map(escaped, text.split("\n")))


def _point(kit: Kit, keep: Keep, point: Point) -> str:
    place = kit.place(point)
    where = f"<small>{escaped(place)}</small>" if place else ""
    care = "".join(f"<li>{escaped(text)}</li>" for text in kit.warnings(point))
    warned = f'<ul class="kb-warnings">{care}</ul>' if care else ""
    said = "".join(_part(kit, part) for part in point.parts)
    return f"{said}{where}{_rests(kit, keep, point.rests)}{warned}"


def _part(kit: Kit, part: Part) -> str:
    shown = "".join(
        f'<span class="kb-flag kb-doubt">{escaped(text)}</span>' if damaged else escaped(text)
        for text, damaged in pieces(part)
    )
    if part.quote is not None:
        language = LANGUAGES[part.script] if kit.form is Form.ORIGINAL else language_of(kit.form)
        shown = f'<q lang="{language}">{shown}</q>'
    numbers = "".join(
        f'<a class="kb-number" href="#reference-{number}" aria-label="{kit.say("参考文献")} {number}">[{number}]</a>'
        for number in part.references
    )
    marks = f'<span class="kb-standing">{escaped(kit.marks(part))}</span>' if part.marks else ""
    return shown + (f"<sup>{numbers}</sup>" if numbers else "") + marks


def _rests(kit: Kit, keep: Keep, rests: Sequence[Quote]) -> str:
    """Links to the sentences that a statement rests on, each named by how it begins."""
    links = []
    for number, quote in enumerate(rests[:MOST_RESTS], start=1):
        label = kit.say("原句") + (f" {number}" if len(rests) > 1 else "")
        words = " ".join(quote.text.split())[:LONGEST_NAME]
        place = f"{quote.start}-{quote.end}"
        anchor = link(label, "kb-rests", **keep, article=quote.article_id, at=place)
        links.append(anchor.replace("<a ", f'<a title="{escaped(words)}" aria-label="{label}：{escaped(words)}" ', 1))
    return " ".join(links)


def _table(kit: Kit, keep: Keep, table: Table, kind: str) -> str:
    heads = [escaped(_text(cell)) for cell in table.head]
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    rows = "".join(
        f'<tr><th scope="row">{escaped(row.title)}</th>{_cells(kit, keep, row.cells, heads[1:])}</tr>'
        for row in table.rows
    )
    name = escaped(table.title)
    return (
        f'<h4>{name}</h4><div class="kb-kit-scroll" tabindex="0" role="region" aria-label="{name}">'
        f'<table class="kb-kit-table{kind}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _cells(kit: Kit, keep: Keep, cells: Iterable[Cell], heads: Sequence[str]) -> str:
    """Each with the head of its column, which a narrow screen shows before it."""
    told = []
    for cell, head in zip(cells, heads, strict=False):
        points = "".join(f"<div>{_point(kit, keep, point)}</div>" for point in cell.points)
        told.append(f'<td data-label="{head}">{points or escaped(cell.value)}</td>')
    return "".join(told)


def _text(cell: Cell) -> str:
    return "；".join(point.text for point in cell.points) or cell.value


def _reference(kit: Kit, one: Reference) -> str:
    return f'<li id="reference-{one.number}" value="{one.number}">{escaped(kit.reference(one))}</li>'


def _missing(kit: Kit) -> str:
    if not kit.plan.missing:
        return ""
    rows = "".join(f"<li>{escaped(kit.missing(one))}</li>" for one in kit.plan.missing)
    return f'<section class="kb-kit-missing"><h3>{kit.say(MISSING)}</h3><ul>{rows}</ul></section>'
