"""Feeds the readers of files; every one gives documents that can be stored, or refuses in a sentence."""

from __future__ import annotations

import io
import tempfile
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

from benchmarks.fuzzing.checking import check_document, check_prepared, check_refusal, hold
from kb.errors import KBError
from kb.knowledge.preparing import prepare
from kb.search.expand import OtherNames, parse_rows
from kb.sources.bulk import parse_lines
from kb.sources.decode import decode
from kb.sources.ocr import _pages
from kb.sources.quotations import read_draft
from kb.sources.read import read_terms, read_text, read_upload
from kb.types import LONGEST_TERM, Document


def _read(data: bytes, name: str) -> None:
    document = read_text(data, Path(name))
    check_document(document)
    check_prepared(prepare(document, "", ""))


def plain(data: bytes) -> None:
    _read(data, "x.txt")


def markdown(data: bytes) -> None:
    _read(data, "x.md")


def html(data: bytes) -> None:
    _read(data, "x.html")


def word(data: bytes) -> None:
    _read(data, "x.docx")
    read_draft(data, "x.docx")


def pdf(data: bytes) -> None:
    with patch("kb.sources.pdf.ocr_installed", return_value=False):  # Recognising a page takes seconds.
        _read(data, "x.pdf")


def archive(data: bytes) -> None:
    for item in read_upload(data, "x.zip"):
        check_document(item)


def lines(data: bytes) -> None:
    for item in parse_lines(io.BytesIO(data), "x.jsonl"):
        check_document(item)
        if isinstance(item, Document):
            with suppress(KBError):
                check_prepared(prepare(item, "", ""))


def picture(data: bytes) -> None:
    for pixels in _pages(data, "x.png"):
        hold(pixels.ndim == 3 and pixels.shape[2] == 3, "a page is pixels of three colours")


def lexicon(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "lexicon" / "a.txt"
        file.parent.mkdir()
        file.write_bytes(data)
        found = read_terms([Path(folder)])
    hold(all(0 < len(term) <= LONGEST_TERM and term == term.strip() for term in found.terms), "terms are words")
    for failure in found.failures:
        check_refusal(failure.reason)
    text = decode(data, "regional.tsv") if data.strip() else ""
    names = OtherNames(parse_rows(text, "regional.tsv"))
    names.find("志愿者和里长在哪里", frozenset(range(10)))
