"""How text is parted over slides: none too full, none of it lost, cut where a sentence ends."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.present.slide_text import BODY, LABEL, Line, Look, Run, cut, height, pages

WIDTH, ROOM = 872.0, 402.0

signs = st.text(st.sampled_from("基层治理，。；！“”（）abcXYZ 019-/W"), max_size=300)
runs = st.builds(Run, signs.filter(bool), st.sampled_from(Look))
lines = st.builds(
    lambda some, label: Line(tuple(some), LABEL if label else BODY, keep=label),
    st.lists(runs, min_size=1, max_size=4),
    st.booleans(),
)


@settings(deadline=None, max_examples=200)
@given(st.lists(lines, max_size=12), st.sampled_from([120.0, 260.0, WIDTH]))
def test_nothing_is_lost_and_nothing_is_too_high(some: list[Line], width: float) -> None:
    found = pages(some, width, ROOM)
    assert "".join(line.text for page in found for line in page) == "".join(line.text for line in some)
    assert all(found)
    for page in found:
        assert sum(height(line, width) for line in page) <= ROOM


def test_a_long_text_is_cut_at_the_end_of_a_sentence() -> None:
    sentence = "这一句话讲清一件事，说明由谁来办、什么时候办完、办得怎样由谁来评。"
    found = pages([Line((Run(sentence * 40, Look.QUOTED),), sign="•")], WIDTH, ROOM)
    assert len(found) > 2
    assert all(line.text.endswith("。") for page in found for line in page)
    assert [line.sign for page in found for line in page] == ["•", *[""] * (len(found) - 1)]


def test_a_long_sentence_is_cut_between_clauses_and_a_word_anywhere() -> None:
    first, rest = cut(Line((Run("没有句号的一个分句，" * 100),)), WIDTH, 200.0)
    assert first.text.endswith("，")
    assert rest.text
    first, rest = cut(Line((Run("W" * 5_000),)), WIDTH, 200.0)
    assert len(first.text) > 100
    assert len(first.text) + len(rest.text) == 5_000


def test_a_heading_stays_with_what_stands_under_it() -> None:
    filler = [Line((Run("一行。"),)) for _ in range(11)]
    below = Line((Run("很长的一段。" * 30),))
    found = pages([*filler, Line((Run("小标题"),), LABEL, keep=True), below], WIDTH, ROOM)
    assert [page[0].text for page in found] == ["一行。", "小标题"]


def test_headings_without_end_are_cut_as_well() -> None:
    some = [Line((Run("很长的小标题" * 300),), LABEL, keep=True), Line((Run("一行。"),))]
    found = pages(some, WIDTH, ROOM)
    assert "".join(line.text for page in found for line in page) == "".join(line.text for line in some)
    assert all(sum(height(line, WIDTH) for line in page) <= ROOM for page in found)


def test_a_huge_text_takes_no_time() -> None:
    begin = time.perf_counter()
    found = pages([Line((Run("没有标点" * 25_000),))], WIDTH, ROOM)
    assert len(found) > 100
    assert time.perf_counter() - begin < 30
