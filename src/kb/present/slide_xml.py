"""The paragraphs of slides as XML of our own: the library sets every property by itself, which took most of the time of
a long kit (60 practices: 2,000 paragraphs and cells, 11 s)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from pptx.enum.text import MSO_AUTO_SIZE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from kb.present import pptx_page as page
from kb.present.office_file import Fonts
from kb.present.printable import printable
from kb.present.slide_text import LABEL, WARNING, Line, Look, Run, Style
from kb.types import Script

LANGUAGES = {Script.HANS: "zh-CN", Script.HANT: "zh-TW"}
COLOURS = {Look.NUMBER: page.BLUE, Look.STANDING: page.BROWN, Look.PLACE: page.GREY}
"""Of runs; others are black."""


def fill(frame: Any, lines: Sequence[Line], fonts: Fonts, *, as_written: bool) -> None:
    """These lines in place of what a text frame holds; a frame has one paragraph at least.

    `as_written` says that quotations are in the script of their articles, whatever the fonts are for.
    """
    frame.auto_size, frame.word_wrap = MSO_AUTO_SIZE.NONE, True
    body = frame._txBody
    for old in body.findall(qn("a:p")):
        body.remove(old)
    for line in lines or [Line(())]:
        body.append(parse_xml(_paragraph(line, fonts, as_written)))


def _paragraph(line: Line, fonts: Fonts, as_written: bool) -> str:
    """In the order of the schema: spacing, no bullet of the template, the tab behind our own sign."""
    style, left = line.style, int(Pt(line.style.sign))
    runs = (Run(f"{line.sign}\t"), *line.runs) if line.sign else line.runs
    tab = f'<a:tabLst><a:tab pos="{left}" algn="l"/></a:tabLst>' if line.sign else ""
    return (
        f'<a:p {nsdecls("a")}><a:pPr marL="{left}" indent="{-left if line.sign else 0}">'
        f"<a:lnSpc>{_points(style.line)}</a:lnSpc><a:spcBef>{_points(style.above)}</a:spcBef>"
        f"<a:spcAft>{_points(style.below)}</a:spcAft><a:buNone/>{tab}</a:pPr>"
        f"{''.join(_run(run, style, fonts, as_written) for run in runs)}</a:p>"
    )


def _points(size: float) -> str:
    return f'<a:spcPts val="{Pt(size).centipoints}"/>'


def _run(run: Run, style: Style, fonts: Fonts, as_written: bool) -> str:
    """A quotation has its own font and, as it is written, its own language."""
    quoted = run.look in (Look.QUOTED, Look.DAMAGED)
    language = (LANGUAGES.get(run.script) if quoted and as_written else None) or fonts.language
    raised = ' baseline="30000"' if run.look is Look.NUMBER else ""
    waved = ' u="wavy"' if run.look is Look.DAMAGED else ""
    own = page.BLUE if style is LABEL else page.BROWN if style is WARNING else page.BLACK
    face = f'<a:ea typeface="{fonts.quotation}"/>' if quoted else ""
    return (
        f'<a:r><a:rPr sz="{Pt(style.size).centipoints}" b="{int(style is LABEL)}" lang="{language}"{raised}{waved}>'
        f'<a:solidFill><a:srgbClr val="{COLOURS.get(run.look, own)}"/></a:solidFill>{face}</a:rPr>'
        f"<a:t>{_text(run.text)}</a:t></a:r>"
    )


def _text(text: str) -> str:
    """A bare carriage return would be read back as another character."""
    return escape(printable(text), quote=False).replace("\r", "&#13;")
