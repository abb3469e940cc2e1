"""A course kit as Markdown: quotations with footnotes, tables, nothing in the texts taken for markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.course.values import Block, Cell, Part, Point, Reference, Section, SectionKind, Table
from kb.present.course_kit import CITATIONS, MISSING, REFERENCES, Kit
from kb.present.printable import printable

_MARKUP = re.compile(r"([\\`*_\[\]<>|~&$])")
_ADDRESS = re.compile(r"https?://[^\s<>\\]+")
_AT_START = re.compile(r"^(\s*)([#+\-=]|\d+(?=[.)](?:\s|$)))")


def course_markdown(kit: Kit) -> str:
    """The whole kit; the same kit gives the same text."""
    plan = kit.plan
    lines = [f"# {plain(plan.topic)}", ""]
    if plan.names:
        lines += [f"{kit.say('案例')}：{'、'.join(map(plain, plan.names))}", ""]
    lines += [f"- {plain(text)}" for text in kit.notices()]
    for title, section in kit.heads:
        lines += ["", f"## {plain(title)}", *_section(kit, section)]
    if plan.missing:
        lines += ["", f"## {kit.say(MISSING)}", "", *(f"- {plain(kit.missing(one))}" for one in plan.missing)]
    if kit.citations():
        lines += ["", f"## {kit.say(CITATIONS)}", "", *(f"- {plain(text)}" for text in kit.citations())]
    lines += ["", f"## {kit.say(REFERENCES)}", ""]
    lines += [f"[^{one.number}]: {_reference(kit, one)}" for one in plan.references]
    return "\n".join(lines) + "\n"


def _reference(kit: Kit, one: Reference) -> str:
    """The entry, its address as a link where it is one."""
    text, url = kit.reference(one), one.source.url.strip()
    if _ADDRESS.fullmatch(url) and text.endswith(f"{url}."):
        return f"{plain(text.removesuffix(f'{url}.'))}<{url}>."
    return plain(text)


def plain(text: str) -> str:
    """A text of others in one line, every sign that Markdown or HTML would read set off.

    >>> plain("<b>*共治*</b>")
    '\\\\<b\\\\>\\\\*共治\\\\*\\\\</b\\\\>'
    """
    line = _MARKUP.sub(r"\\\1", " ".join(printable(text).split("\n")))
    return _AT_START.sub(_set_off, line)


def _set_off(found: re.Match[str]) -> str:
    sign = found[2]
    return f"{found[1]}{sign}\\" if sign.isdigit() else f"{found[1]}\\{sign}"


def _section(kit: Kit, section: Section) -> Iterator[str]:
    quoted = section.kind is SectionKind.BASIS
    for group in section.groups:
        if group.title:
            yield from ("", f"### {plain(group.title)}")
        for block in group.blocks:
            yield from _block(kit, block, quoted=quoted and any(point.place for point in block.points))
    for table in section.tables:
        yield from ("", f"### {plain(table.title)}", "", *_table(kit, table))


def _block(kit: Kit, block: Block, *, quoted: bool) -> Iterator[str]:
    if block.title:
        yield from ("", f"#### {plain(block.title)}")
    if block.points:
        yield ""
    for number, point in enumerate(block.points, start=1):
        sign = "> " if quoted else f"{number}. " if block.numbered else "- "
        place = kit.place(point)
        yield f"{sign}{_point(kit, point)}" + (f" ——{plain(place)}" if place else "")
        indent = "> " if quoted else " " * len(sign)
        for warning in kit.warnings(point):
            yield f"{indent}\\\n{indent}⚠ {plain(warning)}"
        if quoted and number < len(block.points):
            yield ">"
    if block.note:
        yield from ("", f"**{kit.say('备注')}**：{plain(block.note)}")


def _point(kit: Kit, point: Point) -> str:
    return "".join(_part(kit, part) for part in point.parts)


def _part(kit: Kit, part: Part) -> str:
    return plain(part.text) + "".join(f"[^{number}]" for number in part.references) + plain(kit.marks(part))


def _table(kit: Kit, table: Table) -> Iterator[str]:
    yield "| " + " | ".join(_cell(kit, cell) for cell in table.head) + " |"
    yield "|---" * len(table.head) + "|"
    for row in table.rows:
        yield f"| {plain(row.title)} | " + " | ".join(_cell(kit, cell) for cell in row.cells) + " |"


def _cell(kit: Kit, cell: Cell) -> str:
    told = []
    for point in cell.points:
        told += [_point(kit, point), *(f"⚠ {plain(warning)}" for warning in kit.warnings(point))]
    return "<br>".join(told) if told else plain(cell.value)
