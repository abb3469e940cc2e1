"""The list of all articles: which of them are wanted, and what there is to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.text.normalize import normalize
from kb.types import ArticleSummary, Copy, DuplicateKind

UNSORTED = "未分类"

_OTHER_WAY = {DuplicateKind.CONTAINS: DuplicateKind.CONTAINED, DuplicateKind.CONTAINED: DuplicateKind.CONTAINS}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an article must fit: words that stand in its title, id, region or source, and what must be equal."""

    words: str = ""
    category: str = ""
    region: str = ""
    year: str = ""


def chosen(articles: Iterable[ArticleSummary], wanted: Wanted) -> list[ArticleSummary]:
    """The articles that fit, in either script, by category, then as they come."""
    words = normalize(wanted.words).split()
    found = [one for one in articles if _fits(one, wanted) and all(word in _told(one) for word in words)]
    return sorted(found, key=lambda one: (not one.category, one.category))


def _fits(article: ArticleSummary, wanted: Wanted) -> bool:
    pairs = (
        (wanted.category, article.category or UNSORTED),
        (wanted.region, article.region),
        (wanted.year, article.date[:4]),
    )
    return all(value in ("", own) for value, own in pairs)


def _told(article: ArticleSummary) -> str:
    return normalize("\n".join((article.title, article.id, article.region, article.source)))


def repeated(copies: Iterable[Copy]) -> Mapping[str, Mapping[str, DuplicateKind]]:
    """Of every article that says what another says, how it stands to that one, by its title; told of both."""
    found: dict[str, dict[str, DuplicateKind]] = {}
    for copy in copies:
        kind = copy.other.kind
        found.setdefault(copy.id, {})[copy.other.title] = kind
        found.setdefault(copy.other.article_id, {})[copy.title] = _OTHER_WAY.get(kind, kind)
    return found


def counts(articles: Sequence[ArticleSummary]) -> Mapping[str, Mapping[str, int]]:
    """What there is of each kind with its number of articles, most frequent first; years the latest first."""
    return {
        "category": _counted(one.category or UNSORTED for one in articles),
        "region": _counted(one.region for one in articles),
        "year": dict(sorted(_counted(one.date[:4] for one in articles).items(), reverse=True)),
    }


def _counted(values: Iterable[str]) -> dict[str, int]:
    return {value: count for value, count in Counter(values).most_common() if value}
