"""How sound a repaired text is: 1 less its share of lost, doubtful and glossed characters (README.md, section 7)."""

from __future__ import annotations

from collections.abc import Iterable

from kb.text.repair.values import Flag, FlagKind

GOOD, FAIR = 0.995, 0.97
"""From here on a text is good, or fair; proposed by the study, not yet judged by readers."""

_WEIGHTS = {FlagKind.LOST: 2.0, FlagKind.DOUBT: 0.5, FlagKind.GARBLED: 1.0}


def quality(text: str, flags: Iterable[Flag]) -> float:
    """1 for a sound text, 0 at worst."""
    characters = sum(not character.isspace() for character in text)
    if not characters:
        return 1.0
    burden = sum(_WEIGHTS.get(flag.kind, 0.0) * (flag.end - flag.start) for flag in flags)
    return max(0.0, 1.0 - burden / characters)
