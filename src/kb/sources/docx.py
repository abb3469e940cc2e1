"""A Word document: headings, paragraphs, tables by row, notes; nothing outside the file is fetched or expanded."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kb.errors import SourceError
from kb.sources.content import Content
from kb.sources.decode import count_han
from kb.sources.limits import UNREADABLE, check_expansion, expand
from kb.types import Stated

MAX_DEPTH = 20
"""Tables in tables in content controls: no office writes more than a few."""

MAX_XML = 100 * 1024 * 1024
"""Of all parts that are XML; its tree takes about ten times as much memory. A report of 1,000 pages has a tenth."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LEFT_OUT = frozenset({_FALLBACK, f"{_W}del", f"{_W}moveFrom", f"{_W}instrText"})
"""The second copy of a text box, and what its author deleted."""

_NOTES = ("/footnotes", "/endnotes")
_HEADING = re.compile(r"^(?:heading|标题|標題)\s*([1-9])$", re.IGNORECASE)
_TITLE_STYLES = frozenset({"title", "标题", "標題"})


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is read of a document: its body, the names of styles by id, its notes, what its properties state."""

    body: Any
    styles: Mapping[str, str]
    notes: tuple[bytes, ...]
    stated: tuple[Stated, ...]


def read_docx(data: bytes, name: str) -> Content:
    """The text of a Word document.

    Raises:
        SourceError: no Word document, damaged, encrypted, expanding without measure, or without text.
    """
    check_expansion(data, name)
    parts = _open(data, name)
    lines = [line for line in _blocks(parts.body, parts.styles, 0, name) if line.strip()]
    for notes in parts.notes:
        lines += _notes(notes, name)
    text = "\n".join(lines) + "\n"
    if not text.strip():
        raise SourceError(f"Word 文件 {name} 里没有文字（可能只有图片）。请另存为文字后再试。")
    return Content(text=text, format="docx", received=_shown(parts.body), stated=parts.stated)


def _open(data: bytes, name: str) -> _Parts:
    import docx
    from docx.exceptions import PythonDocxError
    from docx.opc.exceptions import OpcError
    from lxml import etree

    try:
        _check_parts(data, name)
        document = docx.Document(io.BytesIO(data))
        for part in document.part.package.iter_parts():
            if hasattr(part, "element") and part.element.getroottree().docinfo.doctype:
                raise _doctype(name)  # In another encoding than the bytes were searched in.
        return _parts(document)
    except (OpcError, PythonDocxError, etree.LxmlError, LookupError, AttributeError, TypeError, *UNREADABLE) as error:
        # python-docx lets what a malformed file makes of its own code pass; RuntimeError: an encrypted member.
        raise SourceError(
            f"Word 文件 {name} 已损坏、已加密或不是 .docx。请用 Word 打开后另存为 .docx 或 .txt。"
        ) from error


def _check_parts(data: bytes, name: str) -> None:
    """Every part is what its header says, and the XML is neither too much nor begins with a definition of its own."""
    total = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            content = expand(archive, info)
            if not info.filename.endswith((".xml", ".rels")):
                continue
            total += len(content)
            if total > MAX_XML:
                raise SourceError(f"Word 文件 {name} 的正文展开后超过 {MAX_XML // 1024**2} MB。请拆分后再试。")
            if b"<!DOCTYPE" in content.replace(b"\x00", b""):
                raise _doctype(name)


def _doctype(name: str) -> SourceError:
    return SourceError(f"Word 文件 {name} 里有不该有的 DOCTYPE 声明，为安全起见不读取。请用 Word 另存后再试。")


def _parts(document: Any) -> _Parts:
    """Whatever a reader of ours takes from python-docx, taken at once: it may raise anything."""
    body = document.element.body
    if body is None:
        raise ValueError("no body")
    styles: dict[str, str] = {}
    for style in document.styles.element.iterchildren(f"{_W}style"):
        named = style.find(f"{_W}name")
        if named is not None:
            styles.setdefault(style.get(f"{_W}styleId") or "", named.get(f"{_W}val") or "")
    notes = tuple(
        relation.target_part.blob
        for relation in document.part.rels.values()
        if not relation.is_external and relation.reltype.endswith(_NOTES)
    )
    return _Parts(body, styles, notes, _properties(document))


def _blocks(parent: Any, styles: Mapping[str, str], depth: int, name: str) -> Iterator[str]:
    """The paragraphs and rows below an element, through content controls and whatever else wraps them."""
    if depth > MAX_DEPTH:
        raise SourceError(f"Word 文件 {name} 的表格嵌套超过 {MAX_DEPTH} 层，无法安全读取。请简化后再试。")
    for child in parent:
        if child.tag == f"{_W}p":
            yield _mark(child, styles) + _text(child)
            yield from _boxes(child, styles, depth, name)
        elif child.tag == f"{_W}tbl":
            for row in child.iterchildren(f"{_W}tr"):
                cells = (" ".join(filter(None, _cell(cell, styles, depth, name))) for cell in _cells(row))
                yield " | ".join(cells)
        elif isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
            yield from _blocks(child, styles, depth + 1, name)


def _cell(cell: Any, styles: Mapping[str, str], depth: int, name: str) -> Iterator[str]:
    """The lines of a cell; a row is one line, so a break within a paragraph is a blank here."""
    return (line.replace("\n", " ").strip() for line in _blocks(cell, styles, depth + 1, name))


def _cells(row: Any) -> Iterator[Any]:
    """The cells of a row, also those in a content control; a merged cell is there once."""
    for cell in row.iter(f"{_W}tc"):
        if next(cell.iterancestors(f"{_W}tr")) is row:
            yield cell


def _text(paragraph: Any) -> str:
    """What a paragraph shows, without its text boxes: those come behind it."""
    parts: list[str] = []
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        if element.tag == f"{_W}t":
            parts.append(element.text or "")
        elif element.tag == f"{_W}tab":
            parts.append("\t")
        elif element.tag in {f"{_W}br", f"{_W}cr"}:
            parts.append("\n")
        elif element.tag not in _LEFT_OUT and element.tag not in {f"{_W}txbxContent", f"{_W}pPr", f"{_W}rPr"}:
            stack += reversed(element)
    return "".join(parts).strip("\n")


def _boxes(paragraph: Any, styles: Mapping[str, str], depth: int, name: str) -> Iterator[str]:
    for box in paragraph.iter(f"{_W}txbxContent"):
        outer = (element.tag for element in box.iterancestors())
        if not any(tag in _LEFT_OUT for tag in outer) and next(box.iterancestors(f"{_W}p")) is paragraph:
            yield from _blocks(box, styles, depth + 1, name)


def _mark(paragraph: Any, styles: Mapping[str, str]) -> str:
    """The Markdown mark of a heading, by the style's name; Word's own headings are called so in every language."""
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    if style is None:
        return ""
    written = style.get(f"{_W}val") or ""
    name = styles.get(written, written)
    heading = _HEADING.match(name)
    if heading:
        return "#" * int(heading[1]) + " "
    return "# " if name.lower() in _TITLE_STYLES else ""


def _notes(blob: bytes, name: str) -> list[str]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        notes = etree.fromstring(blob, parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(f"Word 文件 {name} 的脚注已损坏。请用 Word 打开后另存再试。") from error
    return [text for paragraph in notes.iter(f"{_W}p") if (text := _text(paragraph)).strip()]


def _shown(body: Any) -> int:
    """Han characters of the body however it is nested, to be compared with those kept."""
    return sum(
        count_han(element.text or "")
        for element in body.iter(f"{_W}t")
        if not any(outer.tag in _LEFT_OUT for outer in element.iterancestors())
    )


def _properties(document: Any) -> tuple[Stated, ...]:
    """Title and category from the document's properties; author and dates there are the machine's, not the text's."""
    if not any(one.reltype.endswith("/core-properties") for one in document.part.package.rels.values()):
        return ()  # python-docx would make some, with the title "Word Document".
    properties = document.core_properties
    stated = (("title", properties.title), ("category", properties.category))
    return tuple(Stated(name, value.strip(), "文档属性") for name, value in stated if value and value.strip())
