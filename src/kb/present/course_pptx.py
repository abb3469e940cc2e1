"""A course kit as a PowerPoint file, 16:9: titles in their placeholders, full quotations in the speaker's notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from kb.present import pptx_page as page
from kb.present.course_kit import Kit
from kb.present.course_slides import SIDE, Grid, Slide, course_slides
from kb.present.display import Form
from kb.present.office_file import FONTS, describe, fixed_bytes
from kb.present.printable import printable
from kb.present.slide_text import Line, Run, Style
from kb.present.slide_xml import fill


def course_pptx(kit: Kit) -> bytes:
    """The file; the same kit gives the same bytes."""
    return _Writer(kit).written()


class _Writer:
    def __init__(self, kit: Kit) -> None:
        self.kit, self.fonts = kit, FONTS[kit.form]
        self.deck = page.new_deck(self.fonts)
        describe(self.deck.core_properties, kit.plan.topic, self.fonts.language)

    def written(self) -> bytes:
        """The cover, then every slide."""
        self._cover()
        for number, slide in enumerate(course_slides(self.kit), start=2):
            self._slide(slide, number)
        return fixed_bytes(self.deck)

    def _cover(self) -> None:
        slide = self.deck.slides.add_slide(page.layout(self.deck, page.COVER))
        self._title(slide.shapes.title, self.kit.plan.topic, page.COVER_SIZES)
        names = f"{self.kit.say('案例')}：{'、'.join(self.kit.plan.names)}" if self.kit.plan.names else ""
        self._fill(slide.placeholders[1].text_frame, [Line((Run(names),), Style(18, 26))])
        slide.placeholders[1].text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
        page.rule(slide, page.COVER_RULE)
        slide.notes_slide.notes_text_frame.text = printable("\n".join(self.kit.notices()))

    def _slide(self, content: Slide, number: int) -> None:
        slide = self.deck.slides.add_slide(page.layout(self.deck, page.TEXT if content.grid is None else page.TABLE))
        self._title(slide.shapes.title, content.title, page.TITLE_SIZES)
        if content.grid is None:
            self._fill(slide.placeholders[1].text_frame, content.lines)
        else:
            self._grid(slide, content.grid)
        page.rule(slide, page.TITLE_RULE)
        page.foot(slide, printable(self.kit.plan.topic), number)
        slide.notes_slide.notes_text_frame.text = printable(content.notes)

    def _title(self, shape: Any, title: str, sizes: Sequence[tuple[float, int]]) -> None:
        """In the largest size in which it fits; what fits in none is cut, with a sign that it is."""
        text = printable(" ".join(title.split()))
        size, most = next((one for one in sizes if page.width_of(text) <= one[1]), sizes[-1])
        if page.width_of(text) > most:
            text = page.shortened(text, most)
        shape.text_frame.auto_size = MSO_AUTO_SIZE.NONE
        shape.text_frame.text = text
        run = shape.text_frame.paragraphs[0].runs[0] if text else None
        if run is not None:
            run.font.size = Pt(size)
            run._r.get_or_add_rPr().set("lang", self.fonts.language)

    def _fill(self, frame: Any, lines: Sequence[Line]) -> None:
        fill(frame, lines, self.fonts, as_written=self.kit.form is Form.ORIGINAL)

    def _grid(self, slide: Any, grid: Grid) -> None:
        whole = Pt(sum(grid.widths))
        rows = len(grid.rows) + 1
        shape = slide.shapes.add_table(rows, len(grid.widths), page.LEFT, page.BODY_TOP, whole, Emu(rows * Pt(20)))
        table = shape.table
        table._tbl.tblPr.find(qn("a:tableStyleId")).text = page.PLAIN_GRID
        table.horz_banding = False
        for column, width in zip(table.columns, grid.widths, strict=True):
            column.width = Pt(width)
        for at, fields in enumerate((grid.head, *grid.rows)):
            table.rows[at].height = Pt(20)
            for place, lines in enumerate(fields):
                self._field(table.cell(at, place), lines, shade=at == 0 or place == 0, head=at == 0)

    def _field(self, cell: Any, lines: Sequence[Line], *, shade: bool, head: bool) -> None:
        cell.margin_left = cell.margin_right = Pt(SIDE / 2)
        cell.margin_top = cell.margin_bottom = Pt(2)
        cell.vertical_anchor = MSO_ANCHOR.TOP
        self._fill(cell.text_frame, lines)
        if shade:
            cell.fill.solid()
            cell.fill.fore_color.rgb = page.colour(page.HEAD_SHADE if head else page.SHADE)
        else:
            cell.fill.background()
