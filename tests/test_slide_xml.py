"""Paragraphs of slides are written as XML of our own: what the library reads back is what was to be said."""

from __future__ import annotations

from typing import Any

import pytest
from pptx import Presentation
from pptx.enum.text import MSO_UNDERLINE
from pptx.util import Inches, Pt

from kb.present import pptx_page
from kb.present.display import Form
from kb.present.office_file import FONTS
from kb.present.slide_text import BODY, LABEL, Line, Look, Run
from kb.present.slide_xml import fill
from kb.types import Script

FONTS_HERE = FONTS[Form.ORIGINAL]


def box(*lines: Line, as_written: bool = True) -> Any:
    """The text frame of a slide, filled."""
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    frame = slide.shapes.add_textbox(0, 0, Inches(5), Inches(5)).text_frame
    fill(frame, lines, FONTS_HERE, as_written=as_written)
    return frame


@pytest.mark.parametrize("text", ["<a:t>&amp;</a:t>", "一\t二", "“引”'号'\"", "  前后有空格 ", "回车\r换行", "]]>"])
def test_every_character_is_read_back(text: str) -> None:
    run = box(Line((Run(text),))).paragraphs[0].runs[0]
    assert run.text == text


def test_size_spacing_and_weight_are_those_of_the_style() -> None:
    label, body = box(Line((Run("标题"),), LABEL), Line((Run("正文"),), BODY, sign="•")).paragraphs
    assert (label.runs[0].font.size, label.runs[0].font.bold) == (Pt(16), True)
    assert (label.line_spacing, label.space_before, label.space_after) == (Pt(22), Pt(5), Pt(2))
    assert [run.text for run in body.runs] == ["•\t", "正文"]
    assert (body.runs[1].font.size, body.runs[1].font.bold) == (Pt(20), False)


def test_a_guessed_character_of_a_quotation_is_underlined_in_the_font_of_quotations() -> None:
    quoted, guessed = box(Line((Run("社區", Look.QUOTED, Script.HANT), Run("？", Look.DAMAGED)))).paragraphs[0].runs
    assert guessed.font.underline == MSO_UNDERLINE.WAVY_LINE
    assert quoted.font.underline is None
    assert FONTS_HERE.quotation in quoted._r.xml
    assert 'lang="zh-TW"' in quoted._r.xml


def test_a_frame_always_has_a_paragraph() -> None:
    assert [one.text for one in box().paragraphs] == [""]


def test_the_pages_of_notes_have_names_of_their_own() -> None:
    deck = pptx_page.new_deck(FONTS_HERE)
    names = [
        deck.slides.add_slide(pptx_page.layout(deck, pptx_page.TEXT)).notes_slide.part.partname for _slide in range(3)
    ]
    assert names == [f"/ppt/notesSlides/notesSlide{number}.xml" for number in (1, 2, 3)]
