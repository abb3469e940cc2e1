"""Every practice page is checked, all its faults are told at once, and what pages say of each other is compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import PROJECT, CharacterEncoder
from kb import checking
from kb.catalogue.consistency import conflicts
from kb.catalogue.naming import edit_distance, nearest, similarity
from kb.config import Settings
from kb.errors import SourceError
from kb.knowledge import KnowledgeBase
from kb.sources.front_matter import read_front_matter
from kb.sources.practice_page import read_practice
from kb.sources.practice_schema import SECTIONS
from kb.sources.statements import statement_fault
from kb.types import Check, Practice

PAGES = sorted((PROJECT / "corpus" / "practices").glob("*.md"))

PAGE = """\
---
id: jia
kind: 实践
name: 甲法
aliases: [甲]
since: '2017'
steps_basis: 归纳
related: [yi]
sources:
  - {title: 条例, date: '2019-11-27'}
  - {title: 报道, date: 2020-02}
---
# 甲法
""" + "".join(f"\n## {title}\n- 一句。[1]\n" for title in SECTIONS)


def practice_of(page: str, name: str = "jia.md") -> Practice:
    head, body = read_front_matter(page, name)
    return read_practice(head, body, name)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_page_of_the_corpus_keeps_the_schema(path: Path) -> None:
    practice = practice_of(path.read_text(encoding="utf-8"), path.name)
    assert practice.id == path.stem
    for field in SECTIONS.values():
        for statement in getattr(practice, field):
            assert statement.sources
            assert all(0 <= number < len(practice.sources) for number in statement.sources)


def test_the_pages_of_the_corpus_agree() -> None:
    practices = [practice_of(path.read_text(encoding="utf-8"), path.name) for path in PAGES]
    assert len(practices) >= 100
    assert conflicts(practices) == ()


@pytest.mark.parametrize(
    ("written", "instead", "field", "advice"),
    [
        ("2019-11-27", "2019-13-45", "sources 第 1 条的 date", "2024-09-23"),
        ("date: 2020-02", "date: 去年", "sources 第 2 条的 date", "不是日期：去年"),
        ("since: '2017'", "since: '201'", "since", "不是日期：201"),
        ("steps_basis: 归纳", "steps_basis: 听说", "steps_basis", "“来源”或“归纳”"),
        ("aliases: [甲]", "aliases: [甲, '']", "aliases 第 2 条", "请删去"),
        ("related: [yi]", "related: ['乙 法']", "related 第 1 条", "不是实践的编号"),
        ("related: [yi]", "related: [jia]", "related", "本页自己"),
        ("## 数据\n- 一句。[1]", "## 数据\n- [1]", "“数据”", "没有句子"),
    ],
)
def test_a_fault_names_the_file_the_field_and_what_to_do(written: str, instead: str, field: str, advice: str) -> None:
    assert PAGE.count(written) == 1
    with pytest.raises(SourceError) as refused:
        practice_of(PAGE.replace(written, instead))
    told = str(refused.value)
    assert told.startswith("jia.md")
    assert field in told
    assert advice in told


def test_all_faults_are_told_at_once() -> None:
    page = PAGE.replace("2019-11-27", "昨天").replace("## 数据\n- 一句。[1]", "## 数据\n- 一句。[9]\n无号")
    with pytest.raises(SourceError, match="有 2 处要改") as refused:
        practice_of(page)
    told = str(refused.value)
    assert "不是日期：昨天" in told
    assert "这一行不是列表项：无号" in told


def test_source_numbers_are_compared_once_the_sources_are_right() -> None:
    with pytest.raises(SourceError, match=r"\[9\].*来源号从 1 到 2"):
        practice_of(PAGE.replace("## 数据\n- 一句。[1]", "## 数据\n- 一句。[9]"))


def test_a_period_in_words_may_stand_for_a_year() -> None:
    assert practice_of(PAGE.replace("since: '2017'", "since: 上世纪90年代末")).since == "上世纪90年代末"


def test_braces_in_a_faulty_text_are_told_as_they_are() -> None:
    with pytest.raises(SourceError, match=r"不是日期：\{去年\}"):
        practice_of(PAGE.replace("date: 2020-02", "date: '{去年}'"))


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        ("一句。[1]", ""),
        ("一句。[2]〔待核〕", ""),
        ("一句。[3]", "来源号或标记有误"),
        ("一句。", "没有来源号"),
        ("[1]", "没有句子"),
    ],
)
def test_faults_of_a_statement(item: str, fault: str) -> None:
    found = statement_fault(item, 2)
    assert fault in found
    assert bool(found) is bool(fault)


def test_a_name_of_two_practices_is_found_across_scripts() -> None:
    one = Practice("fengqiao", "枫桥经验")
    other = Practice("other", "别的", aliases=("楓橋經驗",))
    (found,) = conflicts([other, one])
    assert found.practices == ("fengqiao", "other")
    assert found.serious
    assert "枫桥经验" in found.detail
    assert conflicts([one, Practice("third", "第三", aliases=("枫桥",))]) == ()


def test_names_written_twice_on_one_page_are_no_conflict() -> None:
    assert conflicts([Practice("a", "楼长", name_traditional="樓長", aliases=("楼长",))]) == ()


def test_an_unknown_related_id_is_told_but_not_serious() -> None:
    (found,) = conflicts([Practice("a", "甲", related=("b", "c")), Practice("b", "乙")])
    assert (found.practices, found.serious) == (("a",), False)
    assert "c 不在目录中" in found.detail


def test_a_build_warns_and_goes_on(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "jia.md").write_text(PAGE, encoding="utf-8")
    (folder / "ding.md").write_text(PAGE.replace("id: jia", "id: ding").replace("[yi]", "[]"), encoding="utf-8")
    report = knowledge.build([folder])
    assert (report.added, report.failures) == (2, ())
    assert len(report.warnings) == 3  # the name, its alias, and the related id
    assert any("ding、jia 都叫“甲法”" in warning for warning in report.warnings)
    assert any("yi 不在目录中" in warning for warning in report.warnings)
    assert len(knowledge.conflicts()) == 3


@pytest.mark.parametrize(("second", "well"), [("乙法", True), ("甲法", False)])
def test_the_doctor_tells_it(
    second: str,
    well: bool,
    knowledge: KnowledgeBase,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name of two practices is a fault; a related id that nothing has is told, no more."""
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "jia.md").write_text(PAGE, encoding="utf-8")
    other = PAGE.replace("id: jia", "id: ding").replace("甲法", second).replace("[甲]", "[]").replace("[yi]", "[]")
    (folder / "ding.md").write_text(other, encoding="utf-8")
    knowledge.build([folder])
    monkeypatch.setattr(checking.models, "open_encoder", lambda **_settings: CharacterEncoder())
    monkeypatch.setattr(checking.network, "check", lambda _settings: Check("网络", True, ""))
    (found,) = [check for check in checking.check_all(settings, print) if check.name == "实践目录"]
    assert found.ok is well
    assert "yi 不在目录中" in found.detail
    assert bool(found.advice) is not well


@pytest.mark.parametrize(("one", "other", "distance"), [("", "甲乙", 2), ("甲乙丙", "甲丙", 1), ("甲乙", "乙甲", 2)])
def test_edit_distance(one: str, other: str, distance: int) -> None:
    assert edit_distance(one, other) == edit_distance(other, one) == distance


def test_the_nearest_names_come_first() -> None:
    practices = [Practice("a", "枫桥经验"), Practice("b", "浦江经验"), Practice("c", "河长制")]
    assert nearest("枫江经验", practices) == ("枫桥经验", "浦江经验")
    assert nearest("完全无关", practices) == ()
    pages = [Practice("fengqiao-jingyan", "枫桥经验"), Practice("duowang-heyi", "多网合一")]
    assert nearest("fengqiao-jingya", pages) == ("枫桥经验",)
    assert nearest("nothing-here", pages) == ()  # Any two words share some letters.
    assert similarity("河长", "河长制") == pytest.approx((2 / 3 + 2 / 3) / 2)
