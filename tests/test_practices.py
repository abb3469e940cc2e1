"""Names of practices: found in either script, the longest at a place wins, and what makes a practice fit."""

from __future__ import annotations

import pytest

from kb.search.practices import PracticeNames, rank
from kb.text.normalize import normalize
from kb.types import Article, Hit, Passage, Practice, Span

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


def hit(article: str, score: float, *practices: str, headings: tuple[str, ...] = ()) -> Hit:
    passage = Passage(f"{article}#1", article, 0, 2, headings, "文字")
    return Hit(passage, Article(article, f"题为{article}", "文字"), score, None, None, (), practices)


def fitting(question: str, *hits: Hit) -> list[tuple[str, float, str]]:
    return [(one.id, one.score, one.reason) for one in rank(NAMES, question, hits)]


def test_a_practice_named_in_the_question_comes_first() -> None:
    assert fitting("楓橋經驗怎么学", hit("jiesu", 1.0, headings=("接诉即办", "做法"))) == [
        ("fengqiao", 1.0, "问题中提到"),
        ("jiesu", 0.9, "页面内容相符：做法"),
    ]


def test_its_own_page_says_more_than_a_mention() -> None:
    assert fitting("物业", hit("a", 1.0, "chuishao"), hit("jiesu", 0.8), hit("b", 0.9, "fengqiao")) == [
        ("jiesu", 0.72, "页面内容相符：题为jiesu"),
        ("chuishao", 0.5, "《题为a》提到"),
        ("fengqiao", 0.45, "《题为b》提到"),
    ]


def test_the_strongest_evidence_counts_once() -> None:
    assert fitting("物业", hit("a", 0.6, "jiesu"), hit("b", 1.0, "jiesu"), hit("jiesu", 0.5)) == [
        ("jiesu", 0.5, "《题为b》提到")
    ]


def test_what_is_far_behind_the_best_is_left_out() -> None:
    assert [one[0] for one in fitting("接诉即办", hit("a", 0.99, "chuishao"), hit("fengqiao", 0.6))] == [
        "jiesu",
        "fengqiao",
    ]


def test_equal_scores_come_by_id() -> None:
    assert [one[0] for one in fitting("物业", hit("a", 1.0, "jiesu", "chuishao"))] == ["chuishao", "jiesu"]


def test_no_evidence_no_practice() -> None:
    assert fitting("物业", hit("a", 1.0)) == []
    assert fitting("物业") == []
