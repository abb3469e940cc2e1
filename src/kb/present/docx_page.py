"""The look of our Word files: A4, styles that Word's navigation knows, East Asian fonts with names for every system."""

from __future__ import annotations

from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from kb.present.office_file import Fonts

QUOTED = "KB Quoted"
"""The character style of quotations."""

ITEM, EXCERPT, NOTE, WARNING, REFERENCE, CELL = (
    "KB Item",
    "KB Excerpt",
    "KB Note",
    "KB Warning",
    "KB Reference",
    "KB Cell",
)
BLUE, GREY, BROWN = RGBColor(0x1F, 0x3A, 0x5F), RGBColor(0x59, 0x59, 0x59), RGBColor(0x8A, 0x4B, 0x08)
HEAD_SHADE, NOTE_SHADE, RULE = "DCE6F1", "F3F6FA", "8FA8C4"

_BEHIND_SHADING = ("w:tabs", "w:spacing", "w:ind", "w:jc", "w:noWrap", "w:tcMar", "w:vAlign")
"""The schema has an order."""

LATIN, LATIN_HEADING = "Times New Roman", "Arial"
WIDTH, HEIGHT, SIDE = Cm(21.0), Cm(29.7), Cm(2.4)


def new_document(fonts: Fonts, header: str) -> Any:
    """An empty document with our page and styles; `header` stands above every page, its number below."""
    document = Document()
    _defaults(document, fonts)
    _paragraph_styles(document, fonts)
    _character_style(document, fonts)
    _other_names(document, fonts)
    section = document.sections[0]
    section.page_width, section.page_height = WIDTH, HEIGHT
    section.left_margin = section.right_margin = SIDE
    section.top_margin, section.bottom_margin = Cm(2.6), Cm(2.3)
    _small(section.header.paragraphs[0], header)
    _page_number(section.footer.paragraphs[0])
    relations = document.part.package.rels
    for key in [key for key, one in relations.items() if one.reltype.endswith("/thumbnail")]:
        del relations[key]  # A picture of the library's empty template.
    return document


def style_ids(document: Any) -> dict[str, str | None]:
    """Name of each style -> its id; none for the style that every paragraph has anyway."""
    return {style.name: None if style.name == "Normal" else style.style_id for style in document.styles}


def turned(document: Any, *, wide: bool) -> None:
    """A new page, and those that follow it, lying or upright."""
    section = document.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (HEIGHT, WIDTH) if wide else (WIDTH, HEIGHT)


def set_fonts(properties: Any, latin: str, east_asian: str) -> None:
    """Both fonts by name, those of the theme taken away; signs common to both are East Asian ones."""
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name, value in (("ascii", latin), ("hAnsi", latin), ("eastAsia", east_asian), ("cs", latin)):
        fonts.set(qn(f"w:{name}"), value)
    fonts.set(qn("w:hint"), "eastAsia")


def shade(properties: Any, colour: str) -> None:
    """A background behind a cell (its w:tcPr) or a paragraph (its w:pPr)."""
    shading = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{colour}"/>')
    properties.insert_element_before(shading, *_BEHIND_SHADING)


def _defaults(document: Any, fonts: Fonts) -> None:
    run = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    set_fonts(run, LATIN, fonts.body)
    language = run.find(qn("w:lang"))
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), fonts.language)


def _paragraph_styles(document: Any, fonts: Fonts) -> None:
    body, head = (LATIN, fonts.body), (LATIN_HEADING, fonts.heading)
    _style(document, "Normal", body, 11, after=4, line=1.3)
    _style(document, "Title", head, 22, BLUE, after=6, align=WD_ALIGN_PARAGRAPH.CENTER, bold=False)
    _style(document, "Subtitle", body, 12, GREY, after=14, align=WD_ALIGN_PARAGRAPH.CENTER, bold=False)
    for name, size, before in (("Heading 1", 16, 20), ("Heading 2", 13.5, 14), ("Heading 3", 11.5, 8)):
        _style(document, name, head, size, BLUE, before=before, after=5, bold=False, keep=True)
    title = document.styles["Title"].element.get_or_add_pPr()
    for border in title.findall(qn("w:pBdr")):
        title.remove(border)
    _style(document, ITEM, body, 11, after=3, line=1.3, left=0.74, hanging=0.74)
    excerpt = _style(document, EXCERPT, body, 11, after=4, line=1.35, left=0.6)
    _border(excerpt, "left", RULE, 18, 8)
    note = _style(document, NOTE, body, 10, after=4, line=1.25, left=0.2)
    shade(note.element.get_or_add_pPr(), NOTE_SHADE)
    _style(document, WARNING, body, 9, BROWN, after=3, left=0.74)
    _style(document, REFERENCE, body, 9.5, after=2, line=1.15, left=0.95, hanging=0.95)
    _style(document, CELL, body, 9, before=1, after=2, line=1.15)


def _style(
    document: Any,
    name: str,
    fonts: tuple[str, str],
    size: float,
    colour: RGBColor | None = None,
    *,
    bold: bool | None = None,
    **layout: Any,
) -> Any:
    known = {style.name for style in document.styles}
    style = document.styles[name] if name in known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if name not in known:
        style.base_style = document.styles["Normal"]
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = colour or RGBColor(0x1A, 0x1A, 0x1A)
    set_fonts(style.element.get_or_add_rPr(), *fonts)
    _lay_out(style.paragraph_format, **layout)
    return style


def _lay_out(
    shape: Any,
    *,
    before: float = 0,
    after: float = 0,
    line: float = 1.2,
    left: float = 0,
    hanging: float = 0,
    align: Any = None,
    keep: bool = False,
) -> None:
    shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), line
    shape.left_indent, shape.first_line_indent = Cm(left), Cm(-hanging)
    shape.alignment, shape.keep_with_next = align, keep


def _border(style: Any, side: str, colour: str, size: int, space: int) -> None:
    shape = f'<w:{side} w:val="single" w:sz="{size}" w:space="{space}" w:color="{colour}"/>'
    style.element.get_or_add_pPr().insert_element_before(
        parse_xml(f"<w:pBdr {nsdecls('w')}>{shape}</w:pBdr>"), "w:shd", *_BEHIND_SHADING
    )


def _character_style(document: Any, fonts: Fonts) -> None:
    style = document.styles.add_style(QUOTED, WD_STYLE_TYPE.CHARACTER)
    set_fonts(style.element.get_or_add_rPr(), LATIN, fonts.quotation)


def _other_names(document: Any, fonts: Fonts) -> None:
    """Under which names other systems have these fonts (w:altName in the table of fonts)."""
    table = next(part for part in document.part.package.parts if str(part.partname) == "/word/fontTable.xml")
    rows = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/>'
        f'<w:family w:val="{"roman" if name == fonts.body else "swiss"}"/><w:pitch w:val="variable"/></w:font>'
        for name, others in fonts.others.items()
    )
    table._blob = table.blob.replace(b"</w:fonts>", rows.encode() + b"</w:fonts>")


def _small(paragraph: Any, text: str) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.color.rgb = Pt(9), GREY
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _page_number(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run()
    run.font.size, run.font.color.rgb = Pt(9), GREY
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        element.text = text or None
        run._r.append(element)
