"""The bytes of GBK, in which the damage of byte-shifted runs happened.

The tables come from Python's gb18030, which maps to the private use area what browsers map there; the `gbk`
codec rejects those pairs. A pair in the private use area, or without a character, is *invisible*: it was
dropped on the way and left no trace in the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

LEADS = range(0x81, 0xFF)
TRAILS = (*range(0x40, 0x7F), *range(0x80, 0xFF))
ASCII_TRAILS = range(0x40, 0x7F)
"""A trail byte in this range that stands alone is a visible ASCII letter or sign."""

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Tables:
    """`pairs`: two bytes -> character; `bytes_of`: back; `invisible`: lead -> trails that leave no trace.

    `compatible` leads from what NFKC makes of a character back to its bytes.
    """

    pairs: Mapping[Pair, str]
    bytes_of: Mapping[str, Pair]
    invisible: Mapping[int, frozenset[int]]
    compatible: Mapping[str, tuple[Pair, ...]]

    @property
    def invisible_leads(self) -> frozenset[int]:
        """The bytes that can begin an invisible pair."""
        return frozenset(self.invisible)


@lru_cache(maxsize=1)
def tables() -> Tables:
    """All pairs of GBK; made once, in a few hundredths of a second."""
    pairs: dict[Pair, str] = {}
    invisible: dict[int, set[int]] = {}
    for lead in LEADS:
        for trail in TRAILS:
            character = _decode(lead, trail)
            if character:
                pairs[lead, trail] = character
            else:
                invisible.setdefault(lead, set()).add(trail)
    return Tables(
        pairs=pairs,
        bytes_of={character: pair for pair, character in pairs.items()},
        invisible={lead: frozenset(trails) for lead, trails in invisible.items()},
        compatible=_compatible(pairs),
    )


def _decode(lead: int, trail: int) -> str:
    """The character of two bytes; empty where the pair is invisible."""
    try:
        character = bytes((lead, trail)).decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return "" if "\ue000" <= character <= "\uf8ff" else character


def _compatible(pairs: Mapping[Pair, str]) -> dict[str, tuple[Pair, ...]]:
    """What NFKC rewrites: ； to ;, ⑴ to (1), ⒈ to 1., … to three dots, ︶ to ), U+F92C to 郎."""
    found: dict[str, tuple[Pair, ...]] = {}
    for pair, character in pairs.items():
        folded = unicodedata.normalize("NFKC", character)
        if folded != character and folded.strip():
            found[folded] = (*found.get(folded, ()), pair)
    return found
