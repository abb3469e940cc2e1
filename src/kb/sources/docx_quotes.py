"""Which paragraphs of a Word document stand in a style for quotations."""

from __future__ import annotations

import io
import re

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_QUOTING = re.compile(r"(?:intense )?quote|block text|(?:明显)?引用|(?:明顯)?引文|引述", re.IGNORECASE)
"""Names of styles: Word's own are called so in English whatever its language, some others in Chinese."""

_BLANKS = re.compile(r"\s+")


def quoted_paragraphs(data: bytes) -> frozenset[str]:
    """Their characters, blanks left out; of a document that `read_docx` could read."""
    import docx

    document = docx.Document(io.BytesIO(data))
    quoting = {
        style.get(f"{_W}styleId")
        for style in document.styles.element.iter(f"{_W}style")
        if (name := style.find(f"{_W}name")) is not None and _QUOTING.fullmatch((name.get(f"{_W}val") or "").strip())
    }
    paragraphs = (
        "".join(run.text or "" for run in paragraph.iter(f"{_W}t"))
        for paragraph in document.element.body.iter(f"{_W}p")
        if (style := paragraph.find(f"{_W}pPr/{_W}pStyle")) is not None and style.get(f"{_W}val") in quoting
    )
    return frozenset(filter(None, map(squeezed, paragraphs)))


def squeezed(line: str) -> str:
    """A line without its blanks."""
    return _BLANKS.sub("", line)
