"""Terms added by hand: which ones can be, and what changes in the index when they come or go.

They live in the store, so that no build replaces them; a new term asks for no new vectors, and of the lexical index
only those passages are taken anew that it cuts differently (`kb.knowledge.caching`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kb.errors import NotFoundError, QueryError
from kb.index.store import Store
from kb.knowledge.caching import recut
from kb.text.normalize import normalize
from kb.text.segment import Segmenter
from kb.types import LONGEST_TERM, TermChange

MOST_AT_ONCE = 1_000
"""More are a lexicon, and belong into a file beside the articles."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done: the terms by hand from now on, which of them come or go, and what that changes."""

    kept: tuple[str, ...]
    change: TermChange


Choose = Callable[[Sequence[str], Iterable[str]], tuple[list[str], list[str]]]
"""From the terms that are there and those that are asked about: all from now on, and which come or go."""


def with_new(have: Sequence[str], wanted: Iterable[str]) -> tuple[list[str], list[str]]:
    """(all terms from now on, those that are new); the same term in the other script is the same.

    Raises:
        QueryError: none is given, or too many.
    """
    known = {normalize(term) for term in have}
    new: dict[str, str] = {}
    for term in _given(wanted):
        if normalize(term) not in known:
            new.setdefault(normalize(term), term)
    return [*have, *new.values()], list(new.values())


def without(have: Sequence[str], wanted: Iterable[str]) -> tuple[list[str], list[str]]:
    """(all terms from now on, those that go).

    Raises:
        QueryError: none is given, or too many.
        NotFoundError: one was not added by hand; then none goes.
    """
    asked = {normalize(term): term for term in _given(wanted)}
    gone = [term for term in have if normalize(term) in asked]
    missing = [term for folded, term in asked.items() if folded not in {normalize(term) for term in have}]
    if missing:
        raise NotFoundError(
            f"没有加过这些词：{'、'.join(missing)}。用 kb terms 查看；词表文件里的词请改词表，再运行 kb build。"
        )
    return [term for term in have if term not in gone], gone


def plan(store: Store, before: Segmenter, after: Segmenter, kept: Sequence[str], touched: Sequence[str]) -> Plan:
    """Which articles are cut differently by `after`."""
    numbers, _articles = store.passage_numbers()
    passages = recut(store, numbers, before.terms, after) or {}
    ids = store.catalogue.article_ids(sorted(set(passages.values())))
    articles = tuple(summary for summary in store.summaries() if summary.id in ids)
    return Plan(tuple(kept), TermChange(tuple(touched), articles, len(passages)))


def check(terms: Iterable[str], segmenter: Segmenter) -> None:
    """
    Raises:
        QueryError: one cannot be a word: a single character, or with marks and spaces inside.
    """
    for term in terms:
        matching = normalize(term)
        if [word.term for word in segmenter.words(matching)] != [matching] or len(matching) < 2:
            raise QueryError(f"“{term}”不能作为一个词：至少两个字，中间不能有空格和标点。")


def _given(wanted: Iterable[str]) -> list[str]:
    terms = [term.strip() for term in wanted]
    if not any(terms):
        raise QueryError("请给出要加或要删的词。")
    long = next((term for term in terms if len(term) > LONGEST_TERM), "")
    if long:
        raise QueryError(f"“{long[:20]}……”有 {len(long)} 字，不能作为一个词：最多 {LONGEST_TERM} 字。")
    if len(terms) > MOST_AT_ONCE:
        raise QueryError(
            f"一次最多 {MOST_AT_ONCE} 个词，现在有 {len(terms)} 个。请写成词表文件，放进文章文件夹的 lexicon 里。"
        )
    return list(filter(None, terms))
