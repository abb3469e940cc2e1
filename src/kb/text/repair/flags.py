"""Marks what was not repaired: lost characters, masked figures, boilerplate and spam.

A flag says where and why; it never changes the text. Patterns are matched on the matching form of the text
(`kb.text.normalize`: one script, one width, one case, the same length), so one pattern serves both scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kb.text.normalize import normalize
from kb.text.repair.marks import has_mark
from kb.text.repair.values import Flag, FlagKind, Step

_LINE = re.compile(r"[^\n]+")
_LOST = re.compile("[?？\ufffd]+")
_CLAUSE_MARKS = "，。；：、！？?!,;:\n"

QUESTION_WORDS = re.compile(
    r"吗|呢|么|什|如何|怎|何|哪|谁|是否|能否|可否|几|多少|还是|吧|为啥|啥|不[^，,。]{1,4}|没有|行不行"
)
"""A clause with one of these asks; the words of README.md, section 7, and A不A (该不该, 好不好)."""

_AFTER_QUESTION = re.compile(r"\s*(?:$|[”’\"'」』）)\]】》〉?？!！—…])")
_SOURCE_NUMBERS = re.compile(r"^(?:\[\d{1,3}\]|〔[^〕\n]{1,6}〕)+")
_WORD = re.compile(r"[\u3400-\u9fff]{2}")
_CLOSING = "”’\"'」』"

_MASKED = re.compile(
    r"(?<![a-z0-9])[x×]{1,4}(?=[个名户市县省区镇乡村年月日万亿元家条件起次%街路社小号]|同志)"
    r"|(?<!_)_{2,}+(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])_{2,}"
)
"""XX市, x个, __市: a document site hid the figures and names."""

_BOILERPLATE = re.compile(
    r"(?:发布|更新|发表|时间|日期)(?:时间|日期)?[:]\s*\d{4}[-/.年]\d{1,2}"
    r"|来源[:].{0,30}(?:浏览|点击|阅读|字号|作者|时间|编辑|\d{4}-\d)|\d{2}:\d{2}(?::\d{2})?\s*来源[:]"
    r"|^\W{0,3}来源[:].{0,40}$"
    r"|[(]?(?:责任编辑|责编|编辑|审核|校对)[:].{1,30}$"
    r"|(?:浏览|点击|阅读)(?:量|次数)?[:]\s*\d+|app下载|^\s*(?:首页|当前位置|您的位置|您现在的位置).{0,3}[>:»]"
    r"|(?:上一篇|下一篇)[:]|版权所有|icp备|扫一扫.{0,12}(?:关注|分享)|分享到[:]|打印本页|关闭窗口|字号[:]\s*大"
    r"|文案大全|标准实用|本文来自|转载请注明"
)
_BOILERPLATE_LIMIT = 160
"""A longer line is an article with its head run into it; greying it out would hide the article."""

_SPAM = re.compile(
    r"一区二区|三区四区|无码|高清视频|在线观看|在线播放|免费观看|国产精品|亚洲|欧美|久久|av|成人|毛片|黄色|日韩|人妻|彩票|娱乐城|棋牌"
)
_SPAM_WORDS = 3
"""Different words of the list in one line; 亚洲 or 在线观看 alone are ordinary."""


def find_flags(text: str) -> list[Flag]:
    """Every flag of a text that no repair knows of, in order."""
    folded = normalize(text)
    flags = [*_lost(text), *_masked(text, folded)]
    spam = len(set(_SPAM.findall(folded))) >= _SPAM_WORDS  # the whole text first: hardly any holds so many
    for line in _LINE.finditer(folded):
        flags += _line_flags(line, spam=spam)
    return sorted(flags, key=lambda flag: (flag.start, flag.end, flag.kind))


def doubts(steps: Iterable[Step]) -> Iterator[Flag]:
    """Flags for what steps inferred without being certain, at its place in the repaired text."""
    shift = 0
    for step in steps:
        start = step.start + shift
        for first, last in _stretches(step.doubtful):
            yield Flag(FlagKind.DOUBT, start + first, start + last, "推断的字，另有可能")
        if not step.certain and not step.doubtful:
            yield Flag(FlagKind.DOUBT, start, start + len(step.after), "推断的文字")
        shift += len(step.after) - (step.end - step.start)


def _stretches(offsets: Iterable[int]) -> list[tuple[int, int]]:
    """Neighbouring offsets as half-open stretches."""
    found: list[tuple[int, int]] = []
    for at in offsets:
        if found and found[-1][1] == at:
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
    return found


def _lost(text: str) -> Iterator[Flag]:
    if not has_mark(text):
        return
    for match in _LOST.finditer(text):
        if "\ufffd" not in match[0] and ends_question(text, match.start(), match.end()):
            continue
        beside_figure = (
            text[match.end() : match.end() + 1].isdigit() or text[match.start() - 1 : match.start()].isdigit()
        )
        note = "此处缺字，相邻数字可能不全" if beside_figure else "此处缺字"
        yield Flag(FlagKind.LOST, match.start(), match.end(), note)


def ends_question(text: str, start: int, end: int) -> bool:
    """Whether the question marks at `start:end` end a question, rather than stand for something lost.

    A question word in the clause before is enough before a closing mark, a space or a Han character; without
    one, only the end of the line or a closing quotation mark makes a question likely.
    """
    before = _clause_before(text, start)
    if not before.strip():
        return False
    rest = _SOURCE_NUMBERS.sub("", text[end : end + 24].partition("\n")[0])
    if text[start:end] == "？" and _WORD.search(before):
        return True  # What a decoder puts in place of a lost byte is the half-width mark.
    asks = QUESTION_WORDS.search(normalize(before)) is not None
    if asks:
        return (
            bool(_AFTER_QUESTION.match(rest))
            or rest[:1].isspace()
            or "\u3400" <= rest[:1] <= "\u9fff"
            or rest[0] in "“‘「『《（("
        )
    return end - start == 1 and (not rest.strip() or rest[0] in _CLOSING)


def _clause_before(text: str, end: int) -> str:
    start = end
    while start > 0 and end - start < 60 and text[start - 1] not in _CLAUSE_MARKS:
        start -= 1
    return text[start:end]


def _masked(text: str, folded: str) -> Iterator[Flag]:
    if any(mark in folded for mark in ("x", "×", "__")):
        for match in _MASKED.finditer(folded):
            if match[0][0] != "x" or text[match.start()] in "XxＸｘ":
                yield Flag(FlagKind.MASKED, match.start(), match.end(), "原文隐去了数字或名称")


def _line_flags(line: re.Match[str], *, spam: bool) -> Iterator[Flag]:
    if len(line[0]) <= _BOILERPLATE_LIMIT and _BOILERPLATE.search(line[0]):
        yield Flag(FlagKind.BOILERPLATE, line.start(), line.end(), "网页附带文字，不属于正文")
    if spam and len(set(_SPAM.findall(line[0]))) >= _SPAM_WORDS:
        yield Flag(FlagKind.SPAM, line.start(), line.end(), "垃圾广告文字")
