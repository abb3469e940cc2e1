"""Damaged articles on their way through the knowledge base: repaired, marked, receipted, never silently wrong."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from opencc import OpenCC

from conftest import CharacterEncoder
from kb.config import Settings
from kb.errors import IndexStateError, NotFoundError, SourceError
from kb.index import schema
from kb.index.database import FILE
from kb.knowledge import KnowledgeBase
from kb.knowledge.preparing import searched_text, within
from kb.search.soundness import LEAST, weighed
from kb.text.repair import apply_steps, repair
from kb.text.repair.values import places, undo_steps
from kb.text.split import Piece
from kb.types import DuplicateKind, Flag, FlagKind, Receipt, RepairKind
from small_corpus import article_text

GLOSSED = "社區治理要創(chuàng)新。物業(yè)服務(wù)要跟上，居民議事廳每月開會。\n"
LOST = "全年調解糾紛3?件，群眾滿意度提高。村民代表大會每季度召開一次，討論村裏的大事。\n"


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    folder = tmp_path / "damaged"
    folder.mkdir()
    (folder / "glossed.txt").write_text(GLOSSED, encoding="utf-8")
    (folder / "lost.txt").write_text(LOST, encoding="utf-8")
    (folder / "sound.txt").write_text("垃圾分类由楼长逐户宣传。\n", encoding="utf-8")
    return folder


def test_the_article_is_repaired_and_says_how(knowledge: KnowledgeBase, damaged: Path) -> None:
    knowledge.build([damaged])
    article = knowledge.article("glossed")
    assert article.text == "社區治理要創新。物業服務要跟上，居民議事廳每月開會。\n"
    assert [step.before for step in article.repairs] == ["(chuàng)", "(yè)", "(wù)"]
    assert apply_steps(GLOSSED, article.repairs) == article.text
    assert article.raw.decode() == GLOSSED
    assert article.quality == 1.0
    assert knowledge.article("sound").repairs == ()


def test_what_was_damaged_is_found(knowledge: KnowledgeBase, damaged: Path) -> None:
    knowledge.build([damaged])
    first = knowledge.search("物业服务", mode="lexical").hits[0]
    assert first.article.id == "glossed"
    marked = [first.article.text[span.start : span.end] for span in first.highlights]
    assert "".join(marked) == "物業服務"


def test_a_hit_carries_its_warnings(knowledge: KnowledgeBase, damaged: Path) -> None:
    knowledge.build([damaged])
    (first, *_) = knowledge.search("调解纠纷", mode="lexical").hits
    (flag,) = first.passage.flags
    assert (flag.kind, first.article.text[flag.start : flag.end]) == (FlagKind.LOST, "?")
    assert "数字" in flag.note
    assert first.passage.quality < 1
    assert knowledge.article("lost").flags == first.passage.flags


def test_a_receipt_is_given_and_kept(knowledge: KnowledgeBase, damaged: Path) -> None:
    receipts: list[Receipt] = []
    knowledge.add([damaged], on_receipt=receipts.append)
    by_id = {receipt.article_id: receipt for receipt in receipts}
    assert sorted(by_id) == ["glossed", "lost", "sound"]
    assert by_id["glossed"].repairs == {RepairKind.GLOSS: 3}
    assert (by_id["glossed"].bytes, by_id["glossed"].encoding) == (len(GLOSSED.encode()), "utf-8")
    assert (by_id["lost"].lost, by_id["sound"].lost) == (1, 0)
    assert by_id["lost"].quality < by_id["sound"].quality == 1.0
    for receipt in receipts:
        assert knowledge.receipt(receipt.article_id) == receipt
    with pytest.raises(NotFoundError, match="回执"):
        knowledge.receipt("nothing")


def test_a_text_beyond_repair_is_refused_and_the_others_go_on(knowledge: KnowledgeBase, damaged: Path) -> None:
    (damaged / "ruin.txt").write_text("社区?治?理?要?创?新?物?业?服?务?" * 10, encoding="utf-8")
    report = knowledge.build([damaged])
    assert report.added == 3
    (failure,) = report.failures
    assert "损坏太重" in failure.reason
    assert "ruin.txt" in failure.reason
    with pytest.raises(SourceError, match="损坏太重"):
        knowledge.add([damaged / "ruin.txt"])


def test_advertisements_are_kept_and_not_searched(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    spam = "国产精品一区二区在线观看免费视频亚洲"
    (tmp_path / "page.txt").write_text(f"{spam}\n网格员每天巡查楼道。\n", encoding="utf-8")
    knowledge.add([tmp_path / "page.txt"])
    assert spam in knowledge.article("page").text
    assert not knowledge.search("在线观看", mode="lexical").hits
    assert knowledge.search("网格员", mode="lexical").hits


def test_a_section_without_content_is_no_passage(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("# 甲\n\n## 做法\n- 每户一卡。\n\n## 局限\n- 未载明。\n", encoding="utf-8")
    knowledge.add([tmp_path / "page.md"])
    assert [passage.headings[-1] for passage in knowledge.passages("page")] == ["做法"]


def test_a_sound_copy_comes_first(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    body = "街道吹哨，部门报到，居民的难题当天有人管。"
    (tmp_path / "a.txt").write_text(body.replace("部门", "部?"), encoding="utf-8")
    (tmp_path / "b.txt").write_text(body, encoding="utf-8")
    (tmp_path / "c.txt").write_text("垃圾分类由楼长逐户宣传，每周公布一次。", encoding="utf-8")
    knowledge.add(sorted(tmp_path.glob("?.txt")))
    assert [hit.article.id for hit in knowledge.search("居民的难题有人管", mode="dense").hits] == ["b", "a", "c"]


def test_a_new_way_of_repairing_takes_articles_anew(
    knowledge: KnowledgeBase, damaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    knowledge.build([damaged])
    assert knowledge.build([damaged]).unchanged == 3
    monkeypatch.setattr("kb.knowledge.preparing.REPAIR_VERSION", 10_000)
    report = knowledge.build([damaged])
    assert (report.changed, report.embedded) == (3, 0)


def test_copies_are_noticed_in_the_other_script_too(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    text = "".join(
        f"第{n}條 居民委員會每月第{n}個星期召開議事會，討論樓道照明、停車和垃圾分類，決定公開張貼。" for n in range(9)
    )
    (tmp_path / "first.txt").write_text(text, encoding="utf-8")
    (tmp_path / "copy.txt").write_text(OpenCC("t2s").convert(text), encoding="utf-8")
    (tmp_path / "other.txt").write_text(article_text(1), encoding="utf-8")
    knowledge.add([tmp_path / "first.txt"])
    receipts: list[Receipt] = []
    knowledge.add([tmp_path / "copy.txt", tmp_path / "other.txt"], on_receipt=receipts.append)
    copy, other = receipts
    assert [(found.article_id, found.kind) for found in copy.duplicates] == [("first", DuplicateKind.EXACT)]
    assert other.duplicates == ()
    knowledge.add([tmp_path / "first.txt"])
    assert knowledge.receipt("first").duplicates == ()


def test_flags_are_cut_to_the_passage() -> None:
    flags = (Flag(FlagKind.SPAM, 0, 10, ""), Flag(FlagKind.DOUBT, 12, 13, ""), Flag(FlagKind.LOST, 30, 31, ""))
    (found,) = within(flags, [Piece(5, 13, ())])
    assert [(flag.start, flag.end) for flag in found] == [(5, 10), (12, 13)]


def test_what_is_searched_of_a_damaged_passage() -> None:
    body = "广告广告\n要确?基层"
    flags = (
        Flag(FlagKind.SPAM, 100, 104, ""),
        Flag(FlagKind.LOST, 107, 108, ""),
        Flag(FlagKind.GARBLED, 107, 110, "", ("确保基层",)),
    )
    assert searched_text(body, 100, flags) == "\n要确基层\n确保基层"
    assert searched_text(body, 100, ()) == body


def test_soundness_keeps_scores_of_sound_passages_and_is_bounded() -> None:
    assert weighed(0.8, 1.0) == 0.8
    assert weighed(0.8, 0.99) < 0.8
    assert weighed(1.0, 0.0) == LEAST


def as_version_one(index: Path) -> None:
    """Take away what the versions since brought."""
    with sqlite3.connect(index / FILE) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        steps = "".join(schema.MIGRATIONS.values())
        for table, column in re.findall(r"ALTER TABLE (\w+) ADD COLUMN (\w+)", steps):
            db.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        db.execute("DROP TABLE sentence")
        db.execute("DROP TABLE link")
        db.execute("DROP TABLE gap")
        db.execute("DROP TABLE total")
        db.execute("PRAGMA user_version = 1")
    db.close()


def test_an_index_of_the_first_version_is_taken_along(
    settings: Settings, encoder: CharacterEncoder, damaged: Path
) -> None:
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        knowledge.build([damaged])
    as_version_one(settings.index)
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        with pytest.raises(IndexStateError, match="旧版本"):
            knowledge.search("物业")
        encoder.encoded.clear()
        (damaged / "more.txt").write_text("新来的一篇。\n", encoding="utf-8")
        report = knowledge.build([damaged])
        assert (report.added, len(encoder.encoded)) == (1, 1)
        assert knowledge.article("glossed").text.startswith("社區治理要創新")


@pytest.mark.parametrize("text", [GLOSSED, LOST, "一?背景\n财(cái)產(chǎn)&ldquo;清單&rdquo;", "没有损坏。", ""])
def test_undoing_the_repairs_gives_the_text_as_received(text: str) -> None:
    done = repair(text)
    assert undo_steps(done.text, done.steps) == text
    for step, place in places(done.steps):
        assert done.text[place.start : place.end] == step.after
