"""Highlights are exact characters of the text as written, in whatever script it is written."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.highlight import highlights, join
from kb.text.normalize import normalize
from kb.types import Passage, Span


def marked(text: str, *terms: str, start: int = 0) -> list[str]:
    """The highlighted characters of a passage that stands at `start` of its article."""
    passage = Passage("a#1", "a", start, start + len(text), (), text)
    article = "＊" * start + text
    return [article[span.start : span.end] for span in highlights(passage, [normalize(term) for term in terms])]


@pytest.mark.parametrize(
    ("text", "terms", "expected"),
    [
        pytest.param("楓橋經驗講究就地化解。", ["枫桥经验"], ["楓橋經驗"], id="asked in simplified"),
        pytest.param("枫桥经验讲究就地化解。", ["楓橋經驗"], ["枫桥经验"], id="asked in traditional"),
        pytest.param("显著，顯著，顯着。", ["顯著"], ["显著", "顯著", "顯着"], id="variants"),
        pytest.param("ＡＢＣ街道的12345热线", ["abc", "１２３４５"], ["ＡＢＣ", "12345"], id="width and case"),
        pytest.param("网格化网格员", ["网格"], ["网格", "网格"], id="every place"),
        pytest.param("社区治理", ["社区", "治理"], ["社区治理"], id="touching ones joined"),
        pytest.param("老旧小区改造", ["老旧小区", "小区改造"], ["老旧小区改造"], id="overlapping ones joined"),
        pytest.param("老旧小区", ["老旧小区", "小区"], ["老旧小区"], id="one within the other"),
        pytest.param("他们怎么办没有说", ["怎么办", "没有"], [], id="function words are not marked"),
        pytest.param("村里的水和水泵", ["水泵", "水"], ["水泵"], id="single characters only when alone"),
        pytest.param("村里的水和水泵", ["水"], ["水", "水"], id="a single character alone"),
        pytest.param("没有这个词", ["物业"], [], id="not there"),
        pytest.param("没有词", [], [], id="no terms"),
    ],
)
def test_what_is_marked(text: str, terms: list[str], expected: list[str]) -> None:
    assert marked(text, *terms) == expected


def test_spans_count_from_the_beginning_of_the_article() -> None:
    passage = Passage("a#2", "a", 100, 108, (), "请看枫桥经验。！")
    assert highlights(passage, ["枫桥经验"]) == (Span(102, 106),)
    assert marked("请看枫桥经验。", "枫桥经验", start=100) == ["枫桥经验"]


@pytest.mark.parametrize(
    ("spans", "joined"),
    [
        ([], []),
        ([Span(3, 5), Span(0, 2)], [Span(0, 2), Span(3, 5)]),
        ([Span(0, 2), Span(2, 4)], [Span(0, 4)]),
        ([Span(0, 9), Span(2, 4), Span(8, 10)], [Span(0, 10)]),
        ([Span(1, 2), Span(1, 2)], [Span(1, 2)]),
    ],
)
def test_joining(spans: list[Span], joined: list[Span]) -> None:
    assert join(spans) == joined


characters = st.text(st.sampled_from("枫楓桥橋经經验驗网網格员員的 ABａ，。"), max_size=30)


@given(characters, st.lists(st.text(st.sampled_from("枫桥经验网格员a"), min_size=2, max_size=3), max_size=4))
def test_marked_characters_are_exactly_those_covered_by_a_term(text: str, terms: list[str]) -> None:
    matching, covered = normalize(text), set[int]()
    for term in terms:
        covered |= {
            at + place
            for at in range(len(text) - len(term) + 1)
            if matching[at : at + len(term)] == term
            for place in range(len(term))
        }
    spans = highlights(Passage("a#1", "a", 7, 7 + len(text), (), text), terms)
    assert {place - 7 for span in spans for place in range(span.start, span.end)} == covered
    assert all(one.end < other.start for one, other in pairwise(spans))
