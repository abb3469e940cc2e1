"""The characters worth trying where a byte is hidden, likeliest first; each question is answered once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nlargest

from kb.text.repair.counts import fold_character
from kb.text.repair.forms import Fitness, Form, Forms
from kb.text.repair.gbk import tables
from kb.text.repair.glosses import is_traditional_only, reads
from kb.text.repair.language import DocumentModel

TRIED = 20
"""Characters tried for one hidden byte: as many as states are kept."""

LOST_TRAILS = 6
"""Characters tried for a lead byte whose trail was swallowed."""

INVISIBLE_LIKELY, INVISIBLE_SHIFTED = 80, 12
"""Characters tried before an invisible pair, after a hidden lead byte and after a known one (README.md, 5.3)."""

Scored = tuple[float, float, Form]
"""(the model's logarithm, fitness, form)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the search judges by: the model with the document's own text, the candidates and their fitness."""

    model: DocumentModel
    forms: Forms
    fitness: Fitness


class Candidates:
    """Answers for one document, remembered."""

    def __init__(self, setting: Setting) -> None:
        self._log, self._likely = setting.model.log, setting.model.likely
        self._forms, self._fitness = setting.forms, setting.fitness
        self._pairs, self._invisible = tables().pairs, tables().invisible
        self._opening = {
            lead: [form for form in forms if form.trail in self._invisible]
            for lead, forms in setting.forms.by_lead.items()
        }
        self._read_as: dict[str, list[Form]] = {}
        self._known: dict[tuple[str, str, int, int], list[Scored]] = {}

    def known(self, lead: int, trail: int) -> Form | None:
        """The character of two known bytes."""
        character = self._pairs.get((lead, trail))
        return Form(character, fold_character(character), lead, trail) if character else None

    def ending_in(self, before: str, trail: int) -> list[Scored]:
        """Any lead byte, a known trail."""
        key = ("ending", before, -1, trail)
        if key not in self._known:
            self._known[key] = self._best(before, self._forms.by_trail.get(trail, ()), TRIED)
        return self._known[key]

    def ending_after_invisible(self, before: str, first: int, trail: int) -> list[Scored]:
        """A lead byte that ends an invisible pair begun by `first`, and a known trail."""
        key = ("after", before, first, trail)
        if key not in self._known:
            second = self._invisible[first]
            forms = (form for form in self._forms.by_trail.get(trail, ()) if form.lead in second)
            self._known[key] = self._best(before, forms, TRIED)
        return self._known[key]

    def trail_lost(self, before: str, leads: Iterable[int], key: int) -> list[Scored]:
        """One of some lead bytes (`key` names them), the trail swallowed."""
        place = ("lost", before, key, -1)
        if place not in self._known:
            forms = (form for lead in leads for form in self._forms.by_lead.get(lead, ()))
            self._known[place] = self._best(before, forms, LOST_TRAILS)
        return self._known[place]

    def read_as(self, leads: Iterable[int], letters: str) -> list[Form]:
        """Traditional characters that begin with one of the bytes and read as a gloss says."""
        if letters not in self._read_as:
            every = (form for forms in self._forms.by_lead.values() for form in forms)
            self._read_as[letters] = [form for form in every if _reads(form.character, letters)]
        allowed = frozenset(leads)
        return [form for form in self._read_as[letters] if form.lead in allowed]

    def opening_invisible(self, before: str, lead: int) -> list[Scored]:
        """A known lead byte, and a trail that can begin an invisible pair."""
        key = ("opening", before, lead, -1)
        if key not in self._known:
            self._known[key] = self._best(before, self._opening.get(lead, ()), INVISIBLE_SHIFTED)
        return self._known[key]

    def likely_opening(self, before: str, first: int) -> list[Scored]:
        """Likely characters whose trail can begin an invisible pair; `first` began the pair before, or is -1."""
        key = ("likely", before, first, -1)
        if key not in self._known:
            leads = self._invisible[first] if first >= 0 else None
            found: list[Form] = []
            for folded in self._likely(before):
                found += [
                    form
                    for form in self._forms.by_folded.get(folded, ())
                    if form.trail in self._invisible and (leads is None or form.lead in leads)
                ]
                if len(found) >= INVISIBLE_LIKELY:
                    break
            self._known[key] = self._best(before, found, INVISIBLE_LIKELY)
        return self._known[key]

    def scored(self, before: str, form: Form) -> Scored:
        """One form with what it costs."""
        return self._log(before, form.folded), self._fitness(form.character), form

    def _best(self, before: str, forms: Iterable[Form], most: int) -> list[Scored]:
        return nlargest(most, (self.scored(before, form) for form in forms), key=_total)


def _reads(character: str, letters: str) -> bool:
    return is_traditional_only(character) and reads(character, letters)


def _total(scored: Scored) -> float:
    return scored[0] + scored[1]
