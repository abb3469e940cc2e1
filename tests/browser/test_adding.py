"""Bring your own: a damaged file is read, repaired, kept, found and taken out again, in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, expect

from browser.hostile import FILE, MARKER, in_file
from browser.reader import Reader

pytestmark = pytest.mark.browser

TITLE = "槐花里修燈記"
TEXT = (
    f"{TITLE}\n槐花里的樓道燈壞了半年，物業(yè)服務(wù)沒有跟上，居民反映以後，網格員當天登記。"
    "電工第二天換上聲控燈，費用從小區公共收益裏出。\n調解員回訪了12?戶人家。\n"
)
QUESTION = "槐花里的楼道灯坏了怎么办"
FOUND = "網格員當天登記"


def upload(reader: Reader, *files: FilePayload) -> None:
    reader.page.locator("input[type=file]").set_input_files(list(files))
    expect(reader.page.get_by_role("heading", name="回执（")).to_be_visible(timeout=20000)
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
