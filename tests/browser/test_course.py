"""The course kit: put together while searching, kept by this browser alone, taken along as a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Locator, expect

from browser.addresses import QUESTION
from browser.conftest import NewReader
from browser.looking import fits, severe, unfold
from browser.reader import Reader

pytestmark = pytest.mark.browser

ANSWER = "江岸区国资拿出500万元"


def filled(reader: Reader) -> Reader:
    """With an answer and a practice in the basket."""
    page = reader.open(q=QUESTION).page
    page.get_by_role("button", name="放进课程资料 整条回答").click()
    expect(page.get_by_role("button", name="已放进，再按移出 整条回答")).to_be_visible()
    reader.settled().open(practice="hongse-wuye")
    page.get_by_role("button", name=re.compile("放进课程资料")).click()
    expect(page.get_by_role("button", name=re.compile("已放进，再按移出"))).to_be_visible()
    reader.settled().open(view="course")
    expect(page.get_by_role("heading", name="放进来的（2 项）")).to_be_visible(timeout=10000)
    return reader.settled()


def items(reader: Reader) -> Locator:
    return reader.page.locator(".kb-item-card h3")


def test_what_was_put_in_is_there_after_a_reload(reader: Reader) -> None:
    page = filled(reader).page
    expect(items(reader).first).to_contain_text(QUESTION)
    reader.press("↓ 下移")
    expect(items(reader).first).to_contain_text("红色物业（武汉）")
    page.get_by_label("备注").first.fill("先讲背景")
    page.get_by_label("备注").first.blur()
    expect(page.locator(".st-key-kit")).to_contain_text("先讲背景", timeout=10000)
    page.reload()
    expect(page.get_by_role("heading", name="放进来的（2 项）")).to_be_visible(timeout=10000)
    reader.settled()
    expect(items(reader).first).to_contain_text("红色物业（武汉）")
    expect(page.get_by_label("备注").first).to_have_value("先讲背景")
    expect(page.locator(".kb-nav")).to_contain_text("课程（2）")


def test_the_material_opens_as_a_word_document(reader: Reader, tmp_path: Path) -> None:
    filled(reader)
    document = Document(str(reader.saved("下载 Word", tmp_path)))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "红色物业（武汉）" in text
    assert ANSWER in text
    assert "参考文献" in text


def test_the_basket_is_carried_to_another_browser_as_a_file(new_reader: NewReader, tmp_path: Path) -> None:
    one, other = filled(new_reader()), new_reader()
    one.unfold("存成文件")
    saved = one.saved("把资料存成文件", tmp_path)
    page = other.open(view="course").page
    expect(page.get_by_text("这里还没有资料")).to_be_visible(timeout=10000)
    other.settled().unfold("打开存好的文件")
    page.locator("input[type=file]").set_input_files(saved)
    page.get_by_role("button", name="打开", exact=True).click()
    expect(page.get_by_role("heading", name="放进来的（2 项）")).to_be_visible(timeout=10000)


def test_baskets_stay_in_their_browser(new_reader: NewReader) -> None:
    one, other = new_reader(), new_reader()
    filled(one)
    other.open(view="course")
    expect(other.page.get_by_text("这里还没有资料")).to_be_visible(timeout=10000)
    expect(other.page.locator(".kb-nav")).not_to_contain_text("课程（")


def test_the_basket_is_emptied_only_when_asked_twice(reader: Reader) -> None:
    page = filled(reader).page
    reader.press("全部清空").press("不清空")
    expect(items(reader)).to_have_count(2)
    reader.press("全部清空").press("确定清空")
    expect(page.get_by_text("这里还没有资料")).to_be_visible()
    page.reload()
    expect(page.get_by_text("这里还没有资料")).to_be_visible(timeout=10000)


def test_a_full_course_page_fits_and_is_accessible(reader: Reader) -> None:
    filled(reader)
    unfold(reader)
    assert severe(reader) == []
    reader.page.set_viewport_size({"width": 390, "height": 844})
    reader.settled()
    fits(reader)
