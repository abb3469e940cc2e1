"""Damaged passages stand behind sound ones that say the same."""

from __future__ import annotations

SLOPE, LEAST = 3.0, 0.7
"""A passage loses SLOPE times the share of it that is lost or guessed, and at most 1 less LEAST of its score.

At a quality of 0.97, below which the study calls a text poor, that is 9 %: about the distance between the first and
the second passage of a question, so that a sound passage comes first and a damaged one that is alone still shows."""


def weighed(score: float, quality: float) -> float:
    """The score of a passage of this quality (0 to 1); a sound passage keeps its own."""
    return score * max(LEAST, 1.0 - SLOPE * (1.0 - quality))
