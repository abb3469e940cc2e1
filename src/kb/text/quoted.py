"""Names in quotation marks: “小事不出村”, “三会”制度, “街乡吹哨、部门报到”, 又称“街道吹哨”“吹哨报到”.

What a text brings in as a name (又称, 简称, 别名：) is one whatever its words; so is what stands beside it in the same
row. Elsewhere a quotation may be what somebody says, writes or asks, and is told by its words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from kb.text.normalize import normalize

__all__ = ["SPEECH", "quoted_names"]

SHORTEST, LONGEST, LONGEST_WITH_ENDING = 3, 14, 10
"""Characters of a name or title in quotation marks, and of one with the ending behind them. Longer titles are those of
laws, which are asked for by their last words."""

SHORTEST_CALLED, LONGEST_CALLED = 2, 20
"""Of what is brought in as a name."""

SHORTEST_PART = 4
"""Of each part of a name that holds a comma: 街乡吹哨、部门报到 is two names, 点单、派单 two verbs."""

_QUOTE = re.compile(r"[“「『《〈]([^“”「」『』《》〈〉\n]{2,40})[”」』》〉]([\u3400-\u9fff]{0,3})")
_INNER_MARKS = str.maketrans("", "", "‘’")
_COMMA = re.compile("[、，]")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_CALLED = re.compile("(?:别名|又名|原名|俗名|(?:又|也|亦|俗|简|统|别|合|并|通)称|[又也]叫)(?:做|作|为|是)?[:]?$")
_SAID = re.compile("(?:[说问道喊答讲写]|写[作成])[:,]?$")
_COUNTED = re.compile("[一两二三四五六七八九十几][个名项套支种类位家条]")
_IN_A_ROW = frozenset({"", "、", "和", "或", "及", "，"})
SPEECH = frozenset("的了吗呢吧么啊呀我你您他她它这那哪谁啥很")


def quoted_names(text: str, endings: Collection[str]) -> Iterator[str]:
    """The names that stand in quotation marks, as written, and those with an ending right behind (“三会”制度)."""
    behind = 0
    for found in _QUOTE.finditer(text):
        before = normalize(text[max(0, found.start() - 6) : found.start()])
        row = bool(behind) and text[behind : found.start()] in _IN_A_ROW
        called = row or _CALLED.search(before) is not None
        behind = found.start(2) if called else 0
        inner = found[1].translate(_INNER_MARKS)
        if called:
            yield from _called(inner)
        elif not _SAID.search(before):
            yield from _told(inner, normalize(found[2]), endings)


def _called(inner: str) -> Iterator[str]:
    """What is brought in as a name, and the parts of it."""
    if _HAN.fullmatch(inner) and SHORTEST_CALLED <= len(inner) <= LONGEST_CALLED:
        yield inner
    yield from _parts(inner)


def _told(inner: str, behind: str, endings: Collection[str]) -> Iterator[str]:
    """What is quoted elsewhere."""
    if set(normalize(inner)) & SPEECH:
        return
    if not _HAN.fullmatch(inner):
        yield from _parts(inner)
        return
    if SHORTEST <= len(inner) <= LONGEST:
        yield inner
    ending = next((behind[:size] for size in (3, 2) if behind[:size] in endings), "")
    if ending and len(inner) + len(ending) <= LONGEST_WITH_ENDING:
        yield inner + ending


def _parts(inner: str) -> Iterator[str]:
    """The names on both sides of a comma, where all are long enough to be names."""
    parts = _COMMA.split(inner)
    if len(parts) > 1 and all(_HAN.fullmatch(part) and SHORTEST_PART <= len(part) <= LONGEST for part in parts):
        folded = map(normalize, parts)
        yield from (part for part in folded if not set(part) & SPEECH and not _COUNTED.match(part))
