"""A web page: its visible text line by line as written, which lines are the article, what the page says of itself.

The lines are our own walk over the tree; trafilatura says which of them are the main text. What it leaves out is set
apart with the boilerplate and listed in the receipt, so that nothing of the page is lost in silence.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from kb.errors import SourceError
from kb.sources.content import Content
from kb.sources.dates import find_date
from kb.sources.decode import count_han, detect
from kb.text.normalize import normalize
from kb.types import Stated

MAX_CHARACTERS = 20_000_000
"""A page larger than this is a data dump; its tree would take gigabytes."""

MAX_TAGS = 2_000_000
"""The same for a page of nothing but tags: a table of 100,000 rows has half as many."""

MOST_META = 200
"""What a page says of itself is told so often; government sites have 30."""

MAIN_SHARE = 0.8
"""If trafilatura keeps a smaller share of the Han characters outside links and navigation, it went wrong here."""

CELL_LIMIT = 300
"""A row stays on one line, however its cells are broken, while none of them is longer: a longer one lays out a page."""

MAX_JUDGED, MAX_JUDGED_CHARACTERS = 20_000, 1_000_000
"""Elements and characters up to which trafilatura is asked; its time grows with the square of a table's cells, and
every line is looked for in what it gives."""

_SKIPPED = re.compile(
    "script|style|noscript|template|iframe|object|embed|applet|svg|canvas|audio|video|select|textarea|button|datalist|"
    "head|title"
)
_BLOCKS = re.compile(
    "address|article|aside|blockquote|body|caption|center|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|"
    "footer|form|h[1-6r]|header|html|legend|li|main|menu|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|"
    "tr|ul"
)
_CELLS = frozenset({"td", "th"})
_OF_A_ROW = _CELLS | {"tr"}
_FURNITURE = frozenset(["nav", "footer", "aside", "form"])
_FURNITURE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|crumbs?|breadcrumbs?|foot|footer|copyright|share|sidebar|related)(?:$|[\s_\d-])",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_WRAP = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t\r]*\n[ \t\r]*(?=[\u3000-\u9fff\uff00-\uffef])")
_MARKUP = re.compile(r"[\s#*|>_`~\\-]+")
_META = {
    # The names that the standard for government sites (国办发〔2017〕47号) prescribes, then those of the web at large.
    "articletitle": "title",
    "og:title": "title",
    "pubdate": "date",
    "publishdate": "date",
    "article:published_time": "date",
    "contentsource": "source",
    "source": "source",
    "author": "author",
    "article:author": "author",
    "columnname": "category",
    "url": "url",
    "og:url": "url",
}


@dataclass(slots=True)
class _Line:
    """A line being made: its text, and whether all of it lies in links or in a page's furniture.

    `in_row` says that a cell has just ended on this line and the next one may go on with it.
    """

    parts: list[str] = field(default_factory=list)
    prefix: str = ""
    only_links: bool = True
    furniture: bool = False
    filled: bool = False
    in_row: bool = False

    def text(self) -> str:
        written = _BLANKS.sub(" ", _WRAP.sub("", "".join(self.parts))).strip(" \u3000|")
        return self.prefix + written if written else ""


def read_html(data: bytes, name: str) -> Content:
    """The text of a page, with the lines outside the main text named as such.

    Raises:
        SourceError: not decodable, too large, nested too deep, or without any text.
    """
    decoded = detect(data, name)
    if len(decoded.text) > MAX_CHARACTERS:
        raise SourceError(f"网页 {name} 超过 {MAX_CHARACTERS // 10000} 万字。请拆分后再试。")
    if decoded.text.count("<") > MAX_TAGS:
        raise SourceError(f"网页 {name} 的标签超过 {MAX_TAGS // 10000} 万个。请拆分后再试。")
    tree = _parse(decoded.text, name)
    lines = [line for line in _walk(tree) if line.text()]
    if not lines:
        raise SourceError(f"网页 {name} 里没有文字（可能由脚本生成）。请在浏览器中另存为文本后再试。")
    return Content(
        text="\n".join(line.text() for line in lines) + "\n",
        format="html",
        encoding=decoded.encoding,
        runner_up=decoded.runner_up,
        undecodable=decoded.undecodable,
        stated=_meta(tree),
        aside=_aside(lines, tree),
    )


def _parse(text: str, name: str) -> Any:
    from lxml import etree
    from lxml import html as lxml_html

    parser = lxml_html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    # An XML declaration in a str makes lxml refuse; the bytes are UTF-8 now whatever the page declared.
    text = re.sub(r"\A\s*<\?xml[^>]*\?>", "", text)
    try:
        tree = lxml_html.document_fromstring(text, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise SourceError(f"网页 {name} 无法解析。请在浏览器中另存为文本后再试。") from error
    if any("depth" in entry.message or "huge" in entry.message.lower() for entry in parser.error_log):
        raise SourceError(f"网页 {name} 的标签嵌套过深或过大，无法安全读取。请在浏览器中另存为文本后再试。")
    return tree


def _walk(tree: Any) -> list[_Line]:
    """The visible lines of a page in order; headings and list items carry their Markdown mark."""
    from lxml import etree

    lines = [_Line()]
    links = furniture = row = 0
    rows = {element for element in tree.iter("tr") if _is_data(element)}
    events = etree.iterwalk(tree, events=("start", "end"))
    for event, element in events:
        tag, started = element.tag, event == "start"
        step = 1 if started else -1
        links += step * (tag == "a")
        furniture += step * _is_furniture(element)
        row += step * (element in rows)
        if started and _SKIPPED.fullmatch(tag):
            events.skip_subtree()
        elif row and tag not in _OF_A_ROW and (tag == "br" or _BLOCKS.fullmatch(tag)):
            lines[-1].parts.append(" ")
        elif tag == "br" and started:
            lines.append(_Line(furniture=furniture > 0))
        elif _BLOCKS.fullmatch(tag):
            _cross(lines, element, started, furniture > 0)
        _add(lines[-1], element.text if started and not _SKIPPED.fullmatch(tag) else None, links > 0)
        _add(lines[-1], None if started else element.tail, links > 0)
    return lines


def _is_data(row: Any) -> bool:
    """Whether a row holds data side by side, not the columns of a page."""
    cells = [cell for cell in row if cell.tag in _CELLS]
    nested = next(row.iterdescendants("table"), None) is not None
    return len(cells) > 1 and not nested and all(len("".join(cell.itertext())) <= CELL_LIMIT for cell in cells)


def _is_furniture(element: Any) -> bool:
    named = f"{element.get('class', '')} {element.get('id', '')}"
    return element.tag in _FURNITURE or _FURNITURE_CLASS.search(named) is not None


def _cross(lines: list[_Line], element: Any, started: bool, furniture: bool) -> None:
    """The border of a block begins a line, but cells of one row stay on one."""
    tag = element.tag
    cell = tag in _CELLS
    if element.getparent() is not None and element.getparent().tag in _CELLS and len(element.getparent()) == 1:
        return  # the one paragraph of a cell is the cell
    if cell and not started and element.getnext() is not None and lines[-1].filled:
        lines[-1].parts.append(" | ")
        lines[-1].in_row = True
    elif not (cell and started and lines[-1].in_row) and (lines[-1].filled or started):
        lines.append(_Line(prefix=_prefix(tag) if started else "", furniture=furniture))


def _prefix(tag: str) -> str:
    if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
        return "#" * int(tag[1]) + " "
    return "- " if tag == "li" else ""


def _add(line: _Line, text: str | None, in_link: bool) -> None:
    if text:
        line.parts.append(text)
        if text.strip():
            line.only_links = line.only_links and in_link
            line.filled, line.in_row = True, False


def _aside(lines: list[_Line], tree: Any) -> frozenset[int]:
    """The lines (from 0) outside the main text; a heading of the first order always belongs to it."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it would print English lines between ours
    short = sum(len(line.text()) for line in lines) <= MAX_JUDGED_CHARACTERS
    judged = short and sum(1 for _ in tree.iter()) <= MAX_JUDGED
    main = trafilatura.extract(tree, output_format="txt", include_comments=False) if judged else None
    main = _MARKUP.sub("", main or "")
    inside = [line.prefix == "# " or _MARKUP.sub("", line.text()) in main for line in lines]
    own = [not line.only_links and not line.furniture for line in lines]
    if not any(own):
        return frozenset()
    total = sum(count_han(line.text()) for line, mine in zip(lines, own, strict=True) if mine)
    kept = sum(count_han(line.text()) for line, mine, main in zip(lines, own, inside, strict=True) if mine and main)
    chosen = inside if kept >= MAIN_SHARE * total else own
    menu = [line.only_links and line.furniture for line in lines]
    return frozenset(number for number, belongs in enumerate(chosen) if not belongs or menu[number])


def _meta(tree: Any) -> tuple[Stated, ...]:
    """Title, date, source, author and column as the head of the page gives them; the first heading is its title."""
    stated = []
    for meta in islice(tree.iter("meta"), MOST_META):
        key = (meta.get("name") or meta.get("property") or "").lower()
        value = (meta.get("content") or "").strip()
        if key in _META and value:
            name = _META[key]
            stated.append(Stated(name, find_date(normalize(value)) if name == "date" else value, f"<meta {key}>"))
    for tag in ("h1", "title"):
        element = tree.find(f".//{tag}")
        value = _BLANKS.sub(" ", "".join(element.itertext())).strip() if element is not None else ""
        stated.append(Stated("title", value, f"<{tag}>"))
    return tuple(item for item in stated if item.value)
