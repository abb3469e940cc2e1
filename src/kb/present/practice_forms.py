"""What the catalogue holds, with its texts in the form a reader asks for; sources stay as they were written.

Every form keeps the length, so a figure stays where it stands in its sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from kb.catalogue.values import Cited, Comparison, Figure, Fit, Surroundings
from kb.present.display import Form, display
from kb.present.practice_parts import SECTIONS
from kb.types import Practice, Statement

Put = Callable[[str], str]
"""A text of a practice page in the form that is shown."""


def putting(form: Form, terms: Sequence[str]) -> Put:
    """How texts are put into a form; `terms` are names that are converted as one piece."""

    def put(text: str) -> str:
        return display(text, form, None, terms)

    return put


def practice(one: Practice, put: Put) -> Practice:
    """Its region, since when, and every statement."""
    texts = {field: tuple(replace(item, text=put(item.text)) for item in getattr(one, field)) for field in SECTIONS}
    return replace(one, region=put(one.region), since=put(one.since), **texts)  # type: ignore[arg-type]


def brief(one: Practice, put: Put) -> Practice:
    """What a list shows of it: where, since when, and the first problem."""
    empty: dict[str, tuple[Statement, ...]] = dict.fromkeys(SECTIONS, ())
    return practice(replace(one, **(empty | {"problem": one.problem[:1]})), put)  # type: ignore[arg-type]


def _cited(one: Cited, put: Put) -> Cited:
    return replace(one, text=put(one.text))


def figures(found: Iterable[Figure], put: Put) -> tuple[Figure, ...]:
    """With their sentences."""
    return tuple(
        replace(one, counted=put(one.counted), date=put(one.date), cited=_cited(one.cited, put)) for one in found
    )


def comparison(found: Comparison, put: Put) -> Comparison:
    """The practices and the plain values; sentences are taken from the practices."""
    rows = (replace(row, cells=tuple(replace(cell, value=put(cell.value)) for cell in row.cells)) for row in found.rows)
    return Comparison(tuple(practice(one, put) for one in found.practices), tuple(rows))


def fit(one: Fit, put: Put) -> Fit:
    """The practice in brief and the sentences that state its needs."""
    needs = (
        replace(need, evidence=tuple(_cited(sentence, put) for sentence in need.evidence)) for need in one.preconditions
    )
    return Fit(brief(one.practice, put), tuple(needs))


def surroundings(around: Surroundings, put: Put) -> Surroundings:
    """The sentences of practice pages; those of other articles are put where they are shown."""
    return replace(
        around,
        elsewhere=tuple(replace(one, place=put(one.place), cited=_cited(one.cited, put)) for one in around.elsewhere),
        basis=tuple(
            replace(one, statements=tuple(_cited(sentence, put) for sentence in one.statements)) for one in around.basis
        ),
    )
