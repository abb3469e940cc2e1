"""The names of practices: found in texts, and resolved to the practice they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.text.normalize import normalize
from kb.types import Practice, Span

SHORTEST_NAME = 3
"""Shorter names would be found inside other words; they are understood when they stand alone."""

_SEPARATORS = re.compile(r"[“”\"'「」『』、，,·\s（）()]")


class PracticeNames:
    """Finds the names of practices in texts of either script; the longest name at a place wins."""

    def __init__(self, practices: Iterable[Practice]) -> None:
        self._practices = {practice.id: practice for practice in practices}
        self._ids: dict[str, str] = {}
        for practice in self._practices.values():
            for name in practice.names:
                for form in _forms(name):
                    self._ids.setdefault(form, practice.id)
        found_in_texts = (form for form in self._ids if len(form) >= SHORTEST_NAME)
        longest_first = sorted(found_in_texts, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __contains__(self, key: object) -> bool:
        return key in self._practices

    def __getitem__(self, key: str) -> Practice:
        return self._practices[key]

    def find(self, matching: str) -> list[tuple[str, Span]]:
        """(practice id, place) of every name in a text in matching form, in order."""
        if self._pattern is None:
            return []
        return [(self._ids[found[0]], Span(*found.span())) for found in self._pattern.finditer(matching)]

    def share(self, matching: str) -> dict[str, float]:
        """How much of a text in matching form is the name of each practice it names, marks left out."""
        length = max(len(_SEPARATORS.sub("", matching)), 1)
        shares: dict[str, float] = {}
        for key, span in self.find(matching):
            shares[key] = shares.get(key, 0.0) + len(_SEPARATORS.sub("", matching[span.start : span.end])) / length
        exact = self.resolve(matching)
        return shares if exact is None else {**shares, exact: 1.0}

    def resolve(self, name: str) -> str | None:
        """The id of the practice that is called exactly this (an id, or a name in either script), or None."""
        if name in self._practices:
            return name
        return next((self._ids[form] for form in _forms(name) if form in self._ids), None)


def _forms(name: str) -> set[str]:
    """A name as it may stand in a matching text: as written, without its marks, without its bracketed addition."""
    folded = normalize(name)
    without_addition = re.sub(r"\(.*?\)$", "", folded)
    forms = {folded, without_addition, _SEPARATORS.sub("", folded), _SEPARATORS.sub("", without_addition)}
    return {form for form in forms if len(form) > 1}
