"""The table and the verdict of a soak, from what was put down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from statistics import linear_regression, median, quantiles
from typing import Any

from benchmarks.soak_state import lines

MINUTES = 10
WARM = 10
"""Minutes after which memory is expected to stay: by then every process has done everything once."""

Line = dict[str, Any]


def report(work: Path) -> str:
    """Markdown: a row for every ten minutes, then memory by process, then errors and the verdict."""
    found = sorted(lines(work), key=lambda line: float(line["t"]))
    minutes = [line for line in found if line["kind"] == "minute"]
    if not minutes:
        return "没有记录。\n"
    begun = float(minutes[0]["t"]) - 60
    parts = (_table(found, minutes, begun), _memory(minutes), _told(found), _slopes(found, minutes, begun))
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


HEADS = (
    "分钟", "检索次数", "自己的库 p50 / p95 毫秒", "其中处理器 p50 / p95 毫秒", "经服务器 p50 / p95 毫秒", "写入",
    "请稍候", "错误或不符", "索引 MB", "索引的文件", "索引文件夹", "打开的文件，最多的进程", "已删而仍打开的",
)  # fmt: skip


def _table(found: list[Line], minutes: list[Line], begun: float) -> list[str]:
    """A row for every ten minutes; the milliseconds are those of hybrid searches."""
    rows = [f"| {' | '.join(HEADS)} |", "|" + "---|" * len(HEADS)]
    for at in range(0, len(minutes), MINUTES):
        group = minutes[at : at + MINUTES]
        inside = [line for line in found if begun + at * 60 <= float(line["t"]) <= float(group[-1]["t"])]
        kinds = Counter(line["kind"] for line in inside)
        own, served = _of(inside, "search", "hybrid"), _of(inside, "search", "served hybrid")
        written = kinds["write"] + len(_of(inside, "command", "build"))
        looks = [one for minute in group for one in minute["processes"].values()]
        cells = (
            f"{at}–{at + len(group)}", kinds["search"], _two(own, "ms"), _two(own, "cpu"), _two(served, "ms"), written,
            kinds["polite"], kinds["error"] + kinds["wrong"], f"{median(minute['mb'] for minute in group):.1f}",
            max(minute["files"] for minute in group), max(minute["caches"] for minute in group),
            max(one["files"] for one in looks), max(one["gone"] for one in looks),
        )  # fmt: skip
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return rows


def _memory(minutes: list[Line]) -> list[str]:
    """A row a process: its memory every ten minutes."""
    names = list(minutes[0]["processes"])
    groups = [minutes[at : at + MINUTES] for at in range(0, len(minutes), MINUTES)]
    heads = [f"{at * MINUTES}–{at * MINUTES + len(group)}" for at, group in enumerate(groups)]
    rows = [f"| 内存 MB（中位数） | {' | '.join(heads)} | 处理器秒 |", "|" + "---|" * (len(heads) + 2)]
    for name in names:
        held = [
            median(minute["processes"][name]["memory"] for minute in group if name in minute["processes"])
            for group in groups
        ]
        last = minutes[-1]["processes"].get(name, {"cpu": 0.0})["cpu"]
        rows.append(f"| {name} | {' | '.join(f'{one:.0f}' for one in held)} | {last:.0f} |")
    return rows


def _told(found: list[Line]) -> list[str]:
    """How often everything happened, and every message with its count."""
    kinds = Counter(f"{line['kind']} {line.get('how', '')}".strip() for line in found if line["kind"] != "minute")
    rows = ["次数：" + "，".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))]
    told = Counter(f"{line['kind']}（{line['who']}）：{line['message']}" for line in found if "message" in line)
    return [*rows, *(f"- {count} 次 {message}" for message, count in told.most_common(40))]


def _slopes(found: list[Line], minutes: list[Line], begun: float) -> list[str]:
    """Straight lines through the minutes behind the first ten."""
    rows = []
    later = [minute for minute in minutes if minute["minute"] > WARM] or minutes
    for name in later[0]["processes"]:
        points = [(m["minute"] / 60, m["processes"][name]["memory"]) for m in later if name in m["processes"]]
        rows.append(f"- 内存 {name}：每小时 {_slope(points):+.1f} MB")
    for what, key in (("hybrid", "ms"), ("hybrid", "cpu"), ("served hybrid", "ms")):
        points = []
        for start, end in pairwise([begun, *(float(minute["t"]) for minute in minutes)]):
            values = [line[key] for line in _of(found, "search", what) if start <= float(line["t"]) < end]
            if values and (end - begun) / 60 > WARM:
                points.append(((end - begun) / 3600, median(values)))
        rows.append(f"- 检索（{what}，{key}）每分钟中位数：每小时 {_slope(points):+.1f} 毫秒")
    first, last = later[0], later[-1]
    rows.append(f"- 索引文件夹：{first['mb']:.1f} → {last['mb']:.1f} MB，{first['files']} → {last['files']} 个文件")
    bad = [line for line in found if line["kind"] in ("error", "wrong")]
    rows.append(f"- 错误和不符：{len(bad)}；开始到结束 {(float(minutes[-1]['t']) - begun) / 60:.0f} 分钟")
    return rows


def _slope(points: Sequence[tuple[float, float]]) -> float:
    """Per hour."""
    if len(points) < 3:
        return 0.0
    return linear_regression([x for x, _y in points], [y for _x, y in points]).slope


def _of(found: list[Line], kind: str, how: str) -> list[Line]:
    return [line for line in found if line["kind"] == kind and line.get("how") == how]


def _two(found: list[Line], key: str) -> str:
    values = [line[key] for line in found]
    return f"{_percentile(values, 50):.0f} / {_percentile(values, 95):.0f}"


def _percentile(values: list[float], percent: int) -> float:
    if len(values) < 2:
        return values[0] if values else 0.0
    return quantiles(values, n=100, method="inclusive")[percent - 1]
