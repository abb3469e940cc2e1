"""The whole way from files to hits, with a small deterministic encoder."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from conftest import CharacterEncoder
from kb.config import Settings
from kb.errors import IndexStateError, ModelError, NotFoundError, QueryError, SourceError
from kb.knowledge import KnowledgeBase, caching
from kb.types import BuildReport, Filters, Mode, Script, SearchResult
from small_corpus import QUESTIONS, article_text, rankings, write_articles

PRACTICE = """---
kind: 实践
id: zhuji
name: 枫桥经验（诸暨）
name_traditional: 楓橋經驗（諸暨）
aliases: [枫桥式工作法]
category: 矛盾化解
region: 浙江省诸暨市
since: '1963'
sources:
  - title: 关于枫桥经验
---
# 枫桥经验（诸暨）

## 牵头
- 镇党委牵头。[1]

## 针对的问题
- 未载明。

## 做法
- 小事不出村，大事不出镇。[1]〔自述〕

## 步骤
1. 先调解。[1]

## 数据
- 未载明。

## 成效
- 未载明。

## 局限
- 未载明。
"""


def outcome(report: BuildReport) -> tuple[int, int, int, int]:
    """(added, changed, unchanged, removed)"""
    return report.added, report.changed, report.unchanged, report.removed


def ids(knowledge: KnowledgeBase) -> list[str]:
    return [article.id for article in knowledge.articles()]


def found(result: SearchResult) -> list[tuple[str, float]]:
    return [(hit.passage.id, hit.score) for hit in result.hits]


# -- build, add, remove


def test_building(knowledge: KnowledgeBase, articles: Path) -> None:
    report = knowledge.build([articles])
    assert report == BuildReport(added=3, embedded=3, passages=3)
    assert ids(knowledge) == ["fengqiao", "wangge", "wuye"]
    article = knowledge.article("fengqiao")
    assert (article.title, article.script, article.date) == ("楓橋經驗", Script.HANT, "2024")
    assert article.raw == (articles / "fengqiao.md").read_bytes()
    info = knowledge.info()
    assert (info.articles, info.passages, info.model, info.dimension) == (3, 3, "characters-v1", 64)


def test_building_again_embeds_nothing(knowledge: KnowledgeBase, articles: Path, encoder: CharacterEncoder) -> None:
    knowledge.build([articles])
    encoder.encoded.clear()
    report = knowledge.build([articles])
    assert outcome(report) == (0, 0, 3, 0)
    assert (report.embedded, encoder.encoded) == (0, [])


def test_nothing_is_ever_embedded_twice(settings: Settings, articles: Path, encoder: CharacterEncoder) -> None:
    write_articles(articles, range(30))
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        knowledge.build([articles])
        write_articles(articles, range(10, 20), version=2)
        knowledge.build([articles])
        (articles / "again.txt").write_text((articles / "0007.txt").read_text("utf-8"), encoding="utf-8")
        knowledge.build([articles])
        knowledge.remove(["0003"])
        knowledge.add([articles / "0003.txt"])
    assert len(encoder.encoded) == len(set(encoder.encoded)) == 3 + 30 + 10 + 1  # the title of again.txt is its name


def test_a_changed_file_replaces_its_article(
    knowledge: KnowledgeBase, articles: Path, encoder: CharacterEncoder
) -> None:
    knowledge.build([articles])
    encoder.encoded.clear()
    (articles / "wangge.txt").write_text("楼长每周走访。\n", encoding="utf-8")
    report = knowledge.build([articles])
    assert outcome(report) == (0, 1, 2, 0)
    assert len(encoder.encoded) == report.embedded == 1
    assert knowledge.article("wangge").text == "楼长每周走访。\n"
    assert [hit.article.id for hit in knowledge.search("楼长走访", mode="lexical").hits] == ["wangge"]
    assert knowledge.search("巡查", mode="lexical").hits == ()


def test_only_the_metadata_changed(knowledge: KnowledgeBase, articles: Path, encoder: CharacterEncoder) -> None:
    knowledge.build([articles])
    encoder.encoded.clear()
    page = (articles / "wuye.md").read_text(encoding="utf-8")
    (articles / "wuye.md").write_text(page.replace("湖北省武汉市", "江苏省扬州市"), encoding="utf-8")
    report = knowledge.build([articles])
    assert outcome(report) == (0, 1, 2, 0)
    assert (report.embedded, encoder.encoded) == (0, [])
    assert knowledge.article("wuye").region == "江苏省扬州市"


def test_a_vanished_file_takes_its_article_with_it(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    (articles / "wuye.md").unlink()
    assert outcome(knowledge.build([articles])) == (0, 0, 2, 1)
    assert ids(knowledge) == ["fengqiao", "wangge"]
    assert "wuye" not in {hit.article.id for hit in knowledge.search("没有物业的小区").hits}


def test_building_one_folder_leaves_the_articles_of_others(
    knowledge: KnowledgeBase, articles: Path, tmp_path: Path
) -> None:
    write_articles(tmp_path / "more", range(2))
    knowledge.build([articles])
    assert outcome(knowledge.build([tmp_path / "more"])) == (2, 0, 0, 0)
    assert ids(knowledge) == ["0000", "0001", "fengqiao", "wangge", "wuye"]


def test_adding_leaves_everything_else(knowledge: KnowledgeBase, articles: Path, tmp_path: Path) -> None:
    knowledge.build([articles])
    (tmp_path / "new.txt").write_text("楼长每周走访。\n", encoding="utf-8")
    assert outcome(knowledge.add([tmp_path / "new.txt"])) == (1, 0, 0, 0)
    assert knowledge.search("楼长走访").hits[0].article.id == "new"
    assert outcome(knowledge.build([articles])) == (0, 0, 3, 0)
    assert "new" in ids(knowledge)


def test_an_article_of_a_build_stays_one_of_the_build_when_added_by_hand(
    knowledge: KnowledgeBase, articles: Path
) -> None:
    knowledge.build([articles])
    assert outcome(knowledge.add([articles / "wuye.md"])) == (0, 0, 1, 0)
    (articles / "wuye.md").unlink()
    assert outcome(knowledge.build([articles])) == (0, 0, 2, 1)


def test_removing(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    assert knowledge.remove(["wuye", "wangge", "wuye"]) == 2
    assert ids(knowledge) == ["fengqiao"]
    assert {hit.article.id for hit in knowledge.search("物业巡查").hits} == {"fengqiao"}


def test_removing_what_is_not_there_removes_nothing(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    with pytest.raises(NotFoundError, match=r"索引中没有这些文章：nobody、no-one。用 kb list"):
        knowledge.remove(["wuye", "nobody", "no-one"])
    assert ids(knowledge) == ["fengqiao", "wangge", "wuye"]


def test_removing_the_last_article(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    assert knowledge.remove(ids(knowledge)) == 3
    assert knowledge.search("物业").hits == ()
    assert outcome(knowledge.build([articles])) == (3, 0, 0, 0)
    assert knowledge.search("物业").hits[0].article.id == "wuye"


def test_a_changed_index_ranks_like_a_fresh_one(settings: Settings, encoder: CharacterEncoder, tmp_path: Path) -> None:
    write_articles(tmp_path / "a", range(40))
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        knowledge.build([tmp_path / "a"])
        write_articles(tmp_path / "a", range(5, 15), version=2)
        write_articles(tmp_path / "a", range(40, 50))
        for number in range(20, 25):
            (tmp_path / "a" / f"{number:04}.txt").unlink()
        assert outcome(knowledge.build([tmp_path / "a"])) == (10, 10, 25, 5)
        changed = rankings(knowledge)
    with KnowledgeBase.open(tmp_path / "fresh", settings=settings, encoder=encoder) as knowledge:
        knowledge.build([tmp_path / "a"])
        assert changed == rankings(knowledge)


def test_a_large_index_is_made_anew_only_once_much_was_taken_out(
    settings: Settings, encoder: CharacterEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then what was taken out still counts in the scores, as it does in Lucene."""
    monkeypatch.setattr(caching, "SMALL", 0)
    monkeypatch.setattr(caching, "MOST_RETIRED", 0.1)

    def score(index: KnowledgeBase) -> float:
        (hit,) = index.search("甲0019", mode=Mode.LEXICAL, k=1).hits
        assert hit.lexical is not None
        return hit.lexical.score

    write_articles(tmp_path / "a", range(20))
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        knowledge.build([tmp_path / "a"])
        of_twenty = score(knowledge)
        knowledge.remove(["0000"])
        assert score(knowledge) == of_twenty
        knowledge.remove(["0001"])
        of_eighteen = score(knowledge)
    write_articles(tmp_path / "b", range(2, 20))
    with KnowledgeBase.open(tmp_path / "fresh", settings=settings, encoder=encoder) as knowledge:
        knowledge.build([tmp_path / "b"])
        assert of_eighteen == score(knowledge) < of_twenty


