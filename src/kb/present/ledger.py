"""The ledger of figures as a table and as CSV: what is counted, how many, when, and who says so."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from kb.catalogue.values import DateBasis, Figure
from kb.present.html import source_line
from kb.present.practice_parts import SECTIONS, Reader, anchor, marks
from kb.types import Mark

NOT_WRITTEN = "未写明"
APART = "同一件事，来源说法不一，并列如下"
COLUMNS = (
    "实践", "编号", "数的是什么", "数字", "数值", "上限", "单位", "时间", "时间出自", "谁的说法", "标记", "另一说",
    "原句", "来源",
)  # fmt: skip

_FORMULA = tuple("=+-@\t\r")


def grouped(found: Iterable[Figure], everything: Sequence[Figure]) -> tuple[tuple[Figure, ...], ...]:
    """Figures that state the same thing differently stand together, also where only one of them was asked for."""
    known = {one.id: one for one in everything}
    done: set[str] = set()
    groups = []
    for one in found:
        if one.id in done:
            continue
        group = [one, *(known[key] for key in one.beside if key in known and key not in done)]
        done.update(member.id for member in group)
        groups.append(tuple(group))
    return tuple(groups)


def table(
    reader: Reader, groups: Sequence[Sequence[Figure]], names: Mapping[str, str] | None = None, title: str = "数字账"
) -> str:
    """`names` are those of the practices, where figures of several are shown; without them a figure points to the
    sentence on this very page instead of repeating it."""
    last = "原句" if names is not None else "出处"
    columns = (*(("实践",) if names is not None else ()), "数的是什么", "数字", "时间", "谁的说法", last)
    head = "".join(f'<th scope="col" role="columnheader">{reader.say(name)}</th>' for name in columns)
    body = []
    for group in groups:
        rows = "".join(_row(reader, one, names) for one in group)
        if len(group) > 1:
            told = f'<tr role="row"><th class="kb-apart" scope="rowgroup" colspan="{len(columns)}">{reader.say(APART)}'
            rows = f"{told}</th></tr>{rows}"
        body.append(f'<tbody role="rowgroup"{_apart(group)}>{rows}</tbody>')
    return (
        f'<table class="kb-ledger" role="table"><caption class="kb-unseen">{reader.say(title)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>{"".join(body)}</table>'
    )


def _apart(group: Sequence[Figure]) -> str:
    return ' class="kb-conflict"' if len(group) > 1 else ""


def _row(reader: Reader, one: Figure, names: Mapping[str, str] | None) -> str:
    days = "、".join(f'<span class="kb-day">{escape(day)}</span>' for day in one.date.split("、") if day)
    date = days or reader.say("未载明")
    basis = reader.say("来源的日期") if one.date_basis is DateBasis.SOURCE else ""
    cells = [
        ("数字", f'<b class="kb-amount">{escape(written(one))}</b>'),
        ("时间", date + (f"<small>{basis}</small>" if basis else "")),
        ("谁的说法", _who(reader, one)),
        ("原句" if names is not None else "出处", _sentence(reader, one, names)),
    ]
    row = f'<th scope="row" role="rowheader">{escape(one.counted) or reader.say(NOT_WRITTEN)}</th>'
    if names is not None:
        link = anchor(reader, names.get(one.practice, one.practice), practice=one.practice)
        row = f'<td role="cell" class="kb-of" data-label="{reader.say("实践")}">{link}</td>{row}'
    row += "".join(f'<td role="cell" data-label="{reader.say(name)}"><div>{text}</div></td>' for name, text in cells)
    return f'<tr role="row">{row}</tr>'


def written(one: Figure) -> str:
    """The figure as its sentence writes it, with its unit and what narrows it: 约2100多万人."""
    span = one.cited.span
    return one.cited.text[span.start : span.end] if span else f"{one.qualifier}{one.value}{one.unit}"


def _marks(one: Figure) -> tuple[Mark, ...]:
    own, open_ = (Mark.OWN_CLAIM,) if one.own_claim else (), (Mark.UNVERIFIED,) if one.unverified else ()
    return (*own, *open_)


def _who(reader: Reader, one: Figure) -> str:
    who = "、".join(one.claimed_by)
    return (escape(who) if who else reader.say("发布者未载明")) + marks(reader, _marks(one))


def _sentence(reader: Reader, one: Figure, names: Mapping[str, str] | None) -> str:
    """The sentence with the figure marked in it, or where it stands on this page."""
    if names is None:
        place = reader.say(f"{SECTIONS[one.cited.field]}第 {one.cited.place + 1} 条")
        return f'<a href="#{one.cited.field}-{one.cited.place + 1}">{place}</a>'
    text, span = one.cited.text, one.cited.span
    if span is None:
        return escape(text)
    return f"{escape(text[: span.start])}<mark>{escape(text[span.start : span.end])}</mark>{escape(text[span.end :])}"


def as_csv(groups: Iterable[Sequence[Figure]], names: Mapping[str, str]) -> bytes:
    """What is shown, for a spreadsheet: UTF-8 with the mark by which Excel knows it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for group in groups:
        writer.writerows([_safe(cell) for cell in _cells(one, names)] for one in group)
    return out.getvalue().encode("utf-8-sig")


def _cells(one: Figure, names: Mapping[str, str]) -> tuple[str, ...]:
    return (
        names.get(one.practice, one.practice),
        one.id,
        one.counted,
        written(one),
        _plain(one.number),
        _plain(one.upper),
        one.unit,
        one.date,
        one.date_basis.value,
        "、".join(one.claimed_by),
        "、".join(mark.value for mark in _marks(one)),
        "、".join(one.beside),
        one.cited.text,
        "；".join(map(source_line, one.cited.sources)),
    )


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:.10g}" if abs(number) < 1e10 else f"{number:.0f}"


def _safe(cell: str) -> str:
    """A spreadsheet would run a text that begins like a formula; an apostrophe makes it a text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
