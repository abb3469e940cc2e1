"""No English word is left of Streamlit's own in open lists, when a page fails and when the server is gone; that of the
pages as they open is asked in `test_pages`."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.addresses import QUESTION
from browser.conftest import NewReader
from browser.looking import LATIN, english
from browser.reader import Reader
from browser.serving import end, serving_script

pytestmark = pytest.mark.browser

FAILING = """
import streamlit as st
from kb.ui import browser
browser.speak("hans")
st.html("<h1>一页</h1>")
raise RuntimeError("geheim")
"""


def test_an_open_list_and_what_it_does_not_hold(reader: Reader) -> None:
    page = reader.open(q=QUESTION).page
    reader.unfold("筛选")
    box = page.get_by_label("地区", exact=True)
    box.click()
    expect(page.get_by_role("option").first).to_be_visible()
    assert english(reader) == []
    box.fill("qqq")
    expect(page.get_by_text("没有符合的")).to_be_visible()


def test_the_names_are_in_the_script_of_the_reader(reader: Reader) -> None:
    page = reader.open(q=QUESTION, ui="hant").page
    reader.unfold("篩選")
    expect(page.get_by_role("button", name="展開選項").first).to_be_attached()
    reader.open(view="add", ui="hant")
    expect(page.get_by_text("選擇文件", exact=True)).to_be_visible()


def test_what_an_article_says_is_left_alone(reader: Reader) -> None:
    """A text or a name of ours that happens to be one of Streamlit's words."""
    page = reader.open().page
    put = """() => { const one = document.querySelector('[data-testid="stHtml"]');
        one.innerHTML = '<p role="dialog" aria-label="Open">Connection error</p>'; }"""
    page.evaluate(put)
    page.wait_for_timeout(100)
    kept = page.locator('p[role="dialog"]')
    expect(kept).to_have_text("Connection error")
    expect(kept).to_have_attribute("aria-label", "Open")


def test_a_page_that_fails_and_a_server_that_is_gone_are_told_in_chinese(new_reader: NewReader, tmp_path: Path) -> None:
    script = tmp_path / "failing.py"
    script.write_text(FAILING, encoding="utf-8")
    page = new_reader().page
    with serving_script(script) as (address, server):
        page.goto(address)
        failure = page.get_by_role("alert")
        expect(failure).to_contain_text("这一步出了意外，没有做完", timeout=20000)
        expect(page.locator("body")).not_to_contain_text("geheim")
        expect(page.locator("body")).not_to_contain_text("Traceback")
        end(server)
        told = page.get_by_role("dialog")
        expect(told).to_contain_text("连不上知识库", timeout=40000)
        expect(told).to_contain_text("请重新打开知识库")
        assert not LATIN.search(told.inner_text())
