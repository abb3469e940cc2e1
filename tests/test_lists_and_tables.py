"""Lists within running text and rows of tables: what stays together when a text is cut."""

from __future__ import annotations

import io

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.sources.docx import read_docx
from kb.sources.html import read_html
from kb.text.enumerations import Mark, marks
from kb.text.split import LIMIT, SENTENCE_LIMIT, TAIL, Piece, sentences, split
from kb.text.tables import column_names, is_row

WHOLE = LIMIT + TAIL

FAMILIES = {
    "是": ["一是", "二是", "三是", "四是"],
    "要": ["一要", "二要", "三要", "四要"],
    "第": ["第一，", "第二，", "第三，", "第四，"],
    "其": ["其一，", "其二，", "其三，", "其四，"],
    "括号": ["（一）", "（二）", "（三）", "（四）"],
    "半角括号": ["(一)", "(二)", "(三)", "(四)"],
    "数字括号": ["（1）", "（2）", "（3）", "（4）"],
    "圈": ["①", "②", "③", "④"],
    "点": ["1. ", "2. ", "3. ", "4. "],
    "次序": ["首先，", "其次，", "再次，", "最后，"],
    "繁体": ["首先，", "其次，", "然後，", "最後，"],
    "粗体": ["**一是**", "**二是**", "**三是**", "**四是**"],
}


def texts(text: str, pieces: list[Piece]) -> list[str]:
    return [text[piece.start : piece.end] for piece in pieces]


def item(mark: str, length: int) -> str:
    """An item of two sentences, of this length."""
    return f"{mark}摸清底数。{'办' * (length - len(mark) - 6)}。"


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_a_list_stays_whole_where_cutting_by_length_alone_would_take_it_apart(family: list[str]) -> None:
    before, lead = "甲" * 179 + "。", "抓好四件事。"
    listed = lead + "".join(item(mark, 90) for mark in family)
    after = "乙" * 149 + "。"
    assert 400 > len(listed) > 350
    text = before + "\n" + listed + after
    assert texts(text, split(text)) == [before, listed, after]


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_without_its_marks_the_same_text_is_cut_by_length(family: list[str]) -> None:
    listed = "抓好四件事。" + "".join(item("啊" * len(mark), 90) for mark in family)
    text = "甲" * 179 + "。\n" + listed + "乙" * 149 + "。"
    assert listed not in texts(text, split(text))


def test_a_list_over_several_lines_stays_whole_with_the_line_that_leads_into_it() -> None:
    listed = "居民委员会的任务有：\n" + "".join(f"（{number}）{'项' * 80}；\n" for number in "一二三四")
    text = "甲" * 150 + "。\n" + listed
    assert texts(text, split(text)) == ["甲" * 150 + "。", listed.strip()]


def test_a_list_of_up_to_500_characters_is_one_passage_and_a_longer_one_is_cut_between_its_items() -> None:
    fits = "".join(item(mark, 125) for mark in FAMILIES["是"])
    assert len(fits) == WHOLE
    assert texts(fits, split(fits)) == [fits]
    longer = "".join(item(mark, 126) for mark in FAMILIES["是"])
    assert [piece[:2] for piece in texts(longer, split(longer))] == ["一是", "四是"]


def test_an_item_that_is_a_list_itself_stays_whole_where_it_fits() -> None:
    inner = "".join(item(mark, 150) for mark in FAMILIES["数字括号"][:3])
    text = f"（一）{inner}" + "".join(item(mark, 200) for mark in FAMILIES["括号"][1:3])
    assert [piece[:3] for piece in texts(text, split(text))] == ["（一）", "（二）"]


def test_what_leads_in_is_left_where_the_list_alone_fits() -> None:
    lead = "甲" * 198 + "："
    listed = "".join(item(mark, 110) for mark in FAMILIES["是"])
    text = f"{lead}\n{listed}"
    assert texts(text, split(text)) == [lead, listed]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param("主要做法：一是摸底；二是整改。", [1, 2], id="句中"),
        pytest.param("十一是收尾，十二是总结。", [11, 12], id="十以上"),
        pytest.param("这是第一是重要的一步。", [], id="不在小句开头"),
        pytest.param("第一条　为了自治。", [], id="法条不是列举"),
        pytest.param("第一季度，办结九成。", [], id="第一季度"),
        pytest.param("占2.5%，比去年高。", [], id="小数"),
        pytest.param("3.巡查。", [3], id="数字"),
    ],
)
def test_marks(sentence: str, expected: list[int]) -> None:
    assert [mark.number for mark in marks(sentence)] == expected


