"""A map of China out of tiles, one for each province-level region, of equal size: a scheme, no boundaries.

It is a list of links placed on a grid: what is seen and what is read aloud are the same, and the page's own
sanitiser, which takes every drawing out, leaves it alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from kb.present.practice_parts import Reader, address

SCHEME = (
    ("", "", "", "", "", "", "黑龙江"),
    ("", "", "", "内蒙古", "北京", "", "吉林"),
    ("新疆", "甘肃", "宁夏", "山西", "河北", "天津", "辽宁"),
    ("西藏", "青海", "陕西", "河南", "山东", "", ""),
    ("", "四川", "重庆", "湖北", "安徽", "江苏", "上海"),
    ("", "云南", "贵州", "湖南", "江西", "浙江", ""),
    ("", "", "广西", "广东", "福建", "", "台湾"),
    ("", "", "海南", "澳门", "香港", "", ""),
)
"""Row by row from the north; neighbours on the map are neighbours here as far as a grid allows."""

NOTE = "示意图：一格一个省级行政区，大小和位置只表示大致方位，不表示边界。"
SHADES = (1, 2, 5, 10)
"""From how many practices on a tile is drawn a shade darker."""


def tile_map(reader: Reader, counts: Mapping[str, int], chosen: str = "") -> str:
    """The tiles with their numbers; those with practices are links that show them. `chosen` is the one shown."""
    tiles = [
        _tile(reader, name, counts.get(name, 0), row, column, here=name == chosen)
        for row, names in enumerate(SCHEME, start=1)
        for column, name in enumerate(names, start=1)
        if name
    ]
    label = escape(reader.say("各地的实践，方格地图"))
    return f'<ul class="kb-map" aria-label="{label}">{"".join(tiles)}</ul>{_legend(reader)}'


def shade(count: int) -> int:
    """0 for none, up to 4.

    >>> [shade(count) for count in (0, 1, 2, 4, 5, 9, 10, 99)]
    [0, 1, 2, 2, 3, 3, 4, 4]
    """
    return sum(count >= least for least in SHADES)


def _tile(reader: Reader, name: str, count: int, row: int, column: int, *, here: bool) -> str:
    place = f'style="grid-row:{row};grid-column:{column}"'
    css = f"kb-shade-{shade(count)}" + (" kb-long-name" if len(name) > 2 else "")
    said = reader.say(name)
    if not count:
        none = reader.say("没有实践")
        return f'<li {place}><span class="{css}">{said}<span class="kb-unseen">：{none}</span></span></li>'
    told = f'<b>{count}</b><span class="kb-unseen"> {reader.say("个实践")}</span>'
    current = ' aria-current="true"' if here else ""
    target = address(reader, view="practices", show="region", region=name)
    return f'<li {place}><a class="{css}" href="{target}" target="_self"{current}>{said}{told}</a></li>'


def _legend(reader: Reader) -> str:
    """Which shade stands for how many."""
    ends = [str(later - 1) for later in SHADES[1:]]
    ranges = ["0"] + [
        first if first == last else f"{first}–{last}" for first, last in zip(map(str, SHADES), ends, strict=False)
    ]
    swatches = "".join(
        f'<span><i class="kb-shade-{at}"></i>{text}</span>' for at, text in enumerate([*ranges, f"≥{SHADES[-1]}"])
    )
    return f'<div class="kb-legend"><span>{reader.say("实践个数")}</span>{swatches}</div>'
