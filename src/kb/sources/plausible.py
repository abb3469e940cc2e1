"""How likely a text is to be Chinese as people write it: what decides between readings of the same bytes."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from functools import lru_cache
from importlib import resources

from kb.sources.common_characters import COMMON

RANK_OFFSET = 10
"""Zipf-Mandelbrot: the probability of the r-th character falls with 1 / (r + 10); checked against jieba's counts."""

FREQUENT_MARKS = frozenset("，。、：；（）“”《》？！「」『』—…·　")
RARE_HAN = -13.0
"""A Han character outside the table; about 17,000 of them share one part in a hundred."""

LOST = -30.0
"""A byte without a meaning in the encoding: worse than any character that has one."""

_BLOCKS = (
    # Each: first and last character, natural logarithm of the probability of one of its characters.
    ("\x00", "\x00", -40.0),
    ("\t", "\t", -5.0),
    ("\n", "\n", -3.5),
    ("\x01", "\x1f", -16.0),
    (" ", " ", -3.5),
    ("a", "z", -3.5),
    ("0", "9", -4.0),
    ("A", "Z", -5.0),
    ("!", "~", -5.5),
    ("\x7f", "\x9f", -18.0),
    ("\u00a0", "\u024f", -10.0),  # Latin with accents
    ("\u0370", "\u04ff", -9.0),  # Greek, Cyrillic
    ("\u2010", "\u203b", -8.0),  # dashes, quotation marks
    ("\u2160", "\u217f", -10.0),  # Roman numerals
    ("\u2460", "\u249b", -9.0),  # ①, ⑴, 1.
    ("\u2500", "\u257f", -10.0),  # box drawing
    ("\u25a0", "\u25ff", -10.0),
    ("\u3000", "\u301f", -8.0),
    ("\u3041", "\u30fe", -13.0),  # kana
    ("\u3400", "\u4dbf", -15.0),
    ("\u4e00", "\u9fff", RARE_HAN),
    ("\uac00", "\ud7a3", -16.0),  # Hangul
    ("\ue000", "\uf8ff", -19.0),  # private use
    ("\uf900", "\ufaff", -16.0),
    ("\uff01", "\uff5e", -8.0),
    ("\U00020000", "\U000323af", -16.0),
)
_OTHER = -15.0
_UNASSIGNED = -25.0


def likelihood(text: str) -> float:
    """How plausible a text is, as a logarithm of probability; higher is more plausible.

    A character that comes again is not as much evidence as a new one: a table drawn with a thousand ─ says in GBK
    what a thousand 坐 would say in Big5. So a count n weighs 1 + ln n.
    """
    return sum((1 + math.log(count)) * weigh(character) for character, count in Counter(text).items())


def mean_weight(text: str) -> float:
    """The mean of `weigh` over the letters beyond Latin: Han, kana, Hangul, private use, unassigned; 0 without any."""
    letters = {
        character: count
        for character, count in Counter(text).items()
        if character >= "\u0250" and unicodedata.category(character)[0] in "LC"
    }
    total = sum(letters.values())
    return sum(count * weigh(character) for character, count in letters.items()) / total if total else 0.0


@lru_cache(maxsize=65536)
def weigh(character: str) -> float:
    """The natural logarithm of the probability of one character in Chinese web text."""
    rank = _ranks().get(character)
    if rank is not None:
        return -math.log((rank + RANK_OFFSET) * math.log(len(COMMON) / RANK_OFFSET))
    if character in FREQUENT_MARKS:
        return -5.0
    for first, last, weight in _BLOCKS:
        if first <= character <= last:
            return _UNASSIGNED if unicodedata.category(character) == "Cn" else weight
    return _UNASSIGNED if unicodedata.category(character) in {"Cn", "Cs"} else _OTHER


@lru_cache(maxsize=1)
def _ranks() -> dict[str, int]:
    """Rank by character; the traditional forms of a character have its rank."""
    ranks = {character: rank for rank, character in enumerate(COMMON)}
    path = resources.files("opencc").joinpath("dictionary", "STCharacters.txt")
    for line in path.read_text(encoding="utf-8").splitlines():
        simplified, _, forms = line.partition("\t")
        if simplified in ranks:
            for form in forms.split(" "):
                ranks.setdefault(form, ranks[simplified])
    return ranks
