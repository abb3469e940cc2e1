"""What kind of answer a question wants, and what in a sentence is of that kind: steps, figures, places, an article."""

from __future__ import annotations

import re

from kb.catalogue.numerals import han_number
from kb.text.normalize import normalize

_STEPS = re.compile(r"步骤|流程|程序|怎么做|怎样做|如何做|几步|怎么办理")
_FIGURES = re.compile(r"多少|多久|多长|多大|几[个名件户成年月天次项万分岁]|比例|占比|数据|人数|数量")
_PLACES = re.compile(
    r"各地|各省|各市|哪些地方|哪些城市|别处|外地|不同地方|梳理|汇总|汇编|分别|对比|比较|有哪些(?:条款|规定|做法)"
)
_DIGIT = r"[\d〇零一二三四五六七八九十百千万亿两]"
_DIGITS = rf"(?<!{_DIGIT}){_DIGIT}+"
"""A whole number: were it looked for from each of its digits on, a long row of them would take for ever."""

_AMOUNT = re.compile(
    rf"{_DIGITS}(?:周?岁|户|人|名|天|日|年|个|月|元|万元|%|倍|次|小时|分钟|平方米|米|件|家|分之|以[上下内])"
)
_NUMBER = re.compile(_DIGITS)
_AGE = re.compile(rf"(?:年?满|不满)?{_DIGITS}周岁(?:以[上下])?")
_ASKS_FOR_AGE = re.compile(r"[几多少]岁|多大年[纪龄]|年龄")
_OF_KIND = tuple(
    (re.compile(asked), re.compile(said))
    for asked, said in (
        (_ASKS_FOR_AGE.pattern, rf"{_DIGITS}周?岁"),
        (
            r"几分之|百分之几|几成|比例|占比|(?:多少|几).{0,100}(?:联名|提议|同意|点头|赞成|到场|到会|出席|签[字名]|算数)",
            rf"分之|%|半数|{_DIGITS}(?:人|名|户|个)?以上",
        ),
        (r"多久|多长|(?:几|多少)个?(?:[天日年月周]|小时|分钟)", rf"{_DIGITS}个?(?:工作日|[天日年月周]|小时|分钟)"),
        (r"罚|多少[元钱]|几[元块]", rf"{_DIGITS}万?元|{_DIGITS}倍|分之|%"),
        (r"(?:几|多少)[次回]", rf"{_DIGITS}次"),
        (r"(?:几|多少)(?:户|家)", rf"{_DIGITS}(?:户|家)"),
        (r"(?:几|多少)[个名位]?人", rf"{_DIGITS}(?:人|名)"),
    )
)
"""What is asked for, and the amounts that can be it; the first that fits a question counts."""

_ARTICLE = re.compile(rf"第({_DIGITS})条")
_SAYS_LITTLE = re.compile(
    r"^为了?.{4,}制定本|^本(?:条例|法|办法|规定)(?:所称|适用|自)|适用本(?:条例|法|办法|规定)。?$|自.{4,14}起施行|负责解释。?$"
)
_ASKS_FOR_FRAME = re.compile(r"施行|生效|实施|适用|目的|宗旨|解释|定义|什么是|是什么|所称|何时")
_CATCH_ALL = re.compile(r"^\W*[（(]?[一二三四五六七八九十\d]*[）).、]?\s*(?:法律、法规规定的)?其[他它]")


def steps(question: str) -> bool:
    """Whether steps are asked for."""
    return _STEPS.search(normalize(question)) is not None


def figures(question: str) -> bool:
    """Whether an amount is asked for."""
    return _FIGURES.search(normalize(question)) is not None


def places(question: str) -> bool:
    """Whether several places or laws are asked for, so that each should be heard once."""
    return _PLACES.search(normalize(question)) is not None


def article(question: str) -> float | None:
    """The number of the article of a law that is asked for: 25 for 第二十五条 and 第25條."""
    found = _ARTICLE.search(normalize(question))
    return value(found[1]) if found else None


def says_amount(sentence: str, question: str = "") -> bool:
    """Whether a sentence says how much, how many or how long, in the kind that the question asks for.

    The number of an article or an item is none, and an age is none unless ages are asked for. Who wants to know how
    many must agree is not told that all are of age, that there is a meeting once a year, or that a house sends two.
    """
    matching, wanted = _ARTICLE.sub("", normalize(sentence)), normalize(question)
    if wanted and not _ASKS_FOR_AGE.search(wanted):
        matching = _AGE.sub("", matching)
    said = next((said for asked, said in _OF_KIND if asked.search(wanted)), _AMOUNT)
    return said.search(matching) is not None


def says_little(sentence: str, question: str) -> bool:
    """Whether a sentence is of the frame of a law (its purpose, scope, entry into force) or a list's 其他, unasked."""
    if _ASKS_FOR_FRAME.search(normalize(question)):
        return False
    matching = normalize(sentence).strip()
    return _SAYS_LITTLE.search(matching) is not None or _CATCH_ALL.match(matching) is not None


def amounts(text: str) -> list[float]:
    """The values of all numbers of a text, in order of size: 一百户 and 100户 are the same."""
    return sorted(value(found) for found in _NUMBER.findall(normalize(text)))


def value(written: str) -> float:
    """100 for 100 and 一百, 12000 for 1万2千 (digits with signs are read digit by digit, then by scale)."""
    return float(written) if written.isdecimal() else han_number(_spelled(written))


def _spelled(written: str) -> str:
    """Arabic digits as Chinese ones, so that 3万 reads as 三万; runs of several digits are read as they stand alone."""
    return re.sub(r"\d", lambda found: "〇一二三四五六七八九"[int(found[0])], written)
