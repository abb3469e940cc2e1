"""Pinyin in brackets after a character: 創(chuàng)新. Content farms put it there to tell their copies apart.

A gloss is removed only where it says how the character before it is read, and only after a character that is
traditional and nothing else: the farms' lists hold no others, and a genuine gloss of a simplified text, as in
荨(qián)麻, or Latin in brackets, as in 党刊(CQDK), is left.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from kb.text.opencc_tables import read_table
from kb.text.repair.values import RepairKind, Step

LETTERS = "a-zêüāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿɑɡ"
"""Letters of toned pinyin, with the two look-alikes that some farms write."""

SPACE = "[ \u00a0\u3000]?"
_GLOSS = re.compile(rf"([^\x00-\xff]){SPACE}[(（]{SPACE}([{LETTERS}]{{1,7}}){SPACE}[)）]")

TONELESS_NEEDS = 5
"""A gloss without its tone (個(ge)) is removed where the text has at least this many verified ones."""

_LOOK_ALIKES = str.maketrans("ɑɡ", "ag")
_TONES = {"\u0304", "\u0301", "\u030c", "\u0300"}


def remove_glosses(text: str) -> list[Step]:
    """The steps that remove every gloss which its character bears out."""
    if "(" not in text and "（" not in text:
        return []
    found = [match for match in _GLOSS.finditer(text) if is_traditional_only(match[1])]
    verified = {match.start() for match in found if reads(match[1], match[2])}
    trusted = len(verified) >= TONELESS_NEEDS
    removed = [m for m in found if m.start() in verified or (trusted and reads_without_tone(m[1], m[2]))]
    return [Step(RepairKind.GLOSS, m.start() + 1, m.end(), text[m.start() + 1 : m.end()], "") for m in removed]


def glosses_left(text: str) -> int:
    """How many characters belong to glosses that only fit their character but for the tone, and were left."""
    if "(" not in text and "（" not in text:
        return 0
    left = [m for m in _GLOSS.finditer(text) if is_traditional_only(m[1]) and reads_without_tone(m[1], m[2])]
    return sum(match.end() - match.start() - 1 for match in left)


@lru_cache(maxsize=1 << 14)
def reads(character: str, letters: str) -> bool:
    """Whether the toned `letters` are a reading of the character or of its simplified form."""
    return _plain(letters) in _readings(character)


@lru_cache(maxsize=1 << 14)
def reads_without_tone(character: str, letters: str) -> bool:
    """Whether the letters are a reading of the character when tones are not looked at."""
    return _toneless(_plain(letters)) in {_toneless(reading) for reading in _readings(character)}


def is_traditional_only(character: str) -> bool:
    """Whether folding to simplified script changes the character (OpenCC's character table)."""
    return simplified(character) != character


def simplified(character: str) -> str:
    """The simplified form of a character, itself where it has none."""
    return _simplified_forms().get(character, character)


@lru_cache(maxsize=1 << 14)
def _readings(character: str) -> frozenset[str]:
    from pypinyin.constants import PINYIN_DICT

    entries = (PINYIN_DICT.get(ord(form), "") for form in {character, simplified(character)})
    return frozenset(_plain(reading) for entry in entries for reading in entry.split(",") if reading)


def characters_read(letters: str, characters: Iterable[str]) -> list[str]:
    """Those of the characters that have the reading."""
    return [character for character in characters if reads(character, letters)]


def _plain(letters: str) -> str:
    return unicodedata.normalize("NFC", letters.translate(_LOOK_ALIKES))


def _toneless(letters: str) -> str:
    apart = unicodedata.normalize("NFD", letters)
    return unicodedata.normalize("NFC", "".join(mark for mark in apart if mark not in _TONES))


@lru_cache(maxsize=1)
def _simplified_forms() -> dict[str, str]:
    """OpenCC's traditional-to-simplified characters; the first target is the one OpenCC itself takes."""
    return {source: targets[0] for source, targets in read_table("TSCharacters").items()}
