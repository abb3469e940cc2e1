"""Lines that stand above a text: Markdown headings, chapters and sections, numbered headings, articles of a law."""

from __future__ import annotations

import re

_NUMBER = r"[一二三四五六七八九十百千零〇两\d]+"
_NUMERAL = rf"[ \u3000]{{0,2}}{_NUMBER}[ \u3000]{{0,2}}"
LEGAL_ARTICLE = re.compile(rf"^[ \u3000]*第{_NUMERAL}[条條](?:之{_NUMBER})?")
"""第一条, 第二十三條, 第十条之一; spaced out as titles are: 第 七 条"""

# Headings, outermost first, with an example of each.
_HEADINGS = (
    (0, re.compile(rf"^[ \u3000]*第{_NUMERAL}[编編]")),  # 第一编 总则
    (1, re.compile(rf"^[ \u3000]*第{_NUMERAL}章")),  # 第二章 组织
    (2, re.compile(rf"^[ \u3000]*第{_NUMERAL}[节節]")),  # 第一节 一般规定
    (3, re.compile(r"^[ \u3000]*[一二三四五六七八九十]+、")),  # 一、背景和做法
    (4, re.compile(r"^[ \u3000]*[（(][一二三四五六七八九十]+[）)]")),  # （一）健全组织体系
)
ENUMERATION_LEVEL = 3
"""一、 and （一） count the items of a sentence within an article of a law; they are no headings there."""

_MARKDOWN_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+)$")
_NOT_A_HEADING = "。！？!?…；;，,：:"
HEADING_LENGTH = 40
"""A numbered line longer than this, or ending like a sentence, is a sentence and not a heading."""

LONGEST_HEADING = 200
"""So much of a marked heading is told: it stands above every passage below it, and may be as long as a file."""


def closed(words: str) -> str:
    """The words of a Markdown heading without the # that may close it (`## 概况 ##`)."""
    return words.rstrip(" \t#") or words[:1]


def read_heading(line: str) -> tuple[int, str] | None:
    """Level and words of a heading line, or None. Markdown levels start above the numbered ones."""
    marked = _MARKDOWN_HEADING.match(line)
    if marked:
        return len(marked[1]) - 10, closed(marked[2])[:LONGEST_HEADING]
    stripped = line.strip()
    if not stripped or len(stripped) > HEADING_LENGTH or stripped[-1] in _NOT_A_HEADING:
        return None
    for level, pattern in _HEADINGS:
        if pattern.match(line):
            return level, stripped
    return None
