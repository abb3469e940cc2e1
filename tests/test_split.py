"""Sentences and passages: cases by hand, and the laws of coverage."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from case_files import load_cases
from kb.sources.front_matter import read_front_matter
from kb.text.headings import LEGAL_ARTICLE
from kb.text.split import (
    CONTINUING,
    ENDS,
    LIMIT,
    SENTENCE_LIMIT,
    TAIL,
    WHOLE_LIMIT,
    Piece,
    sentences,
    split,
)
from kb.types import Span

PAGES = sorted((Path(__file__).resolve().parents[1] / "corpus").glob("*/*.md"))

LINES = (
    "# 总题\n",
    "## 小节 ##\n",
    "第一编　总则\n",
    "第二章 组织\n",
    "第三节　职责\n",
    "一、背景和做法\n",
    "（一）健全组织体系\n",
    "第十二条　居民委员会的任务：\n",
    "第十二條之一　任期五年。\n",
    "（一）宣传法律；\n",
    "\n",
    " \u3000\n",
    "- 一条列表项。[1]〔自述〕\n",
    "别名：“街道吹哨”“吹哨报到”。\n",
)
FRAGMENTS = (
    "网格员每天巡查。",
    "谁来管？！",
    "他说：“先办。再说。”",
    "她问：「行嗎？」，",
    "《没有物业怎么办？》",
    "见http://a.cn/?id=1，",
    "全年办结九成。[1][3]〔自述〕",
    "（见附件。另见说明）",
    "没有标点的一段话",
    "“没有收的引号。",
    "收了没开的」。",
    "……",
    "OK! yes",
    "\t ",
    "字" * 130,
    "长句，" * 90,
    "𠮷野👍",
)
structured = st.lists(st.sampled_from(LINES + FRAGMENTS), max_size=14).map("".join)
texts = st.one_of(
    structured,
    st.text(max_size=200),
    st.text(alphabet="甲。！？?!”“」「（）《》，：[1]〔述〕\n #第一条二章、", max_size=80),
)


def stripped(text: str, span: Span | Piece) -> tuple[int, int]:
    """Where the span begins and ends without the white space at its ends."""
    content = text[span.start : span.end]
    return span.start + len(content) - len(content.lstrip()), span.start + len(content.rstrip())


def lines_outside(text: str, pieces: list[Piece]) -> Iterator[str]:
    """The lines that have characters in no passage (other than white space)."""
    inside = {at for piece in pieces for at in range(piece.start, piece.end)}
    start = 0
    for line in text.split("\n"):
        if any(not text[at].isspace() and at not in inside for at in range(start, start + len(line))):
            yield line
        start += len(line) + 1


def check_sentences(text: str) -> None:
    """They cover the text exactly once, none is empty, none is longer than the limit."""
    spans = sentences(text)
    assert [span.start for span in spans] == [0, *(span.end for span in spans)][: len(spans)]
    assert (spans[-1].end if spans else 0) == len(text)
    assert all(0 < span.end - span.start <= SENTENCE_LIMIT for span in spans)


def check_pieces(text: str) -> None:
    """They are in order, hold whole sentences, and what is outside is a heading of theirs or white space."""
    pieces = split(text)
    ends = [0, *(piece.end for piece in pieces)]
    assert all(end <= piece.start < piece.end for end, piece in zip(ends, pieces, strict=False))
    assert all(stripped(text, piece) == (piece.start, piece.end) for piece in pieces)
    bounds = [stripped(text, sentence) for sentence in sentences(text)]
    for start, end in bounds:
        homes = [piece for piece in pieces if piece.start < end and start < piece.end]
        assert all(piece.start <= start and end <= piece.end for piece in homes)
    named = {heading for piece in pieces for heading in piece.headings}
    for line in lines_outside(text, pieces):
        assert re.sub(r"^#{1,6}[ \t]+", "", line).strip(" \t#\u3000") in {name.strip(" \t#\u3000") for name in named}
    for piece in pieces:
        content = text[piece.start : piece.end]
        assert len(content) <= WHOLE_LIMIT
        if len(content) > LIMIT + TAIL and not LEGAL_ARTICLE.match(content):
            assert (piece.start, piece.end) in bounds  # one long sentence


@pytest.mark.parametrize(("text", "expected"), load_cases("split"))
def test_cases(text: str, expected: dict[str, Any]) -> None:
    if "sentences" in expected:
        assert [text[span.start : span.end] for span in sentences(text)] == expected["sentences"]
    else:
        got = [{"text": text[piece.start : piece.end], "headings": list(piece.headings)} for piece in split(text)]
        assert got == expected["passages"]


@given(texts)
@settings(deadline=None, max_examples=120)
def test_sentences_cover_the_text_exactly_once(text: str) -> None:
    check_sentences(text)


@given(texts)
@settings(deadline=None, max_examples=120)
def test_passages_hold_whole_sentences_and_lose_nothing(text: str) -> None:
    check_pieces(text)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=5).map("".join))
@settings(deadline=None, max_examples=120)
def test_no_sentence_starts_with_what_continues_the_one_before(text: str) -> None:
    for before, span in zip(sentences(text), sentences(text)[1:], strict=False):
        if text[before.end - 1] in ENDS + "”」》）":
            assert text[span.start] not in CONTINUING + ENDS


@given(structured, structured)
@settings(deadline=None, max_examples=100)
def test_what_stands_under_a_top_heading_is_split_the_same_wherever_it_stands(before: str, below: str) -> None:
    before, below = before + "\n", f"# 题\n{below}"
    alone = [Piece(piece.start + len(before), piece.end + len(before), piece.headings) for piece in split(below)]
    assert split(before + below) == split(before) + alone


@given(structured)
@settings(deadline=None, max_examples=100)
def test_headings_known_from_outside_stand_above_all_others(text: str) -> None:
    below = [Piece(piece.start, piece.end, ("法", "第一章", *piece.headings)) for piece in split(text)]
    assert split(text, ("法", "第一章")) == below


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_laws_hold_on_the_starter_corpus(page: Path) -> None:
    _, body = read_front_matter(page.read_text(encoding="utf-8"), page.name)
    check_sentences(body)
    check_pieces(body)
    marked = [span for span in sentences(body) if body[span.start : span.end].lstrip().startswith(("[", "〔"))]
    assert marked == []


@pytest.mark.shared
def test_the_laws_hold_on_laws_and_policies(shared: Path) -> None:
    lines = (shared / "gov" / "corpus.jsonl").read_text(encoding="utf-8").splitlines()[::4]
    for line in lines:
        text = json.loads(line)["text"]
        check_sentences(text)
        check_pieces(text)


@pytest.mark.shared
def test_the_laws_hold_on_damaged_articles(shared: Path) -> None:
    for seed in sorted((shared / "seeds").glob("*.txt")):
        text = seed.read_text(encoding="utf-8")
        check_sentences(text)
        check_pieces(text)


def legal_article(items: int, length: int) -> str:
    """An article of a law with numbered items."""
    numbers = "一二三四五六七八九十"
    return "第七条　任务如下：\n" + "".join(f"（{numbers[at]}）{'项' * length}\n" for at in range(items))


def test_an_article_of_a_law_stays_whole_up_to_its_limit() -> None:
    text = legal_article(6, 110)  # 9 + line break, six lines of 3 + 110 and five line breaks between them: 693
    assert split(text) == [Piece(0, 693, ())]


def test_a_longer_article_of_a_law_is_cut_between_its_items() -> None:
    text = legal_article(7, 110)
    pieces = split(text)
    assert len(pieces) > 1
    assert [text[piece.start] for piece in pieces] == ["第", *"（" * (len(pieces) - 1)]
    check_pieces(text)


def test_the_body_of_an_article_whose_heading_came_apart_stays_whole() -> None:
    """Bulk lines hold the heading of an article (第七条) beside its text."""
    text = legal_article(6, 110).partition("　")[2]
    assert split(text, ("总则", "第七条")) == [Piece(0, 689, ("总则", "第七条"))]
    assert len(split(text, ("总则",))) > 1


def test_a_text_without_punctuation_is_bounded() -> None:
    text = "字" * 3000
    assert [(span.start, span.end) for span in sentences(text)] == [(at, at + 600) for at in range(0, 3000, 600)]
    assert [(piece.start, piece.end) for piece in split(text)] == [(at, at + 600) for at in range(0, 3000, 600)]


def test_a_long_sentence_is_cut_behind_its_last_clause() -> None:
    text = "字" * 350 + "，" + "字" * 100 + "，" + "字" * 350 + "。"
    assert [span.end for span in sentences(text)] == [452, 803]


def test_a_clause_in_the_first_half_is_too_early_to_cut() -> None:
    text = "字" * 200 + "，" + "字" * 500 + "。"
    assert [span.end for span in sentences(text)] == [600, 702]
