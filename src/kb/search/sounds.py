"""How characters are read, for telling a slip of the input method: 风 for 枫, 抱 for 报."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# What many speakers and most input methods take for the same: zh/z, ch/c, sh/s, n/l, -ng/-n.
_SAME_BEGINNING = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))


@lru_cache(maxsize=1 << 14)
def readings(character: str) -> frozenset[str]:
    """Every reading of a character in pinyin without tones; ü is written v."""
    from pypinyin.constants import PINYIN_DICT

    entry = PINYIN_DICT.get(ord(character), "")
    return frozenset(_toneless(reading) for reading in entry.split(",") if reading)


def sound_alike(one: str, other: str) -> bool:
    """Whether two characters share a reading, or have readings that are often taken for one another.

    >>> sound_alike("风", "枫"), sound_alike("桥", "哨"), sound_alike("志", "自")
    (True, False, True)
    """
    return one == other or not _loose(one).isdisjoint(_loose(other))


def spells(letters: str, text: str) -> bool:
    """Whether these letters are the whole pinyin of a text.

    >>> spells("fengqiaojingyan", "枫桥经验"), spells("fengqiao", "枫桥经验")
    (True, False)
    """
    reached = {0}
    for character in text:
        reached = {end for at in reached for end in _after(letters, at, character)}
        if not reached:
            return False
    return len(letters) in reached


def _after(letters: str, at: int, character: str) -> Iterator[int]:
    for reading in readings(character):
        if letters.startswith(reading, at):
            yield at + len(reading)


@lru_cache(maxsize=1 << 14)
def _loose(character: str) -> frozenset[str]:
    return frozenset(map(_loosened, readings(character)))


def _loosened(reading: str) -> str:
    for written, same in _SAME_BEGINNING:
        if reading.startswith(written):
            reading = same + reading[len(written) :]
            break
    return reading.removesuffix("g") if reading.endswith("ng") else reading


def _toneless(reading: str) -> str:
    apart = unicodedata.normalize("NFD", reading.strip()).replace("u\u0308", "v")
    return "".join(mark for mark in apart if not unicodedata.combining(mark))
