"""A photograph or a scan kept as a picture: read by the same OCR as a scanned PDF."""

from __future__ import annotations

from kb.sources.content import Content
from kb.sources.ocr import read_picture
from kb.sources.pdf import flowed

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"})


def read_picture_file(data: bytes, name: str) -> Content:
    """The text that a picture shows.

    Raises:
        MissingExtraError: the extra `ocr` is not installed.
        SourceError: damaged, too large, or no text is recognised in it.
    """
    return flowed(read_picture(data, name), "scan", name)
