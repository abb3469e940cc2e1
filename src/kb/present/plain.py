"""Results as plain data: the shapes that `--json` prints and the API sends. Keys are a contract (docs/cli.md)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kb.present import warnings
from kb.types import (
    ArticleSummary,
    BuildReport,
    Check,
    Facets,
    Hit,
    IndexInfo,
    LegRank,
    Practice,
    PracticeHit,
    SearchResult,
)

Plain = dict[str, Any]


def search_result(result: SearchResult, *, explain: bool = False) -> Plain:
    """`explain` adds to every hit its place in each leg, and how the question was cut and how long it took."""
    plain: Plain = {
        "query": result.query,
        "hits": [hit_of(hit, explain=explain) for hit in result.hits],
        "practices": [practice_hit(found, explain=explain) for found in result.practices],
    }
    if explain:
        plain |= {"mode": result.mode.value, "terms": list(result.terms), "timings_ms": asdict(result.timings)}
        plain |= {"expansions": [asdict(expansion) for expansion in result.expansions]}
    return plain


def hit_of(hit: Hit, *, explain: bool = False) -> Plain:
    """A passage found; spans count characters of the article."""
    passage, article = hit.passage, hit.article
    plain: Plain = {
        "passage_id": passage.id,
        "article_id": article.id,
        "title": article.title,
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "score": hit.score,
        "highlights": [[span.start, span.end] for span in hit.highlights],
        "practices": list(hit.practices),
        "region": article.region,
        "date": article.date,
        "source": article.source,
    }
    if passage.flags:
        plain["flags"] = warnings.plain(passage.flags)  # A guessed character is marked wherever it is shown.
    if explain:
        plain |= {"headings": list(passage.headings), "ranks": {"dense": _leg(hit.dense), "lexical": _leg(hit.lexical)}}
    return plain


def _leg(rank: LegRank | None) -> Plain | None:
    return None if rank is None else {"rank": rank.rank, "score": round(rank.score, 6)}


def practice_hit(found: PracticeHit, *, explain: bool = False) -> Plain:
    """A practice that fits."""
    plain: Plain = {"id": found.id, "name": found.name, "score": found.score}
    if explain:
        plain |= {"reason": found.reason, "evidence": asdict(found.evidence) if found.evidence else None}
    return plain


def practice_line(practice: Practice) -> Plain:
    """A practice in a list."""
    return {
        "id": practice.id,
        "name": practice.name,
        "category": practice.category,
        "region": practice.region,
        "since": practice.since,
    }


def practice_page(practice: Practice) -> Plain:
    """All fields; `sources` of a statement count from 0 into the page's `sources`."""
    page = asdict(practice)
    for field in ("lead", "problem", "mechanism", "steps", "figures", "results", "limits"):
        for statement in page[field]:
            statement["marks"] = [mark.value for mark in statement["marks"]]
    return page


def summary(article: ArticleSummary) -> Plain:
    """An article in a list."""
    return asdict(article) | {"script": article.script.value}


def info(index: IndexInfo) -> Plain:
    """What the index holds."""
    return asdict(index)


def holdings(index: IndexInfo, facets: Facets) -> Plain:
    """What the index holds, for those who are not to know where it lies, with the values that filters can take."""
    return {name: value for name, value in info(index).items() if name != "path"} | {"facets": asdict(facets)}


def report(build: BuildReport) -> Plain:
    """What a build did."""
    return asdict(build)


def checks(found: list[Check]) -> Plain:
    """The findings of the doctor."""
    return {"ok": all(check.ok for check in found), "checks": [asdict(check) for check in found]}
