"""What the head and the foot of a text say of it: title, date, source, author, editor, place of report.

Only what is written counts: behind a label (发布时间：), as a line that is nothing but a date, or as a dateline. Each
value keeps the place where it was found. Lines that hold nothing else are set apart from the body with the boilerplate.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kb.sources.boilerplate import is_boilerplate
from kb.sources.dates import FULL_DATE, find_date
from kb.text.normalize import normalize
from kb.types import Span, Stated

HEAD_LINES = 15
FOOT_LINES = 15
BARE_HEAD = 6
BARE_FOOT = 3
"""A date without a label is that of the text only so near its head or foot; further in it is part of a chronicle."""

MAX_LINE = 200
"""Metadata stands in short lines; a longer one is a paragraph."""

_LABELS = {
    "date": "发布时间|发布日期|发表时间|发表日期|发文日期|印发日期|成文日期|公布日期|更新时间|日期|时间",
    "source": "信息来源|文章来源|稿件来源|消息来源|资料来源|来源|稿源|发布机构|发文机关|发布单位",
    "author": "作者|撰稿人|撰稿|撰文|文字",
    "affiliation": "作者单位|作者简介",
    "reporter": "本报记者|记者|通讯员",
    "editor": "责任编辑|责编|编辑|编审|审核|校对",
    "region": "所属地区|所在地区|所属区域|地区",
    "category": "所属栏目|栏目|信息分类|主题分类|类别|分类",
    "title": "文章标题|标题",
    "number": "发文字号|文号",
    "url": "原文链接|网址|链接",
}
_NAME_OF = {label: name for name, labels in _LABELS.items() for label in labels.split("|")}
_ANY_LABEL = "|".join(sorted(_NAME_OF, key=len, reverse=True))
_LABELLED = re.compile(rf"(?<![\u4e00-\u9fff])({_ANY_LABEL})[ 　]*:[ 　]*")
_VALUE_END = re.compile(r"[ 　]{2,}|[|丨\t】\]]|[ 　]+(?=[\u4e00-\u9fff]{2,6}[ 　]*:)|[ 　]+(?=[\[【(]|\d{4}[-年/.])")
_VAGUE = frozenset({"日期", "时间", "文字", "链接", "网址", "标题", "分类", "类别", "地区"})
"""Labels that also head a line of the text itself (时间：周五上午): they count beside another label only."""

_AFFILIATION = re.compile(r"[(\[]?作者(?:系|为|工作单位:|现任)[ 　]*([^()。;\]]{2,60})")
_DATELINE = re.compile(
    r"[ 　#]*(?:本报|本网|本刊|新华社|中新社|中新网|人民网|央视网|光明网|[\u4e00-\u9fff]{2,5}(?:社|报|网))"
    r"[ 　]*([\u4e00-\u9fff]{2,8}?)[ 　]*(?:\d{1,2}月\d{1,2}日)?(?:电|讯)(?=[ 　(:,]|$)"
)
_LEFT_OVER = re.compile(r"[\s　|丨,、;:()\[\]【】/<>·\-—_.。]*")


@dataclass(frozen=True, slots=True)
class Found:
    """A text with its metadata and its boilerplate set apart; `body` is made of whole lines of the text."""

    body: str
    stated: tuple[Stated, ...]
    boilerplate: tuple[str, ...]


def find_metadata(text: str, aside: Collection[int] = ()) -> Found:
    """What a text states of itself; `aside` are lines (from 0) that the reader already took for page furniture."""
    lines = text.splitlines(keepends=True)
    written = [number for number, line in enumerate(lines) if line.strip()]
    margins = {*written[:HEAD_LINES], *written[-FOOT_LINES:]}
    head = {*written[:BARE_HEAD]}
    bare = head | {*written[-BARE_FOOT:]}
    stated: list[Stated] = []
    kept: list[str] = []
    dropped: list[str] = []
    start = 0
    for number, line in enumerate(lines):
        matching = normalize(line.rstrip("\n"))
        short = number in margins and len(line) <= MAX_LINE
        found = _in_line(line, matching, start, number, number in bare) if short else []
        stated += found
        signed = len(found) == 1 and found[0].name == "date" and number not in head  # a letter's date belongs to it
        alone = found and not signed and _says_nothing_else(matching, found, start)
        apart = number in aside or is_boilerplate(matching) or alone
        (dropped if apart and line.strip() else kept).append(line)
        start += len(line)
    if not "".join(kept).strip():
        return Found(text, tuple(stated), ())
    return Found("".join(kept), tuple(stated), tuple(line.strip() for line in dropped))


def first(stated: Collection[Stated], name: str) -> str:
    """The first value stated under a name, or nothing."""
    return next((item.value for item in stated if item.name == name), "")


def _in_line(line: str, matching: str, start: int, number: int, bare: bool) -> list[Stated]:
    """Everything one line of the head or foot states; values are slices of the line as written."""
    place = f"第 {number + 1} 行"
    found = list(_labelled(line, matching, start, place))
    if bare and not any(item.name == "date" for item in found):
        found += _bare_date(matching, start, place, found)
    for name, pattern in (("affiliation", _AFFILIATION), ("dateline", _DATELINE)):
        match = pattern.match(matching) if name == "dateline" else pattern.search(matching)
        if match and not any(item.name == name for item in found):
            span = Span(start + match.start(1), start + match.end(1))
            found.append(Stated(name, line[match.start(1) : match.end(1)].strip(), place, span))
    return found


def _labelled(line: str, matching: str, start: int, place: str) -> Iterator[Stated]:
    labels = list(_LABELLED.finditer(matching))
    clear = any(label[1] not in _VAGUE for label in labels)
    limits = [*(label.start() for label in labels[1:]), len(matching)]
    for label, limit in zip(labels, limits, strict=False):  # one limit too many where there is no label
        value = _value(matching, label.end(), limit)
        written = line[value.start : value.end]
        if written and (clear or label[1] not in _VAGUE):
            name = _NAME_OF[label[1]]
            date = find_date(matching[value.start : value.end]) if name == "date" else written
            if date:
                yield Stated(
                    name,
                    date,
                    f"{place}“{line[label.start(1) : label.end(1)]}”",
                    Span(start + value.start, start + value.end),
                )


def _value(matching: str, begin: int, limit: int) -> Span:
    """The characters behind a label, up to a separator or the next label, without brackets and blanks around them."""
    end = _VALUE_END.search(matching, begin, limit)
    stop = end.start() if end and end.start() > begin else limit
    written = matching[begin:stop].rstrip(" 　)】]|/,;。(【[")
    if matching[begin:stop].rstrip().endswith(")") and "(" in written:
        written += ")"  # 张三(本报评论员): the bracket belongs to the value
    return Span(begin, begin + len(written))


def _bare_date(matching: str, start: int, place: str, found: list[Stated]) -> list[Stated]:
    """A date without a label: the whole line, or the beginning of a line of labelled values."""
    match = FULL_DATE.match(matching.lstrip(" 　([")) if matching.strip() else None
    if match is None:
        return []
    offset = len(matching) - len(matching.lstrip(" 　(["))
    span = Span(start + offset, start + offset + match.end())
    candidate = Stated("date", find_date(match[0]), place, span)
    return [candidate] if candidate.value and _says_nothing_else(matching, [*found, candidate], start) else []


def _says_nothing_else(matching: str, found: list[Stated], start: int) -> bool:
    """Whether a line is labels, values and separators only; a dateline opens a sentence and is none of them."""
    rest = list(matching)
    for item in found:
        if item.span is None or item.name == "dateline":
            return False
        rest[item.span.start - start : item.span.end - start] = " " * (item.span.end - item.span.start)
    left = re.sub(rf"(?:{_ANY_LABEL})[ 　]*:|作者(?:系|为)|\d{{1,2}}:\d{{2}}(?::\d{{2}})?", " ", "".join(rest))
    return _LEFT_OVER.fullmatch(left) is not None or is_boilerplate(left.strip(" 　|,:()[]【】"))
