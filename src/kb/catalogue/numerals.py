"""Numbers as Chinese texts write them: 1.49万, 200多, 2100多万, 十五六万, 五六百, 七成, 150至500, 95.7%—96.2%.

All of it reads texts in folded form (`fold`), which is as long as the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from kb.text.normalize import normalize

_KEPT = frozenset("，。：；？！（）“”、《》")
_QUOTES = {"「": "“", "『": "“", "」": "”", "』": "”"}

DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}

_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_ONE = rf"(?:{_ARABIC})[余多]?(?:[十百千]?[万亿]{{1,2}}|[百千](?!米))?[余多]?"
_TO = r"(?:-+|~|至|到)"
_HAN_DIGIT = "[一二两三四五六七八九]"
_HAN = "[零〇一二两三四五六七八九十百千万亿]"

NUMBER = re.compile(
    rf"(?P<percent>(?:{_ARABIC})%(?:{_TO}(?:{_ARABIC})%)?|(?:{_ARABIC}){_TO}(?:{_ARABIC})%)"
    rf"|(?P<per>(?:{_ARABIC})/[百千万])"
    r"|(?P<ratio>\d+(?:\.\d+)?:\d+(?:\.\d+)?)"
    rf"|(?P<range>{_ONE}{_TO}{_ONE})"
    rf"|(?P<arabic>{_ONE})"
    rf"|(?P<share>{_HAN_DIGIT}{{1,2}}成(?![立为员果效功长本都熟]))"
    rf"|(?P<part>百分之{_HAN}+)"
    rf"|(?P<han>(?:[上近数几好]几?|成)?{_HAN}*[十百千万亿]{_HAN}*[余多]?[万亿]?)"
)
"""Every number that could be a figure; `read` says which are, `kb.catalogue.figures` which count something."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What a number means; `upper` is the other end of a range, `scaled` tells that it is written with 万 or 亿."""

    number: float | None
    upper: float | None = None
    exact: bool = True
    unit: str = ""
    scaled: bool = False
    han: bool = False


LONGEST = 40
"""Characters; a longer row of digits counts nothing, and from 309 on is too large for a float."""


def fold(text: str) -> str:
    """The matching form, but with Chinese punctuation as it stands: `，` must not read as a separator of thousands."""
    pairs = zip(text, normalize(text), strict=True)
    return "".join(_QUOTES.get(one, one if one in _KEPT else other) for one, other in pairs)


def read(found: re.Match[str]) -> Amount | None:
    """What a match of NUMBER means, None where it is no amount (万 in 万米, 百 in 百姓)."""
    kind, text = found.lastgroup if len(found[0]) <= LONGEST else "none", found[0]
    if kind == "percent":
        low, *rest = [float(part.replace(",", "")) for part in re.findall(_ARABIC, text)]
        return Amount(low, rest[0] if rest else None, unit="%")
    if kind == "per":
        number, _slash, base = text.partition("/")
        return Amount(float(number.replace(",", "")), unit=f"/{base}")
    if kind == "ratio":
        left, right = (Fraction(part) for part in text.split(":"))
        return Amount(float(left / right), unit="比") if right else None
    if kind == "range":
        return _range(text)
    if kind == "arabic":
        return Amount(arabic(text), exact=not _vague(text), scaled=any(mark in text for mark in "万亿"))
    if kind == "share":
        digits = [DIGITS[character] * 10 for character in text[:-1]]
        return Amount(digits[0], digits[1] if len(digits) > 1 else None, exact=False, unit="%", han=True)
    if kind == "part":
        return Amount(han_number(text.removeprefix("百分之")), unit="%", han=True)
    return _han(text) if kind == "han" else None


def arabic(text: str) -> float:
    """`2100多万` -> 21000000.

    >>> arabic("1.49万"), arabic("1,202万余")
    (14900.0, 12020000.0)
    """
    digits = re.match(_ARABIC, text)
    number = Fraction(digits[0].replace(",", "")) if digits else Fraction(0)
    for mark in text:
        number *= SCALES.get(mark, 1)
    return float(number)


def _range(text: str) -> Amount | None:
    low, high = re.split(_TO, text)[0], re.split(_TO, text)[-1]
    scale = "".join(mark for mark in high if mark in SCALES)
    shared = not any(mark in SCALES for mark in low) and arabic(low) <= arabic(high.rstrip("余多" + scale))
    bottom, top = arabic(low + scale if shared else low), arabic(high)
    return Amount(bottom, top, not _vague(text), scaled=bool(scale)) if bottom < top else None


def _vague(text: str) -> bool:
    return any(mark in text for mark in "余多数几好上近成")


def _han(text: str) -> Amount | None:
    """Numbers in characters from 10 up. 百, 千, 万 alone are no amount unless something says so (上万, 近百, 百余)."""
    digits = text.lstrip("上近数几好成").rstrip("余多")
    if not digits or (set(digits) <= set("百千万亿") and not _vague(text)):
        return None
    pair = re.match(rf"^(十?)({_HAN_DIGIT})({_HAN_DIGIT})([十百千万亿]*)$", digits)
    scaled = any(mark in text for mark in "万亿")
    if pair and DIGITS[pair[3]] - DIGITS[pair[2]] == 1 and (pair[1] or pair[4]):
        low, high = (han_number(pair[1] + digit) for digit in (pair[2], pair[3]))
        scale = float(han_number(pair[4]) if pair[4] else 1)
        return Amount(low * scale, high * scale, exact=False, scaled=scaled, han=True)
    multiplied = digits if digits[0] not in SCALES or digits[0] == "十" else "一" + digits
    several = text[0] in "数几好"
    number = None if several else han_number(multiplied.replace("余", "").replace("多", ""))
    if number is not None and number < 10:
        return None
    return Amount(number, exact=not _vague(text), scaled=scaled, han=True)


def han_number(text: str) -> float:
    """三十 -> 30, 一万二千 -> 12000, 二百零五 -> 205, 一百万 -> 1000000."""
    total, section, digit = 0, 0, 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        elif SCALES[character] >= SCALES["万"]:
            scale = SCALES[character]
            total = (total + section + digit) * scale if total < scale else total + (section + digit) * scale
            total = total or scale
            section = digit = 0
        else:
            section += (digit or 1) * SCALES[character]
            digit = 0
    return float(total + section + digit)
