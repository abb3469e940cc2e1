"""Pictures as scans: the way to the OCR and back, with a stand-in for it, and with itself where it is installed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from kb.errors import MissingExtraError, SourceError
from kb.sources import ocr
from kb.sources.ocr import read_picture
from kb.sources.picture import PICTURE_SUFFIXES
from kb.sources.read import find_files, read_file
from kb.types import Document, Failure
from test_readers import FONT


@dataclass
class Result:
    """What RapidOCR returns, as far as it is used."""

    txts: Sequence[str]
    scores: Sequence[float]


@dataclass
class Recogniser:
    """Reads the colour of the upper left corner."""

    seen: list[tuple[Any, ...]] = field(default_factory=list)

    def __call__(self, pixels: Any) -> Result:
        self.seen.append((pixels.shape, *pixels[0, 0].tolist()))
        return Result(("社区议事规则。", "污渍"), (0.9, 0.2))


@pytest.fixture
def recogniser(monkeypatch: pytest.MonkeyPatch) -> Recogniser:
    stand_in = Recogniser()
    monkeypatch.setattr(ocr, "ocr_installed", lambda: True)
    monkeypatch.setattr(ocr, "_engine", lambda: stand_in)
    return stand_in


def saved(path: Path, *colours: str, **options: Any) -> Path:
    first, *others = [Image.new("RGB", (60, 40), colour) for colour in colours]
    if others:
        options |= {"save_all": True, "append_images": others}
    first.save(path, **options)
    return path


@pytest.mark.parametrize("suffix", sorted(PICTURE_SUFFIXES))
def test_a_picture_is_read_as_a_scan(tmp_path: Path, recogniser: Recogniser, suffix: str) -> None:
    (found,) = read_file(saved(tmp_path / f"通知{suffix}", "white"))
    assert isinstance(found, Document)
    assert found.article.text == "社区议事规则。\n"
    assert (found.article.id, found.article.origin) == ("通知", str(tmp_path / f"通知{suffix}"))
    assert found.receipt is not None
    assert found.receipt.format == "scan"
    assert recogniser.seen == [((40, 60, 3), 255, 255, 255)]


def test_the_colours_come_in_the_order_that_the_recogniser_takes(tmp_path: Path, recogniser: Recogniser) -> None:
    list(read_file(saved(tmp_path / "a.png", "red")))
    assert recogniser.seen == [((40, 60, 3), 0, 0, 255)]


def test_every_page_of_a_tiff_is_read(tmp_path: Path, recogniser: Recogniser) -> None:
    (found,) = read_file(saved(tmp_path / "a.tif", "white", "black"))
    assert isinstance(found, Document)
    assert found.article.text == "社区议事规则。\n" * 2
    assert len(recogniser.seen) == 2


def test_a_photograph_taken_sideways_is_turned(tmp_path: Path, recogniser: Recogniser) -> None:
    sideways = Image.Exif()
    sideways[0x0112] = 6
    list(read_file(saved(tmp_path / "a.jpg", "white", exif=sideways)))
    assert recogniser.seen[0][0] == (60, 40, 3)


def test_a_picture_without_text_is_named(
    tmp_path: Path, recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Recogniser, "__call__", lambda _self, _pixels: Result((), ()))
    (found,) = read_file(saved(tmp_path / "a.png", "white"))
    assert found == Failure(str(tmp_path / "a.png"), f"{tmp_path / 'a.png'} 里没有认出文字。请检查文件是否清晰完整。")


@pytest.mark.parametrize("data", [b"\x89PNG", b"", b"GIF89a", b"\xff\xd8\xff\xe0 jpeg", b"II*\x00\x08\x00\x00\x00"])
def test_a_damaged_picture_is_named(recogniser: Recogniser, data: bytes) -> None:
    with pytest.raises(SourceError, match=r"图片 a\.png 已损坏或格式不受支持"):
        read_picture(data, "a.png")


def test_a_picture_cut_off_is_named(recogniser: Recogniser) -> None:
    file = io.BytesIO()
    Image.effect_noise((200, 200), 80).save(file, "PNG")
    with pytest.raises(SourceError, match="已损坏"):
        read_picture(file.getvalue()[:5000], "a.png")


def test_a_picture_that_would_fill_the_memory_is_refused(
    tmp_path: Path, recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "MAX_PIXELS", 2399)
    with pytest.raises(SourceError, match="有 60×40 像素，太大了"):
        read_picture(saved(tmp_path / "a.png", "white").read_bytes(), "a.png")


def test_too_many_pages_are_refused(tmp_path: Path, recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "MAX_PAGES", 1)
    with pytest.raises(SourceError, match="超过 1 页"):
        read_picture(saved(tmp_path / "a.tif", "white", "black").read_bytes(), "a.tif")


def test_what_to_install_is_said_where_the_extra_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "ocr_installed", lambda: False)
    path = saved(tmp_path / "a.png", "white")
    with pytest.raises(MissingExtraError, match=r"pip install 'kb\[ocr\]'"):
        read_picture(path.read_bytes(), "a.png")
    (found,) = read_file(path)
    assert isinstance(found, Failure)
    assert found.reason.startswith(f"{path} 是扫描件或图片")


def test_pictures_of_a_folder_are_found_but_not_those_of_saved_pages(tmp_path: Path) -> None:
    for name in ("a.PNG", "b/c.jpeg", "页面_files/d.png", "old.files/e.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [file.name for file in find_files([tmp_path])] == ["a.PNG", "c.jpeg"]


@pytest.mark.filterwarnings("ignore")
def test_a_picture_is_read_by_the_real_ocr(tmp_path: Path) -> None:
    if not ocr.ocr_installed() or FONT is None:
        pytest.skip("没有安装 kb[ocr]，或没有中文字体")
    image = Image.new("RGB", (1000, 300), "white")
    font = ImageFont.truetype(str(FONT), 48)
    ImageDraw.Draw(image).text((60, 100), "社区议事规则每月公布", fill="black", font=font)
    image.save(tmp_path / "a.jpg")
    (found,) = read_file(tmp_path / "a.jpg")
    assert isinstance(found, Document)
    assert found.article.text == "社区议事规则每月公布\n"
