"""What the reading page is made of: outlines, quotations with their references, the list of articles."""

from __future__ import annotations

import pytest

from kb.present import html
from kb.present.article_list import UNSORTED, Wanted, chosen, counts, repeated
from kb.present.outline import outline
from kb.present.references import quotation, reference, sentences_within
from kb.search.ordering import newest
from kb.types import Article, ArticleSummary, Citation, Copy, Duplicate, DuplicateKind, Hit, Passage, Script, Span

TEXT = "# 题目\n\n## 一、背景\n第一句。第二句！[1]\n\n- 要点一。\n（一）做法\n最后一句\n"
ARTICLE = Article("wuye", "题目", TEXT, source="武汉日报", date="2023-05-01", author="张三、李四", url="http://a.cn/1")


def test_an_outline_leaves_no_depth_out_and_knows_its_places() -> None:
    found = outline(TEXT)
    assert [(one.text, one.depth) for one in found] == [("题目", 1), ("一、背景", 2), ("（一）做法", 3)]
    assert all(TEXT[one.start :].lstrip("# ").startswith(one.text) for one in found)
    assert [one.depth for one in outline(TEXT, 5)] == [1, 2]


def test_headings_of_an_article_can_be_jumped_to() -> None:
    body = html.marked(TEXT, 0, [Span(7, 12)], headings=outline(TEXT))
    assert '<h3 id="at-6" class="kb-heading kb-depth-2">' in body
    assert '<a href="#at-6">一、背景</a>' in html.outline(outline(TEXT))
    assert "<h" not in html.marked(TEXT, 0, [])


def test_a_quotation_is_what_is_written_with_its_reference() -> None:
    start = TEXT.index("第一句")
    told = quotation(ARTICLE, Span(start, start + 4))
    assert told.startswith("“第一句。”\n张三, 李四. 题目[N/OL]. 武汉日报, 2023-05-01. http://a.cn/1.\n第 1 段，出处：")
    cited = Citation.parse(told.rpartition("：")[2])
    assert TEXT[cited.start : cited.end] == "第一句。"
    assert reference(Article("a", "甲", "乙")) == "甲[Z]. [出版者不详], [日期不详]."


def test_sentences_to_quote_are_slices_without_headings_and_signs() -> None:
    found = sentences_within(TEXT, Span(0, len(TEXT)))
    assert [TEXT[one.start : one.end] for one in found] == ["第一句。", "第二句！[1]", "要点一。", "最后一句"]


def summary(key: str, title: str, category: str = "", region: str = "", date: str = "") -> ArticleSummary:
    return ArticleSummary(key, title, Script.HANS, region, date, "", category, 100, 2)


LISTED = (
    summary("a", "網格化", "网格", "北京市", "2023-05"),
    summary("b", "物业", "", "武汉市", "2024"),
    summary("c", "网格员的一天", "网格", "武汉市"),
)


def test_articles_are_found_in_either_script_and_by_what_they_are() -> None:
    assert [one.id for one in chosen(LISTED, Wanted())] == ["a", "c", "b"]
    assert [one.id for one in chosen(LISTED, Wanted(words="网格"))] == ["a", "c"]
    assert [one.id for one in chosen(LISTED, Wanted(words="網格 武漢"))] == ["c"]
    assert [one.id for one in chosen(LISTED, Wanted(category=UNSORTED))] == ["b"]
    assert [one.id for one in chosen(LISTED, Wanted(year="2023", region="北京市"))] == ["a"]
    assert counts(LISTED) == {
        "category": {"网格": 2, UNSORTED: 1},
        "region": {"武汉市": 2, "北京市": 1},
        "year": {"2024": 1, "2023": 1},
    }


def test_copies_are_told_of_both() -> None:
    copy = Copy("b", "乙", Duplicate("a", "甲", DuplicateKind.CONTAINS, 0.9))
    assert repeated([copy]) == {"b": {"甲": DuplicateKind.CONTAINS}, "a": {"乙": DuplicateKind.CONTAINED}}


def test_newest_first_and_unknown_dates_last() -> None:
    dates = ("2023", "", "2024-05-01", "2024")
    hits = [
        Hit(Passage(f"{at}#1", str(at), 0, 1, (), "文"), Article(str(at), "题", "文", date=date), 1, None, None, (), ())
        for at, date in enumerate(dates)
    ]
    assert [hit.article.date for hit in newest(hits)] == ["2024-05-01", "2024", "2023", ""]


def test_marks_for_writing_from_right_to_left_end_with_their_text() -> None:
    assert html.escaped("a\u202eb") == "a\u202eb\u202c"
    assert html.contained("a\u2067b") == "a\u2067b\u2069"
    assert html.contained("普通") == "普通"


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        pytest.param("\u202ea\u2067b", "\u2069\u202c", id="an isolate within an override ends first"),
        pytest.param("\u2067a\u202eb", "\u202c\u2069", id="an override within an isolate ends first"),
        pytest.param("\u2067\u202ea\u2069", "", id="the end of an isolate ends what was begun in it"),
        pytest.param("\u2069\u202c\u202ea", "\u202c", id="ends without a beginning end nothing"),
        pytest.param("\u202e\u2067a\u202cb", "\u2069\u202c", id="an end does not reach out of an isolate"),
    ],
)
def test_marks_end_in_the_order_of_the_unicode_rules(text: str, ends: str) -> None:
    assert html.contained(text) == text + ends