# -- search


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("query", ["楓橋經驗", "没有物业的小区怎么办", "發現問題就上報", "ＷＧ网格員"])
def test_both_scripts_give_the_same_ranked_list(
    knowledge: KnowledgeBase, articles: Path, query: str, mode: Mode
) -> None:
    knowledge.build([articles])
    simplified, traditional = _convert("t2s", query), _convert("s2t", query)
    assert simplified != traditional
    one, other = knowledge.search(simplified, mode=mode), knowledge.search(traditional, mode=mode)
    assert one.hits == other.hits
    assert len(one.hits) >= 1
    assert one.practices == other.practices
    assert one.terms == other.terms


def _convert(config: str, text: str) -> str:
    from opencc import OpenCC

    return str(OpenCC(config).convert(text))


def test_texts_in_either_script_rank_alike(settings: Settings, encoder: CharacterEncoder, tmp_path: Path) -> None:
    """The same corpus in traditional script gives the same ids and scores."""
    hans, hant = tmp_path / "hans", tmp_path / "hant"
    write_articles(hans, range(25))
    hant.mkdir()
    for file in hans.iterdir():
        (hant / file.name).write_text(_convert("s2t", file.read_text(encoding="utf-8")), encoding="utf-8")
    with KnowledgeBase.open(tmp_path / "index-hans", settings=settings, encoder=encoder) as knowledge:
        knowledge.build([hans])
        expected = rankings(knowledge)
    with KnowledgeBase.open(tmp_path / "index-hant", settings=settings, encoder=encoder) as knowledge:
        knowledge.build([hant])
        assert rankings(knowledge) == expected
        hit = knowledge.search("老旧小区加装电梯").hits[0]
    assert {hit.article.text[span.start : span.end] for span in hit.highlights} & {"老舊小區", "加裝", "電梯"}


