"""A course kit as slides: what stands on each, and what the speaker's notes say; how they look is `course_pptx`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kb.course.values import Block, Cell, Part, Point, Section, SectionKind, Table
from kb.present import slide_text as text
from kb.present.course_kit import CITATIONS, MISSING, REFERENCES, Kit, pieces
from kb.present.slide_text import Line, Look, Run

WIDTH, ROOM = 872.0, 402.0
"""Points that the body of a slide offers."""

PADDING = 5.0
"""Points above and below the text of a field of a table, together."""

SIDE = 8.0
"""Points beside it, together."""

FIRST_COLUMN = 84.0
FIGURE_WIDTHS = (44.0, 130.0, 118.0, 150.0, 180.0, 250.0)
MOST_OF_A_HEAD = 110.0
"""Points that the head of a table takes; of a longer name the beginning is shown, the whole stands in its case."""

LEAST_OF_A_ROW = 90.0
"""Points that must be left on a slide for a row to be begun there that does not fit on a slide as a whole."""

NOTICES, NOTE = "说明", "讲师备注"

Fields = tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A piece of a table; rows and head are fields of lines."""

    widths: tuple[float, ...]
    head: Fields
    rows: tuple[Fields, ...]


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: lines or a table below its title; `notes` are the speaker's."""

    title: str
    lines: tuple[Line, ...] = ()
    grid: Grid | None = None
    notes: str = ""


def course_slides(kit: Kit) -> list[Slide]:
    """Every slide but the first, in order."""
    slides = list(_flow(kit, kit.say(NOTICES), [Line((Run(one),), sign="•") for one in kit.notices()]))
    for title, section in kit.heads:
        slides += _section(kit, title, section)
    if kit.plan.missing:
        gone = [Line((Run(kit.missing(one)),), sign="•") for one in kit.plan.missing]
        slides += _flow(kit, kit.say(MISSING), gone)
    entries = [Line((Run(kit.reference(one)),), text.REFERENCE, sign=f"[{one.number}]") for one in kit.plan.references]
    cited = [Line((Run(one),), text.REFERENCE) for one in kit.citations()]
    return [*slides, *_flow(kit, kit.say(REFERENCES), entries), *_flow(kit, kit.say(CITATIONS), cited)]


def _section(kit: Kit, title: str, section: Section) -> Iterator[Slide]:
    for group in section.groups:
        named = " · ".join(filter(None, (title, group.title)))
        lines = [line for block in group.blocks for line in _block(kit, block, section.kind)]
        yield from _flow(kit, named, lines)
    for table in section.tables:
        widths = FIGURE_WIDTHS if section.kind is SectionKind.FIGURES else _even(len(table.head))
        yield from _tabled(kit, f"{title} · {table.title}", table, widths)


def _even(columns: int) -> tuple[float, ...]:
    return (FIRST_COLUMN, *((WIDTH - FIRST_COLUMN) / (columns - 1) for _column in range(columns - 1)))


def _block(kit: Kit, block: Block, kind: SectionKind) -> Iterator[Line]:
    if block.title:
        yield Line((Run(block.title),), text.LABEL, keep=True, note=block.note)
    for number, point in enumerate(block.points, start=1):
        excerpt = kind is SectionKind.BASIS and bool(point.place)
        sign = "" if excerpt else f"{number}." if block.numbered else "•"
        style = text.EXCERPT if excerpt else text.BODY
        note = "" if block.title or number > 1 else block.note
        yield Line(runs_of(kit, point), style, sign, point=point, note=note)
        yield from (Line((Run(f"⚠ {warning}"),), text.WARNING) for warning in kit.warnings(point))
    if not block.title and not block.points and block.note:
        yield Line((), note=block.note)


def runs_of(kit: Kit, point: Point) -> tuple[Run, ...]:
    """A point with its numbers, marks and place."""
    place = kit.place(point)
    tail = (Run(f" ——{place}", Look.PLACE),) if place else ()
    return (*(run for part in point.parts for run in _runs(kit, part)), *tail)


def _runs(kit: Kit, part: Part) -> Iterator[Run]:
    for piece, damaged in pieces(part):
        look = Look.WORDS if part.quote is None else Look.DAMAGED if damaged else Look.QUOTED
        yield Run(piece, look, part.script)
    if part.references:
        yield Run("".join(f"[{number}]" for number in part.references), Look.NUMBER)
    if part.marks:
        yield Run(kit.marks(part), Look.STANDING)


def _flow(kit: Kit, title: str, lines: Sequence[Line]) -> Iterator[Slide]:
    """The lines on one slide or several, each with its notes; a note without a line of its own goes with the last."""
    shown = [line for line in lines if line.runs]
    alone = [line.note for line in lines if not line.runs]
    cut = text.pages(shown, WIDTH, ROOM)
    told: set[Point] = set()
    for number, page in enumerate(cut, start=1):
        notes = [line.note for line in page if line.note]
        notes = list(dict.fromkeys(notes)) + (alone if number == len(cut) else [])
        points = [line.point for line in page if line.point is not None]
        yield Slide(_numbered(title, number, len(cut)), tuple(page), notes=_notes(kit, points, notes, told))


