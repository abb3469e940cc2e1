"""What is compared of two texts: their letters and digits, each with its place in the text as written.

Punctuation, blanks and the numbers of notes are left out, but not what a number is made of (3.5, 1-3, 12%).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.text.normalize import normalize

_NOTES = r"\[\^?\d{1,3}\](?!号)|〔(?:自述|归纳|待核)〕"
_OF_A_NUMBER = r"(?<=\d)[.:/](?=\d)|(?<!-)-(?=\d)"
_SYMBOLS = "%‰°℃℉+=×÷±≤≥≈√¥$€£㎡□\ufffd"
"""They say something; □ and the replacement character stand for a letter that was lost."""

_LEFT_OUT = re.compile(rf"(?:{_NOTES}|(?!{_OF_A_NUMBER})(?:[^\w{_SYMBOLS}]|_))+")
_BETWEEN_NUMBERS = re.compile(rf"(?<=\d){_LEFT_OUT.pattern}(?=\d)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
MARKS = SEPARATOR, RANGE = "|", "-"
"""What is compared instead of marks between two digits: 4、5 is not 45, and 3～5 is 3-5."""

_NUMBER = re.compile(
    r"\d+(?:[.,:~-]\d+)*[%‰]?[十百千万亿]*|[二三四五六七八九两几]?[十百千万亿][一二三四五六七八九十百千万亿零〇]*"
)
"""A number begun with 一 is left alone: 统一百姓 would be one."""

_LONGEST_NUMBER = 24


@dataclass(frozen=True, slots=True)
class Letters:
    """A text, its matching form and what is compared of it: `letters[i]` is the character at `places[i]` of the latter.

    Between two digits it stands for the marks that begin there (SEPARATOR, RANGE).
    `offset` is where the text begins in the article (or quotation) that it is a part of.
    """

    text: str
    matching: str
    letters: str
    places: Sequence[int]
    offset: int = 0

    def cuts_number(self, at: int) -> bool:
        """Whether the place between two characters lies within a number."""
        begin = max(0, at - _LONGEST_NUMBER)
        around = self.matching[begin : at + _LONGEST_NUMBER]
        return any(found.start() < at - begin < found.end() for found in _NUMBER.finditer(around))

    def number_around(self, at: int) -> tuple[int, int]:
        """The number that a place lies within."""
        begin = max(0, at - _LONGEST_NUMBER)
        for found in _NUMBER.finditer(self.matching[begin : at + _LONGEST_NUMBER]):
            if found.start() < at - begin < found.end():
                return begin + found.start(), begin + found.end()
        return at, at


def read_letters(text: str, offset: int = 0) -> Letters:
    """
    >>> read_letters("小事不出村，大事不出鎮。").letters
    '小事不出村大事不出镇'
    """
    matching = normalize(text)
    letters: list[str] = []
    places: list[int] = []
    at = 0
    for found in _LEFT_OUT.finditer(matching):
        letters += matching[at : found.start()]
        places += range(at, found.start())
        at = found.end()
        if _BETWEEN_NUMBERS.match(matching, found.start()) and not _THOUSANDS.match(matching, found.start()):
            letters.append(RANGE if found[0] == "~" else SEPARATOR)
            places.append(found.start())
    letters += matching[at:]
    places += range(at, len(matching))
    return Letters(text, matching, "".join(letters), places, offset)


def pairs(letters: str) -> set[str]:
    """Every two neighbours."""
    return {letters[at : at + 2] for at in range(len(letters) - 1)}
