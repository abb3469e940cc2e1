"""The characters worth trying where a byte is hidden, likeliest first; each question is answered once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.text.repair.counts import fold_character
from kb.text.repair.forms import Fitness, Form, Forms
from kb.text.repair.gbk import tables
from kb.text.repair.glosses import is_traditional_only, reads
from kb.text.repair.grams import Weights
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


@dataclass(frozen=True, slots=True)
class Pool:
    """Forms that are weighed together: their places among the model's letters, and how they suit the document."""

    forms: tuple[Form, ...]
    places: npt.NDArray[np.int64]
    fitness: Weights


_Key = tuple[str, int, int]


class Candidates:
    """Answers for one document, remembered."""

    def __init__(self, setting: Setting) -> None:
        self._model, self._forms, self._fitness = setting.model, setting.forms, setting.fitness
        self._pairs, self._invisible = tables().pairs, tables().invisible
        self._pools: dict[_Key, Pool] = {}
        self._read_as: dict[str, list[Form]] = {}
        self._known: dict[tuple[str, _Key], list[Scored]] = {}

    def known(self, lead: int, trail: int) -> Form | None:
        """The character of two known bytes; none for a space, which no model weighs."""
        character = self._pairs.get((lead, trail), "")
        folded = fold_character(character) if character else ""
        return Form(character, folded, lead, trail) if folded else None

    def ending_in(self, before: str, trail: int) -> list[Scored]:
        """Any lead byte, a known trail."""
        return self._best(before, ("ending", -1, trail), TRIED, lambda: self._forms.by_trail.get(trail, ()))

    def ending_after_invisible(self, before: str, first: int, trail: int) -> list[Scored]:
        """A lead byte that ends an invisible pair begun by `first`, and a known trail."""
        second = self._invisible[first]
        return self._best(
            before, ("after", first, trail), TRIED,
            lambda: (form for form in self._forms.by_trail.get(trail, ()) if form.lead in second),
        )  # fmt: skip

    def trail_lost(self, before: str, leads: Iterable[int], key: int) -> list[Scored]:
        """One of some lead bytes (`key` names them), the trail swallowed."""
        return self._best(
            before, ("lost", key, -1), LOST_TRAILS,
            lambda: (form for lead in leads for form in self._forms.by_lead.get(lead, ())),
        )  # fmt: skip

    def opening_invisible(self, before: str, lead: int) -> list[Scored]:
        """A known lead byte, and a trail that can begin an invisible pair."""
        return self._best(
            before, ("opening", lead, -1), INVISIBLE_SHIFTED,
            lambda: (form for form in self._forms.by_lead.get(lead, ()) if form.trail in self._invisible),
        )  # fmt: skip

    def likely_opening(self, before: str, first: int) -> list[Scored]:
        """Likely characters whose trail can begin an invisible pair; `first` began the pair before, or is -1."""
        leads = self._invisible[first] if first >= 0 else self._forms.by_lead.keys()
        return self._best(
            before, ("likely", first, -1), INVISIBLE_LIKELY,
            lambda: (
                form for lead in sorted(leads) for form in self._forms.by_lead.get(lead, ())
                if form.trail in self._invisible
            ),
        )  # fmt: skip

    def read_as(self, leads: Iterable[int], letters: str) -> list[Form]:
        """Traditional characters that begin with one of the bytes and read as a gloss says."""
        if letters not in self._read_as:
            every = (form for forms in self._forms.by_lead.values() for form in forms)
            self._read_as[letters] = [form for form in every if _reads(form.character, letters)]
        allowed = frozenset(leads)
        return [form for form in self._read_as[letters] if form.lead in allowed]

    def scored(self, before: str, form: Form) -> Scored:
        """One form with what it costs."""
        return self._model.log(before, form.folded), self._fitness(form.character), form

    def _best(self, before: str, key: _Key, most: int, forms: Callable[[], Iterable[Form]]) -> list[Scored]:
        """The likeliest forms of a pool, best first; the pool is made when it is first asked for."""
        known = self._known.get((before, key))
        if known is None:
            pool = self._pools.get(key)
            if pool is None:
                pool = self._pools[key] = self._pool(tuple(forms()))
            known = self._known[before, key] = self._likeliest(before, pool, most)
        return known

    def _pool(self, forms: tuple[Form, ...]) -> Pool:
        letters = np.array([ord(form.folded) for form in forms], dtype=np.int64)
        places = np.minimum(np.searchsorted(self._model.letters, letters), len(self._model.letters) - 1)
        fitness = np.array([self._fitness(form.character) for form in forms], dtype=np.float64)
        return Pool(forms, places, fitness)

    def _likeliest(self, before: str, pool: Pool, most: int) -> list[Scored]:
        language = self._model.logs(before)[pool.places]
        total = language + pool.fitness
        chosen = np.argpartition(-total, most)[:most] if len(total) > most else np.arange(len(total))
        best = chosen[np.argsort(-total[chosen], kind="stable")]
        return [(float(language[at]), float(pool.fitness[at]), pool.forms[at]) for at in best]


def _reads(character: str, letters: str) -> bool:
    return is_traditional_only(character) and reads(character, letters)
