"""The look of our slides: 16:9, a title above a rule, the number of the slide below, fonts set in the theme."""

from __future__ import annotations

import re
import unicodedata
from itertools import count
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from kb.present.office_file import Fonts

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, BODY_TOP = Inches(0.6), Inches(1.25)
ACROSS, BODY_HEIGHT = Pt(872), Pt(410)
BLUE, GREY, BROWN, BLACK, HEAD_SHADE, SHADE = "1F3A5F", "7F7F7F", "8A4B08", "1A1A1A", "DCE6F1", "F3F6FA"
COVER, TEXT, TABLE = "Title Slide", "Title and Content", "Title Only"
TITLE_RULE, COVER_RULE = Inches(1.08), Inches(3.9)
PLAIN_GRID = "{5940675A-B579-460E-94D1-54222C63F5DA}"
"""PowerPoint's style of a table with lines and no colours."""

NOTES = "/ppt/notesSlides/notesSlide%d.xml"

TITLE_SIZES = ((26.0, 32), (20.0, 42), (17.0, 98))
"""Size of a title and the full-width characters that it then holds, in one line or two."""

COVER_SIZES = ((40.0, 40), (28.0, 88), (20.0, 200))


def new_deck(fonts: Fonts) -> Any:
    """An empty presentation with our three layouts."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    for one in list(deck.slide_layouts):
        if one.name not in (COVER, TEXT, TABLE):
            deck.slide_layouts.remove(one)
    _theme(deck, fonts)
    _title_style(deck)
    for one in (deck.slide_master, *deck.slide_layouts):
        _arrange(one)
    package = deck.part.package
    for key, relation in list(package._rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            package._rels.pop(key)  # A picture of the library's empty template.
    _count_notes(package)
    return deck


def _count_notes(package: Any) -> None:
    """Names the pages of notes by counting: the library walks through every part of the file for each."""
    others, numbers = package.next_partname, count(1)

    def next_name(template: str) -> Any:
        return PackURI(template % next(numbers)) if template == NOTES else others(template)

    package.next_partname = next_name


def layout(deck: Any, name: str) -> Any:
    """A layout by its name."""
    return next(one for one in deck.slide_layouts if one.name == name)


def rule(slide: Any, top: int) -> None:
    """The line below a title."""
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, LEFT, top, ACROSS, Pt(1.5))
    shape.fill.solid()
    shape.fill.fore_color.rgb = colour(BLUE)
    shape.line.fill.background()
    shape.shadow.inherit = False


def foot(slide: Any, topic: str, number: int) -> None:
    """The topic and the number of the slide."""
    box = slide.shapes.add_textbox(LEFT, Inches(7.05), ACROSS, Inches(0.35))
    box.text_frame.word_wrap = True
    paragraph = box.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT
    run = paragraph.add_run()
    run.text = f"{shortened(topic, 60)}　"
    _grey(run)
    paragraph._p.append(
        parse_xml(
            f'<a:fld {nsdecls("a")} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum">'
            f'<a:rPr lang="en-US" sz="1000"><a:solidFill><a:srgbClr val="{GREY}"/></a:solidFill></a:rPr>'
            f"<a:t>{number}</a:t></a:fld>"
        )
    )


def width_of(text: str) -> float:
    """In full-width characters."""
    return sum(1.0 if unicodedata.east_asian_width(one) in "WFA" else 0.6 for one in text)


def shortened(text: str, most: int) -> str:
    """A heading cut to so many full-width characters, with a sign that it is."""
    kept = text
    while kept and width_of(kept) > most - 1:
        kept = kept[:-1]
    return text if kept == text or width_of(text) <= most else f"{kept}…"


def _grey(run: Any) -> None:
    run.font.size = Pt(10)
    run.font.color.rgb = colour(GREY)


def _theme(deck: Any, fonts: Fonts) -> None:
    """Our fonts as those of the theme, so that every text without a font of its own has them."""
    part = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    xml = part.blob.decode("utf-8")
    xml = re.sub(r'<a:ea typeface="[^"]*"/>', f'<a:ea typeface="{fonts.screen}"/>', xml)
    xml = re.sub(r'(<a:(?:major|minor)Font>\s*<a:latin typeface=")[^"]*"', r'\1Arial"', xml)
    part._blob = xml.encode("utf-8")


def _arrange(one: Any) -> None:
    """Titles and bodies where 16:9 has room for them; dates, footers and numbers of the template go."""
    cover = one.name == COVER
    for shape in list(one.placeholders):
        kind = shape.placeholder_format.type.name
        if "TITLE" in kind and "SUB" not in kind:
            _place(shape, Inches(2.2) if cover else Inches(0.3), Inches(1.6) if cover else Inches(0.75))
            shape.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM if cover else MSO_ANCHOR.MIDDLE
        elif kind in ("DATE", "FOOTER", "SLIDE_NUMBER"):
            shape._element.getparent().remove(shape._element)
        else:
            _place(shape, Inches(4.0) if cover else BODY_TOP, Inches(1.6) if cover else BODY_HEIGHT)


def _place(shape: Any, top: int, height: int) -> None:
    shape.left, shape.top, shape.width, shape.height = LEFT, top, ACROSS, height
    frame = shape.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0


def _title_style(deck: Any) -> None:
    """Titles stand at the left and are blue, wherever they stand."""
    level = deck.slide_master._element.find(f".//{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    level.set("algn", "l")
    scheme = level.find(f".//{qn('a:schemeClr')}")
    scheme.getparent().replace(scheme, parse_xml(f'<a:srgbClr {nsdecls("a")} val="{BLUE}"/>'))


def colour(name: str) -> Any:
    """RRGGBB as the library wants it."""
    return RGBColor(*bytes.fromhex(name))
