"""A course kit as a Word document: headings for navigation, numbered citations that lead to the list of references."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from docx.enum.text import WD_UNDERLINE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm

from kb.course.values import Block, Cell, Part, Point, Section, SectionKind, Table
from kb.present import docx_page as page
from kb.present.course_kit import CITATIONS, MISSING, REFERENCES, Kit, pieces
from kb.present.display import Form
from kb.present.office_file import FONTS, describe, fixed_bytes
from kb.present.printable import printable
from kb.types import Script

WIDE_FROM = 5
"""Columns from which a table of practices lies on turned pages of its own."""

UPRIGHT, LYING = 16.2, 24.9
"""Centimetres between the margins."""

FIGURE_WIDTHS = (1.1, 2.7, 2.3, 2.9, 3.1, 4.1)
LANGUAGES = {Script.HANS: "zh-CN", Script.HANT: "zh-TW"}


def course_docx(kit: Kit) -> bytes:
    """The file; the same kit gives the same bytes."""
    return _Writer(kit).written()


class _Writer:
    def __init__(self, kit: Kit) -> None:
        self.kit, self.plan = kit, kit.plan
        self.document = page.new_document(FONTS[kit.form], printable(kit.plan.topic))
        self.styles = page.style_ids(self.document)
        describe(self.document.core_properties, kit.plan.topic, FONTS[kit.form].language)

    def written(self) -> bytes:
        """Section by section, then what is missing, then the references."""
        self._head()
        for title, section in self.kit.heads:
            self._section(title, section)
        if self.plan.missing:
            self._paragraph(self.kit.say(MISSING), "Heading 1")
            for one in self.plan.missing:
                self._paragraph(f"•\t{self.kit.missing(one)}", page.ITEM)
        self._references()
        for at, text in enumerate(self.kit.citations()):
            if at == 0:
                self._paragraph(self.kit.say(CITATIONS), "Heading 1")
            self._paragraph(text, page.REFERENCE if at else "Normal")
        return fixed_bytes(self.document)

    def _head(self) -> None:
        self._paragraph(self.plan.topic, "Title")
        if self.plan.names:
            self._paragraph(f"{self.kit.say('案例')}：{'、'.join(self.plan.names)}", "Subtitle")
        for text in self.kit.notices():
            self._paragraph(text, page.NOTE)

    def _paragraph(self, text: str, style: str) -> Any:
        return self._styled(self.document.add_paragraph(printable(text)), style)

    def _styled(self, paragraph: Any, style: str) -> Any:
        """The style by its id: the library looks through all styles for every name, most of the time of a long kit."""
        paragraph._p.style = self.styles[style]
        return paragraph

    def _section(self, title: str, section: Section) -> None:
        compared = section.kind is SectionKind.COMPARISON
        wide = compared and any(len(table.head) >= WIDE_FROM for table in section.tables)
        if wide:
            page.turned(self.document, wide=True)
        self._paragraph(title, "Heading 1")
        for group in section.groups:
            if group.title:
                self._paragraph(group.title, "Heading 2")
            for block in group.blocks:
                self._block(block, excerpt=section.kind is SectionKind.BASIS)
        for table in section.tables:
            self._paragraph(table.title, "Heading 2")
            widths = _widths(table, LYING if wide else UPRIGHT) if compared else FIGURE_WIDTHS
            self._table(table, widths, whole=not compared)
        if wide:
            page.turned(self.document, wide=False)

    def _block(self, block: Block, *, excerpt: bool) -> None:
        if block.title:
            self._paragraph(block.title, "Heading 3")
        for number, point in enumerate(block.points, start=1):
            quotation = excerpt and bool(point.place)
            paragraph = self._paragraph("", page.EXCERPT if quotation else page.ITEM)
            if not quotation:
                paragraph.add_run(f"{number}.\t" if block.numbered else "•\t")
            self._point(paragraph, point)
            for warning in self.kit.warnings(point):
                self._paragraph(f"⚠ {warning}", page.WARNING)
        for line in filter(str.strip, block.note.split("\n")):
            paragraph = self._paragraph("", page.NOTE)
            paragraph.add_run(f"{self.kit.say('备注')}：").bold = True
            paragraph.add_run(printable(line))

    def _point(self, paragraph: Any, point: Point) -> None:
        for part in point.parts:
            self._part(paragraph, part)
        place = self.kit.place(point)
        if place:
            run = paragraph.add_run(f" ——{place}")
            run.font.color.rgb = page.GREY

    def _part(self, paragraph: Any, part: Part) -> None:
        for text, damaged in pieces(part):
            run = paragraph.add_run(printable(text))
            if part.quote is not None:
                run._r.style = self.styles[page.QUOTED]
                self._language(run, part)
            if damaged:
                run.font.underline = WD_UNDERLINE.WAVY
        for number in part.references:
            _link(paragraph, number)
        if part.marks:
            run = paragraph.add_run(self.kit.marks(part))
            run.font.color.rgb = page.BROWN

    def _language(self, run: Any, part: Part) -> None:
        """A quotation as written, in whichever script, is checked and drawn as that script."""
        if self.kit.form is Form.ORIGINAL and part.script in LANGUAGES:
            language = OxmlElement("w:lang")
            language.set(qn("w:eastAsia"), LANGUAGES[part.script])
            run._r.get_or_add_rPr().append(language)

    def _table(self, table: Table, widths: Sequence[float], *, whole: bool) -> None:
        """With `whole` no row is cut at the end of a page."""
        grid = self.document.add_table(rows=1, cols=len(table.head), style="Table Grid")
        grid.autofit = False
        for column, width in zip(grid.columns, widths, strict=True):
            column.width = Cm(width)
        self._row(grid.rows[0], table.head, widths, head=True)
        for row in table.rows:
            added = grid.add_row()
            self._row(added, (Cell(row.title), *row.cells), widths)
            if whole:
                added._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
        self.document.add_paragraph()

    def _row(self, row: Any, cells: Sequence[Cell], widths: Sequence[float], *, head: bool = False) -> None:
        if head:
            row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
        for at, (place, cell) in enumerate(zip(row.cells, cells, strict=True)):
            place.width = Cm(widths[at])
            if head or at == 0:
                page.shade(place._tc.get_or_add_tcPr(), page.HEAD_SHADE if head else page.NOTE_SHADE)
            self._cell(place, cell)

    def _cell(self, place: Any, cell: Cell) -> None:
        self._styled(place.paragraphs[0], page.CELL)
        if not cell.points:
            place.paragraphs[0].add_run(printable(cell.value))
        for at, point in enumerate(cell.points):
            paragraph = place.paragraphs[0] if at == 0 else self._styled(place.add_paragraph(), page.CELL)
            self._point(paragraph, point)
            for warning in self.kit.warnings(point):
                self._styled(place.add_paragraph(f"⚠ {printable(warning)}"), page.CELL)

    def _references(self) -> None:
        self._paragraph(self.kit.say(REFERENCES), "Heading 1")
        for one in self.plan.references:
            paragraph = self._paragraph(f"[{one.number}]\t{self.kit.reference(one)}", page.REFERENCE)
            for element in _bookmark(one.number):
                paragraph._p.insert(1 if element.tag.endswith("Start") else len(paragraph._p), element)


def _link(paragraph: Any, number: int) -> None:
    """A raised [n] that leads to its entry in the list of references."""
    paragraph._p.append(
        parse_xml(
            f'<w:hyperlink {nsdecls("w")} w:anchor="ref{number}" w:history="1"><w:r>'
            f'<w:rPr><w:color w:val="{page.BLUE}"/><w:vertAlign w:val="superscript"/></w:rPr>'
            f"<w:t>[{number}]</w:t></w:r></w:hyperlink>"
        )
    )


def _bookmark(number: int) -> Iterator[Any]:
    for kind in ("Start", "End"):
        element = OxmlElement(f"w:bookmark{kind}")
        element.set(qn("w:id"), str(number))
        if kind == "Start":
            element.set(qn("w:name"), f"ref{number}")
        yield element


def _widths(table: Table, whole: float) -> Sequence[float]:
    first = 1.9
    others = (whole - first) / (len(table.head) - 1)
    return (first, *(others for _cell in table.head[1:]))
