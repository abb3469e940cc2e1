"""How the cut of a text into words and the terms of our own are shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kb.text.discover import Candidate, Evidence
from kb.text.explain import ExplainedWord, Origin
from kb.types import Term, TermChange

ORIGINS = {
    Origin.ADDED: "自加的词",
    Origin.TERM: "词表",
    Origin.NAME: "实践名称",
    Origin.SHAPE: "按构词认出",
    Origin.DICTIONARY: "jieba 词典",
    Origin.UNKNOWN: "新词（推测）",
    Origin.CHARACTER: "单字",
    Origin.NUMBER: "数字",
    Origin.LATIN: "字母",
}
REASONS = {
    Evidence.QUOTED: "引号",
    Evidence.NAMED: "引出",
    Evidence.SHAPE: "构词",
    Evidence.ENDING: "词尾",
    Evidence.ALONE: "独立",
    Evidence.COHESIVE: "凝固",
}
MOST_ARTICLES = 20
"""Articles listed by name; the JSON lists them all."""


def plain_word(word: ExplainedWord) -> dict[str, Any]:
    """One word of `kb segment --json`."""
    return {
        "text": word.text,
        "term": word.term,
        "start": word.start,
        "end": word.end,
        "origin": word.origin.value,
        "frequency": word.frequency,
        "alone": [cut.term for cut in word.alone],
        "within": list(word.within),
    }


def word_table(words: Sequence[ExplainedWord]) -> str:
    """The whole cut, jieba's own where it differs, and a table with the reasons word by word."""
    if not words:
        return "没有可切分的词（只有标点）。"
    lines = [f"切分：{' / '.join(word.text for word in words)}"]
    alone = {cut.start: cut.term for word in words for cut in word.alone}
    if list(alone.values()) != [word.term for word in words]:
        lines.append(f"只用 jieba：{' / '.join(alone.values())}")
    rows = [("词", "来历", "词频", "只用 jieba", "其中的词"), *map(_row, words)]
    return "\n".join([*lines, "", *_aligned(rows)])


def _row(word: ExplainedWord) -> tuple[str, ...]:
    written = word.text if word.text == word.term else f"{word.text}（{word.term}）"
    alone = [cut.term for cut in word.alone]
    other = "" if alone == [word.term] else " / ".join(alone)
    return written, ORIGINS[word.origin], str(word.frequency or ""), other, "、".join(word.within)


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns below one another; a Chinese character is as wide as two letters."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def plain_term(term: Term) -> dict[str, str]:
    """One term of `kb terms --json`."""
    return {"term": term.term, "lexicon": term.lexicon}


def term_list(terms: Sequence[Term]) -> str:
    """The terms by where they come from."""
    if not terms:
        return "还没有自己的词。用 kb terms add 词 添加，或写进文章文件夹的 lexicon/*.txt。"
    origins = dict.fromkeys(one.lexicon for one in terms)
    return "\n".join(
        f"{_lexicon(origin)}：{'、'.join(one.term for one in terms if one.lexicon == origin)}" for origin in origins
    )


def _lexicon(root: str) -> str:
    return f"{Path(root)} 的词表" if root else "自加的词"


def plain_candidate(candidate: Candidate) -> dict[str, Any]:
    """One candidate of `kb terms suggest --json`."""
    reasons = [reason.value for reason in candidate.evidence]
    return {"term": candidate.term, "count": candidate.count, "evidence": reasons, "cut": list(candidate.cut)}


def candidate_table(candidates: Sequence[Candidate]) -> str:
    """The candidates with their evidence, one a line."""
    if not candidates:
        return "没有找到新的候选词。"
    rows = [("候选词", "次数", "依据", "现在的切分")]
    for one in candidates:
        rows.append((one.term, str(one.count), "、".join(map(REASONS.__getitem__, one.evidence)), " / ".join(one.cut)))
    return "\n".join(_aligned(rows))


def plain_change(change: TermChange) -> dict[str, Any]:
    """`kb terms add --json` and `remove --json`."""
    return {
        "terms": list(change.terms),
        "articles": [{"id": article.id, "title": article.title} for article in change.articles],
        "passages": change.passages,
    }


def term_change(change: TermChange, *, verb: str, dry_run: bool) -> str:
    """What was done, or would be, and to which articles."""
    if not change.terms:
        return "这些词已经都加过，没有变化。"
    named = "、".join(change.terms)
    done = f"会{verb}" if dry_run else f"已{verb}"
    if not change.articles:
        return f"{done}：{named}。没有文章的切分会因此改变。"
    so = "会改变" if dry_run else "改变了"
    lines = [f"{done}：{named}。{so} {len(change.articles)} 篇文章（{change.passages} 段）的切分："]
    lines += [f"  {article.id}  {article.title}" for article in change.articles[:MOST_ARTICLES]]
    more = len(change.articles) - MOST_ARTICLES
    return "\n".join([*lines, f"  另有 {more} 篇未列出"] if more > 0 else lines)
