"""The stock of the library in figures: counts as bars that a screen reader reads as a table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from kb.present import html
from kb.text.normalize import normalize
from kb.types import Holding

MOST_ROWS = 12
"""Rows of a table of bars that are seen at once; the others are folded away."""

SCRIPTS = {"hans": "简体", "hant": "繁体", "mixed": "繁简混用"}
BANDS = (
    (1.0, "完好"),
    (0.99, "0.99 以上"),
    (0.97, "0.97 – 0.99"),
    (0.95, "0.95 – 0.97"),
    (0.90, "0.90 – 0.95"),
    (0.0, "0.90 以下"),
)
"""From which soundness on, and what it is called; articles under 0.80 are not taken in at all."""

_PROVINCE = re.compile("(?:[^省市区]{2,7}?(?:自治区|特别行政区)|[^省市]{2,3}?[省市])")


def bars(caption: str, counts: Mapping[str, int], say: html.Say, *, ours: bool = False) -> str:
    """A table of counts with a bar each; `ours` says that the names are words of ours, not of the articles."""
    if not counts:
        return f'<div class="kb-caption">{say(caption)}</div><p class="kb-count">{say("没有记载。")}</p>'
    most = max(counts.values())
    rows = [_row(say(name) if ours else name, count, most) for name, count in counts.items()]
    table = _table(caption, rows[:MOST_ROWS], say)
    if len(rows) <= MOST_ROWS:
        return table
    rest = _table(f"{caption}，其余", rows[MOST_ROWS:], say)
    more = say(f"其余 {len(rows) - MOST_ROWS} 项")
    return f'{table}<details class="kb-rest"><summary>{more}</summary>{rest}</details>'


def _table(caption: str, rows: Sequence[str], say: html.Say) -> str:
    return f'<table class="kb-bars"><caption>{escape(say(caption))}</caption><tbody>{"".join(rows)}</tbody></table>'


def _row(name: str, count: int, most: int) -> str:
    width = max(count / most, 0.004) if count else 0
    bar = f'<td class="kb-track" aria-hidden="true"><i style="width:{width:.1%}"></i></td>'
    return f'<tr><th scope="row">{escape(name)}</th>{bar}<td>{count:,}</td></tr>'


def provinces(regions: Mapping[str, int]) -> dict[str, int]:
    """Regions by province or city of that rank, in simplified script; most articles first."""
    counts: Counter[str] = Counter()
    for region, count in regions.items():
        folded = normalize(region)
        found = _PROVINCE.match(folded)
        counts[found[0] if found else folded] += count
    return dict(counts.most_common())


def days(holdings: Sequence[Holding]) -> dict[str, int]:
    """Articles by the day they came, the last day first."""
    counts = Counter(one.added[:10] for one in holdings)
    return dict(sorted(counts.items(), reverse=True))


def soundness(holdings: Sequence[Holding]) -> dict[str, int]:
    """Articles by how sound their text is."""
    counts = dict.fromkeys((name for _least, name in BANDS), 0)
    for one in holdings:
        counts[next(name for least, name in BANDS if one.quality >= least)] += 1
    return counts


def figures(pairs: Sequence[tuple[int, str]], say: html.Say) -> str:
    """A few large numbers, each with what it counts."""
    cells = "".join(f"<div><dt>{say(name)}</dt><dd>{count:,}</dd></div>" for count, name in pairs)
    return f'<dl class="kb-figures">{cells}</dl>'
