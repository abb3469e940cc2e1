"""A repaired text: what was done to it, as plain data and as lines for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from kb.text.repair import Repaired, RepairKind

KINDS = {
    RepairKind.TRANSCODING: "整行编码错误",
    RepairKind.ENTITY: "网页实体",
    RepairKind.SPACES: "空格变问号",
    RepairKind.LABEL: "栏目名中的问号",
    RepairKind.HEADING: "标题序号后的顿号",
    RepairKind.GLOSS: "注音",
    RepairKind.SHIFT: "错位的 GBK 字节",
    RepairKind.TAG: "网页标签残余",
}
MOST_SHOWN = 20


def plain(repaired: Repaired) -> dict[str, Any]:
    """The document of `kb repair --json`; `start` and `end` count characters of the text as received."""
    steps = [
        {
            "kind": step.kind.value,
            "start": step.start,
            "end": step.end,
            "before": step.before,
            "after": step.after,
            "certain": step.certain,
        }
        for step in repaired.steps
    ]
    return {"text": repaired.text, "steps": steps, "quality": round(repaired.quality, 4)}


def lines(repaired: Repaired) -> Iterator[str]:
    """How many repairs of each kind, the ones that rest on inference, and what could not be repaired."""
    for kind, count in Counter(step.kind for step in repaired.steps).items():
        yield f"{KINDS[kind]}：修复 {count} 处"
    guessed = [step for step in repaired.steps if not step.certain]
    for step in guessed[:MOST_SHOWN]:
        others = "；另可能是：" + "、".join(step.candidates[1:]) if len(step.candidates) > 1 else ""
        yield f"推断，请核对：“{step.before}” → “{step.after}”{others}"
    for flag in repaired.flags[:MOST_SHOWN]:
        yield f"未修复，请核对：“{repaired.text[flag.start : flag.end][:40]}”（{flag.note}）"
    hidden = max(0, len(guessed) - MOST_SHOWN) + max(0, len(repaired.flags) - MOST_SHOWN)
    if hidden:
        yield f"另有 {hidden} 处未列出，用 --json 查看全部修复。"
    yield f"文字质量 {repaired.quality:.3f}（1 为完好）"
