"""The ledger of figures: every number of a page that counts something, with its sentence, date, claim and sources.

statement -> masks -> numbers -> unit -> what is counted -> date -> figures that say the same thing differently
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kb.catalogue.counting import before, behind, unit_behind
from kb.catalogue.counting_words import AFTER, BEFORE, NARROWING, TIME_UNITS
from kb.catalogue.masks import DATE, blanked, masked
from kb.catalogue.numerals import NUMBER, Amount, fold, read
from kb.catalogue.values import Cited, DateBasis, Figure, cited
from kb.types import Mark, Practice, Span

FIGURE_FIELDS = ("figures", "results", "mechanism")
"""The sections that are read, in this order: figures first."""

_SAME_TIME = re.compile(r"^(?:同期|同一时间|同一时期|同一报道|同一综述|同一稿件|同一份|当天|上述)")
_ANOTHER = re.compile(r"^(?:另一?|另有|后来的一|较晚的一|其他来源)")

MOST_APART = 3.0
"""Numbers of two reports further apart than this hardly state the same thing."""

LEAST_COUNTED = 5
"""Shorter words (投资, 线索) are said of different things on one page."""

_DIFFER = re.compile(r"两说|不一|另一?(?:篇|家|个)?报道|另有报道|口径不同|说法不同")


@dataclass(frozen=True, slots=True)
class Found:
    """A figure in a sentence: `start` to `end` is the number, `stop` is behind the unit, `whole` with qualifiers."""

    start: int
    end: int
    stop: int
    amount: Amount
    unit: str
    whole: Span
    qualifier: str
    counted: str = ""


def figures_of(practice: Practice, names: Iterable[str] = ()) -> tuple[Figure, ...]:
    """The figures of a practice, in the order of the page; `names` are those of all practices (numbers in them count
    nothing); the practice's own are always taken."""
    folded_names = {fold(name) for name in (*practice.names, *names)}
    found: list[Figure] = []
    for field in FIGURE_FIELDS:
        carried = ""
        for place in range(len(getattr(practice, field))):
            sentence = cited(practice, field, place)
            folded = fold(sentence.text)
            earlier = carried if _SAME_TIME.match(folded) else ""
            for one in numbers_in(folded, folded_names):
                number = len(found) + 1
                found.append(_figure(f"{practice.id}#{number}", sentence, one, earlier))
            carried = _own_date(folded, sentence.text) or earlier
    return beside(found)


def numbers_in(folded: str, names: Iterable[str] = ()) -> list[Found]:
    """The figures of a folded sentence, in order, with what each counts."""
    blank = blanked(folded, masked(folded, names))
    found = []
    for number in NUMBER.finditer(blank):
        amount = read(number)
        one = _with_unit(blank, number, amount) if amount is not None else None
        if one is not None:
            found.append(one)
    return _counted(folded, found)


def _with_unit(blank: str, number: re.Match[str], amount: Amount) -> Found | None:
    start, end = number.span()
    unit = amount.unit or unit_behind(blank, end)
    if not unit and not (amount.scaled or (amount.number is None and not amount.han)):
        return None
    if start and blank[start - 1].isascii() and blank[start - 1].isalnum():
        return None
    stop = end if amount.unit else end + len(unit)
    ahead, after = BEFORE.search(blank[:start]), AFTER.match(blank, stop)
    whole = Span(ahead.start() if ahead else start, after.end() if after else stop)
    words = [found[0].removesuffix("有") for found in (ahead, after) if found]
    if not words and re.search(r"约(?:有|花|为)[^，。；：、\d]*$", blank[:start]):
        words = ["约"]
    exact = amount.exact and not any(word in NARROWING for word in words)
    return Found(start, end, stop, replace(amount, exact=exact), unit, whole, "".join(words))


def _counted(folded: str, found: Sequence[Found]) -> list[Found]:
    """Each with what it counts; a figure without words of its own counts what its neighbour does."""
    done: list[Found] = []
    for at, one in enumerate(found):
        begin = done[-1].whole.end if done else 0
        counted = _listed(folded, found, at) or _own_words(folded, begin, one) or _neighbour(folded, found, at, done)
        done.append(replace(one, counted=counted))
    return done


def _own_words(folded: str, begin: int, one: Found) -> str:
    """The noun behind the unit, else the words before the number."""
    if one.unit in TIME_UNITS and folded[one.stop : one.stop + 1] == "内":
        return re.split(r"[，。；：！？]", folded[one.stop + 1 :], maxsplit=1)[0]
    ahead = before(folded, begin, one.whole.start)
    if ahead == "占":
        return ""  # Of what is said by the figure before.
    if one.unit == "%" and "占" in ahead:
        return ahead
    return behind(folded, one.whole.end) or ahead


def _listed(folded: str, found: Sequence[Found], at: int) -> str:
    """需求、资源、项目依次为627项、491项、978项: each counts its own."""
    said = re.search(r"([^，。；：]+)(?:依次|分别)(?:为|是|有|占|达)$", folded[: found[at].whole.start])
    first = at
    while said is None and first and folded[found[first - 1].whole.end : found[first].whole.start] in {"、", "和"}:
        first -= 1
        said = re.search(r"([^，。；：]+)(?:依次|分别)(?:为|是|有|占|达)$", folded[: found[first].whole.start])
    names = re.split(r"、|和", said[1]) if said else []
    return names[at - first] if at - first < len(names) and len(names) > 1 else ""


