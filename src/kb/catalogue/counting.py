"""What a figure counts, in the words of its sentence: 1.49万名街巷长 -> 街巷长; 化解率为91% -> 化解率.

The words behind the unit say it where there are any; else those before the number, as far as the clause goes; else what
the figure before counted.
"""

from __future__ import annotations

import re

from kb.catalogue.counting_words import CHANGES, EDGES, LINKS, ONE_CHARACTER, REPORTING, SETTING, STOP, UNIT, VERBS
from kb.catalogue.masks import DATE

LONGEST_QUOTED = 12
"""A name in quotes that belongs to the noun; longer ones are speech."""

_BRACKET = re.compile(r"（[^（）\d]{1,6}）")
_OF = re.compile("(?:[长宽高]?的)?")
_DATED = re.compile(
    rf"(?:截至|截止|到|至|在|自|从|于|以)?(?:{DATE.pattern})"
    "(?:[年月]?[底初末]|前后|以来|以后|之后|前|后|里|间)?(?:为止|起)?"
)


def unit_behind(folded: str, at: int) -> str:
    """The measure word that begins here, or nothing."""
    found = UNIT.match(folded, at)
    return found[0] if found else ""


def behind(folded: str, at: int) -> str:
    """The noun that follows a unit: 名 [街巷长]。"""
    of = _OF.match(folded, at)
    at = of.end() if of else at
    end = at
    while end < len(folded):
        inner = _BRACKET.match(folded, end)
        if inner and end > at:
            end = inner.end()
        elif folded[end] == "“" and (close := folded.find("”", end)) > 0 and close - end <= LONGEST_QUOTED:
            end = close + 1
        elif STOP.match(folded, end):
            break
        else:
            end += 1
    return folded[at:end].strip("“” ") if end - at > 1 or folded[at:end] in ONE_CHARACTER else ""


def before(folded: str, begin: int, number: int) -> str:
    """What the words before a number say is counted, empty where they only link; from `begin` on, the last figure."""
    clause = _undated(folded[clause_start(folded, begin, number) : number])
    if re.fullmatch(r"[^多停省报共降升减增改]是", clause):
        return clause[0]
    clause = _unlinked(clause)
    share = re.search(r"占到?[^，]{0,16}$", clause)
    if share:
        return re.sub(r"约|大约|超过|近", "", clause).removesuffix("的").strip()
    clause = _object(clause)
    clause = EDGES.sub("", clause).strip()
    return "" if REPORTING.search(clause) or SETTING.search(clause) or len(clause) < 2 else clause


def _object(clause: str) -> str:
    """What stands behind the last verb; the whole clause where that is nothing, or the verb is part of its noun."""
    verbs = list(VERBS.finditer(clause))
    rest = EDGES.sub("", clause[verbs[-1].end() :]).strip() if verbs else ""
    whole = not rest or rest in CHANGES or "的" in clause[verbs[-1].end() + 1 :]
    return clause if whole else rest


def _unlinked(clause: str) -> str:
    while True:
        shorter = LINKS.sub("", clause.rstrip())
        if shorter == clause:
            return shorter
        clause = shorter


def _undated(clause: str) -> str:
    """Without dates and long brackets: 小区的投诉量在2025年同比下降 -> 小区的投诉量同比下降."""
    bare = re.sub(r"（[^（）]{5,}）", "", clause)
    return EDGES.sub("", _DATED.sub("", bare))


def clause_start(folded: str, begin: int, number: int) -> int:
    """Where the clause of a number begins: behind the last mark, brackets before it left out of account."""
    at, depth = number, 0
    while at > begin:
        character = folded[at - 1]
        if character == "）":
            depth += 1
        elif character == "（":
            if not depth:
                return at
            depth -= 1
        elif not depth and character in "，。；：？！":
            return at
        at -= 1
    return begin