def test_the_ranking_does_not_depend_on_the_order_of_the_files(
    settings: Settings, encoder: CharacterEncoder, tmp_path: Path
) -> None:
    numbers = list(range(60))
    rankings_of: list[list[list[tuple[str, float]]]] = []
    for shuffle in range(3):
        random.Random(shuffle).shuffle(numbers)
        folder = tmp_path / f"order-{shuffle}"
        folder.mkdir()
        for name, number in enumerate(numbers):
            head = f"---\nid: a{number}\ntitle: 第{number}篇\n---\n"
            (folder / f"{name:03}.md").write_text(head + article_text(number), encoding="utf-8")
        with KnowledgeBase.open(tmp_path / f"index-{shuffle}", settings=settings, encoder=encoder) as knowledge:
            knowledge.build([folder])
            rankings_of.append(rankings(knowledge))
    assert rankings_of[0] == rankings_of[1] == rankings_of[2]
    assert all(len({key for key, _score in ranking}) == 20 for ranking in rankings_of[0])


@pytest.mark.parametrize("mode", list(Mode))
def test_every_hit_is_a_slice_of_its_article_and_every_highlight_lies_in_it(
    knowledge: KnowledgeBase, articles: Path, mode: Mode
) -> None:
    write_articles(articles, range(20))
    (articles / "laws.md").write_text("# 条例\n\n第一条　为了治理。\n第二条　网格员上报事件。\n", encoding="utf-8")
    (articles / "fengqiao.md").write_bytes(b"\xef\xbb\xbf" + (articles / "fengqiao.md").read_bytes())
    knowledge.build([articles])
    spans = 0
    for question in (*QUESTIONS, "楓橋經驗", "為了治理"):
        for hit in knowledge.search(question, k=30, mode=mode).hits:
            article = knowledge.article(hit.article.id)
            assert hit.passage.text == article.text[hit.passage.start : hit.passage.end] != ""
            assert hit.article.text == article.text
            for span in hit.highlights:
                spans += 1
                assert hit.passage.start <= span.start < span.end <= hit.passage.end
    assert spans > 50


