"""Filters as conditions on the store's article table: the one place that says what each filter means."""

from __future__ import annotations

from kb.errors import QueryError
from kb.text.normalize import normalize
from kb.types import Article, Filters, Script, parse_day

# A date may be known only to the year or the month. Such an article fits when some day of that time fits.
_CLAUSES = {
    "region": "instr(region_folded, ?) > 0",
    "source": "instr(source_folded, ?) > 0",
    "category": "category_folded = ?",
    "script": "script = ?",
    "since": "date <> '' AND date || substr('0000-12-31', length(date) + 1) >= ?",
    "until": "date <> '' AND date || substr('0000-01-01', length(date) + 1) <= ?",
}


FILTERED = ("region_folded", "source_folded", "category_folded", "script", "date")
"""The columns that the conditions speak of."""


def folded_columns(article: Article) -> dict[str, str]:
    """The columns that filters look at, in matching form, so that filters do not care about the script."""
    return {
        "region_folded": normalize(article.region),
        "source_folded": normalize(article.source),
        "category_folded": normalize(article.category),
    }


def condition(filters: Filters) -> tuple[str, list[str]]:
    """An SQL condition on `article` with its values.

    Raises:
        QueryError: a date or a script that cannot be read.
    """
    wanted = {
        "region": normalize(filters.region.strip()),
        "source": normalize(filters.source.strip()),
        "category": normalize(filters.category.strip()),
        "script": _script(filters.script),
        "since": _day(filters.since),
        "until": _day(filters.until, end=True),
    }
    used = {name: value for name, value in wanted.items() if value}
    clauses = " AND ".join(f"({_CLAUSES[name]})" for name in used)
    return clauses or "1", list(used.values())


def _script(text: str) -> str:
    allowed = {script.value for script in Script}
    if text and text not in allowed:
        raise QueryError(f"字形只能是 hans、hant 或 mixed，不能是“{text}”。")
    return text


def _day(text: str, *, end: bool = False) -> str:
    try:
        return parse_day(text, end=end) if text.strip() else ""
    except (ValueError, OverflowError) as error:
        raise QueryError(f"日期“{text}”无法识别，或没有这一天。请写成 2023、2023-09 或 2023-09-20。") from error
