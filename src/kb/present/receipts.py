"""A receipt as plain data and as lines: how a file was read, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from kb.present.repairs import KINDS
from kb.types import DuplicateKind, Receipt

SCAN = "scan"
"""The format of what was recognised in pictures."""

FORMATS = {
    "txt": "纯文本",
    "md": "Markdown",
    "html": "网页",
    "docx": "Word",
    "pdf": "PDF",
    "jsonl": "JSON 行",
    SCAN: "扫描件（识别的文字）",
}
STATED = {
    "title": "标题",
    "date": "日期",
    "source": "来源",
    "author": "作者",
    "editor": "责编",
    "region": "地区",
    "category": "类别",
    "dateline": "电头",
    "url": "网址",
}
DUPLICATES = {
    DuplicateKind.EXACT: "内容相同",
    DuplicateKind.NEAR: "内容相近",
    DuplicateKind.CONTAINS: "包含",
    DuplicateKind.CONTAINED: "被包含于",
}


def plain(receipt: Receipt) -> dict[str, Any]:
    """The document that `--receipt` writes, one a line."""
    return asdict(receipt) | {
        "repairs": {kind.value: count for kind, count in receipt.repairs.items()},
        "duplicates": [asdict(found) | {"kind": found.kind.value} for found in receipt.duplicates],
    }


def summary(receipt: Receipt) -> str:
    """One line: what was read, what was repaired, how sound it is."""
    parts = [FORMATS.get(receipt.format, receipt.format)] if receipt.format else []
    if receipt.encoding:
        parts.append(receipt.encoding.upper())
    parts.append(f"{receipt.han_characters} 个汉字，{receipt.passages} 段")
    if receipt.repairs:
        parts.append("修复 " + "、".join(f"{KINDS[kind]} {count} 处" for kind, count in receipt.repairs.items()))
    if receipt.guessed:
        parts.append(f"推断 {receipt.guessed} 字")
    if receipt.lost:
        parts.append(f"缺损 {receipt.lost} 处")
    if receipt.undecodable:
        parts.append(f"无法解码 {receipt.undecodable} 字节")
    if receipt.quality < 1:
        parts.append(f"完好度 {receipt.quality:.3f}")
    line = f"{receipt.article_id}《{receipt.title}》：{'，'.join(parts)}"
    same = [f"{DUPLICATES[found.kind]} {found.article_id}（{found.similarity:.0%}）" for found in receipt.duplicates]
    return line + (f"；注意重复：{'、'.join(same)}" if same else "")


def rows(receipt: Receipt) -> Iterator[tuple[str, str]]:
    """Name and value of everything a receipt says, for a table."""
    yield "文件", receipt.origin
    yield "格式", FORMATS.get(receipt.format, receipt.format)
    yield "大小", f"{receipt.bytes:,} 字节"
    if receipt.encoding:
        runner_up = f"（其次可能是 {receipt.runner_up.upper()}）" if receipt.runner_up else ""
        yield "编码", receipt.encoding.upper() + runner_up
    yield "汉字", f"收到 {receipt.han_received} 个，正文保留 {receipt.han_characters} 个"
    yield "无法解码", f"{receipt.undecodable} 字节"
    repaired = "、".join(f"{KINDS[kind]} {count} 处" for kind, count in receipt.repairs.items())
    yield "修复", repaired or "无"
    yield "推断的字", f"{receipt.guessed} 个"
    yield "缺损", f"{receipt.lost} 处"
    yield "完好度", f"{receipt.quality:.3f}（1 为完好）"
    for stated in receipt.metadata:
        yield STATED.get(stated.name, stated.name), f"{stated.value}（见于{stated.place}）"
    if receipt.boilerplate:
        yield "移出正文的网页文字", f"{len(receipt.boilerplate)} 行"
    for found in receipt.duplicates:
        yield "重复", f"{DUPLICATES[found.kind]} {found.article_id}《{found.title}》（{found.similarity:.0%}）"
