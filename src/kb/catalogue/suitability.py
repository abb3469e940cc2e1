"""What a practice needs, as far as its page states it, held against a place. No verdict without a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from kb.catalogue.figures import numbers_in
from kb.catalogue.needs import BOTH, LEAST_AGAINST, SETTINGS, STRONG, TABLE
from kb.catalogue.numerals import fold
from kb.catalogue.values import Cited, Fit, Need, Place, Precondition, Setting, Verdict, all_cited
from kb.types import Practice

NEED_FIELDS = ("lead", "mechanism", "steps", "limits")
"""Sections that state how a practice is done; results state what came of it."""

SCALE_FIELDS = (*NEED_FIELDS, "figures")
"""How large a unit is stands among the figures as often."""


def stated(practice: Practice, need: Need) -> tuple[Cited, ...]:
    """The sentences of a page that state a need (all but the setting)."""
    fields = SCALE_FIELDS if need is Need.SCALE else NEED_FIELDS
    rows = [row for row in TABLE if row.need is need]
    return tuple(one for one in all_cited(practice, fields) if any(row.fit(fold(one.text)) for row in rows))


def suit(practice: Practice, place: Place) -> Fit:
    """Every need with its verdict and the sentences it rests on."""
    found = [_setting(practice, place.setting)]
    for need in Need:
        if need is not Need.SETTING:
            found.append(_judged(need, stated(practice, need), place))
    return Fit(practice, tuple(found))


def ranked(practices: Iterable[Practice], place: Place) -> tuple[Fit, ...]:
    """Those with the fewest unmet needs first, then with the most met ones."""
    fits = [suit(practice, place) for practice in practices]
    return tuple(sorted(fits, key=lambda fit: (fit.count(Verdict.UNMET), -fit.count(Verdict.MET), fit.practice.id)))


def _judged(need: Need, evidence: tuple[Cited, ...], place: Place) -> Precondition:
    if not evidence:
        return Precondition(need, Verdict.NOT_STATED)
    if need is Need.SCALE:
        return _scale(evidence, place.people)
    has = {
        Need.GRID_WORKERS: None if place.grid_workers is None else place.grid_workers > 0,
        Need.MONEY: place.money,
        Need.PLATFORM: place.platform,
        Need.STAFF: place.staff,
        Need.VOLUNTEERS: place.volunteers,
    }[need]
    verdict = Verdict.NOT_FILLED if has is None else Verdict.MET if has else Verdict.UNMET
    return Precondition(need, verdict, evidence)


def _scale(evidence: tuple[Cited, ...], people: int | None) -> Precondition:
    """Only numbers of people are compared with people; how many live in a household is not for us to guess."""
    if people is None:
        return Precondition(Need.SCALE, Verdict.NOT_FILLED, evidence)
    for one in evidence:
        for figure in numbers_in(fold(one.text)):
            if "人口" not in figure.counted or figure.unit not in {"", "人"} or figure.amount.number is None:
                continue
            top = figure.amount.upper or figure.amount.number
            within = figure.amount.number <= people <= top
            return Precondition(Need.SCALE, Verdict.MET if within else Verdict.UNMET, (one,))
    return Precondition(Need.SCALE, Verdict.NOT_COMPARABLE, evidence)


def _setting(practice: Practice, setting: Setting | None) -> Precondition:
    """Met when a sentence speaks of such places; unmet when several speak of the other kind alone."""
    sentences = {one: spoken_of(one) for one in all_cited(practice, NEED_FIELDS)}
    speaking = tuple(one for one, kinds in sentences.items() if kinds)
    if not speaking:
        return Precondition(Need.SETTING, Verdict.NOT_STATED)
    if setting is None:
        return Precondition(Need.SETTING, Verdict.NOT_FILLED, speaking)
    ours = tuple(one for one in speaking if setting in sentences[one])
    if ours:
        return Precondition(Need.SETTING, Verdict.MET, ours)
    other = next(kind for kind in Setting if kind is not setting)
    against = tuple(one for one in speaking if STRONG[other].search(fold(one.text)))
    if len(against) >= LEAST_AGAINST:
        return Precondition(Need.SETTING, Verdict.UNMET, against)
    return Precondition(Need.SETTING, Verdict.NOT_STATED)


def spoken_of(one: Cited) -> frozenset[Setting]:
    """The settings a sentence speaks of; 村（社区） and the like are both."""
    folded = fold(one.text)
    if BOTH.search(folded):
        return frozenset(Setting)
    return frozenset(setting for setting, words in SETTINGS.items() if words.search(folded))
