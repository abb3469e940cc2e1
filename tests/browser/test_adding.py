"""Bring your own: a damaged file is read, repaired, kept, found and taken out again, in the browser."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import FilePayload, expect

from browser.hostile import FILE, MARKER, in_file
from browser.reader import Reader
from kb.sources.ocr import ocr_installed
from test_readers import FONT

pytestmark = pytest.mark.browser

TITLE = "槐花里修燈記"
TEXT = (
    f"{TITLE}\n槐花里的樓道燈壞了半年，物業(yè)服務(wù)沒有跟上，居民反映以後，網格員當天登記。"
    "電工第二天換上聲控燈，費用從小區公共收益裏出。\n調解員回訪了12?戶人家。\n"
)
QUESTION = "槐花里的楼道灯坏了怎么办"
FOUND = "網格員當天登記"


SCANNED = ("柳巷口楼道照明约定", "居民议事会约定：每季度检查一次楼道照明，", "发现损坏，三天之内修好。")


def upload(reader: Reader, *files: FilePayload, seconds: int = 20) -> None:
    reader.page.locator("input[type=file]").set_input_files(list(files))
    expect(reader.page.get_by_role("heading", name="回执（")).to_be_visible(timeout=seconds * 1000)
    reader.settled()


def take_out(reader: Reader, title: str) -> None:
    """By the box below the upload, as a reader would."""
    reader.open(view="add")
    reader.choose("选一篇来修改或移除", title)
    reader.press("移除这篇文章").press("确定移除")
    expect(reader.page.get_by_text("已移除：")).to_be_visible(timeout=20000)


def test_a_damaged_file_is_received_kept_found_and_removed(reader: Reader) -> None:
    page = reader.open(view="add").page
    upload(reader, {"name": "修燈.txt", "mimeType": "text/plain", "buffer": TEXT.encode("gbk")})
    card = page.locator(".kb-upload")
    expect(card).to_contain_text("GB18030")
    expect(card).to_contain_text("已修复")
    reader.press("收录选中的 1 篇")
    expect(page.get_by_text("已收录 1 篇")).to_be_visible(timeout=20000)
    reader.open(q=QUESTION)
    expect(page.locator(".st-key-answer")).to_contain_text(FOUND)
    reader.follow(page.locator("article.kb-card h3 a", has_text="槐花里").first)
    expect(page.locator(".kb-body")).not_to_contain_text("yè")
    expect(page.locator(".kb-lost").first).to_be_visible()
    take_out(reader, "槐花里")
    reader.open(q=QUESTION)
    expect(page.locator("article.kb-card").first).to_be_visible()
    expect(page.get_by_text(FOUND)).to_have_count(0)


def test_nothing_is_kept_before_the_reader_says_so(reader: Reader) -> None:
    page = reader.open(view="add").page
    upload(reader, {"name": "修燈.txt", "mimeType": "text/plain", "buffer": TEXT.encode("gbk")})
    reader.open(view="articles", find="槐花里")
    expect(page.get_by_text("没有符合条件的文章")).to_be_visible()


def test_an_upload_that_wants_to_be_more_is_text(reader: Reader) -> None:
    page = reader.open(view="add").page
    upload(reader, {"name": FILE.replace(".md", ".txt"), "mimeType": "text/plain", "buffer": in_file("上传")})
    expect(page.locator(".kb-upload img, .kb-upload script, .kb-upload iframe")).to_have_count(0)
    reader.press("收录选中的 1 篇")
    expect(page.get_by_text("已收录 1 篇")).to_be_visible(timeout=20000)
    reader.follow(page.locator(".kb-done a"))
    expect(page.locator(".kb-body")).to_contain_text("<script>alert(1)</script>")
    expect(page.locator(".kb-article img, .kb-article script, .kb-article iframe")).to_have_count(0)
    take_out(reader, f"{MARKER}上传")


def test_a_scanned_page_comes_in_with_its_receipt(reader: Reader) -> None:
    """With the real recognition, where it is installed; what is told without it is asked in `test_app_library`."""
    if not ocr_installed() or FONT is None:
        pytest.skip("kb[ocr] or a font with Chinese characters is missing")
    image = Image.new("RGB", (1400, 700), (248, 246, 240))
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(str(FONT), 52)
    for row, line in enumerate(SCANNED):
        pen.text((80, 80 + 120 * row), line, fill=(30, 30, 35), font=font)
    file = io.BytesIO()
    image.rotate(0.5, fillcolor=(248, 246, 240)).save(file, "PDF", resolution=150)
    page = reader.open(view="add").page
    upload(reader, {"name": "扫描.pdf", "mimeType": "application/pdf", "buffer": file.getvalue()}, seconds=90)
    expect(page.locator(".kb-upload")).to_contain_text("扫描件（识别的文字）")
    reader.press("收录选中的 1 篇")
    expect(page.get_by_text("已收录 1 篇")).to_be_visible(timeout=20000)
    reader.follow(page.locator(".kb-done a"))
    expect(page.get_by_text("从扫描件里认出来的")).to_be_visible()
    text = page.locator(".kb-body").inner_text()
    assert "每季度检查一次楼道照明" in text
    take_out(reader, SCANNED[0])
