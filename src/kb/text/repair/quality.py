"""How sound a repaired text is: 1 less its share of lost, doubtful and glossed characters (README.md, section 7).

1 - (U + 0.5 D + 0.1 G) / N: of N characters, U are lost or garbled (a lost `?` counts twice, for what it stands
for is lost too), D doubtful, and G belong to glosses that were left.
"""

from __future__ import annotations

from collections.abc import Iterable

from kb.text.repair.glosses import glosses_left
from kb.text.repair.values import Flag, FlagKind

GOOD, FAIR = 0.995, 0.97
"""From here on a text is good, or fair; proposed by the study, not yet judged by readers."""

REPLACEMENT = "\ufffd"

_LOST, _DOUBT, _GARBLED, _GLOSS = 2.0, 0.5, 1.0, 0.1


def quality(text: str, flags: Iterable[Flag]) -> float:
    """1 for a sound text, 0 at worst."""
    burden = sum(_weight(text, flag) for flag in flags) + _GLOSS * glosses_left(text)
    if not burden:
        return 1.0
    characters = len("".join(text.split()))
    return max(0.0, 1.0 - burden / characters)


def _weight(text: str, flag: Flag) -> float:
    length = flag.end - flag.start
    if flag.kind is FlagKind.LOST:
        return _LOST * length - text.count(REPLACEMENT, flag.start, flag.end)
    if flag.kind is FlagKind.DOUBT:
        return _DOUBT * length
    return _GARBLED * length if flag.kind is FlagKind.GARBLED else 0.0
