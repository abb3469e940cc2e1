"""The three things a new user comes for, from the start page on, every click counted."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Locator, Page, expect

from browser.looking import FOLDER
from browser.reader import Reader

pytestmark = pytest.mark.browser

SECONDS = 60.0
"""A usable answer within a minute, on a busy machine."""


@dataclass
class Hand:
    """A hand on the mouse; typing is no click."""

    page: Page
    clicks: int = 0

    def click(self, at: Locator) -> None:
        at.click()
        self.clicks += 1


@pytest.fixture
def hand(reader: Reader, request: pytest.FixtureRequest) -> Iterator[Hand]:
    """On the start page; what was needed is written down, as build output."""
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    found = Hand(reader.open().page)
    began = time.perf_counter()
    yield found
    took = time.perf_counter() - began
    folder = FOLDER / "tasks"
    folder.mkdir(parents=True, exist_ok=True)
    told = f"{found.clicks} clicks, {took:.1f} s\n"
    (folder / f"{request.node.name}.txt").write_text(told, encoding="utf-8")
    assert took < SECONDS


def test_a_quotation_on_estates_without_management_is_copied(hand: Hand) -> None:
    page = hand.page
    hand.click(page.get_by_role("link", name="老旧小区没有物业怎么办"))
    answer = page.locator(".st-key-answer")
    expect(answer).to_contain_text("江岸区国资拿出500万元", timeout=20000)
    sentence = answer.locator("ol", has_text="江岸区国资拿出500万元")
    hand.click(sentence.get_by_role("link").first)
    expect(page.locator("mark#cited")).to_contain_text("江岸区国资拿出500万元", timeout=20000)
    hand.click(page.get_by_role("button", name="复制引文和出处"))
    expect(page.get_by_text("已复制，可以粘贴了")).to_be_visible()
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    assert re.match(r"“江岸区国资拿出500万元.*”\n.*老旧小区没有物业怎么办\[Z\]", copied, re.DOTALL)
    assert hand.clicks == 3


def test_three_ways_of_settling_disputes_are_compared(hand: Hand) -> None:
    page = hand.page
    hand.click(page.locator(".kb-nav").get_by_role("link", name="实践"))
    hand.click(page.get_by_role("link", name="比较", exact=True))
    box = page.get_by_role("combobox", name="选 2 到 5 个实践")
    hand.click(box)
    for name in ("枫桥经验", "浦江经验", "六尺巷"):
        box.fill(name)
        option = page.get_by_role("option", name=re.compile(f"^{name}"))
        expect(option).to_be_visible()
        box.press("ArrowDown")
        box.press("Enter")
        expect(page.get_by_role("button", name=re.compile(f"移除 {name}"))).to_be_visible(timeout=10000)
    heads = page.get_by_role("table").get_by_role("columnheader")
    expect(heads).to_have_count(4, timeout=20000)
    for row in ("做法", "步骤", "局限"):
        expect(page.get_by_role("rowheader", name=row, exact=True)).to_be_visible()
    assert hand.clicks == 3


def test_a_course_kit_is_made_and_opened(hand: Hand, tmp_path: Path) -> None:
    page = hand.page
    page.get_by_label("问题或词语").fill("多网合一怎么做")
    page.keyboard.press("Enter")
    hand.click(page.get_by_role("button", name="放进课程资料 整条回答"))
    expect(page.locator(".kb-nav")).to_contain_text("课程（1）", timeout=20000)
    hand.click(page.locator(".st-key-collect-practices").get_by_role("button", name=re.compile("多网合一")))
    expect(page.locator(".kb-nav")).to_contain_text("课程（2）", timeout=20000)
    hand.click(page.locator(".kb-nav").get_by_role("link", name="课程（2）"))
    word = page.get_by_role("button", name="下载 Word")
    expect(word).to_be_visible(timeout=20000)
    with page.expect_download() as downloading:
        hand.click(word)
    path = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(path)
    headings = [one.text for one in Document(str(path)).paragraphs if (one.style and one.style.name) == "Heading 1"]
    assert [heading.split("、")[-1] for heading in headings[:4]] == ["教学目标", "核心概念", "政策依据", "案例"]
    assert hand.clicks == 4
