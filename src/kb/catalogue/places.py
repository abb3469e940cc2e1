"""Places that pages name. The names come from the regions of the catalogue itself and from what is written as a city,
county or district; a text is not searched for anything that could be a place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from kb.catalogue.numerals import fold
from kb.catalogue.values import Elsewhere, all_cited
from kb.types import Practice

Named = Callable[[str], Iterable[str]]
"""Ids of the practices that a text names."""

PROVINCES = [
    "北京",
    "天津",
    "上海",
    "重庆",
    "河北",
    "山西",
    "辽宁",
    "吉林",
    "黑龙江",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "海南",
    "四川",
    "贵州",
    "云南",
    "陕西",
    "甘肃",
    "青海",
    "内蒙古",
    "广西",
    "西藏",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
    "台湾",
]

_PROVINCE = re.compile("|".join(PROVINCES))
_PROVINCE_HEAD = re.compile(rf"^(?:{'|'.join(PROVINCES)})(?:省|市|(?:壮族|回族|维吾尔)?自治区)?")
_PART = re.compile(r"[一-龥]{2,4}?(?:自治州|自治县|市|县|区|镇|乡|街道|村|社区)")
_SUFFIX = re.compile(r"(?:自治州|自治县|市|县|区|镇|乡|街道|村|社区)$")
_NO_NAME = re.compile(
    r"全[国省市县区]|首|推广|先行|发源|采用|起步|理念|推开|延伸|干部|主张|材料|学者|规定|方案|倡议|通用|试点|年|农村|管家|核心|设立|写入|文件|议事|实践|多地|各地|等|有|由|后|的|下沉|及|乡镇|住建|源于|工业园|苑地|路$|日报"
)
"""What else stands in a region: 首创, 全国推广, （发源于……）."""

_NO_PLACE_BEHIND = r"(?!经验|式|模式|日报|晚报|大厦|工作法|新村|方案)"
"""枫桥经验, 光明日报, 嘉兴大厦 are no places."""

_CITY = re.compile(r"(?:^|(?<=[，。；：、（在]))[一-龥]{2,3}[市县](?:[一-龥]{2,3}区)?(?=[一-龥\d])")
_NO_CITY = re.compile(
    r"全国|发现|权力|城市|都市|全[市县]|[各该本两个每]|要求|列入|市县|省|人大|治市|上市|由|贫困|试点|同|区、|到|据|按|和"
)


def provinces(region: str) -> frozenset[str]:
    """The provinces a region names."""
    return frozenset(_PROVINCE.findall(fold(region)))


def gazetteer(practices: Iterable[Practice]) -> frozenset[str]:
    """The places that the regions of these practices name, without their 市, 县, 区: 襄州, 广陵, 温岭."""
    found = set(PROVINCES)
    for practice in practices:
        for part in re.split(r"[；、，,（）()\d]", fold(practice.region)):
            found.update(bare_names(part))
    return frozenset(found)


def bare_names(part: str) -> tuple[str, ...]:
    """The places below the province that one part of a region names, without their 市, 县, 区."""
    rest = _PROVINCE_HEAD.sub("", re.sub(r"等.*$|起$|首倡.*$|先行$", "", part.strip()))
    names = _PART.findall(rest) or ([rest] if 2 <= len(rest) <= 4 else [])
    return tuple(bare for name in names if (bare := _bare(name)))


def _bare(name: str) -> str:
    stem = _SUFFIX.sub("", name)
    return stem if len(stem) >= 2 and not _NO_NAME.search(name) else ""


def places(text: str, known: frozenset[str]) -> tuple[str, ...]:
    """The places a text names, in order, each once; the longest at a place wins."""
    folded = fold(text)
    found = {one.start(): text[one.start() : one.end()] for one in _any_of(known).finditer(folded)}
    for one in _CITY.finditer(folded):
        if not _NO_CITY.search(one[0]) and not any(one.start() <= at < one.end() for at in found):
            found[one.start()] = text[one.start() : one.end()]
    return tuple(dict.fromkeys(found[at] for at in sorted(found)))


@lru_cache(maxsize=4)
def _any_of(known: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(map(re.escape, known), key=lambda name: (-len(name), name))
    return re.compile(f"(?:{'|'.join(longest_first)}){_NO_PLACE_BEHIND}")


def elsewhere(
    practice: Practice, others: Sequence[Practice], named: Named, known: frozenset[str] | None = None
) -> tuple[Elsewhere, ...]:
    """Places that its own statements name besides its region, then places on other pages that name this practice; each
    with the first sentence of a page that names it."""
    names = gazetteer(others) if known is None else known
    found: dict[tuple[str, str], Elsewhere] = {}
    home = fold(practice.region)
    for other in (practice, *(one for one in others if one.id != practice.id)):
        for sentence in all_cited(other):
            if other.id != practice.id and practice.id not in set(named(sentence.text)):
                continue
            for place in places(sentence.text, names):
                if _SUFFIX.sub("", fold(place)) not in home:
                    found.setdefault((place, other.id), Elsewhere(place, sentence))
    return tuple(found.values())
