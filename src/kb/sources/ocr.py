"""Scanned pages to text by RapidOCR, with the models that its wheel carries: no download. An extra: `kb[ocr]`."""

from __future__ import annotations

from importlib.util import find_spec

from kb.errors import MissingExtraError, SourceError

MAX_PAGES = 300
"""A page takes seconds on a small machine."""

SCALE = 200 / 72
"""200 dots an inch: enough for body text of 10 points, half the work of 300."""

MIN_CONFIDENCE = 0.5
"""RapidOCR's own mark of a line; below it what is recognised is mostly stamps and dirt."""


def ocr_installed() -> bool:
    """Whether the extra is there, without loading it."""
    return all(find_spec(module) is not None for module in ("rapidocr", "pypdfium2", "onnxruntime"))


def read_scan(data: bytes, name: str) -> list[str]:
    """The recognised lines of every page of a scanned PDF.

    Raises:
        MissingExtraError: the extra is not installed.
        SourceError: the PDF cannot be drawn, or is too long.
    """
    if not ocr_installed():
        raise MissingExtraError("识别扫描件需要 OCR 组件。请运行 pip install 'kb[ocr]'。")
    import pypdfium2
    from rapidocr import RapidOCR

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise SourceError(f"{name} 已损坏或有密码，无法识别。请重新扫描后再试。") from error
    if len(document) > MAX_PAGES:
        raise SourceError(f"扫描件 {name} 有 {len(document)} 页，超过 {MAX_PAGES} 页。请拆分后再试。")
    engine = RapidOCR(params={"Global.log_level": "error"})
    return [_page(engine, page) for page in document]


def _page(engine: object, page: object) -> str:
    image = page.render(scale=SCALE).to_numpy()  # type: ignore[attr-defined]
    result = engine(image)  # type: ignore[operator]
    pairs = zip(result.txts or (), result.scores or (), strict=True)
    return "\n".join(text for text, score in pairs if score >= MIN_CONFIDENCE)
