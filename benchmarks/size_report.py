"""The section `size` as tables and a picture: costs with their exponents, and the recall of the dense leg."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from benchmarks import size_chart
from benchmarks.latency import STAGES
from benchmarks.report import table

CUT_ONCE_ABOVE = 200_000
"""Passages above which a sentence that comes again is not cut into words again: to cut 150 million characters takes an
hour, and the time is in proportion to them."""

LEAST = 0.05
"""What would be shown as 0.0 has no exponent."""


def exponent(found: Any, value: Callable[[Any], float]) -> float:
    """The slope of a cost over the number of passages, both as logarithms (1: in proportion)."""
    sizes = sorted(found, key=int)
    return float(
        np.polyfit(np.log([int(size) for size in sizes]), np.log([value(found[size]) for size in sizes]), 1)[0]
    )


def _stage(name: str, at: int, one: Any) -> float:
    value: float = one["ask"]["stages"][name][at]
    return value


_ROWS: dict[str, Callable[[Any], float]] = {
    "index files made, s": lambda one: one["build"]["sync"],
    "peak memory of that, MB": lambda one: one["build"]["memory"]["peak"],
    "index files, MB": lambda one: one["build"]["files_mb"],
    "store, MB": lambda one: one["build"]["store_mb"],
    "10 articles added, s": lambda one: one["add"]["add"],
    "10 articles removed, s": lambda one: one["add"]["remove"],
    "written for the removal, MB": lambda one: one["add"]["written_mb"],
    "memory while asked: own, MB": lambda one: one["ask"]["memory"]["own"],
    "memory while asked: of mapped files, MB": lambda one: one["ask"]["memory"]["mapped"],
    "first question of a process, s": lambda one: one["ask"]["first"],
    **{f"{name}, p50, ms": partial(_stage, name, 0) for name in STAGES},
    **{f"{name}, p95, ms": partial(_stage, name, 1) for name in STAGES},
    "filter that leaves 1/8, not embedded, p50, ms": lambda one: one["ask"]["filtered"]["eighth"][0],
    "filter that leaves 1/26, not embedded, p50, ms": lambda one: one["ask"]["filtered"]["twentysixth"][0],
    "lexical search alone, p95, ms": lambda one: one["ask"]["lexical_alone"][1],
}


_DRAWN = {
    "Building, seconds": ("index files made, s", "10 articles added, s", "10 articles removed, s"),
    "A question, milliseconds (p50)": tuple(f"{name}, p50, ms" for name in ("total", "embed", "dense", "lexical")),
}


def picture(found: Any) -> str:
    """The costs on logarithmic axes, drawn beside the report; the Markdown that shows them."""
    charts = []
    for title, names in _DRAWN.items():
        costs = {name: {int(size): _ROWS[name](found[size]) for size in sorted(found, key=int)} for name in names}
        charts.append(size_chart.draw(costs, {name: exponent(found, _ROWS[name]) for name in names}, title))
    size_chart.write(charts)
    return f"![Costs by size, both axes logarithmic]({size_chart.PICTURE.name})"


def show(found: Any) -> str:
    """Costs with their exponents, and the recall of the dense leg."""
    sizes = sorted(found, key=int)
    head = ("", *(f"{int(size):,}" for size in sizes), "exponent")
    rows = []
    for name, value in _ROWS.items():
        values = [value(found[size]) for size in sizes]
        slope = f"{exponent(found, value):.2f}" if len(sizes) > 1 and min(values) >= LEAST else "–"
        rows.append((name, *(f"{one:,.1f}" for one in values), slope))
    recall = [
        (f"{float(share):.1%}", *(_told(found[size]["recall"][share]) for size in sizes))
        for share in found[sizes[0]]["recall"]
    ]
    kinds = "; ".join(_segments(found[size]["build"]["segments"]) for size in sizes)
    told = (
        "Sentences of gov recombined, vectors of gov moved a little (`benchmarks/size_corpus.py`): for size alone."
        " The exponent is the slope on logarithmic axes: 1 is in proportion, 0 is no growth. Above"
        f" {CUT_ONCE_ABOVE:,} passages a sentence that comes again is not cut into words again. Below: recall@10 of"
        " the dense leg against exact search on the dev questions, and its\np50 in ms, by the share of passages that a"
        f" filter leaves. Segments after the build, with the recall that was measured then: {kinds}."
    )
    return f"{told}\n\n{table(head, rows)}\n\n{picture(found)}\n\n{table(('share', *head[1:-1]), recall)}"


def _told(one: dict[str, float]) -> str:
    return f"{one['recall']:.3f} / {one['p50']:.1f}"


def _segments(made: Sequence[dict[str, Any]]) -> str:
    return ", ".join(
        f"{one['rows']:,} by {one['probes']} lists ({one['recall']})" if one["probes"] else f"{one['rows']:,} exact"
        for one in made
    )
