"""Searching within the articles that a filter allows: their numbers as a condition, or, where they are too many for
one, a longer ranking of which the others are left out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kb.index.cluster_engine import MOST_RESULTS, ClusterEngine, within
from kb.index.dense import Numbers, Ranked, empty_ranking

MOST_LISTED = 10_000
"""Articles named in a condition: reading it takes the engine 4 ms for every thousand, as long as handing over 16,384
results takes (`docs/scale.md`)."""


def search_within(
    engine: ClusterEngine, name: str, field: str, query: Any, k: int, articles: Numbers | None, of: int
) -> Ranked:
    """The k best passages of these `articles` (ascending; None is all), of which the collection holds `of`."""
    if articles is None:
        return engine.search(name, field, query, k)
    if len(articles) == 0:
        return empty_ranking()
    if len(articles) > MOST_LISTED:
        wanted = min(MOST_RESULTS, math.ceil(1.2 * k * of / len(articles)) + 100)
        ranked, owners = engine.search_owned(name, field, query, wanted)
        kept = np.flatnonzero(np.isin(owners, articles))[:k]
        if len(kept) == k or len(ranked.numbers) < wanted:
            return Ranked(ranked.numbers[kept], ranked.scores[kept])
    return engine.search(name, field, query, k, within("article", articles.tolist()))