def test_scores_fall_and_say_where_they_come_from(knowledge: KnowledgeBase, articles: Path) -> None:
    write_articles(articles, range(30))
    knowledge.build([articles])
    result = knowledge.search("社区物业怎么调解", k=10)
    scores = [hit.score for hit in result.hits]
    assert len(scores) == 10
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)
    assert result.hits[0].lexical is not None
    assert {hit.dense.rank for hit in result.hits if hit.dense} <= set(range(1, 34))
    assert (result.query, result.mode) == ("社区物业怎么调解", Mode.HYBRID)
    assert {"社区", "物业", "调解"} <= set(result.terms)
    assert result.timings.total > 0


def test_fewer_hits_are_the_first_of_more(knowledge: KnowledgeBase, articles: Path) -> None:
    write_articles(articles, range(30))
    knowledge.build([articles])
    many = found(knowledge.search("社区物业", k=25))
    for k in (1, 3, 24):
        assert found(knowledge.search("社区物业", k=k)) == many[:k]
    assert len(knowledge.search("社区物业", k=1_000).hits) == 33


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(region="紹興"), {"fengqiao"}),
        (Filters(region="绍兴", since="2024", until="2024"), {"fengqiao"}),
        (Filters(category="社区服务"), {"wuye"}),
        (Filters(source="报"), {"fengqiao", "wuye"}),
        (Filters(since="2024"), {"fengqiao"}),
        (Filters(until="2023-05-01"), {"wuye"}),
        (Filters(script="hant"), {"fengqiao"}),
        (Filters(region="广东"), set()),
    ],
)
@pytest.mark.parametrize("mode", list(Mode))
def test_filters(knowledge: KnowledgeBase, articles: Path, filters: Filters, expected: set[str], mode: Mode) -> None:
    knowledge.build([articles])
    result = knowledge.search("楓橋經驗化解矛盾，物业，没有，小区", filters=filters, mode=mode)
    assert {hit.article.id for hit in result.hits} == expected


@pytest.mark.parametrize(
    ("search", "sentence"),
    [
        (lambda knowledge: knowledge.search("  \n"), r"请输入要查的问题或词语"),
        (lambda knowledge: knowledge.search("长" * 5_001), r"问题太长（5001 字，最多 5000 字）"),
        (lambda knowledge: knowledge.search("物业", k=0), r"结果条数至少是 1，不能是 0"),
        (lambda knowledge: knowledge.search("物业", mode="semantic"), r"没有“semantic”这种检索方式"),
        (lambda knowledge: knowledge.search("物业", filters=Filters(since="去年")), r"日期“去年”无法识别"),
    ],
)
def test_questions_that_cannot_be_asked(
    knowledge: KnowledgeBase, articles: Path, search: Callable[[KnowledgeBase], SearchResult], sentence: str
) -> None:
    knowledge.build([articles])
    with pytest.raises(QueryError, match=sentence):
        search(knowledge)


@pytest.mark.parametrize("query", ["，。！", "🎉", "the", "\x00", "a" * 5_000, "的"])
def test_odd_questions_are_answered(knowledge: KnowledgeBase, articles: Path, query: str) -> None:
    knowledge.build([articles])
    assert knowledge.search(query, mode="lexical").hits == () or query == "的"
    assert len(knowledge.search(query, mode="dense").hits) == 3


