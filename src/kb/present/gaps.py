"""The list of gaps as plain data and as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kb.types import Gap


def plain(gap: Gap) -> dict[str, Any]:
    """One entry of `kb gaps --json`; `first` and `last` are UTC."""
    return {
        "question": gap.question,
        "times": gap.times,
        "first": gap.first,
        "last": gap.last,
        "confidence": gap.confidence,
        "nearest": [
            {"article_id": one.article_id, "title": one.title, "heading": one.heading} for one in gap.nearest
        ],
    }  # fmt: skip


def text(gaps: Sequence[Gap]) -> str:
    """A line a question with how often it was put down, and what came nearest below it."""
    if not gaps:
        return "待补清单是空的：没有人报告过答不上来的问题。"
    lines = []
    for gap in gaps:
        lines.append(f"{gap.question}（{gap.times} 次，最近 {gap.last[:10]}）")
        if gap.nearest:
            lines.append("    相近：" + "；".join(dict.fromkeys(one.title for one in gap.nearest)))
    return "\n".join(lines)
