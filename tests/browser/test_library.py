"""Looking after the library, in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.reader import Reader

pytestmark = pytest.mark.browser

PARTS = ("文字质量", "待补清单", "分词与词语", "模型与检查", "馆藏")


def test_the_parts_are_links_of_their_own(reader: Reader) -> None:
    page = reader.open(view="library").page
    expect(page.locator(".kb-figures")).to_contain_text("16")
    expect(page.get_by_role("table", name="按类别")).to_be_visible()
    for part in PARTS:
        reader.follow(page.locator(".kb-parts").get_by_role("link", name=part))
        assert page.title().startswith(part)


def test_a_phrase_is_cut_into_words_with_reasons(reader: Reader) -> None:
    page = reader.open(view="library", part="terms").page
    page.get_by_label("词语或句子").fill("网格员上门调解邻里纠纷")
    reader.press("切分")
    words = page.locator(".kb-cut span").all_inner_texts()
    assert "".join(words) == "网格员上门调解邻里纠纷"
    assert "网格员" in words
    expect(page.locator("table.kb-rows th", has_text="来历")).to_be_visible()


def test_a_term_is_tried_added_and_removed(reader: Reader) -> None:
    page = reader.open(view="library", part="terms").page
    box = page.get_by_label("要添加或移除的词")
    box.fill("零星片")
    reader.press("试加：先看影响")
    expect(page.locator(".kb-plan")).to_contain_text("会改变")
    expect(page.locator(".kb-plan li").first).to_be_visible()
    reader.press("确定添加")
    expect(page.get_by_text("已添加：")).to_be_visible(timeout=20000)
    expect(page.locator(".kb-chips span", has_text="零星片")).to_be_visible()
    box.fill("零星片")
    reader.press("试移除：先看影响")
    reader.press("确定移除")
    expect(page.get_by_text("已移除：")).to_be_visible(timeout=20000)
    expect(page.get_by_text("还没有自己加的词")).to_be_visible()


def test_the_check_finds_everything_in_order(reader: Reader) -> None:
    page = reader.open(view="library", part="state").page
    reader.press("开始检查")
    expect(page.get_by_text("项都正常")).to_be_visible(timeout=60000)
