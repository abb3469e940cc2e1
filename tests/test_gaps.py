"""The list of gaps: put down once in either script, kept through builds, taken off; what a filter shut out is told."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kb.config import Settings
from kb.errors import IndexStateError, NotFoundError, QueryError
from kb.knowledge import KnowledgeBase
from kb.present import answers, gaps
from kb.types import Answer, Filters, Topic

NEAR = Topic("a", "物业管理", "第二章")


def refused(question: str, confidence: float = 0.1) -> Answer:
    return Answer(question, True, confidence, (), (), (NEAR,))


def test_both_scripts_are_one_gap(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    knowledge.report_gap(refused("电动车进电梯罚多少"))
    again = knowledge.report_gap(refused("電動車進電梯罰多少", 0.2))
    other = knowledge.report_gap(refused("养犬登记在哪办"))
    assert (again.times, again.question, again.confidence) == (2, "電動車進電梯罰多少", 0.2)
    assert knowledge.gaps() == [again, other]
    assert again.first <= again.last
    assert again.nearest == (NEAR,)


def test_gaps_outlive_a_build_and_do_not_make_the_index_files_anew(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    before = knowledge._reading().generation()
    knowledge.report_gap(refused("养犬登记在哪办"))
    assert knowledge._reading().generation() == before
    knowledge.build([articles])
    assert [gap.question for gap in knowledge.gaps()] == ["养犬登记在哪办"]
    knowledge.close_gap("養犬登記在哪辦")
    assert knowledge.gaps() == []
    with pytest.raises(NotFoundError, match="待补清单"):
        knowledge.close_gap("养犬登记在哪办")


def test_a_gap_is_put_down_while_another_process_builds(
    knowledge: KnowledgeBase, settings: Settings, articles: Path
) -> None:
    knowledge.build([articles])
    with knowledge._engine.lock():
        knowledge.report_gap(refused("养犬登记在哪办"))
    assert len(knowledge.gaps()) == 1


def test_errors(knowledge: KnowledgeBase, articles: Path) -> None:
    with pytest.raises(IndexStateError, match="还没有索引"):
        knowledge.report_gap(refused("养犬"))
    knowledge.build([articles])
    for text in ("  ", "犬" * 5_001):
        with pytest.raises(QueryError):
            knowledge.report_gap(refused(text))


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes anywhere")
def test_a_read_only_folder_is_told(
    knowledge: KnowledgeBase, settings: Settings, articles: Path
) -> None:  # pragma: no cover
    knowledge.build([articles])
    settings.index.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(IndexStateError):
        knowledge.report_gap(refused("养犬"))


def test_what_a_filter_shut_out_is_told(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    without = knowledge.ask("没有物业的小区由谁托底")
    assert not without.refused
    assert without.filtered == ()
    answer = knowledge.ask("没有物业的小区由谁托底", filters=Filters(region="没有这个地方"))
    assert answer.refused
    assert {one.article_id for one in answer.filtered} <= {one.quote.article_id for one in without.sentences}
    assert answer.filtered
    assert answers.plain(answer)["filtered"][0]["article_id"] == answer.filtered[0].article_id
    assert "去掉筛选条件" in answers.text(answer)
    assert "kb gaps add" in answers.text(answer)


def test_shown(knowledge: KnowledgeBase, articles: Path) -> None:
    assert "空的" in gaps.text([])
    knowledge.build([articles])
    gap = knowledge.report_gap(refused("<b>养犬</b>"))
    assert gaps.text([gap]).startswith("<b>养犬</b>（1 次")
    assert "相近：物业管理" in gaps.text([gap])
    assert json.loads(json.dumps(gaps.plain(gap)))["nearest"] == [
        {"article_id": "a", "title": "物业管理", "heading": "第二章"}
    ]


def test_on_the_command_line(knowledge: KnowledgeBase, settings: Settings, articles: Path) -> None:
    """Listing and striking out load no model, so that an editor's glance costs nothing."""
    knowledge.build([articles])
    knowledge.report_gap(refused("养犬登记在哪办"))
    knowledge.close()

    def kb(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "kb", "--index", str(settings.index), "gaps", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert "养犬登记在哪办" in kb().stdout
    assert json.loads(kb("--json").stdout)[0]["times"] == 1
    assert kb("remove", "没有这一条").returncode == 1
    assert kb("remove", "养犬登记在哪办").returncode == 0
    assert knowledge.gaps() == []