def test_marks_name_their_family() -> None:
    assert marks("（一）建组织，①选人，其次培训。") == [Mark("bracket", 1), Mark("circle", 1), Mark("order", 2)]


def test_numbers_that_do_not_go_on_make_no_list() -> None:
    text = "一是摸底。" + "甲" * 300 + "。三是回访。" + "乙" * 150 + "。"
    assert texts(text, split(text)) == ["一是摸底。" + "甲" * 300 + "。三是回访。", "乙" * 150 + "。"]


families = st.sampled_from([family for name, family in FAMILIES.items() if name != "次序"])
listings = st.tuples(families, st.lists(st.integers(12, 300), min_size=2, max_size=4), st.integers(0, 450))


@given(listings)
@settings(deadline=None, max_examples=150)
def test_law_a_list_is_in_one_passage_or_too_long_for_one(listing: tuple[list[str], list[int], int]) -> None:
    family, lengths, before = listing
    listed = "".join(item(mark, length) for mark, length in zip(family, lengths, strict=False))
    text = ("甲" * before + "。\n" if before else "") + listed
    begin, last = len(text) - len(listed), text.rindex(family[len(lengths) - 1])
    homes = [piece for piece in split(text) if piece.start < last and piece.end > begin]

    assert len(homes) == 1 or sum(lengths) > WHOLE


@given(listings)
@settings(deadline=None, max_examples=100)
def test_law_an_item_that_fits_is_not_cut(listing: tuple[list[str], list[int], int]) -> None:
    family, lengths, _before = listing
    text = "".join(item(mark, length) for mark, length in zip(family, lengths, strict=False))
    starts = {piece.start for piece in split(text)}
    begins = {sum(lengths[:number]) for number in range(len(lengths))}
    last_end = sum(lengths[:-1])
    assert {start for start in starts if start < last_end} <= begins


def table(rows: int) -> str:
    head = "事项 | 牵头单位 | 办理时限\n"
    return head + "".join(f"事项{row:02} | 司法所。{'查' * 30}！再办。 | 三天\n" for row in range(rows))


def test_a_row_is_one_sentence_whatever_its_cells_hold() -> None:
    text = table(3)
    assert [text[span.start : span.end] for span in sentences(text)] == text.splitlines(keepends=True)


def test_the_passages_of_a_table_hold_whole_rows_under_the_names_of_its_columns() -> None:
    text = "## 清单\n" + table(20)
    pieces = split(text)
    assert len(pieces) > 2
    assert all(line in text.splitlines() for piece in texts(text, pieces) for line in piece.splitlines())
    assert pieces[0].headings == ("清单",)
    assert text[pieces[0].start :].startswith("事项 | 牵头单位")
    assert {piece.headings for piece in pieces[1:]} == {("清单", "事项 | 牵头单位 | 办理时限")}


def test_what_follows_a_table_and_a_table_without_names_have_nothing_above() -> None:
    text = table(20) + "乙" * 250 + "。\n" + "".join(f"{number} | 张三家里三口人。{'查' * 90}\n" for number in range(6))
    above = {text[piece.start]: piece.headings for piece in split(text)}
    assert above["乙"] == ()
    assert {piece.headings for piece in split(text) if text[piece.start].isdigit()} == {()}


@pytest.mark.parametrize(
    ("line", "row"),
    [
        pytest.param("事项 | 单位", True, id="word和网页"),
        pytest.param("| 事项 | 单位 |", True, id="markdown"),
        pytest.param("|事项|单位|", True, id="markdown紧排"),
        pytest.param("|---|:--|", True, id="分隔行"),
        pytest.param(" | 单位", True, id="首格空"),
        pytest.param("事项\t单位\t时限", True, id="制表符"),
        pytest.param("一、\t先摸底。再整改。", False, id="编号后的制表符"),
        pytest.param("绝对值|x|不是表格", False, id="竖线"),
        pytest.param("先摸底。再整改。", False, id="正文"),
        pytest.param("", False, id="空行"),
    ],
)
def test_rows(line: str, row: bool) -> None:
    assert is_row(line + "\n") is row


