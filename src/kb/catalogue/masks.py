"""Numbers that count nothing: dates, articles of laws, names, addresses, versions. Each kind with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.types import Span

_YEAR = r"(?:19|20)\d\d"
_DAY = r"\d{1,2}(?:日|号)"
_MONTH_DAY = rf"\d{{1,2}}月(?:{_DAY}|[底初末])?"
_PART = "[底初末]?"
_AND_ON = rf"(?:(?:-+|至|到|、|和)(?:{_YEAR}年)?(?:\d{{1,2}}月)?{_DAY})*"

DATE = re.compile(
    rf"{_YEAR}年?{_PART}(?:-+|至|到)(?:{_YEAR}|\d\d)年{_PART}(?:{_MONTH_DAY})?"
    rf"|{_YEAR}年{_MONTH_DAY}(?:-+|至|到)(?:{_YEAR}年)?{_MONTH_DAY}"
    rf"|{_YEAR}年(?:前\d{{1,2}}个月|{_MONTH_DAY}{_AND_ON}|[上下]半年|[底初末])?"
    rf"|{_YEAR}(?:-+|至){_YEAR}"
    rf"|\d{{1,2}}月{_DAY}{_AND_ON}|\d{{1,2}}(?:(?:-+|至)\d{{1,2}})?月(?!度)"
)
"""Dates and periods as pages write them: 2023年9月20日, 2019年1月至2024年6月, 2021年前11个月, 2010—2013年, 8月30日."""

_HAN = "零〇一二两三四五六七八九十百千"

MASKS: tuple[tuple[str, str], ...] = (
    (DATE.pattern, "日期"),
    (rf"(?:每月|次月|当月|月的?){_DAY}(?:[、和至到]{_DAY})*", "每月的某一天"),
    (rf"(?<![\d.]){_YEAR}(?=[）)、，]|$)", "括号里的年份"),
    (rf"\d0年代|[{_HAN}]+年代|[{_HAN}\d]+周年|[{_HAN}余多]+年[里来间]|\d+世纪", "年代、纪念、一段时间"),
    (rf"第[{_HAN}\d]+[条款项批次届名号章节位步个站期]?(?:之[{_HAN}]+)?", "序数、法条"),
    (rf"[（(][{_HAN}\d]{{1,3}}[）)]", "括号里的序数"),
    (r"\d+\s*号(?:院|楼|文件|改革|令)?|\d+弄|\d+路(?!径)|[〔（]\d{4}[〕）]\d+号", "门牌、文号"),
    (r"\d+\.\d+版|到\d\.0|\dG(?![a-z])", "版本"),
    (r"(?<!\d)(?:12345|12348|12315|12388|110|119|120|141)(?=热线|平台|体系|政务|便民|接诉|工单)", "热线、体系的名称"),
    (r"[\da-z]+(?:\+[\da-z]+)+", "1+N、4+2 一类的名称"),
    (r"\d+岁(?:及)?以[上下]", "说明数的是谁，不是数出来的"),
    (r"(?<!步行约)\d+分钟[^，。；、\d]{0,6}圈", "生活圈、服务圈的名称"),
    (r"《[^》]*》", "书名和文件名"),
    (r"“[^”]{1,12}”", "引号里的名称"),
    (rf"[{_HAN}]{{2,3}}[大届](?=报告|精神|以来|[{_HAN}]*中全会|$|[，。的])", "党的二十大一类的会议"),
    (rf"[^，。]{{2}}[{_HAN}]+条(?=[，。”])", "暖心十条一类的名称"),
    (rf"千[家门]万户|千户万人|百姓|百事|万米|万能|百名干部进百企|[{_HAN}]+大(?:行动|任务|工程)", "固定说法"),
    (r"每(?:逢|隔)?[一二两三四五六七八九十]+[天周月年]", "周期"),
)  # fmt: skip
"""Pattern -> why what it matches is no figure."""

_PATTERNS = tuple(re.compile(pattern) for pattern, _why in MASKS)
_NUMERAL = re.compile(rf"[\d{_HAN}万亿]")


def masked(folded: str, names: Iterable[str] = ()) -> list[Span]:
    """Where a folded text holds numbers that count nothing; `names` are those of practices, folded."""
    spans = [Span(*found.span()) for pattern in _PATTERNS for found in pattern.finditer(folded)]
    for name in names:
        if _NUMERAL.search(name):
            spans += [Span(*found.span()) for found in re.finditer(re.escape(name), folded)]
    return spans


def blanked(folded: str, spans: Iterable[Span]) -> str:
    """The text with these places replaced by as many spaces."""
    characters = list(folded)
    for span in spans:
        characters[span.start : span.end] = " " * (span.end - span.start)
    return "".join(characters)
