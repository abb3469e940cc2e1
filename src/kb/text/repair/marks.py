"""Small damage that shows as `?`: no-break spaces, and the mark after a heading's numeral.

The rules fire nowhere in two million characters of clean text; a single
`?` inside a sentence is never guessed, because it may stand for any mark, or be a question.
"""

from __future__ import annotations

import re

from kb.text.repair.values import RepairKind, Step

_HAN = "\u3400-\u9fff"
_OPENING = "“‘「『《〈【〔（("
_MARK = "[?？\ufffd]"
_SPACE = "[ \u00a0\u3000]"

_INDENT = re.compile(rf"^{_SPACE}*(?:{_MARK}{_SPACE})+(?={_SPACE}*[{_HAN}{_OPENING}])", re.MULTILINE)
"""`? ? ? 各村要…`: an indent of no-break spaces."""

_SPACES = re.compile(rf"(?<=[^\s?？\ufffd])(?:{_MARK}{_SPACE}){{2,}}{_SPACE}*(?=\S)")
"""`摘? ? ? 要`: no-break spaces between characters."""

LABELS = (
    "摘要", "提要", "关键词", "關鍵詞", "关键字", "關鍵字", "主题词", "主題詞", "目录", "目錄", "目次", "引言", "前言",
    "绪论", "緒論", "结语", "結語", "结论", "結論", "附件", "附录", "附錄", "作者", "来源", "來源",
)  # fmt: skip
"""Words that papers and notices set wide, one space or several between their characters."""

_BETWEEN = rf"{_SPACE}*(?:{_MARK}{_SPACE}*)?"
_LABEL = re.compile(rf"^{_SPACE}*(?:{'|'.join(_BETWEEN.join(label) for label in LABELS)})(?=\W)", re.MULTILINE)

_HEADING = re.compile(rf"^{_SPACE}*[一二三四五六七八九十]{{1,3}}({_MARK})(?=[{_HAN}])", re.MULTILINE)
"""`一?背景和做法`; numerals of headings never begin a question of their own line this way."""


def restore_spaces(text: str) -> list[Step]:
    """No-break spaces that became `?`: none at a line's start, one space elsewhere."""
    if not has_mark(text):
        return []
    indents = [_step(RepairKind.SPACES, match, "") for match in _INDENT.finditer(text)]
    indented = {step.end for step in indents}
    spaces = [_step(RepairKind.SPACES, match, " ") for match in _SPACES.finditer(text) if match.end() not in indented]
    return sorted([*indents, *spaces], key=lambda step: step.start)


def restore_labels(text: str) -> list[Step]:
    """`關? 鍵? 詞` is 關 鍵 詞."""
    if not has_mark(text):
        return []
    steps = []
    for match in _LABEL.finditer(text):
        if has_mark(match[0]):
            steps += [_step(RepairKind.LABEL, gap, " ", match.start()) for gap in _GAP.finditer(match[0])]
    return steps


_GAP = re.compile(rf"(?<!{_SPACE}){_SPACE}*+{_MARK}{_SPACE}*")


def restore_headings(text: str) -> list[Step]:
    """`一?背景` is 一、背景."""
    if not has_mark(text):
        return []
    return [Step(RepairKind.HEADING, match.start(1), match.end(1), match[1], "、") for match in _HEADING.finditer(text)]


def has_mark(text: str) -> bool:
    """Whether anything in the text may stand for a lost character."""
    return "?" in text or "？" in text or "\ufffd" in text


def _step(kind: RepairKind, match: re.Match[str], after: str, offset: int = 0) -> Step:
    return Step(kind, offset + match.start(), offset + match.end(), match[0], after)