@pytest.mark.parametrize(
    ("row", "names"),
    [
        ("事项 | 牵头单位", "事项 | 牵头单位"),
        ("| 事项 | 牵头单位 |", "事项 | 牵头单位"),
        ("事项\t单位\t时限", "事项 | 单位 | 时限"),
        ("|---|---|", ""),
        ("调解 | 先登记。再调解。", ""),
        ("2023 | 95", ""),
    ],
)
def test_names_of_columns(row: str, names: str) -> None:
    assert column_names(row) == names


def test_an_overgrown_row_is_cut_between_its_cells() -> None:
    text = " | ".join(["格" * 140] * 6) + "\n"
    assert [text[span.start : span.end][-3:] for span in sentences(text)] == [" | ", "格格\n"]
    assert [span.end for span in sentences(text)] == [572, len(text)]


def test_an_overlong_sentence_is_cut_between_its_items_before_its_clauses() -> None:
    text = "一是" + "摸，" * 180 + "；二是" + "改，" * 150 + "。"
    assert [text[span.start : span.end][:2] for span in sentences(text)] == ["一是", "二是"]


cell = st.text(alphabet="办理。！事项；，（）“”1 ", max_size=40)
tables = st.lists(st.lists(cell, min_size=2, max_size=5).map(" | ".join), min_size=1, max_size=12)


@given(tables)
@settings(deadline=None, max_examples=150)
def test_law_no_row_is_ever_cut(rows: list[str]) -> None:
    text = "\n".join(rows) + "\n"
    ends = {at + 1 for at, character in enumerate(text) if character == "\n"}
    assert all(len(row) <= SENTENCE_LIMIT for row in rows)
    assert {span.end for span in sentences(text)} <= ends
    for piece in split(text):
        assert "\n" not in text[piece.end : piece.end + 1].strip(" \n")
        assert text[text.rfind("\n", 0, piece.start) + 1 : piece.start].strip() == ""
        assert text[piece.end : text.index("\n", piece.end)].strip() == ""


def test_a_row_of_a_word_table_is_one_line_whatever_breaks_its_cells_hold() -> None:
    document = docx.Document()
    made = document.add_table(rows=2, cols=2)
    for at, written in enumerate(("事项", "时限", "登记\n调解", "三天")):
        made.cell(at // 2, at % 2).text = written
    made.cell(1, 1).add_paragraph("可延长")
    file = io.BytesIO()
    document.save(file)
    assert read_docx(file.getvalue(), "a.docx").text == "事项 | 时限\n登记 调解 | 三天 可延长\n"


def test_a_row_of_a_web_page_is_one_line_whatever_breaks_its_cells_hold() -> None:
    page = (
        "<html><body><p>任务清单如下，请各单位对照落实。</p><table>"
        "<tr><th>事项</th><th>牵头<br>单位</th></tr>"
        "<tr><td><p>登记</p><p>调解</p></td><td>司法所<ul><li>甲</li><li>乙</li></ul></td></tr></table></body></html>"
    )
    lines = read_html(page.encode(), "a.html").text.splitlines()
    assert lines[1:] == ["事项 | 牵头 单位", "登记 调解 | 司法所 甲 乙"]


def test_a_table_that_lays_out_a_page_keeps_its_paragraphs() -> None:
    article = "".join(f"<p>第{number}段。{'社区治理要靠大家。' * 12}</p>" for number in range(4))
    page = f"<html><body><table><tr><td>左栏</td><td>{article}</td></tr></table></body></html>"
    assert sum(line.startswith("第") for line in read_html(page.encode(), "a.html").text.splitlines()) >= 3


@pytest.mark.parametrize(
    "line", ["第七条　甲", "第七條之一　甲", "第 七 条　甲", "　　第　七　条　甲", "第12条 甲", "第１２条 甲"]
)
def test_an_article_of_a_law_is_known_however_it_is_spaced(line: str) -> None:
    text = f"{line}。\n（一）先办\n（二）后补\n{line}。\n"
    assert texts(text, split(text)) == [f"{line.strip()}。\n（一）先办\n（二）后补", f"{line.strip()}。"]


def test_a_chapter_is_a_heading_however_it_is_spaced() -> None:
    text = "第 一 章　总　则\n甲。\n第二章　附　则\n乙。\n"
    assert [piece.headings for piece in split(text)] == [("第 一 章　总　则",), ("第二章　附　则",)]