def test_lexical_search_needs_no_model(settings: Settings, articles: Path, encoder: CharacterEncoder) -> None:
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        knowledge.build([articles])
    nowhere = settings.model_copy(update={"model": "/nowhere"})
    with KnowledgeBase.open(settings=nowhere) as knowledge:
        assert knowledge.search("物业", mode="lexical").hits[0].article.id == "wuye"
        with pytest.raises(ModelError, match="/nowhere 不是模型文件夹"):
            knowledge.search("物业")


# -- practices


def test_practices_are_found_by_any_name_and_in_any_text(
    knowledge: KnowledgeBase, articles: Path, tmp_path: Path
) -> None:
    (tmp_path / "practice.md").write_text(PRACTICE, encoding="utf-8")
    knowledge.build([articles, tmp_path / "practice.md"])
    for name in ("zhuji", "枫桥经验", "楓橋經驗（諸暨）", "枫桥式工作法"):
        assert knowledge.practice(name).id == "zhuji"
    with pytest.raises(NotFoundError, match="没有叫“南桥经验”的实践"):
        knowledge.practice("南桥经验")
    assert [one.id for one in knowledge.practices("矛盾化解")] == ["zhuji"]
    assert knowledge.practices("社区服务") == []
    assert knowledge.search("楓橋經驗是什么").practices[0].score == 1.0


def test_hits_name_the_practices_their_passages_speak_of(knowledge: KnowledgeBase, articles: Path) -> None:
    (articles / "practice.md").write_text(PRACTICE, encoding="utf-8")
    knowledge.build([articles])
    hits = {hit.article.id: hit.practices for hit in knowledge.search("就地化解矛盾").hits}
    assert hits["fengqiao"] == ("zhuji",)
    assert hits["wuye"] == ()


