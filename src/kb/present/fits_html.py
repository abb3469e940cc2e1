"""What fits a place: practice by practice, which needs are met, with the sentences that state them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from kb.catalogue.values import Cited, Fit, Need, Precondition, Verdict
from kb.present.catalogue_text import SIGNS
from kb.present.html import marked, source_line
from kb.present.practice_parts import Reader, anchor, marks
from kb.types import PracticeHit

NO_NEEDS = "页面没有写明需要什么条件。"
SETTING_SAID = {Verdict.MET: "相符", Verdict.UNMET: "页面只讲到另一类地方"}
STATED = (Verdict.MET, Verdict.UNMET, Verdict.NOT_COMPARABLE, Verdict.NOT_FILLED)
"""In the order in which they are shown; what is not stated is told in one line."""

MOST_EVIDENCE = 3


def fits(reader: Reader, found: Sequence[Fit], telling: Mapping[str, PracticeHit], language: str = "zh-Hans") -> str:
    """Best first; `telling` is what makes a practice fit the problem that was described."""
    return f'<ol class="kb-fits" lang="{language}">{"".join(_fit(reader, one, telling) for one in found)}</ol>'


def _fit(reader: Reader, fit: Fit, telling: Mapping[str, PracticeHit]) -> str:
    practice = fit.practice
    title = anchor(reader, reader.name_of(practice), practice=practice.id)
    where = escape(" · ".join(filter(None, (reader.say(practice.category), practice.region))))
    problem = f"<p>{escape(practice.problem[0].text)}</p>" if practice.problem else ""
    hit = telling.get(practice.id)
    if hit is not None and hit.evidence is not None:
        evidence = marked(hit.evidence.text, hit.evidence.start, (), practice.sources)
        problem = f'<div class="kb-fitting">{evidence}</div>'
    counts = "".join(
        f'<span class="kb-{verdict.name.lower()}">{SIGNS[verdict]} {reader.say(verdict.value)} {number}</span>'
        for verdict in Verdict
        if (number := fit.count(verdict))
    )
    rows = "".join(
        _precondition(reader, one) for verdict in STATED for one in fit.preconditions if one.verdict is verdict
    )
    silent = [one.need.value for one in fit.preconditions if one.verdict is Verdict.NOT_STATED]
    note = reader.say(f"页面未载明：{'、'.join(silent)}") if rows and silent else "" if rows else reader.say(NO_NEEDS)
    return (
        f'<li><h3>{title}</h3><small>{where}</small>{problem}<div class="kb-verdicts">{counts}</div>'
        f'<ul class="kb-needs">{rows}</ul>' + (f'<p class="kb-note">{note}</p>' if note else "") + "</li>"
    )


def _precondition(reader: Reader, one: Precondition) -> str:
    said = SETTING_SAID.get(one.verdict, one.verdict.value) if one.need is Need.SETTING else one.verdict.value
    evidence = "".join(_sentence(reader, cited) for cited in one.evidence[:MOST_EVIDENCE])
    more = len(one.evidence) - MOST_EVIDENCE
    rest = f"<li>{reader.say(f'另有 {more} 句，见实践页')}</li>" if more > 0 else ""
    told = f'<span aria-hidden="true">{SIGNS[one.verdict]}</span> {reader.say(one.need.value)}：{reader.say(said)}'
    return (
        f'<li class="kb-{one.verdict.name.lower()}"><details><summary>{told}</summary>'
        f"<ul>{evidence}{rest}</ul></details></li>"
    )


def _sentence(reader: Reader, one: Cited) -> str:
    sources = "；".join(map(source_line, one.sources))
    return f"<li>{escape(one.text)}{marks(reader, one.marks)}<small>{escape(sources)}</small></li>"
