"""Whether the numbers of a sentence follow from its sources: the same value, unit, bound and year, and thing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.catalogue.numerals import fold
from kb.prose.amounts import Number, numbers
from kb.search.letters import pairs

_NOUN, _NEAR_NOUN = 3, 8
"""Characters behind a number: adjectives may be left out (16个部门 of 16个区级职能部门), not put in."""

_NEARER = 1
"""Pairs of characters; a single one more is often chance."""

_STRICT = frozenset(
    ("%", "年", "月", "日", "元", "小时", "分钟", "个月", "倍", "次", "岁", "个百分点", "比", "季度", "星期")
)
"""Units that mean something else than every other; 个, 家, 项 and the like are used for one another."""

_ALIKE = (
    frozenset("名人位"),
    frozenset("个家所间处座户"),
    frozenset(("个", "项", "条", "类", "种", "大项", "大类")),
    frozenset("件起宗"),
    frozenset("次场轮"),
    frozenset("幢栋座"),
)
"""Units that are used for one another."""

_PERIOD = re.compile(r"每(?:半?年|个?月|个?季度|旬|个?星期|周|天|日)")


def unfounded(sentence: str, sources: Sequence[str]) -> str:
    """Why a number of the sentence does not follow from the sources; empty where all do."""
    periods = {one for source in sources for one in _periods(source)}
    for period in _periods(sentence):
        if period not in periods:
            return f"“{period}”不在所引的原文里"
    known = [one for source in sources for one in numbers(source)]
    for one in numbers(sentence):
        why = _wrong(one, known)
        if why:
            return f"数字“{one.text[:20]}”{why}"
    return ""


def _wrong(one: Number, known: Sequence[Number]) -> str:
    equal = [other for other in known if _equal(one, other)]
    if not equal:
        return "不在所引的原文里"
    if all(_opposite(one, other) for other in equal):
        return "的上下限和原文相反"
    if all(_other_year(one, other) for other in equal):
        return "在原文里是另一年的"
    if all(_another(one, other) for other in equal) or _exchanged(one, equal, known):
        return "在原文里说的是别的事"
    return ""


def _periods(text: str) -> list[str]:
    return [found[0].replace("个", "").replace("天", "日") for found in _PERIOD.finditer(fold(text))]


def _equal(one: Number, other: Number) -> bool:
    same = one.value == other.value and one.upper == other.upper
    end_of_range = one.upper is None and other.upper is not None and one.value in (other.value, other.upper)
    return (same or end_of_range) and _alike(one.unit, other.unit)


def _alike(unit: str, other: str) -> bool:
    if unit == other:
        return True
    if unit in _STRICT or other in _STRICT:
        return False
    return not unit or not other or any(unit in group and other in group for group in _ALIKE)


def _opposite(one: Number, other: Number) -> bool:
    return {one.bound, other.bound} == {"least", "most"}


def _another(one: Number, other: Number) -> bool:
    """Both say what they count, and what stands first behind the number here does not stand near it there."""
    if len(one.noun) < 2 or len(other.noun) < 2:
        return False
    return not pairs(one.noun[:_NOUN]) & pairs(other.noun[:_NEAR_NOUN])


def _other_year(one: Number, other: Number) -> bool:
    """Told of a year that the source tells of something else."""
    if one.year is None or one.year == other.year:
        return False
    return other.year is not None or (one.beside_year and one.year in other.years)


def _exchanged(one: Number, equal: Sequence[Number], known: Sequence[Number]) -> bool:
    """Its clause is nearer to the clause of another number of this kind than to any of its own in the sources."""
    own = max(len(one.clause & (other.clause | other.before)) for other in equal)
    others = (other for other in known if _alike(one.unit, other.unit) and other not in equal)
    return max((len(one.clause & other.clause) for other in others), default=0) > own + _NEARER