def test_two_practice_pages_of_the_same_file_name(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    for folder in ("east", "west"):
        (tmp_path / "p" / folder).mkdir(parents=True)
        page = PRACTICE.replace("id: zhuji\n", "").replace("（诸暨）", f"（{folder}）")
        (tmp_path / "p" / folder / "page.md").write_text(page, encoding="utf-8")
    assert outcome(knowledge.build([tmp_path / "p"])) == (2, 0, 0, 0)
    assert sorted(one.id for one in knowledge.practices()) == ids(knowledge)
    assert outcome(knowledge.build([tmp_path / "p"])) == (0, 0, 2, 0)


# -- what cannot be taken in


def test_duplicate_ids_are_reported_and_the_first_kept(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name in ("1", "2"):
        (tmp_path / "a" / f"{name}.md").write_text(f"---\nid: same\n---\n第{name}篇。\n", encoding="utf-8")
    report = knowledge.build([tmp_path / "a"])
    assert report.added == 1
    (failure,) = report.failures
    assert failure.origin == str(tmp_path / "a" / "2.md")
    assert failure.reason == f"编号 same 与 {tmp_path / 'a' / '1.md'} 重复，没有收录。请改用不同的 id。"
    assert knowledge.article("same").text == "第1篇。\n"


def test_a_bad_file_among_good_ones_is_reported_and_the_others_kept(knowledge: KnowledgeBase, articles: Path) -> None:
    (articles / "binary.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00")
    (articles / "empty.md").write_bytes(b"")
    (articles / "report.doc").write_bytes(b"PK\x03\x04")
    (articles / "lines.jsonl").write_text('{"id": "l1", "text": "一行。"}\n{broken\n{"id": "l3"}\n', encoding="utf-8")
    report = knowledge.build([articles])
    assert report.added == 4
    assert ids(knowledge) == ["fengqiao", "l1", "wangge", "wuye"]
    assert {failure.origin.removeprefix(f"{articles}/") for failure in report.failures} == {
        "binary.txt",
        "empty.md",
        "report.doc",
        "lines.jsonl:2",
        "lines.jsonl:3",
    }


def test_a_file_that_went_bad_keeps_its_old_article(knowledge: KnowledgeBase, articles: Path) -> None:
    (articles / "lines.jsonl").write_text('{"id": "l1", "text": "一行。"}\n{"id": "l2", "text": "二行。"}\n', "utf-8")
    knowledge.build([articles])
    (articles / "wuye.md").write_bytes(b"")
    (articles / "lines.jsonl").write_text('{"id": "l1", "text": "一行。"}\n{"id": "l2", "te\n', "utf-8")
    report = knowledge.build([articles])
    assert (outcome(report), len(report.failures)) == ((0, 0, 3, 0), 2)
    assert ids(knowledge) == ["fengqiao", "l1", "l2", "wangge", "wuye"]


def test_a_bulk_file_that_cannot_be_read_keeps_its_articles(knowledge: KnowledgeBase, articles: Path) -> None:
    lines = articles / "lines.jsonl"
    lines.write_text('{"id": "l1", "text": "一行。"}\n{"id": "l2", "text": "二行。"}\n', "utf-8")
    knowledge.build([articles])
    lines.write_bytes(b"")
    report = knowledge.build([articles])
    assert [failure.origin for failure in report.failures] == [str(lines)]
    if Path("/proc/self/mem").exists():  # Reading its beginning fails for every user, root included.
        lines.unlink()
        lines.symlink_to("/proc/self/mem")
        report = knowledge.build([articles])
        assert [failure.reason for failure in report.failures] == [
            f"读不了文件 {lines}：Input/output error。请检查权限。"
        ]
    assert (outcome(report), ids(knowledge)) == ((0, 0, 3, 0), ["fengqiao", "l1", "l2", "wangge", "wuye"])


def test_when_nothing_can_be_read_the_index_stays(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    for file in articles.iterdir():
        file.write_bytes(b"")
    with pytest.raises(SourceError, match=r"fengqiao\.md 是空的，.*（另有 2 个文件也未能收录）"):
        knowledge.build([articles])
    assert ids(knowledge) == ["fengqiao", "wangge", "wuye"]


def test_same_file_name_in_two_folders_gives_two_articles(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    for name in ("east", "west"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "readme.txt").write_text(f"{name}的网格员每天巡查。\n", encoding="utf-8")
    assert outcome(knowledge.build([tmp_path / "east", tmp_path / "west"])) == (2, 0, 0, 0)
    first, second = ids(knowledge)
    assert first == "readme"
    assert second.startswith("readme-")
    assert outcome(knowledge.build([tmp_path / "west", tmp_path / "east"])) == (0, 0, 2, 0)
    assert outcome(knowledge.add([tmp_path / "west" / "readme.txt"])) == (0, 0, 1, 0)


def test_a_text_does_not_take_the_place_of_a_line_of_a_bulk_file(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "lines.jsonl").write_text(json.dumps({"id": "wangge", "text": "一行。"}), encoding="utf-8")
    (tmp_path / "wangge.txt").write_text("另一篇。\n", encoding="utf-8")
    knowledge.add([tmp_path / "lines.jsonl"])
    assert outcome(knowledge.add([tmp_path / "wangge.txt"])) == (1, 0, 0, 0)
    assert knowledge.article("wangge").text == "一行。"


def test_a_file_that_moved_keeps_its_id(knowledge: KnowledgeBase, articles: Path, encoder: CharacterEncoder) -> None:
    knowledge.build([articles])
    encoder.encoded.clear()
    (articles / "deeper").mkdir()
    (articles / "wangge.txt").rename(articles / "deeper" / "wangge.txt")
    assert outcome(knowledge.build([articles])) == (0, 1, 2, 0)
    assert (ids(knowledge), encoder.encoded) == (["fengqiao", "wangge", "wuye"], [])


def test_lines_that_move_are_counted_right(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    lines = [json.dumps({"id": f"l{n}", "text": f"第{n}行的话。"}, ensure_ascii=False) for n in range(5)]
    file.write_text("\n".join(lines), encoding="utf-8")
    knowledge.build([file])
    file.write_text("\n".join(lines[1:]), encoding="utf-8")
    assert outcome(knowledge.build([file])) == (0, 4, 0, 1)
    assert ids(knowledge) == ["l1", "l2", "l3", "l4"]


# -- models


def test_another_model_is_noticed_and_taken_over_by_the_next_build(
    settings: Settings, articles: Path, encoder: CharacterEncoder
) -> None:
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        knowledge.build([articles])
        before = found(knowledge.search("没有物业的小区"))
    other = CharacterEncoder("characters-v2")
    with KnowledgeBase.open(settings=settings, encoder=other) as knowledge:
        with pytest.raises(ModelError, match=r"索引是用模型 characters-v1 建立的，现在设置的是 characters-v2"):
            knowledge.search("没有物业的小区")
        assert knowledge.search("物业", mode="lexical").hits[0].article.id == "wuye"
        report = knowledge.build([articles])
        assert (outcome(report), report.embedded, len(other.encoded)) == ((0, 0, 3, 0), 3, 3)
        assert knowledge.info().model == "characters-v2"
        assert found(knowledge.search("没有物业的小区")) == before
        knowledge.build([articles])
        assert len(other.encoded) == 3
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge, pytest.raises(ModelError):
        knowledge.search("没有物业的小区")


def test_vectors_of_two_models_never_meet(settings: Settings, articles: Path, encoder: CharacterEncoder) -> None:
    """A model of another width would not even fit into the same index: a build with it replaces every vector."""

    class Wider(CharacterEncoder):
        dimension = 128

    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        knowledge.build([articles])
    wider = Wider("wider")
    with KnowledgeBase.open(settings=settings, encoder=wider) as knowledge:
        (articles / "new.txt").write_text("楼长每周走访。\n", encoding="utf-8")
        knowledge.build([articles])
        assert knowledge.info().dimension == 128
        assert len(knowledge.search("楼长").hits) == 4
        assert len(wider.encoded) == 4


# -- caches


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda content: b"",
    "halved": lambda content: content[: len(content) // 2],
    "zeroed": lambda content: bytes(len(content)),
}


def damage(file: Path, kind: str) -> None:
    if kind == "deleted":
        file.unlink()
    else:
        file.write_bytes(DAMAGES[kind](file.read_bytes()))


@pytest.mark.parametrize("kind", ["deleted", *DAMAGES])
def test_the_store_survives_the_loss_of_all_index_files(
    settings: Settings, articles: Path, encoder: CharacterEncoder, kind: str
) -> None:
    write_articles(articles, range(20))
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        knowledge.build([articles])
        before = rankings(knowledge)
    encoder.encoded.clear()
    for file in [file for file in (settings.index / "caches").rglob("*") if file.is_file()]:
        damage(file, kind)
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        assert rankings(knowledge) == before
        assert encoder.encoded == []
        assert outcome(knowledge.build([articles])) == (0, 0, 23, 0)


@pytest.mark.parametrize("kind", ["deleted", *DAMAGES])
def test_any_damaged_index_file_is_noticed_and_healed(
    settings: Settings, articles: Path, encoder: CharacterEncoder, tmp_path: Path, kind: str
) -> None:
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        knowledge.build([articles])
        before = found(knowledge.search("没有物业的小区"))
    kept = tmp_path / "kept"
    shutil.copytree(settings.index, kept)
    files = [file.relative_to(kept) for file in (kept / "caches").rglob("*") if file.is_file()]
    assert len(files) >= 10
    for file in files:
        shutil.rmtree(settings.index)
        shutil.copytree(kept, settings.index)
        damage(settings.index / file, kind)
        with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
            assert found(knowledge.search("没有物业的小区")) == before, file
            assert outcome(knowledge.build([articles])) == (0, 0, 3, 0)


def test_index_files_that_do_not_belong_together_are_not_used(
    settings: Settings, articles: Path, encoder: CharacterEncoder
) -> None:
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        knowledge.build([articles])
        expected = found(knowledge.search("物业", filters=Filters(category="社区服务")))
    (file,) = (settings.index / "caches").glob("*/*/articles.npy")
    np.save(file, np.array([9, 9], dtype=np.int64))
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        assert found(knowledge.search("物业", filters=Filters(category="社区服务"))) == expected != []


def test_index_files_of_an_older_generation_are_brought_up_to_date(
    settings: Settings, articles: Path, encoder: CharacterEncoder, tmp_path: Path
) -> None:
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        knowledge.build([articles])
        shutil.copytree(settings.index / "caches", tmp_path / "older")
        write_articles(articles, range(10))
        knowledge.build([articles])
        after = rankings(knowledge)
    shutil.rmtree(settings.index / "caches")
    shutil.copytree(tmp_path / "older", settings.index / "caches")
    told: list[str] = []
    with KnowledgeBase.open(settings=settings, encoder=encoder, notice=told.append) as knowledge:
        assert rankings(knowledge) == after
    assert told == ["索引文件落后于文章库，正在更新……"]


def test_a_change_by_another_process_is_seen_by_the_next_search(
    settings: Settings, articles: Path, encoder: CharacterEncoder
) -> None:
    with (
        KnowledgeBase.open(settings=settings, encoder=encoder) as writer,
        KnowledgeBase.open(settings=settings, encoder=encoder) as reader,
    ):
        writer.build([articles])
        assert reader.search("楼长走访", mode="lexical").hits == ()
        (articles / "new.txt").write_text("楼长每周走访。\n", encoding="utf-8")
        writer.build([articles])
        assert [hit.article.id for hit in reader.search("楼长走访", mode="lexical").hits] == ["new"]


# -- terms


def test_terms_of_the_lexicon_change_segmentation(knowledge: KnowledgeBase, articles: Path) -> None:
    (articles / "new.txt").write_text("乡呼县应上下联动。\n", encoding="utf-8")
    knowledge.build([articles])
    assert "乡呼县应" not in knowledge.search("乡呼县应").terms
    (articles / "lexicon").mkdir()
    (articles / "lexicon" / "terms.txt").write_text("# 做法\n鄉呼縣應  # 由传统写法给出\n", encoding="utf-8")
    assert outcome(knowledge.build([articles])) == (0, 0, 4, 0)
    assert knowledge.search("乡呼县应").terms == ("乡呼县应",)
    hit = knowledge.search("鄉呼縣應", mode="lexical").hits[0]
    assert [hit.article.text[span.start : span.end] for span in hit.highlights] == ["乡呼县应"]
    (articles / "lexicon" / "terms.txt").unlink()
    knowledge.build([articles])
    assert "乡呼县应" not in knowledge.search("乡呼县应").terms


def test_names_of_practices_are_terms(knowledge: KnowledgeBase, articles: Path) -> None:
    (articles / "practice.md").write_text(PRACTICE.replace("枫桥式工作法", "三上三下工作法"), encoding="utf-8")
    knowledge.build([articles])
    assert "三上三下工作法" in knowledge.search("三上三下工作法怎么做").terms


# -- looking up


def test_looking_up_what_is_not_there(knowledge: KnowledgeBase, articles: Path) -> None:
    with pytest.raises(IndexStateError, match="里还没有索引"):
        knowledge.articles()
    knowledge.build([articles])
    with pytest.raises(NotFoundError, match="索引中没有文章 nobody"):
        knowledge.article("nobody")
    assert knowledge.passages("nobody") == []


def test_facets(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    facets = knowledge.facets()
    assert facets.categories == {"社区服务": 1, "矛盾化解": 1}
    assert facets.years == {"2023": 1, "2024": 1}
    assert facets.scripts == {"hans": 2, "hant": 1}


def test_a_closed_knowledge_base_opens_again(knowledge: KnowledgeBase, articles: Path) -> None:
    knowledge.build([articles])
    before = found(knowledge.search("物业"))
    knowledge.close()
    assert found(knowledge.search("物业")) == before