def _neighbour(folded: str, found: Sequence[Found], at: int, done: Sequence[Found]) -> str:
    """What the figure before counted, or the clause before said, or the figure behind counts (25类、1.2亿条数据)."""
    one = found[at]
    if re.search(r"占到?$", folded[: one.whole.start]) and done:
        return f"{done[-1].counted}占"
    same = next((other.counted for other in reversed(done) if other.unit == one.unit and other.counted), "")
    if same:
        return same
    if at + 1 < len(found) and folded[one.whole.end : found[at + 1].whole.start] in {"、", "和", ""}:
        following = behind(folded, found[at + 1].whole.end)
        if following:
            return following
    begin = done[-1].whole.end if done else 0
    return _earlier_clause(folded, begin, one.whole.start) or (done[-1].counted if done else "")


def _earlier_clause(folded: str, begin: int, number: int) -> str:
    """The nearest clause before that names something: 后陈村的招待费，2003年是十多万元."""
    at = number
    while (at := max(folded.rfind(mark, begin, at) for mark in "，：；")) > 0:
        words = before(folded, begin, at)
        if words:
            return words
    return ""


def _own_date(folded: str, text: str) -> str:
    """The first date of a sentence, as written."""
    found = DATE.search(folded)
    return text[found.start() : found.end()] if found else ""


def _date(sentence: Cited, one: Found, carried: str) -> tuple[str, DateBasis]:
    """The date that stands nearest before the figure, else one in brackets or the only one behind it, else that of the
    sentence before, else the source's."""
    folded = fold(sentence.text)
    dates = list(DATE.finditer(folded))
    ahead = [found for found in dates if found.end() <= one.start]
    bracketed = [found for found in dates if folded[found.start() - 1 : found.start()] == "（"]
    behind_it = [found for found in dates if found.start() >= one.stop and (found in bracketed or len(dates) == 1)]
    if ahead:
        return _with_year(sentence.text, ahead), DateBasis.SENTENCE
    if behind_it:
        return sentence.text[behind_it[0].start() : behind_it[0].end()], DateBasis.SENTENCE
    if carried:
        return carried, DateBasis.EARLIER
    dated = list(dict.fromkeys(source.date for source in sentence.sources if source.date))
    return ("、".join(dated), DateBasis.SOURCE) if dated else ("", DateBasis.NONE)


def _with_year(text: str, dates: Sequence[re.Match[str]]) -> str:
    """The last of these dates; a month alone gets the year of the one before: 2007年……8月 -> 2007年8月."""
    last = text[dates[-1].start() : dates[-1].end()]
    years = [found[0][:4] for found in dates if found[0][:4].isdigit()]
    return last if last[:4].isdigit() or not years else f"{years[-1]}年{last}"


def _figure(key: str, sentence: Cited, one: Found, carried: str) -> Figure:
    text = sentence.text
    date, basis = _date(sentence, one, carried)
    at = fold(text).find(one.counted) if one.counted else -1
    return Figure(
        id=key,
        practice=sentence.practice,
        cited=replace(sentence, span=one.whole),
        value=text[one.start : one.end],
        qualifier=one.qualifier,
        number=one.amount.number,
        upper=one.amount.upper,
        exact=one.amount.exact,
        unit=one.unit,
        counted=text[at : at + len(one.counted)] if at >= 0 else one.counted,
        date=date,
        date_basis=basis,
        own_claim=Mark.OWN_CLAIM in sentence.marks,
        unverified=Mark.UNVERIFIED in sentence.marks,
        claimed_by=tuple(dict.fromkeys(source.publisher for source in sentence.sources if source.publisher)),
    )


def beside(found: Sequence[Figure]) -> tuple[Figure, ...]:
    """Each with the ids of those that state the same thing differently: numbers a sentence sets against each other, the
    number of another report, or the same counted in the same unit at the same time."""
    return tuple(
        replace(one, beside=tuple(other.id for other in found if other.id != one.id and _conflict(one, other)))
        for one in found
    )


def _said(one: Figure) -> tuple[float | None, float | None, bool]:
    """The number and whether it is written as about that: 60万 and 60多万 are two."""
    return one.number, one.upper, bool(set("余多几数") & set(fold(one.value)))


def _conflict(one: Figure, other: Figure) -> bool:
    same_number = _said(one) == _said(other)
    if one.practice != other.practice or one.unit != other.unit or same_number:
        return False
    if one.cited.text == other.cited.text:
        return bool(_DIFFER.search(fold(one.cited.text)))
    if one.cited.field == other.cited.field and abs(one.cited.place - other.cited.place) == 1:
        later = max(one, other, key=lambda figure: figure.cited.place)
        if _ANOTHER.match(fold(later.cited.text)):
            low, high = sorted((one.number or 0.0, other.number or 0.0))
            return 0.0 < high <= MOST_APART * low
    counted = fold(one.counted)
    return len(counted) >= LEAST_COUNTED and counted == fold(other.counted) and one.date == other.date
