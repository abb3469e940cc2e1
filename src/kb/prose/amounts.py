"""The numbers of a sentence, compared in value: 1,652 = 1652 = 一千六百五十二, 1.49万 = 14900, 三分之二 = 2/3.

Unlike the ledger of figures (`kb.catalogue.figures`) this takes every number, the small ones and those of dates too: a
fabricated 五个步骤 is a fabrication.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kb.catalogue.counting import behind
from kb.catalogue.counting_words import UNITS
from kb.catalogue.numerals import DIGITS, NUMBER, SCALES, fold, han_number, read

_HAN = "零〇一二两三四五六七八九十百千万亿"
_UNIT = re.compile(rf"年代|年度|季度|星期|月(?!报)|号(?![召称])|时(?![段候间常])|{UNITS}")

_FIXED = re.compile(
    r"十分(?!之|钟)|十足|万一|百姓|千方百计|千家万户|万家|万事|一[起定些致样直体般旦律切]|[统唯第]一(?!百|千|万|[条批书步])"
    r"|[统唯首第]一次|不一|之一|一边|一方面|进一步|一系列|一站式|一体化|同一|逐一|单一|[四五]面八方|三番五次|两手"
)
"""Number signs that count nothing and may be used freely."""

_FULL_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?=年)")
_YEAR = re.compile(r"[〇零一二三四五六七八九]{4}(?=年)")
_FRACTION = re.compile(rf"([{_HAN}]+)分之([{_HAN}]+)|(?<![\d.])(\d{{1,3}})/(\d{{1,3}})(?![\d/])")
_HALF = re.compile(r"过?半数|(?<![一上下大前后多])半(?=[数年月天])|一半")
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
_SMALL = re.compile(r"第?[二两三四五六七八九]|(?:第|[每逢隔])?一(?=[次天日周月年票岁倍成级条批步户]|个月|小时|季度)")


_LEAST = re.compile(
    r"(?:不少于|不低于|不小于|不得少于|不得低于|至少|最少|(?<![不没有得])超过|突破|逾|多于|(?<!不)高于)[^，。；、]{0,4}$"
)
_MOST = re.compile(
    r"(?:不超过|不得超过|没有超过|不多于|不高于|至多|最多|不到|不足|(?<![不得])少于|(?<![不得])低于|未满|不满)[^，。；、]{0,4}$"
)
_LEAST_BEHIND, _MOST_BEHIND = re.compile(r"(?:及|或)?以上|起"), re.compile(r"(?:及|或)?以[下内]|之内")
_BOUND_TAIL = 9
"""Characters before a number in which its bound stands."""

_CLAUSE = re.compile(r"(?:[^，。；、？！,;]|,(?=\d))*[，。；、？！,;]?")
_WORDS = re.compile(rf"[^\W\d_{_HAN}]+")
_FIRST_YEAR = 1000


_TIMES = frozenset(("年", "月", "日", "元", "小时", "分钟", "个月", "季度", "星期", "工作日", "%"))
"""What stands behind them is not what they count."""


_SAME = {"天": "日", "号": "日", "周": "星期", "公里": "千米", "个工作日": "工作日", "人次": "人次", "万元": "元"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a sentence: `text` as in folded form, `value` (the bottom of a range), `upper` its top.

    `year` is the one named before it, `years` all of its text, `beside_year` tells that one stands in its own clause;
    `bound` is "least", "most" or empty; `noun` is what stands behind the unit;
    `clause` and `before` are the pairs of characters of its clause and of the clause before.
    """

    text: str
    value: float | None
    upper: float | None
    unit: str
    year: float | None = None
    years: frozenset[float] = frozenset()
    beside_year: bool = False
    bound: str = ""
    noun: str = ""
    clause: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()


def numbers(text: str) -> tuple[Number, ...]:
    """Every number of a text, in order."""
    return tuple(_numbers(fold(text)))


def _numbers(folded: str) -> Iterator[Number]:
    blank = _FIXED.sub(lambda found: " " * len(found[0]), folded)
    around, year, year_at = list(_clauses(folded)), None, -1
    years = frozenset(float(found[0]) for found in _FULL_YEAR.finditer(folded))
    for start, end, value, upper, unit in sorted(_found(blank), key=lambda found: found[0]):
        after = _UNIT.match(blank, end) if not unit else None
        stop = after.end() if after else end
        name = _SAME.get(after[0], after[0]) if after else unit
        at = next(at for at, (limit, _pairs) in enumerate(around) if start < limit)
        yield Number(
            folded[start:stop],
            value,
            upper,
            name,
            year,
            years,
            at == year_at,
            _bound(folded, start, stop),
            behind(folded, stop) if name and name not in _TIMES else "",
            around[at][1],
            around[at - 1][1] if at else frozenset(),
        )
        if name == "年" and value is not None and value >= _FIRST_YEAR:
            year, year_at = upper or value, at


def _clauses(folded: str) -> Iterator[tuple[int, frozenset[str]]]:
    """Where each clause ends, and the pairs of characters in it that are no numbers."""
    for found in _CLAUSE.finditer(folded):
        words = _WORDS.findall(found[0])
        yield found.end(), frozenset(word[at : at + 2] for word in words for at in range(len(word) - 1))


Meant = tuple[float | None, float | None, str]
Found = tuple[int, int, float | None, float | None, str]


def _found(blank: str) -> Iterator[Found]:
    """(start, end, value, upper, unit) of every number; each kind takes its characters away from the next."""
    rest = blank
    for pattern, amount in _KINDS:
        for match in pattern.finditer(rest):
            found = amount(match)
            if found is not None:
                yield (*match.span(), *found)
        rest = pattern.sub(lambda match: " " * len(match[0]), rest)


def _year(match: re.Match[str]) -> Meant:
    return float("".join(str(DIGITS[sign]) for sign in match[0])), None, ""


def _weekday(match: re.Match[str]) -> Meant:
    return float(" 一二三四五六日".find(match[1].replace("天", "日"))), None, "星期几"


def _fraction(match: re.Match[str]) -> Meant | None:
    below, above = _value(match[1] or match[4]), _value(match[2] or match[3])
    return (round(100 * above / below, 6), None, "%") if below else None


def _half(_match: re.Match[str]) -> Meant:
    return 50.0, None, "%"


def _amount(match: re.Match[str]) -> Meant | None:
    amount = read(match)
    if amount is None and match.lastgroup == "range":  # Falling, so no range to the ledger; a fabricated one may be.
        low, *_between, high = re.findall(r"\d+(?:\.\d+)?", match[0])
        return float(low), float(high), ""
    return None if amount is None else (amount.number, amount.upper, amount.unit)


def _small(match: re.Match[str]) -> Meant:
    return _value(match[0].lstrip("第每逢隔")), None, ""


_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Meant | None]], ...] = (
    (_YEAR, _year),
    (_WEEKDAY, _weekday),
    (_FRACTION, _fraction),
    (_HALF, _half),
    (NUMBER, _amount),
    (_SMALL, _small),
)


def _value(text: str) -> float:
    if text.isdecimal() and text.isascii():
        return float(text)
    return han_number("".join(sign for sign in text if sign in DIGITS or sign in SCALES))


def _bound(folded: str, start: int, stop: int) -> str:
    ahead = folded[max(0, start - _BOUND_TAIL) : start]
    if _MOST.search(ahead) or _MOST_BEHIND.match(folded, stop):
        return "most"
    return "least" if _LEAST.search(ahead) or _LEAST_BEHIND.match(folded, stop) else ""
