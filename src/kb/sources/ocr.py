"""Scanned pages and pictures to text by RapidOCR, with the models of its wheel: no download. An extra: `kb[ocr]`."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from kb.errors import MissingExtraError, SourceError
from kb.sources.limits import check_time

MAX_PAGES = 300
"""A page takes seconds on a small machine."""

SCALE = 200 / 72
"""200 dots an inch: enough for body text of 10 points, half the work of 300."""

MAX_PIXELS = 100_000_000
"""A page of A3 at 600 dots an inch has 70 million; a larger picture would fill the memory."""

FORMATS = ("PNG", "JPEG", "TIFF", "BMP")
"""What a picture may be, whatever it is called: Pillow reads dozens more, some by starting other programs."""

MIN_CONFIDENCE = 0.5
"""RapidOCR's own mark of a line; below it what is recognised is mostly stamps and dirt."""


_OF_PILLOW = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError, NotImplementedError)
"""What a malformed file makes of Pillow's own code."""


def ocr_installed() -> bool:
    """Whether the extra is there, without loading it."""
    return all(find_spec(module) is not None for module in ("rapidocr", "pypdfium2", "onnxruntime"))


def read_scan(data: bytes, name: str) -> list[str]:
    """The recognised lines of every page of a scanned PDF.

    Raises:
        MissingExtraError: the extra is not installed.
        SourceError: the PDF cannot be drawn, or is too long.
    """
    _check_installed(name)
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise SourceError(f"{name} 已损坏或有密码，无法识别。请重新扫描后再试。") from error
    if len(document) > MAX_PAGES:
        raise SourceError(f"扫描件 {name} 有 {len(document)} 页，超过 {MAX_PAGES} 页。请拆分后再试。")
    engine = _engine()
    return [_recognise(engine, page.render(scale=SCALE).to_numpy(), name) for page in document]


def read_picture(data: bytes, name: str) -> list[str]:
    """The recognised lines of a picture, of each page where a TIFF holds several.

    Raises:
        MissingExtraError: the extra is not installed.
        SourceError: damaged, too large, or with too many pages.
    """
    _check_installed(name)
    engine = _engine()
    return [_recognise(engine, pixels, name) for pixels in _pages(data, name)]


def _pages(data: bytes, name: str) -> Iterator[Any]:
    """The pixels of every page, upright, in the order blue, green, red that RapidOCR takes."""
    import numpy as np
    from PIL import Image, ImageOps, ImageSequence

    try:
        with warnings.catch_warnings(action="ignore"):  # English lines between ours
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        with image:
            for number, page in enumerate(ImageSequence.Iterator(image)):
                if page.width * page.height > MAX_PIXELS:
                    raise SourceError(f"图片 {name} 有 {page.width}×{page.height} 像素，太大了。请缩小后再试。")
                if number >= MAX_PAGES:
                    raise SourceError(f"图片 {name} 超过 {MAX_PAGES} 页。请拆分后再试。")
                yield np.asarray(ImageOps.exif_transpose(page).convert("RGB"))[:, :, ::-1]
    except (OSError, SyntaxError, EOFError, struct.error, Image.DecompressionBombError, *_OF_PILLOW) as error:
        raise SourceError(f"图片 {name} 已损坏或格式不受支持。请另存为 .png 或 .jpg 后再试。") from error


def _check_installed(name: str) -> None:
    if not ocr_installed():
        raise MissingExtraError(f"{name} 是扫描件或图片，识别其中的文字需要 OCR 组件。请运行 pip install 'kb[ocr]'。")


def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "error"})


def _recognise(engine: Any, pixels: Any, name: str) -> str:
    check_time(name)
    result = engine(pixels)
    pairs = zip(result.txts or (), result.scores or (), strict=True)
    return "\n".join(text for text, score in pairs if score >= MIN_CONFIDENCE)
