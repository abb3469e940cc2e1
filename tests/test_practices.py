"""Names of practices: found in either script, the longest at a place wins, and what makes a practice fit."""

from __future__ import annotations

import pytest

from kb.search.practices import PracticeNames
from kb.text.normalize import normalize
from kb.types import Practice, Span

FENGQIAO = Practice("fengqiao", "枫桥经验", name_traditional="楓橋經驗", aliases=("枫桥式工作法",))
NEW = Practice("xin-fengqiao", "新时代枫桥经验", aliases=("新时代“枫桥经验”（诸暨）",))
CHUISHAO = Practice("chuishao", "“街乡吹哨、部门报到”（北京）", aliases=("吹哨报到", "哨"))
JIESU = Practice("jiesu", "接诉即办", name_traditional="接訴即辦", aliases=("枫桥经验",))

LONGER = Practice("zhongxin", "接诉即办中心")

NAMES = PracticeNames([FENGQIAO, NEW, CHUISHAO, JIESU, LONGER])


def found(text: str) -> list[tuple[str, str]]:
    return [(key, text[span.start : span.end]) for key, span in NAMES.find(normalize(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("学习枫桥经验。", [("fengqiao", "枫桥经验")], id="simplified"),
        pytest.param("學習楓橋經驗。", [("fengqiao", "楓橋經驗")], id="traditional"),
        pytest.param("坚持新时代枫桥经验", [("xin-fengqiao", "新时代枫桥经验")], id="a name within another"),
        pytest.param("接訴即辦中心設在鎮上", [("zhongxin", "接訴即辦中心")], id="the longest wins"),
        pytest.param("新时代“枫桥经验”在诸暨", [("xin-fengqiao", "新时代“枫桥经验”")], id="marks within"),
        pytest.param(
            "「街鄉吹哨、部門報到」", [("chuishao", "「街鄉吹哨、部門報到」")], id="other marks, other script"
        ),
        pytest.param("街乡吹哨部门报到", [("chuishao", "街乡吹哨部门报到")], id="without the marks"),
        pytest.param("接訴即辦和吹哨報到", [("jiesu", "接訴即辦"), ("chuishao", "吹哨報到")], id="in order"),
        pytest.param("枫桥 经验", [], id="cut in two"),
        pytest.param("吹了一声哨", [], id="names under three characters are not looked for"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_names_in_a_text(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_places_are_spans_of_the_text() -> None:
    assert NAMES.find(normalize("學習楓橋經驗。")) == [("fengqiao", Span(2, 6))]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("jiesu", "jiesu"),
        ("接诉即办", "jiesu"),
        ("接訴即辦", "jiesu"),
        ("街乡吹哨、部门报到", "chuishao"),
        ("“街乡吹哨、部门报到”（北京）", "chuishao"),
        ("楓橋式工作法", "fengqiao"),
        ("枫桥经验", "fengqiao"),
        ("没有这个", None),
        ("哨", None),
        ("", None),
    ],
)
def test_resolving_a_name(name: str, key: str | None) -> None:
    assert NAMES.resolve(name) == key


def test_without_practices_nothing_is_found() -> None:
    names = PracticeNames([])
    assert names.find("枫桥经验") == []
    assert names.resolve("枫桥经验") is None
    assert "fengqiao" not in names


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        pytest.param("楓橋經驗", {"fengqiao": 1.0}, id="nothing but the name"),
        pytest.param("“楓橋經驗”怎么学", {"fengqiao": 4 / 7}, id="part of a question"),
        pytest.param("哨", {}, id="one character is no name"),
        pytest.param("物业", {}, id="none"),
        pytest.param("？", {}, id="only marks"),
    ],
)
def test_how_much_of_a_question_is_a_name(text: str, shares: dict[str, float]) -> None:
    assert NAMES.share(normalize(text)) == shares


def test_a_name_of_two_characters_is_understood_when_it_stands_alone() -> None:
    names = PracticeNames([Practice("cungui", "村规民约", aliases=("一约",))])
    assert names.share("一约") == {"cungui": 1.0}
    assert names.share("一约而定的事") == {}
