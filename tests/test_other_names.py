"""The line of a practice page that tells its other names: one rule makes it, and it is evidence for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.other_names import with_line
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kb.cli import main
from kb.config import Settings
from kb.knowledge import KnowledgeBase
from kb.text.normalize import normalize
from kb.text.other_names import blanked, is_line, line
from kb.text.split import split
from kb.types import LinkKind

LINE = "别名：“街道吹哨”“积分超市”。"
PAGE = f"""---
kind: 实践
id: chuishao
name: 吹哨报到
name_traditional: 吹哨報到
aliases: [街道吹哨, 部门报到, 部門報到]
category: 党建引领
sources:
  - title: 一份文件
---
# 吹哨报到

{LINE}

## 牵头
- 街道发出哨声，部门到场联合处置。[1]

## 针对的问题
- 未载明。

## 做法
- 部门接到哨声以后到现场。[1]
- 街道评价部门到场的情况。[1]

## 步骤
1. 街道研判。[1]

## 数据
- 未载明。

## 成效
- 未载明。

## 局限
- 未载明。
"""
OTHER = (
    PAGE.replace("chuishao", "jifen")
    .replace("吹哨报到", "乡村积分制")
    .replace("吹哨報到", "鄉村積分制")
    .replace("[街道吹哨, 部门报到, 部門報到]", "[积分超市]")
    .replace(f"{LINE}\n\n", "")
)

names = st.lists(st.text(alphabet="街道吹哨部门報报到積积“”、（）+12", min_size=1, max_size=8), max_size=6)


# -- the rule


@pytest.mark.parametrize(
    ("name", "others", "expected"),
    [
        pytest.param("枫桥经验", [], "", id="没有别名"),
        pytest.param("枫桥经验", ["楓橋經驗", "枫桥经验"], "", id="只有另一种字形"),
        pytest.param("吹哨报到", ["街道吹哨", "街道吹哨", "吹哨報到"], "别名：“街道吹哨”。", id="同一名称只写一次"),
        pytest.param("甲（乙）", ["甲", "甲、乙"], "别名：“甲”“甲、乙”。", id="括号和顿号算不同的名称"),
        pytest.param("经验", ["新时代“枫桥经验”"], "别名：“新时代‘枫桥经验’”。", id="引号里的引号"),
    ],
)
def test_the_line(name: str, others: list[str], expected: str) -> None:
    assert line(name, others) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"{LINE}\n", True, id="一行"),
        pytest.param("別名：「街道吹哨」「吹哨報到」。", True, id="繁体"),
        pytest.param("别名：“街道吹哨”，始于2017年。", False, id="后面还有话"),
        pytest.param("别名：街道吹哨。", False, id="没有引号"),
        pytest.param(f"{LINE}\n另一行。", False, id="还有一行"),
        pytest.param("", False, id="空"),
    ],
)
def test_a_line_is_known_by_its_form(text: str, expected: bool) -> None:
    assert is_line(text) is expected


@given(st.text(alphabet="街道吹哨“”", min_size=1, max_size=6), names)
def test_law_a_line_holds_every_name_once(name: str, others: list[str]) -> None:
    told = line(name, others)
    assert is_line(told) == bool(told) == (bool({*map(normalize, others)} - {normalize(name)}))
    found = told.removeprefix("别名：“").removesuffix("”。").split("”“") if told else []
    assert {normalize(one.replace("‘", "“").replace("’", "”")) for one in found} == (
        {*map(normalize, others)} - {normalize(name)}
    )


@given(st.lists(st.sampled_from([LINE, "別名：「甲」。", "街道牵头。", "## 牵头", ""]), max_size=5).map("\n".join))
def test_law_blanking_keeps_every_place(text: str) -> None:
    left = blanked(text)
    assert len(left) == len(text)
    assert all(now in (was, " ") for was, now in zip(text, left, strict=True))
    assert "名：" not in left
    assert left.count("街道牵头。") == text.count("街道牵头。")


# -- in a page


def test_the_writer_puts_in_changes_and_takes_out() -> None:
    right = PAGE.replace(LINE, "别名：“街道吹哨”“部门报到”。")
    assert with_line(PAGE, "a.md") == right
    assert with_line(right, "a.md") == right
    assert with_line(right.replace("别名：“街道吹哨”“部门报到”。\n\n", ""), "a.md") == right
    bare = right.replace("[街道吹哨, 部门报到, 部門報到]", "[]")
    assert with_line(bare, "a.md") == bare.replace("别名：“街道吹哨”“部门报到”。\n\n", "")


def test_the_line_goes_with_what_stands_under_the_next_heading() -> None:
    text = f"# 甲法\n\n{LINE}\n\n## 牵头\n- 街道牵头。[1]\n\n## 做法\n- 部门到场。[1]\n"
    found = [(text[piece.start : piece.end], piece.headings) for piece in split(text)]
    assert found == [
        (f"{LINE}\n\n## 牵头\n- 街道牵头。[1]", ("甲法", "牵头")),
        ("- 部门到场。[1]", ("甲法", "做法")),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"# 甲\n{LINE}\n# 乙\n话。\n", [LINE, "话。"], id="下一个标题不在其下"),
        pytest.param(f"# 甲\n{LINE}\n", [LINE], id="后面没有了"),
        pytest.param(f"# 甲\n话。\n{LINE}\n## 乙\n再说。\n", [f"话。\n{LINE}", "再说。"], id="不是单独一行"),
        pytest.param(f"{LINE}\n# 甲\n话。\n", [LINE, "话。"], id="标题之前"),
    ],
)
def test_elsewhere_it_is_a_line_like_others(text: str, expected: list[str]) -> None:
    assert [text[piece.start : piece.end] for piece in split(text)] == expected


@pytest.fixture
def built(knowledge: KnowledgeBase, tmp_path: Path) -> KnowledgeBase:
    for key, page in (("chuishao", PAGE), ("jifen", OTHER)):
        (tmp_path / "pages").mkdir(exist_ok=True)
        (tmp_path / "pages" / f"{key}.md").write_text(page, encoding="utf-8")
    knowledge.build([tmp_path / "pages"])
    return knowledge


def test_it_is_read_and_searched(built: KnowledgeBase) -> None:
    assert LINE in built.article("chuishao").text
    first = built.search("积分超市", k=1, mode="lexical").hits[0]
    assert first.passage.text.startswith(LINE)
    assert first.passage.text == first.article.text[first.passage.start : first.passage.end]
    assert built.article("chuishao").raw.decode() == PAGE


def test_it_is_no_answer_and_no_evidence(built: KnowledgeBase) -> None:
    for question in ("街道吹哨", "街道吹哨积分超市", "别名是什么"):
        for one in built.ask(question).sentences:
            assert all("别名" not in quote.text for quote in (one.quote, *one.also))
        for hit in built.search(question).practices:
            assert hit.evidence is not None
            assert "别名" not in hit.evidence.text


def test_the_sentences_of_its_passage_are_kept_without_it(built: KnowledgeBase) -> None:
    store = built._reading()
    text = built.article("chuishao").text
    passages = store.passages(store.passage_numbers()[0].tolist())
    number = next(key for key, (passage, _article) in passages.items() if passage.text.startswith(LINE))
    told = [text[one.start : one.end] for one in store.sentences.of([number])[number]]
    assert told == ["街道发出哨声，部门到场联合处置。[1]"]


def test_what_it_names_is_not_spoken_of(built: KnowledgeBase) -> None:
    """The line names 积分超市, another practice; the passage links to its own practice only, by what it tells."""
    store = built._reading()
    for number, links in store.links.of(store.passage_numbers()[0].tolist()).items():
        passage, article = store.passages([number])[number]
        for link in links:
            assert blanked(article.text)[link.span.start : link.span.end].strip()
            assert (link.practice, link.kind) != ("jifen", LinkKind.MENTIONS) or article.id == "jifen"
        if passage.text.startswith(LINE):
            assert "chuishao" in {link.practice for link in links}


def test_the_practice_is_shown_with_its_names_once(built: KnowledgeBase, settings: Settings) -> None:
    shown = CliRunner().invoke(main, ["--index", str(settings.index), "practice", "吹哨报到"]).stdout
    assert shown.count("又名：街道吹哨、部门报到、部門報到") == 1
    assert "别名" not in shown
