"""Names a user may have meant when there is no such practice."""

from __future__ import annotations

from collections.abc import Iterable

from kb.text.normalize import normalize
from kb.types import Practice

MOST_NEAREST = 3
LEAST_SIMILAR = 0.25
"""Under this, two names have little more than one character in common."""

LEAST_SIMILAR_LETTERS = 0.6
"""Of ids: letters are few, and any two words share some."""


def nearest(name: str, practices: Iterable[Practice], most: int = MOST_NEAREST) -> tuple[str, ...]:
    """The names of the practices that are called most like this, best first."""
    wanted = normalize(name)
    least = LEAST_SIMILAR_LETTERS if wanted.isascii() else LEAST_SIMILAR
    scored = []
    for practice in practices:
        likeness = max(similarity(wanted, normalize(other)) for other in (practice.id, *practice.names))
        if likeness >= least:
            scored.append((-likeness, practice.id, practice.name))
    return tuple(found for _score, _key, found in sorted(scored)[:most])


def similarity(one: str, other: str) -> float:
    """Mean of edit similarity and the share of common characters, in [0, 1].

    >>> similarity("枫桥经验", "枫桥经验"), similarity("枫桥", "哨")
    (1.0, 0.0)
    """
    longest = max(len(one), len(other))
    if not longest:
        return 1.0
    common = len(set(one) & set(other)) / len(set(one) | set(other))
    return ((1 - edit_distance(one, other) / longest) + common) / 2


def edit_distance(one: str, other: str) -> int:
    """Levenshtein: insertions, deletions and replacements that lead from one to the other."""
    row = list(range(len(other) + 1))
    for at, character in enumerate(one, start=1):
        before, row[0] = row[0], at
        for place, wanted in enumerate(other, start=1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (character != wanted))
    return row[-1]
