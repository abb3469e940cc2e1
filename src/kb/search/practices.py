"""Which practices a text names, and which ones fit a question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kb.text.normalize import normalize
from kb.types import Hit, Practice, PracticeHit, Span

SHORTEST_NAME = 3
"""Names of fewer characters would be found inside other words."""

_SEPARATORS = re.compile(r"[“”\"'「」『』、，,·\s（）()]")

FLOOR = 0.5
"""Practices with less than this share of the best one's score are left out: they would be noise beside it."""

NAMED, PAGE, MENTIONED = 1.0, 0.9, 0.5
"""How far a kind of evidence carries: named in the question; its own page found; named in a passage found."""


class PracticeNames:
    """Finds the names of practices in texts of either script; the longest name at a place wins."""

    def __init__(self, practices: Iterable[Practice]) -> None:
        self._practices = {practice.id: practice for practice in practices}
        self._ids: dict[str, str] = {}
        for practice in self._practices.values():
            for name in practice.names:
                for form in _forms(name):
                    self._ids.setdefault(form, practice.id)
        longest_first = sorted(self._ids, key=lambda form: (-len(form), form))
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
    return {form for form in forms if len(form) >= SHORTEST_NAME}


def rank(names: PracticeNames, question: str, hits: Sequence[Hit]) -> tuple[PracticeHit, ...]:
    """The practices that fit a question, best first, each with what made it fit.

    The score, in [0, 1], is the strongest evidence: 1 when the question names the practice; otherwise the
    score of the best passage found, times PAGE for the practice's own page (an article with the practice's
    id) or MENTIONED for another text that names it.
    """
    best: dict[str, PracticeHit] = {}

    def offer(key: str, score: float, reason: str) -> None:
        if key not in best or score > best[key].score:
            best[key] = PracticeHit(key, names[key].name, round(score, 4), reason)

    for key, _place in names.find(normalize(question)):
        offer(key, NAMED, "问题中提到")
    for hit in hits:
        if hit.article.id in names:
            offer(hit.article.id, PAGE * hit.score, f"页面内容相符：{_place_of(hit)}")
        for key in hit.practices:
            offer(key, MENTIONED * hit.score, f"《{hit.article.title}》提到")
    ranked = sorted(best.values(), key=lambda found: (-found.score, found.id))
    return tuple(found for found in ranked if found.score >= FLOOR * ranked[0].score)


def _place_of(hit: Hit) -> str:
    return hit.passage.headings[-1] if hit.passage.headings else hit.article.title
