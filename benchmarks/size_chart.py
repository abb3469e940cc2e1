"""The costs of the section `size` on logarithmic axes, as a picture beside the report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import altair as alt

PICTURE = Path(__file__).with_name("size.svg")

_LOG = alt.Scale(type="log")
_AXIS = alt.Axis(format="~s", tickCount=6)


def draw(costs: Mapping[str, Mapping[int, float]], slopes: Mapping[str, float], title: str) -> alt.Chart:
    """`costs[name][passages]`, a line a name; `slopes` are the exponents that stand in the legend."""
    rows = [
        {"passages": passages, "cost": value, "what": f"{name} (exponent {slopes[name]:.2f})"}
        for name, values in costs.items()
        for passages, value in values.items()
    ]
    what = alt.Color("what:N", title=None, legend=alt.Legend(orient="bottom", columns=1, labelLimit=400))
    return (
        alt.Chart(alt.Data(values=rows), title=title, width=330, height=260)
        .mark_line(point=True)
        .encode(
            x=alt.X("passages:Q", scale=_LOG, axis=_AXIS, title="passages"),
            y=alt.Y("cost:Q", scale=_LOG, axis=alt.Axis(format="~g"), title=None),
            color=what,
        )
    )


def write(charts: list[alt.Chart]) -> None:
    """Side by side, each with colours of its own."""
    whole = alt.hconcat(*charts).resolve_scale(color="independent").configure(background="white")
    whole.save(PICTURE, format="svg")
