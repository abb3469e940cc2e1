"""The passages found in another order than that of their scores."""

from __future__ import annotations

from collections.abc import Iterable

from kb.types import Hit


def newest(hits: Iterable[Hit]) -> list[Hit]:
    """By date, the newest first, those of unknown date last; of one day the best first.

    A date known only to the year or the month stands behind the days of that time.
    """
    return sorted(hits, key=lambda hit: hit.article.date, reverse=True)
