"""比较表 and 数字: practices side by side, and the ledger of their figures; figures that differ stand together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from kb.catalogue import comparing
from kb.catalogue import values as catalogue
from kb.catalogue.values import DateBasis, Figure
from kb.course.drafting import Draft
from kb.course.quoting import quoted, words
from kb.course.values import Cell, Point, Row, Section, SectionKind, Table
from kb.types import Practice, Span

NOT_STATED = "未载明"
FIGURE_HEAD = ("序号", "所数", "数字", "日期", "谁的说法", "原句")


def comparison(draft: Draft) -> Section:
    """One table of two to five practices; of more, several of about the same size."""
    tables = tuple(_compared(draft, found) for found in shares(draft.practices))
    return Section(SectionKind.COMPARISON, tables=tables)


def shares(practices: Sequence[Practice]) -> list[Sequence[Practice]]:
    """The practices in runs that can be compared, none left out; nothing where there is but one."""
    if len(practices) < comparing.FEWEST:
        return []
    count = -(-len(practices) // comparing.MOST)
    bounds = [round(at * len(practices) / count) for at in range(count + 1)]
    return [practices[begin:end] for begin, end in pairwise(bounds)]


def _compared(draft: Draft, practices: Sequence[Practice]) -> Table:
    found = comparing.compare(practices)
    names = [Cell(points=(draft.pages.about(one.id, one.name),)) for one in practices]
    rows = tuple(Row(row.title, tuple(_cell(draft, cell) for cell in row.cells)) for row in found.rows)
    title = "、".join(practice.name for practice in practices)
    return Table(title, (Cell("项目"), *names), rows)


def _cell(draft: Draft, cell: catalogue.Cell) -> Cell:
    if cell.statements:
        return Cell(points=tuple(map(draft.pages.point, cell.statements)))
    return Cell(cell.value or NOT_STATED)


def figures(draft: Draft) -> Section:
    """A table of figures for each practice that has any."""
    tables = []
    for practice in draft.practices:
        found = draft.material.figures.get(practice.id, ())
        if found:
            tables.append(_ledger(draft, practice, found))
    return Section(SectionKind.FIGURES, tables=tuple(tables))


def _ledger(draft: Draft, practice: Practice, found: Sequence[Figure]) -> Table:
    ordered = together(found)
    places = {one.id: at for at, one in enumerate(ordered, start=1)}
    rows = tuple(_row(draft, one, places) for one in ordered)
    return Table(practice.name, tuple(map(Cell, FIGURE_HEAD)), rows)


def together(found: Sequence[Figure]) -> list[Figure]:
    """In the order of the page, but what states the same thing differently right behind its first."""
    ordered: dict[str, Figure] = {}
    by_id = {one.id: one for one in found}
    for one in found:
        ordered.setdefault(one.id, one)
        for other in one.beside:
            if other in by_id:
                ordered.setdefault(other, by_id[other])
    return list(ordered.values())


def _row(draft: Draft, one: Figure, places: dict[str, int]) -> Row:
    claim = "、".join(one.claimed_by) or "发布者未载明"
    marks = "".join((("（自述）" if one.own_claim else ""), ("（待核）" if one.unverified else "")))
    other = "、".join(str(places[key]) for key in one.beside if key in places)
    date = f"{one.date}（{one.date_basis.value}）" if one.date_basis is not DateBasis.NONE else "日期未载明"
    return Row(
        str(places[one.id]),
        (
            Cell(one.counted or "所数的未载明"),
            Cell(points=(value(draft, one),)),
            Cell(date),
            Cell(claim + marks + (f"；另一说见第 {other} 行" if other else "")),
            Cell(points=(draft.pages.point(one.cited),)),
        ),
    )


def value(draft: Draft, one: Figure) -> Point:
    """The figure with its unit and what narrows it, cut from the page, with its sources."""
    references, span = draft.numbers.of_cited(one.cited), draft.pages.span(one.cited)
    meant = one.cited.span
    if span is None or meant is None:
        return Point((words(one.value + one.unit, *references),), draft.pages.head(one.practice))
    article = draft.material.articles[one.practice]
    part = quoted(article, Span(span.start + meant.start, span.start + meant.end), references)
    return Point((part,), (part.quote,) if part.quote else ())


def conflicting(found: Sequence[Figure]) -> Iterator[tuple[Figure, ...]]:
    """Figures that state the same thing differently, each group once."""
    by_id = {one.id: one for one in found}
    seen: set[str] = set()
    for one in found:
        group = [one, *(by_id[key] for key in one.beside if key in by_id)]
        if len(group) > 1 and one.id not in seen:
            seen |= {other.id for other in group}
            yield tuple(group)
