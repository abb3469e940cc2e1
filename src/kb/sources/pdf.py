"""A PDF: the text of its pages; a scan is named as such and, where the extra `ocr` is installed, read by it."""

from __future__ import annotations

import io
import logging
import re
import struct
import zlib
from collections.abc import Sequence
from typing import Any

from kb.errors import SourceError
from kb.sources.content import Content, storable
from kb.sources.limits import check_time
from kb.sources.ocr import ocr_installed, read_scan
from kb.sources.plausible import mean_weight

MAX_PAGES = 2_000
MAX_CHARACTERS = 20_000_000
"""Of all pages: each may show the same long text again, so a small file can hold any amount of it."""

MIN_PER_PAGE = 5
"""Characters a page: with less than this on average there is no text, only a page number or a stamp."""

MIN_MEAN_WEIGHT = -11.0
"""Below this the characters are glyph numbers without a table of what they mean (see `kb.sources.plausible`)."""

FULL_LINE = 0.85
"""A line of at least this part of the longest common line ends at the margin, and its paragraph goes on."""

_SENTENCE_END = re.compile(r"[。！？；：…”」』）)!?;:]\s*$")
_NEW_BLOCK = re.compile(
    r"^\s*(?:　|第[一二三四五六七八九十百零〇\d]+[章节節条條]|[一二三四五六七八九十]{1,3}、"
    r"|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.、．]|[-•●■])"
)
_BLANK_HAN = re.compile(r"(?<=[\u3400-\u9fff，。、；：]) (?=[\u3400-\u9fff，。、；：])")


def read_pdf(data: bytes, name: str) -> Content:
    """The text of a PDF.

    Raises:
        SourceError: damaged, encrypted, too long, a scan without OCR, or with fonts that do not say what they show.
    """
    pages, form = _pages(data, name), "pdf"
    letters = sum(len("".join(page.split())) for page in pages)
    if letters < MIN_PER_PAGE * len(pages):
        if not ocr_installed():
            raise SourceError(
                f"{name} 没有可提取的文字：这是扫描件。"
                "请安装 kb[ocr]（pip install 'kb[ocr]'）后再试，或换用带文字的版本。"
            )
        pages, form = read_scan(data, name), "scan"
    elif mean_weight("".join(pages)) < MIN_MEAN_WEIGHT:
        raise SourceError(f"{name} 的字体没有注明文字编码，提取出来是乱码。请换用 Word 版或带文字的 PDF。")
    return flowed(pages, form, name)


def flowed(pages: Sequence[str], form: str, name: str) -> Content:
    """The pages as one text, lines broken at the margin made whole.

    Raises:
        SourceError: there is none.
    """
    text = "\n".join(filter(None, (_flow(page.splitlines()) for page in pages)))
    if not text.strip():
        raise SourceError(f"{name} 里没有认出文字。请检查文件是否清晰完整。")
    return Content(text=text + "\n", format=form)


def _pages(data: bytes, name: str) -> list[str]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it would print English lines between ours
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise SourceError(f"{name} 有密码保护，读不了。请去掉密码后再试。")
        count = len(reader.pages)
        if count > MAX_PAGES:
            raise SourceError(f"{name} 有 {count} 页，超过 {MAX_PAGES} 页。请拆分后再试。")
        return _texts(reader, name)
    except (PyPdfError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise _damaged(name) from error  # pypdf lets what a malformed file makes of its own code pass through
    except (AssertionError, NotImplementedError, ImportError, zlib.error, struct.error, re.error, OSError) as error:
        raise _damaged(name) from error


def _texts(reader: Any, name: str) -> list[str]:
    """The text of every page, without what the store does not keep.

    NUL is half of a two-byte code that the font leaves unmapped and shows nothing; a table of what codes mean may also
    name half a surrogate pair.
    """
    pages: list[str] = []
    left = MAX_CHARACTERS
    for page in reader.pages:
        check_time(name)
        text: str = page.extract_text()
        left -= len(text)
        if left < 0:
            raise SourceError(f"{name} 的文字超过 {MAX_CHARACTERS // 10000} 万字。请拆分后再试。")
        pages.append(storable(text.replace("\x00", "")))
    return pages


def _damaged(name: str) -> SourceError:
    return SourceError(f"{name} 已损坏或不是 PDF，无法读取。请重新导出后再试。")


def _flow(lines: Sequence[str]) -> str:
    """Lines broken at the margin made whole again; a blank between two Han characters came from the layout."""
    lines = [_BLANK_HAN.sub("", line.rstrip()) for line in lines if line.strip()]
    margin = FULL_LINE * _margin([_width(line) for line in lines])
    flowed: list[str] = []
    for before, line in zip(["", *lines], lines, strict=False):
        goes_on = _width(before) >= margin and not _SENTENCE_END.search(before) and not _NEW_BLOCK.match(line)
        if flowed and goes_on:
            between = " " if before[-1].isascii() and line.lstrip()[0].isascii() else ""
            flowed.append(between + line.lstrip())
        else:
            flowed.append("\n" + line)
    return "".join(flowed)[1:]


def _margin(widths: Sequence[int]) -> int:
    """The width that the longer lines share: a page's third longest, so that one table row does not set it."""
    ranked = sorted(widths, reverse=True)
    return ranked[min(2, len(ranked) // 5)] if ranked else 0


def _width(line: str) -> int:
    """In half-width columns: a Chinese character takes two."""
    return sum(2 if character >= "\u2e80" else 1 for character in line)
