"""Lexical search by a distributed engine: its own BM25 (k1 = 1.2, b = 0.75) over our terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np

from kb.index.cluster_engine import MOST_RESULTS, ClusterEngine, within
from kb.index.cluster_filters import search_within
from kb.index.cluster_schema import Names, term_key
from kb.index.dense import Numbers, Ranked, empty_ranking
from kb.index.lexical import FURTHER_WEIGHT, MOST_TERMS, rarity

_SHARE = Fraction(FURTHER_WEIGHT).limit_denominator(20)
"""A term that stands n times in a question counts n times; so 0.6 is three times beside five."""

_FEW = 1_000
"""So many candidates are looked through one by one."""

_MOST_KEPT = 100_000
"""Terms whose number of passages is remembered: a question asks for the same ones several times."""


class ClusterLexical:
    """The terms of the passages of one state of the store."""

    def __init__(self, engine: ClusterEngine, names: Names, passages: int, articles: int) -> None:
        self._engine, self._names, self._passages, self._articles = engine, names, passages, articles
        self._counts: dict[str, int] = {}

    def knows(self, terms: Iterable[str]) -> bool:
        """Whether each of these terms stands somewhere."""
        return all(self._held(list(terms)))

    def weight(self, terms: Iterable[str]) -> float:
        """The inverse document frequencies of these terms, added."""
        return rarity(self._passages, self._held(list(terms)[:MOST_TERMS]))

    def _held(self, terms: Sequence[str]) -> list[int]:
        """In how many passages each of these terms stands."""
        counts = self._counts if len(self._counts) < _MOST_KEPT else {}
        unknown = {term_key(term): term for term in terms if term not in counts}
        if unknown:
            found = self._engine.having(self._names.terms, "term", [*unknown], ["term", "held"])
            counts = counts | dict.fromkeys(unknown.values(), 0) | {unknown[row["term"]]: row["held"] for row in found}
            self._counts = counts  # Put in place whole: other threads are reading the old one.
        return [counts[term] for term in terms]

    def holding(self, terms: Iterable[str], k: int) -> Numbers:
        """Up to k passages that hold each of these terms, those with the highest BM25 first; none for no terms.

        Where even the rarest stands in more passages than the engine hands over (16,384), only those of them are
        found in which it weighs most.
        """
        wanted = list(dict.fromkeys(terms))[:MOST_TERMS]
        held = self._held(wanted)
        if not wanted or not all(held):
            return empty_ranking().numbers
        rarest_first = [term for _count, term in sorted(zip(held, wanted, strict=True))]
        found, rest = self._with(rarest_first[0], min(held), ""), rarest_first[1:]
        while len(found) > _FEW and rest:
            found = self._with(rest.pop(0), len(found), within("number", found.tolist()))
        if rest:
            rows = self._engine.having(self._names.passages, "number", found.tolist(), ["number", "terms"])
            found = np.array([row["number"] for row in rows if {*rest} <= {*row["terms"].split()}], dtype=np.int64)
        return self._best(wanted, min(k, len(found)), within("number", found.tolist())).numbers

    def _with(self, term: str, most: int, where: str) -> Numbers:
        return self._best([term], min(most, MOST_RESULTS), where).numbers

    def search(
        self, terms: Sequence[str], k: int, articles: Numbers | None = None, *, further: Sequence[str] = ()
    ) -> Ranked:
        """The k passages with the highest BM25 for these terms, best first, equal scores by number.

        `further` terms count FURTHER_WEIGHT of what they would count among the others.
        """
        wanted = list(terms)[:MOST_TERMS]
        k = min(k, self._passages)
        if k == 0 or not wanted:
            return empty_ranking()
        other = list(further)[: MOST_TERMS - len(wanted)]
        times = _SHARE.denominator if other else 1
        text = " ".join(wanted * times + other * _SHARE.numerator)
        ranked = search_within(self._engine, self._names.passages, "weights", text, k, articles, self._articles)
        return Ranked(ranked.numbers, ranked.scores / np.float32(times))

    def _best(self, terms: Sequence[str], k: int, where: str) -> Ranked:
        return self._engine.search(self._names.passages, "weights", " ".join(terms), k, where)
