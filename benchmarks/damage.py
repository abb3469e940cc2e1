"""Damages sound text the way content farms do, so that the truth is known: bytes of GBK, unaligned replacement.

The mechanism is that of the study (`shared/damage/README.md`, section 3): glosses after keys of a list, a sign
before keys that are punctuation, both found anywhere in the bytes; then the decoder of the next farm.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from kb.text.repair.gbk import tables

PUNCTUATION = ("；", "！", "，")
MORE_PUNCTUATION = ("；", "！", "，", "。", "、", "：", "？", "（", "”")
INSERTED = b"\x01"
"""What is inserted before a mark shows nowhere by itself; it is only seen where it tore a character."""


Key = tuple[bytes, bytes]
"""What is looked for in the bytes of a page, and what takes its place."""


@dataclass(frozen=True, slots=True)
class Farm:
    """What one site does to a page: its keys, one after another over the whole."""

    keys: tuple[Key, ...]


def make_farm(text: str, seed: int, *, marks: Sequence[str] = PUNCTUATION, share: float = 0.25, most: int = 76) -> Farm:
    """A farm that glosses a share of the traditional characters of a text, as the farms of the seeds do."""
    from kb.text.repair.glosses import is_traditional_only

    chooser = random.Random(seed)
    bytes_of = tables().bytes_of
    characters = sorted({one for one in text if is_traditional_only(one) and one in bytes_of})
    chosen = chooser.sample(characters, min(most, int(share * len(characters))))
    keys = [(encode(one), encode(f"{one}({letters})")) for one in chosen if (letters := first_reading(one))]
    keys += [(encode(mark), INSERTED + encode(mark)) for mark in marks]
    chooser.shuffle(keys)
    return Farm(tuple(keys))


def first_reading(character: str) -> str:
    """The commonest reading of a character, as a gloss program would take it."""
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.TONE)[0][0]
    return found if found != character else ""


def damage(line: str, farm: Farm) -> str:
    """What is left of a line that went through a farm and through NFKC."""
    raw = encode(line)
    for key, replacement in farm.keys:
        raw = raw.replace(key, replacement)
    return unicodedata.normalize("NFKC", decode(raw))


def drop_lead(line: str, at: int) -> str:
    """The other mechanism: the lead byte of the character at `at` became `?`; the shift ends at the next mark."""
    end = next((place for place in range(at + 1, len(line)) if line[place] in PUNCTUATION), len(line))
    torn = decode(encode(line[at])[1:] + encode(line[at + 1 : end]) + INSERTED)
    return unicodedata.normalize("NFKC", f"{line[:at]}?{torn}{line[end:]}")


def encode(text: str) -> bytes:
    """GBK, without what it does not hold."""
    return text.encode("gbk", errors="ignore")


def decode(raw: bytes) -> str:
    """As the farms' decoder reads: a lead byte before what is no trail becomes `?` and takes that byte along."""
    pairs = tables().pairs
    shown: list[str] = []
    at = 0
    while at < len(raw):
        lead = raw[at]
        if lead < 0x80:
            shown.append(chr(lead) if lead != INSERTED[0] else "")
            at += 1
        elif lead in (0x80, 0xFF):
            shown.append("€" if lead == 0x80 else "")
            at += 1
        elif at + 1 >= len(raw) or raw[at + 1] < 0x40 or raw[at + 1] in (0x7F, 0xFF):
            shown.append("?")
            at += 2
        else:
            shown.append(pairs.get((lead, raw[at + 1]), ""))
            at += 2
    return "".join(shown)
