"""Rows of a table: how the readers of Word files and web pages write them, Markdown, and tables pasted with tabs.

A row says something only as a whole (事项 | 牵头单位 | 时限), and only under the names of its columns. So a row is
one sentence, and what follows from one table carries its first row along where that names the columns.
"""

from __future__ import annotations

import re

CELL_BORDER = " | "
"""What stands between two cells of a row (`kb.sources.docx`, `kb.sources.html`)."""

HEADER_CELL = 20
"""A longer cell says something instead of naming a column."""

_BORDER = re.compile(r"\s*\|\s*|\t+")
_RULE = re.compile(r"[\s|:+-]+")
_SAYING = re.compile(r"[。！？!?；;]|\d{3,}")


def is_row(line: str) -> bool:
    """Whether a line is a row of a table: cells between bars, or three and more between tabs."""
    content = line.strip()
    if "\t" in content:
        return sum(1 for cell in content.split("\t") if cell.strip()) > 2
    if "|" not in content:
        return False
    in_bars = len(content) > 2 and content[0] == content[-1] == "|"
    return in_bars or CELL_BORDER in content or content.startswith("| ") or content.endswith(" |")


def cells(row: str) -> list[str]:
    """What the cells of a row hold, the empty ones left out."""
    return [cell for cell in _BORDER.split(row.strip()) if cell.strip()]


def column_names(row: str) -> str:
    """The row as a heading for those below it, or nothing where it does not look like names of columns."""
    names = cells(row)
    named = len(names) > 1 and all(len(name) <= HEADER_CELL and not _SAYING.search(name) for name in names)
    return CELL_BORDER.join(names) if named and not is_rule(row) else ""


def is_rule(row: str) -> bool:
    """The line of dashes below the head of a Markdown table."""
    return _RULE.fullmatch(row) is not None
