"""Two to five practices side by side."""

from __future__ import annotations

from collections.abc import Sequence

from kb.catalogue.values import STATEMENT_FIELDS, Cell, Comparison, Row, cited
from kb.types import Practice

FEWEST, MOST = 2, 5

PLAIN_TITLES = {"category": "类别", "region": "地区", "since": "起始"}
TITLES = dict(zip(STATEMENT_FIELDS, ("牵头", "针对的问题", "做法", "步骤", "数据", "成效", "局限"), strict=True))


def compare(practices: Sequence[Practice]) -> Comparison:
    """Every heading with what each practice says under it; an empty cell is not stated."""
    rows = [
        Row(field, title, tuple(Cell(practice.id, value=getattr(practice, field)) for practice in practices))
        for field, title in PLAIN_TITLES.items()
    ]
    for field, title in TITLES.items():
        cells = (
            Cell(
                practice.id, statements=tuple(cited(practice, field, at) for at in range(len(getattr(practice, field))))
            )
            for practice in practices
        )
        rows.append(Row(field, title, tuple(cells)))
    return Comparison(tuple(practices), tuple(rows))
