"""Two to five practices side by side: a table, which on a phone becomes a stack of cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from kb.catalogue.values import Cell, Comparison, Figure
from kb.present import ledger, practice_html
from kb.present.practice_parts import NOT_TOLD, Reader, address, anchor, marks, meanings, statement
from kb.types import Practice

AGAINST = "另一说"


def comparison(
    reader: Reader,
    found: Comparison,
    figures: Mapping[str, Sequence[Figure]],
    removing: Mapping[str, str],
    language: str = "zh-Hans",
) -> str:
    """Heading by heading; `figures` are those of each practice, `removing` the `with` of the address without each."""
    head = "".join(
        f'<th scope="col" role="columnheader">{anchor(reader, reader.name_of(one), practice=one.id)}'
        f"{_remove(reader, one, removing)}</th>"
        for one in found.practices
    )
    rows = []
    for row in found.rows:
        cells = [_cell(reader, one, cell, language) for one, cell in zip(found.practices, row.cells, strict=True)]
        rows.append(_row(reader, row.title, found.practices, cells))
        if row.field == "figures":
            cells = [_figures(reader, figures.get(one.id, ())) for one in found.practices]
            rows.append(_row(reader, "数字账", found.practices, cells))
    listed = [practice_html.sources(one.sources, _prefix(one)) for one in found.practices]
    rows.append(_row(reader, "来源", found.practices, listed))
    caption = reader.say(f"{len(found.practices)} 个实践逐项对照")
    return (
        f'<div class="kb-beside" role="region" tabindex="0" aria-label="{caption}">'
        f'<table class="kb-compare kb-of-{len(found.practices)}" role="table"><caption class="kb-unseen">{caption}'
        f'</caption><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">{reader.say("项目")}'
        f'</th>{head}</tr></thead><tbody role="rowgroup">{"".join(rows)}</tbody></table></div>'
        f"{meanings(reader, found.practices)}"
    )


def _row(reader: Reader, title: str, practices: Sequence[Practice], cells: Sequence[str]) -> str:
    columns = "".join(
        f'<td role="cell" data-label="{escape(reader.name_of(practice))}"><div>{cell}</div></td>'
        for practice, cell in zip(practices, cells, strict=True)
    )
    return f'<tr role="row"><th scope="row" role="rowheader">{reader.say(title)}</th>{columns}</tr>'


def _cell(reader: Reader, practice: Practice, cell: Cell, language: str) -> str:
    if not cell.statements:
        return escape(cell.value) or f'<span class="kb-silent">{reader.say(NOT_TOLD)}</span>'
    statements = getattr(practice, cell.statements[0].field)
    items = "".join(
        f"<li>{statement(reader, statements[one.place], practice.sources, _prefix(practice))}</li>"
        for one in cell.statements
    )
    kind = "ol" if cell.statements[0].field == "steps" else "ul"
    return f'<{kind} class="kb-points" lang="{language}">{items}</{kind}>'


def _figures(reader: Reader, found: Sequence[Figure]) -> str:
    """What is counted and how many; what another source says of the same stands right below it."""
    rows = []
    for group in ledger.grouped(found, found):
        for at, one in enumerate(group):
            against = f'<span class="kb-seal">〔{reader.say(AGAINST)}〕</span>' if at else ""
            told = " · ".join(escape(part) for part in (one.date, "、".join(one.claimed_by)) if part)
            rows.append(
                f"<li>{against}{escape(one.counted)} <b>{escape(ledger.written(one))}</b>"
                f"{marks(reader, one.cited.marks)}<small>{told}</small></li>"
            )
    if not rows:
        return f'<span class="kb-silent">{reader.say(NOT_TOLD)}</span>'
    return f'<ul class="kb-points kb-sums">{"".join(rows)}</ul>'


def _remove(reader: Reader, practice: Practice, removing: Mapping[str, str]) -> str:
    """A way to take it out again; `with` is empty where it was the last."""
    label = escape(reader.say(f"移出“{practice.name}”"))
    target = practice_address(reader, removing.get(practice.id, ""))
    return f'<a class="kb-out" href="{target}" target="_self" aria-label="{label}">{reader.say("移出")}</a>'


def practice_address(reader: Reader, chosen: str) -> str:
    """The comparison of these."""
    return address(reader, view="practices", show="compare", **{"with": chosen})


def _prefix(practice: Practice) -> str:
    return f"source-{escape(practice.id)}"
