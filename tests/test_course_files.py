"""Course kits as files: opened again with the libraries that read them, everything is in them, as it was written."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from pptx import Presentation
from pptx.util import Pt

from course_material import (
    ARTICLES,
    DAMAGED,
    FIRST,
    NOTICE,
    PRACTICES,
    basket,
    full_plan,
    material,
    page,
    practice,
    statement,
    whole,
)
from kb.course.basket import add, annotate, passage_item
from kb.course.planning import plan
from kb.course.values import SectionKind
from kb.present import slide_text
from kb.present.course_docx import course_docx
from kb.present.course_kit import Kit, kit
from kb.present.course_markdown import course_markdown
from kb.present.course_plain import plan as plain_plan
from kb.present.course_pptx import course_pptx
from kb.present.course_slides import ROOM, WIDTH, course_slides, row_height
from kb.present.display import Form, display
from kb.present.printable import printable
from kb.types import Quote, Script

EXPORTS: tuple[Callable[[Kit], bytes], ...] = (
    course_docx,
    course_pptx,
    lambda made: course_markdown(made).encode("utf-8"),
)


@cache
def full(form: Form = Form.ORIGINAL) -> Kit:
    return kit(full_plan(), form)


@cache
def word(form: Form = Form.ORIGINAL) -> Any:
    return Document(io.BytesIO(course_docx(full(form))))


@cache
def deck(form: Form = Form.ORIGINAL) -> Any:
    return Presentation(io.BytesIO(course_pptx(full(form))))


def word_text(document: Any) -> str:
    """All text in the order of the document, tables included."""
    return "\n".join(
        "".join(piece.text or "" for piece in paragraph.iter(qn("w:t")))
        for paragraph in document.element.body.iter(qn("w:p"))
    )


def slide_texts(presentation: Any) -> list[str]:
    found = []
    for slide in presentation.slides:
        texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        for shape in slide.shapes:
            if shape.has_table:
                texts += [cell.text for row in shape.table.rows for cell in row.cells]
        found.append("\n".join(texts))
    return found


def notes(presentation: Any) -> str:
    return "\n".join(slide.notes_slide.notes_text_frame.text for slide in presentation.slides)


def bare(text: str) -> str:
    """Without what an exporter puts between the characters of a statement."""
    return re.sub(r"\[\^?\d+\]|〔[^〕]*〕|\s", "", text)


# -- the same for all three


@pytest.mark.parametrize("export", EXPORTS)
@pytest.mark.parametrize("form", list(Form))
def test_the_same_basket_gives_the_same_bytes(export: Callable[[Kit], bytes], form: Form, monkeypatch: Any) -> None:
    first = export(kit(full_plan(), form))
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert export(kit(full_plan(), form)) == first


@pytest.mark.parametrize("form", list(Form))
def test_every_statement_is_in_every_file(form: Form) -> None:
    made = full(form)
    told = [bare(printable(point.text)) for point in made.plan.points()]
    in_word = bare(word_text(word(form)))
    in_markdown = bare(re.sub(r"\\(.)", r"\1", course_markdown(made)))
    on_slides, in_notes = bare("".join(slide_texts(deck(form)))), bare(notes(deck(form)))
    assert told
    for text in told:
        assert text in in_word
        assert text in in_markdown
        assert text in in_notes
        if len(text) < 100:
            assert text in on_slides


@pytest.mark.parametrize("form", list(Form))
def test_every_reference_is_in_every_file(form: Form) -> None:
    made = full(form)
    on_slides = "\n".join(slide_texts(deck(form)))
    for one in made.plan.references:
        entry = printable(made.reference(one))
        assert f"[{one.number}]{entry}" in word_text(word(form))
        assert entry in on_slides or len(entry) > 200
        assert f"[^{one.number}]: " in course_markdown(made)


def test_quotations_stay_as_written_or_say_that_they_are_not() -> None:
    line = "網格員每天巡查。"
    assert line in word_text(word())
    assert not any("字形已转换" in text for text in full().notices())
    simplified = full(Form.SIMPLIFIED)
    assert display(line, Form.SIMPLIFIED, Script.HANT) in word_text(word(Form.SIMPLIFIED))
    assert line not in word_text(word(Form.SIMPLIFIED))
    assert any("字形已转换" in text for text in simplified.notices())
    assert "第 1 段，字形已转换" in word_text(word(Form.SIMPLIFIED))
    assert NOTICE.title in [one.source.title for one in simplified.plan.references]


def test_our_words_follow_the_reader_and_quotations_do_not() -> None:
    made = kit(full_plan(), Form.ORIGINAL, "hant")
    assert made.heads[0][0] == "一、教學目標"
    text = course_markdown(made)
    assert "要有人干。" in text
    assert "說清甲針對的問題" in text


def test_what_is_damaged_is_told_beside_the_quotation() -> None:
    at = DAMAGED.text.index("□")
    (point,) = [one for one in full().plan.points() if any(part.flags for part in one.parts)]
    assert point.quotes[0].article_id == DAMAGED.id
    around = f"{DAMAGED.text[at - 6 : at]}【□□】{DAMAGED.text[at + 2 : at + 8]}"
    told = [
        f"缺字，引用前请核对：“{around}”（此处缺两个字；另可能是：杂物、物品）",
        "此处有 1 个地方经过修复，可在文章页对照收到的文字",
    ]
    assert full().warnings(point) == told
    for text in (word_text(word()), "\n".join(slide_texts(deck())), course_markdown(full()), notes(deck())):
        for one in told:
            assert bare(one) in bare(text.replace("\\", ""))
    (wave,) = [run for run in word().element.body.iter(qn("w:u")) if run.get(qn("w:val")) == "wave"]
    assert wave.getparent().getparent().text == "□□"


def test_what_vanished_is_in_every_file() -> None:
    gone = passage_item(Quote("meile", 0, 4, "旧的原文"), "没有了的文章", "要用")
    made = kit(plan(add(basket(FIRST), gone), material()))
    line = "没有了的文章（文章已从库中移除，meile 第 0–4 字）。放入时的文字（现已不能核对）：旧的原文。备注：要用"
    assert line in word_text(Document(io.BytesIO(course_docx(made))))
    assert line in "\n".join(slide_texts(Presentation(io.BytesIO(course_pptx(made)))))
    assert line in course_markdown(made)
    assert "篮子里有 1 处已从库中移除或改动，列在文末“已移除”。" in made.notices()


def test_notes_of_the_trainer_are_kept() -> None:
    own = annotate(basket(FIRST, quotes=(whole("tongzhi"),)), "practice:jia", "先讲\n再问")
    own = annotate(own, own.items[-1].key, "朗读")
    made = kit(plan(own, material()))
    text = word_text(Document(io.BytesIO(course_docx(made))))
    assert "备注：先讲\n备注：再问" in text
    assert "备注：朗读" in text
    spoken = notes(Presentation(io.BytesIO(course_pptx(made))))
    assert "讲师备注：先讲" in spoken
    assert "讲师备注：朗读" in spoken
    assert "**备注**：先讲 再问" in course_markdown(made)


def test_the_excerpts_can_be_verified_later() -> None:
    citation = str(whole("tongzhi").citation)
    for text in (word_text(word()), "\n".join(slide_texts(deck())), course_markdown(full()).replace("\\", "")):
        assert citation in text


# -- hostile texts


def test_markup_in_texts_is_text() -> None:
    text = course_markdown(full())
    assert "<script" not in re.sub(r"\\<", "", text)
    assert not re.search(r"(?<!\\)<(?!br>|https?://)", text)
    assert "](javascript" not in text.replace("\\]", "")
    assert "<script>alert(1)</script>" in word_text(word())


def test_characters_that_xml_forbids_get_a_visible_sign() -> None:
    for text in (word_text(word()), "\n".join(slide_texts(deck())), notes(deck()), course_markdown(full())):
        assert "␀␋␟��" in text
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\uffff]", text)


def test_no_address_of_a_source_becomes_a_link_in_office_files() -> None:
    for data in (course_docx(full()), course_pptx(full())):
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            relations = b"".join(file.read(name) for name in file.namelist() if name.endswith(".rels"))
        assert b"javascript" not in relations
        assert b'TargetMode="External"' not in relations


# -- Word


def test_headings_lead_through_the_document() -> None:
    outline = [
        (one.style.name, one.text) for one in word().paragraphs if one.style.name.startswith(("Heading", "Title"))
    ]
    assert outline[0] == ("Title", "怎样议事")
    sections = [text for style, text in outline if style == "Heading 1"]
    kinds = [kind.value for kind in SectionKind]
    assert sections == [*(f"{'一二三四五六七八'[at]}、{kind}" for at, kind in enumerate(kinds)), "参考文献", "引文核对"]
    assert [text for style, text in outline if style == "Heading 2"][:3] == ["甲", "乙", "丙"]


def test_the_page_is_a4_and_heads_of_tables_repeat() -> None:
    section = word().sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    assert word().tables
    for table in word().tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


@pytest.mark.parametrize(
    ("form", "body", "language"),
    [
        (Form.ORIGINAL, "SimSun", "zh-CN"),
        (Form.SIMPLIFIED, "SimSun", "zh-CN"),
        (Form.TAIWAN, "PMingLiU", "zh-TW"),
        (Form.HONG_KONG, "PMingLiU", "zh-HK"),
    ],
)
def test_fonts_and_languages_are_those_of_the_script(form: Form, body: str, language: str) -> None:
    document = word(form)
    for name in ("Normal", "Title", "Heading 1", "KB Item", "KB Cell"):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia"))
        assert fonts.get(qn("w:eastAsiaTheme")) is None
    assert document.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia")) == body
    assert document.styles.element.find(f".//{qn('w:lang')}").get(qn("w:eastAsia")) == language
    table = next(part for part in document.part.package.parts if str(part.partname) == "/word/fontTable.xml")
    assert f'w:name="{body}"'.encode() in table.blob


def test_every_citation_leads_to_an_entry() -> None:
    body = word().element.body
    entries = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    cited = {link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))}
    assert cited == entries == {f"ref{one.number}" for one in full().plan.references}


def test_quotations_are_set_in_a_style_of_their_own() -> None:
    quoted = {run.text for one in word().paragraphs for run in one.runs if run.style.name == "KB Quoted"}
    stored = "".join(printable(article.text) for article in ARTICLES.values())
    assert quoted
    assert all(text in stored for text in quoted)


def test_many_practices_lie_on_a_turned_page() -> None:
    many = [practice(str(number), f"第{number}法") for number in range(4)]
    known = {one.id: page(one) for one in many}
    made = kit(plan(basket(*many), material(*many, articles=known)))
    document = Document(io.BytesIO(course_docx(made)))
    widths = [round(section.page_width.cm) for section in document.sections]
    assert widths == [21, 30, 21]


def test_nothing_tells_when_and_where_it_was_made() -> None:
    for properties in (word().core_properties, deck().core_properties):
        assert properties.title == "怎样议事"
        assert properties.author == ""
        assert properties.created.year == 2000


# -- slides


def test_slides_are_wide_and_have_titles() -> None:
    presentation = deck()
    assert round(presentation.slide_width / presentation.slide_height, 2) == 1.78
    titles = [slide.shapes.title.text_frame.text for slide in presentation.slides]
    assert titles[:3] == ["怎样议事", "说明", "一、教学目标"]
    assert all(titles)


@pytest.mark.parametrize("form", list(Form))
def test_nothing_is_higher_than_its_slide(form: Form) -> None:
    for slide in course_slides(full(form)):
        assert sum(slide_text.height(line, WIDTH) for line in slide.lines) <= ROOM
        if slide.grid is not None:
            rows = (slide.grid.head, *slide.grid.rows)
            assert sum(row_height(row, slide.grid.widths) for row in rows) <= ROOM
            assert round(sum(slide.grid.widths)) == WIDTH


def test_shapes_stay_on_the_slide() -> None:
    presentation = deck()
    for slide in presentation.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= presentation.slide_width
            assert shape.top + min(shape.height, Pt(ROOM)) <= presentation.slide_height


def test_the_notes_hold_each_quotation_whole_with_its_reference() -> None:
    spoken = notes(deck())
    entries = {one.number: full().reference(one) for one in full().plan.references}
    for point in full().plan.points():
        for quote in point.quotes:
            assert printable(quote.text) in spoken
        for number in point.references:
            assert f"[{number}] {printable(entries[number])}" in spoken
    assert "（续上页，全文见上页备注）" in spoken


# -- plain data


def test_the_plain_plan_holds_what_was_written() -> None:
    told = plain_plan(full(Form.SIMPLIFIED))
    assert list(told) == ["topic", "practices", "notices", "sections", "references", "excerpts", "missing"]
    (excerpt,) = [one for one in told["excerpts"] if one["article_id"] == NOTICE.id]
    assert excerpt["text"] == NOTICE.text
    basis = next(section for section in told["sections"] if section["title"] == SectionKind.BASIS.value)
    points = [point for group in basis["groups"] for block in group["blocks"] for point in block["points"]]
    part = next(point["parts"][0] for point in points if point["text"].startswith("网格员"))
    assert part["quote"]["text"] == "網格員每天巡查。"
    assert len(PRACTICES) == len(told["practices"])


def test_names_without_end_leave_room_for_what_they_head() -> None:
    many = [practice(str(number), f"{number}" + "很长的名称" * 60) for number in range(5)]
    made = kit(plan(basket(*many, topic="题" * 200), material(*many, articles={one.id: page(one) for one in many})))
    slides = course_slides(made)
    for slide in slides:
        if slide.grid is not None:
            rows = (slide.grid.head, *slide.grid.rows)
            assert sum(row_height(row, slide.grid.widths) for row in rows) <= ROOM
    presentation = Presentation(io.BytesIO(course_pptx(made)))
    assert max(len(slide.shapes.title.text_frame.text) for slide in presentation.slides) <= 200
    assert course_docx(made)


def test_a_statement_of_a_table_is_parted_only_where_no_slide_holds_it() -> None:
    sentence = "这一句说明由谁来办、什么时候办完、办得怎样由谁来评，说得很细。"
    one = practice("a", "甲法", mechanism=tuple(statement(sentence) for _ in range(30)))
    two = practice("b", "乙法", mechanism=(statement(sentence.replace("，", "、") * 30),))
    own = plan(basket(one, two), material(one, two, articles={"a": page(one), "b": page(two)}))
    grids = [slide.grid for slide in course_slides(kit(own)) if slide.grid is not None and len(slide.grid.head) == 3]
    assert len(grids) > 2
    for grid in grids:
        for row in grid.rows:
            for line in (*row[1], *row[2]):
                assert bare(line.text).endswith("。") or line.text in {"议事协商", "甲法市", "乙法市", "未载明"}