def _numbered(title: str, number: int, count: int) -> str:
    return f"{title}（{number}/{count}）" if count > 1 else title


def _notes(kit: Kit, points: Sequence[Point], notes: Sequence[str], told: set[Point]) -> str:
    """The trainer's notes, then every statement in full with its references; one told before is not told again."""
    blocks = [f"{kit.say(NOTE)}：{note}" for note in notes]
    numbers: dict[int, None] = {}
    for point in dict.fromkeys(points):
        if point in told:
            blocks.append(kit.say("（续上页，全文见上页备注）"))
            continue
        told.add(point)
        numbers |= dict.fromkeys(point.references)
        body = "".join(run.text for run in runs_of(kit, point))
        blocks.append("\n".join([body, *(f"⚠ {warning}" for warning in kit.warnings(point))]))
    if numbers:
        entries = (one for one in kit.plan.references if one.number in numbers)
        blocks.append("\n".join([kit.say("出处："), *(f"[{one.number}] {kit.reference(one)}" for one in entries)]))
    return "\n\n".join(blocks)


def _tabled(kit: Kit, title: str, table: Table, widths: tuple[float, ...]) -> Iterator[Slide]:
    """The table on one slide or several, the head on each."""
    head = tuple(
        tuple(text.pages(_field(kit, cell), width - SIDE, MOST_OF_A_HEAD)[0])
        for cell, width in zip(table.head, widths, strict=True)
    )
    rows = [(_title(row.title), *(_field(kit, cell) for cell in row.cells)) for row in table.rows]
    cut = _paged(kit, rows, widths, ROOM - row_height(head, widths))
    told: set[Point] = set()
    for number, page in enumerate(cut, start=1):
        points = [line.point for row in page for lines in row for line in lines if line.point is not None]
        yield Slide(
            _numbered(title, number, len(cut)),
            grid=Grid(widths, head, tuple(page)),
            notes=_notes(kit, points, (), told),
        )


def _paged(kit: Kit, rows: Sequence[Fields], widths: Sequence[float], room: float) -> list[list[Fields]]:
    """The rows of each slide; a row that fits a slide is not parted."""
    found: list[list[Fields]] = [[]]
    left, todo = room, list(reversed(rows))
    while todo:
        row = todo.pop()
        needed = row_height(row, widths)
        if needed <= left:
            found[-1].append(row)
            left -= needed
            continue
        first, rest = _split(kit, row, widths, left, room) if needed > room and left >= LEAST_OF_A_ROW else ((), row)
        found[-1] += [first] if any(first[1:]) else []
        found.append([])
        todo.append(rest if any(first[1:]) else row)
        left = room
    return [page for page in found if page]


def _title(title: str) -> tuple[Line, ...]:
    return (Line((Run(title),), text.CELL),)


def _field(kit: Kit, cell: Cell) -> tuple[Line, ...]:
    if not cell.points:
        return (Line((Run(cell.value),), text.CELL),)
    return tuple(
        line
        for point in cell.points
        for line in (
            Line(runs_of(kit, point), text.CELL, point=point),
            *(Line((Run(f"⚠ {warning}"),), text.CELL) for warning in kit.warnings(point)),
        )
    )


def row_height(row: Fields, widths: Sequence[float]) -> float:
    """Points that the highest field of a row takes."""
    return PADDING + max(
        sum(text.height(line, width - SIDE) for line in lines) for lines, width in zip(row, widths, strict=True)
    )


def _split(kit: Kit, row: Fields, widths: Sequence[float], room: float, fresh: float) -> tuple[Fields, Fields]:
    """As much of every field as there is room for, and a row with the rest, its title marked as continued."""
    firsts, rests = [], []
    for lines, width in zip(row[1:], widths[1:], strict=True):
        first, rest = _parted(lines, width - SIDE, room - PADDING, fresh - PADDING)
        firsts.append(first)
        rests.append(rest)
    name = row[0][0].text
    mark = kit.say("（续）")
    continued = replace(row[0][0], runs=(Run(name if name.endswith(mark) else name + mark),))
    return (row[0], *firsts), ((continued,), *rests)


def _parted(
    lines: Sequence[Line], width: float, room: float, fresh: float
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The lines that there is room for; one that no slide holds whole is cut, any other goes to the next one whole."""
    if lines and room < text.height(lines[0], width) <= fresh:
        return (), tuple(lines)
    cut = text.pages(lines, width, room)
    return tuple(cut[0]) if cut else (), tuple(line for page in cut[1:] for line in page)
