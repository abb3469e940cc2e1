"""What stands around a page: related practices with reasons, and the law it rests on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kb.catalogue.places import provinces
from kb.catalogue.values import Basis, Cited, Related, all_cited
from kb.types import Practice, Source

MOST_ALIKE = 5
"""Practices named for the same problem."""

LEAST_SHARED = 0.12
"""Share of common pairs of characters (Jaccard) from which two problems count as the same."""

LISTED, SAME_REGION, SAME_CATEGORY = "本页列出", "同一地区", "同一类别"
ALIKE, SAME_PROBLEM = "内容相近", "针对的问题相近"
"""By the vectors of whole pages, or, where there are none, by the words of the problems."""

_LAW_END = re.compile(r"(?:条例|法|规定|意见|办法|规则|细则|规划|决定)(?:[（(][^（）()]{1,12}[）)])*》?$")
_NO_LAW = re.compile(
    r"(?:工作|做|方|看|说|新|手|用|想|写|讲|立|执|司|普)法(?:[（(][^（）()]*[）)])?$|征求意见|研究|要点|解读|调研|发布|综述|好办法|”法|[（(](?!全文|试行|修[订正]|草案|节选)[一-龥]{2,3}(?:、[一-龥]{2,3})*[）)]$"
)


def related(
    practice: Practice, others: Sequence[Practice], alike: Mapping[str, float] | None = None
) -> tuple[Related, ...]:
    """Other practices that have to do with this one: those the page lists first, then by how many reasons there are.

    `alike` is how much other pages are like this one by meaning; without it the words of the problems decide.
    """
    near = _same_problem(practice, others, alike)
    found = []
    for other in others:
        if other.id == practice.id:
            continue
        reasons = [LISTED] if other.id in practice.related else []
        reasons += [SAME_PROBLEM if alike is None else ALIKE] if other.id in near else []
        if not reasons:
            continue  # Region and category alone would name half of the catalogue.
        reasons += [SAME_REGION] if provinces(practice.region) & provinces(other.region) else []
        reasons += [SAME_CATEGORY] if practice.category and practice.category == other.category else []
        found.append(Related(other.id, other.name, tuple(reasons)))
    order = {key: at for at, key in enumerate(near)}
    return tuple(sorted(found, key=lambda one: (LISTED not in one.reasons, order.get(one.id, len(order)), one.id)))


def _same_problem(practice: Practice, others: Sequence[Practice], alike: Mapping[str, float] | None) -> tuple[str, ...]:
    if alike is None:
        own = _pairs(practice)
        scores = {other.id: _jaccard(own, _pairs(other)) for other in others if other.id != practice.id}
        alike = {key: score for key, score in scores.items() if score >= LEAST_SHARED}
    best = sorted(alike, key=lambda key: (-alike[key], key))
    return tuple(key for key in best if key != practice.id)[:MOST_ALIKE]


def _pairs(practice: Practice) -> set[str]:
    texts = (re.sub(r"\W", " ", statement.text) for statement in practice.problem)
    return {text[at : at + 2] for text in texts for at in range(len(text) - 1) if " " not in text[at : at + 2]}


def _jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


def legal_basis(practice: Practice) -> tuple[Basis, ...]:
    """The sources whose title is that of a law, a regulation, an opinion, with the statements that cite each."""
    statements = all_cited(practice)
    found: dict[Source, tuple[Cited, ...]] = {}
    for source in practice.sources:
        if is_law(source.title):
            found[source] = tuple(one for one in statements if source in one.sources)
    return tuple(Basis(source, citing) for source, citing in found.items())


def is_law(title: str) -> bool:
    """Whether a title names a law, regulation or official document, not a text about one.

    >>> is_law("北京市街道办事处条例"), is_law("楼门文化工作法"), is_law("整治形式主义为基层减负若干规定（全文）")
    (True, False, True)
    """
    return bool(_LAW_END.search(title)) and not _NO_LAW.search(title)
