"""The plan of a course: what it says rests on the store word for word, and nothing put in is lost without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

import pytest

from course_material import (
    ARTICLES,
    DAMAGED,
    FIRST,
    HOSTILE,
    LAW,
    NOTICE,
    PRACTICES,
    SECOND,
    THIRD,
    basket,
    full_plan,
    material,
    page,
    practice,
    quote,
    statement,
    whole,
)
from kb.course.basket import Basket, add, annotate, passage_item, practice_item
from kb.course.planning import plan
from kb.course.quoting import where_now
from kb.course.tables import shares
from kb.course.values import CoursePlan, Part, SectionKind
from kb.errors import NotFoundError, QueryError
from kb.types import Article, FlagKind, Mark, Quote, Source


def parts(one: CoursePlan) -> Iterator[Part]:
    for point in one.points():
        yield from point.parts


def texts(one: CoursePlan, kind: SectionKind) -> list[str]:
    section = one.section(kind)
    return [] if section is None else [point.text for point in section.points()]


@pytest.mark.parametrize("practices", [(), (FIRST,), (SECOND, FIRST), PRACTICES, (THIRD,)])
def test_every_statement_has_a_citation_that_resolves_to_exact_text(practices: tuple[object, ...]) -> None:
    own = plan(basket(*practices, quotes=(whole("tongzhi"), whole("huai"))), material())  # type: ignore[arg-type]
    assert list(own.points())
    for point in own.points():
        assert point.references, point
        assert point.rests, point
        for one in (*point.rests, *point.quotes):
            assert one.text
            assert ARTICLES[one.article_id].text[one.start : one.end] == one.text
        assert set(point.quotes) <= set(point.rests)


def test_references_are_numbered_as_they_are_cited_and_all_of_them_are() -> None:
    own = full_plan()
    cited = list(dict.fromkeys(number for point in own.points() for number in point.references))
    assert sorted(cited) == [one.number for one in own.references] == list(range(1, len(cited) + 1))


def test_the_same_basket_gives_the_same_plan() -> None:
    assert full_plan() == full_plan()
    shuffled = dict(reversed(list(ARTICLES.items())))
    assert plan(basket(*PRACTICES), material()) == plan(basket(*PRACTICES), material(articles=shuffled))


def test_the_order_of_the_basket_is_that_of_the_plan() -> None:
    for order in permutations(PRACTICES):
        own = plan(basket(*order), material())
        cases = own.section(SectionKind.CASES)
        assert cases is not None
        assert [group.title for group in cases.groups] == [one.name for one in order] == list(own.names)


def test_source_numbers_and_marks_of_an_article_become_citations() -> None:
    own = plan(basket(quotes=(whole("tongzhi"),)), material())
    basis = own.section(SectionKind.BASIS)
    assert basis is not None
    title, first, listed, second, head, row = basis.groups[0].blocks[0].points
    assert (title.text, title.place) == ("關於網格的通知", "标题")
    assert [part.text for part in first.parts] == ["網格員每天巡查。", "發現問題就上報。"]
    assert first.parts[1].marks == (Mark.OWN_CLAIM,)
    sources = {one.number: one.source.title for one in own.references}
    assert [[sources[number] for number in part.references] for part in first.parts] == [
        ["十年回访"],
        ["十年回访", "另一篇报道", "關於網格的通知"],
    ]
    assert listed.text == "第一，公開。[9]"  # A number that the article has no source for is part of its text.
    assert [point.place for point in (first, listed, second)] == ["第 1 段", "第 2 段", "第 3 段"]
    assert (head.text, row.text) == ("| 項目 | 期限 |", "| 巡查 | 每天 |")


def test_what_is_damaged_or_repaired_stays_told() -> None:
    own = plan(basket(quotes=(whole("sunhuai"),)), material())
    (part,) = [part for part in parts(own) if part.quote is not None and part.quote.article_id == DAMAGED.id]
    assert [flag.kind for flag in part.flags] == [FlagKind.LOST]
    assert len(part.repaired) == 1


def test_objectives_count_what_the_pages_state() -> None:
    own = plan(basket(FIRST, SECOND, THIRD), material())
    assert texts(own, SectionKind.OBJECTIVES) == [
        "说清甲针对的问题（1 个），说出它的做法分几步（3 步），指出它的局限（1 条）。",
        "说清乙针对的问题（1 个），说出它的做法分几步（4 步）。",
        "说出丙是什么做法、在哪里做。",
        "引用数字时说明是谁的说法、什么时候的（2 个数字，其中 2 个另有一说）。",
        "比较甲、乙、丙在牵头、针对的问题和做法上有什么不同。",
    ]


def test_figures_that_differ_stand_together_with_who_says_each() -> None:
    own = plan(basket(SECOND), material())
    section = own.section(SectionKind.FIGURES)
    assert section is not None
    (table,) = section.tables
    rows = [[row.title, *(cell.value or cell.points[0].text for cell in row.cells)] for row in table.rows]
    assert [row[:3] for row in rows] == [["1", "平台", "247个"], ["2", "平台", "197个"]]
    assert rows[0][4] == "晚报（自述）；另一说见第 2 行"
    assert rows[1][4] == "商报（待核）；另一说见第 1 行"
    asked = [text for text in texts(own, SectionKind.QUESTIONS) if "几种说法" in text]
    assert asked == ["平台有几种说法：247个（晚报）；197个（商报）。讲课时怎样引用、怎样说明？（看：数字）"]


def test_a_law_is_told_with_the_sentences_that_cite_it() -> None:
    own = plan(basket(FIRST, SECOND), material())
    basis = own.section(SectionKind.BASIS)
    assert basis is not None
    (law,) = basis.groups[0].blocks
    assert law.title == "《街道办事处条例》（第十条）"
    assert [point.text for point in law.points] == ["甲由街道牵头。", "再开会。", "乙由街道牵头。", "再开会。"]


def test_questions_come_from_problems_limits_claims_and_differences() -> None:
    own = plan(basket(FIRST, SECOND), material())
    asked = texts(own, SectionKind.QUESTIONS)
    assert asked[0] == "甲之前部门互相推。讨论：本地有没有这样的问题？是什么样子？（看：案例 › 甲 › 针对的问题）"
    assert asked[1].startswith("要有人干。讨论：放到本地")
    assert any(text.startswith("页面没有载明乙的局限。照它的 4 步在本地做") for text in asked)
    assert any(text.startswith("甲分 3 步，乙分 4 步。") for text in asked)
    assert any(text.startswith("甲载明了局限，乙没有载明。") for text in asked)
    assert all("（看：" in text for text in asked)


def test_what_a_page_does_not_state_is_said() -> None:
    cases = plan(basket(THIRD), material()).section(SectionKind.CASES)
    assert cases is not None
    assert {point.text for point in cases.points()} == {"未载明。"}


@pytest.mark.parametrize(("count", "sizes"), [(1, []), (2, [2]), (5, [5]), (6, [3, 3]), (7, [4, 3]), (11, [4, 3, 4])])
def test_no_practice_is_left_out_of_the_tables(count: int, sizes: list[int]) -> None:
    many = [practice(str(number), str(number)) for number in range(count)]
    assert [len(share) for share in shares(many)] == sizes
    assert [one for share in shares(many) for one in share] == (many if sizes else [])


def test_notes_go_with_what_they_were_written_on() -> None:
    noted = annotate(
        annotate(basket(FIRST, quotes=(quote("sunhuai", 0, 9),)), "practice:jia", "先讲"), "passage:sunhuai@0-9", "朗读"
    )
    own = plan(noted, material())
    notes = [block.note for section in own.sections for group in section.groups for block in group.blocks if block.note]
    assert notes == ["朗读", "先讲"]


# -- what is there no more


def test_an_empty_basket_is_told() -> None:
    with pytest.raises(QueryError, match="篮子是空的"):
        plan(Basket("主题"), material())


def test_what_vanished_stays_visible() -> None:
    gone = passage_item(Quote("meile", 0, 3, "没有了"), "没有了的文章", "讲课用")
    changed = passage_item(Quote("sunhuai", 0, 3, "旧文字"), "损坏的通知")
    filled = add(basket(FIRST), gone, changed, practice_item(practice("wu", "无")))
    own = plan(filled, material())
    assert [(one.item.title, one.reason) for one in own.missing] == [
        ("没有了的文章", "文章已从库中移除"),
        ("损坏的通知", "文章已改动，放入时的文字现在没有了"),
        ("无", "实践已从库中移除"),
    ]
    assert own.missing[0].quote == gone.quotes[0]


def test_of_an_answer_only_the_sentences_that_are_gone_are_missing() -> None:
    item = replace(
        passage_item(quote("sunhuai", 0, 9), "问"), quotes=(quote("sunhuai", 0, 9), Quote("meile", 0, 1, "字"))
    )
    own = plan(add(Basket(), item), material())
    assert [one.quote.article_id for one in own.missing if one.quote] == ["meile"]
    assert [title for title, _quote in own.excerpts] == [DAMAGED.title]


def test_a_basket_of_which_nothing_is_left_is_told() -> None:
    filled = add(Basket(), *(practice_item(practice(str(number), f"无{number}")) for number in range(7)))
    with pytest.raises(NotFoundError, match=r"无0（实践已从库中移除）.*另有 2 项"):
        plan(filled, material())


def test_a_quotation_is_found_again_where_it_moved_to() -> None:
    moved = Article("a", "题", "新的开头。" + "原来的句子。" + "中间。" + "原来的句子。")
    assert where_now(moved, Quote("a", 0, 6, "原来的句子。")) == Quote("a", 5, 11, "原来的句子。")
    assert where_now(moved, Quote("a", 13, 19, "原来的句子。")) == Quote("a", 14, 20, "原来的句子。")
    assert where_now(moved, Quote("a", 0, 4, "新的开头")) == Quote("a", 0, 4, "新的开头")
    assert where_now(moved, Quote("a", 0, 2, "没有")) is None
    assert where_now(moved, Quote("a", 0, 2, "")) == Quote("a", 0, 2, "新的")
    assert where_now(moved, Quote("a", 15, 99, "")) is None


def test_without_a_topic_the_practices_name_the_course() -> None:
    assert plan(basket(FIRST, SECOND, topic=""), material()).topic == "甲、乙"
    assert plan(basket(quotes=(whole("tongzhi"),), topic=""), material()).topic == NOTICE.title


def test_a_page_that_reads_otherwise_than_its_practice_is_not_quoted() -> None:
    """The page lost a statement after the practice was read: no slice is made up."""
    broken = {**ARTICLES, "jia": replace(page(FIRST), text=page(FIRST).text.replace("- 先摸底。[1]\n", ""))}
    own = plan(basket(FIRST), material(articles=broken))
    (part,) = {part for part in parts(own) if part.text == "先摸底。"}
    assert part.quote is None
    assert part.references
    for one in (quoted for point in own.points() for quoted in point.rests):
        assert broken[one.article_id].text[one.start : one.end] == one.text


def test_one_source_has_one_number_whatever_the_script_and_the_note() -> None:
    same = replace(LAW, title="街道辦事處條例", note="第二条")
    other = practice(
        "ding",
        "丁",
        sources=(same,),
        lead=(statement("丁。"),),
        mechanism=(),
        steps=(),
        problem=(),
        results=(),
        limits=(),
    )
    known = {**ARTICLES, "ding": page(other)}
    own = plan(basket(other, FIRST), material(FIRST, other, articles=known))
    laws = [one.source for one in own.references if one.source.publisher == LAW.publisher]
    assert laws == [Source(same.title, LAW.publisher, LAW.date, note="第二条；第十条")]


def test_hostile_texts_are_quoted_as_they_are() -> None:
    own = plan(basket(quotes=(whole("huai"),)), material())
    quoted = [part.text for part in parts(own) if part.quote is not None]
    assert quoted[0].startswith("<script>alert(1)</script> & \x00\x0b\x1f\ud800\uffff")
    assert "\n".join(quoted) == HOSTILE.text.replace("# ", "").strip()
