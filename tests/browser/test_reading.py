"""Reading an article, in the browser."""

from __future__ import annotations

import io
import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from browser.reader import Reader
from browser.test_search import IN_VIEW

pytestmark = pytest.mark.browser

ARTICLE = "laojiu-xiaoqu-wu-wuye"
HEADING = "钱从哪里来"


def test_the_outline_leads_to_its_heading(reader: Reader) -> None:
    page = reader.open(article=ARTICLE).page
    page.locator("nav.kb-outline").get_by_role("link", name=HEADING).click()
    page.wait_for_function(
        f"() => ({IN_VIEW})([...document.querySelectorAll('.kb-body h2')].find(h => h.textContent === '{HEADING}'))"
    )
    assert "#at-" in page.url


def test_on_a_phone_the_outline_is_folded_above_the_text(reader: Reader) -> None:
    page = reader.page
    page.set_viewport_size({"width": 390, "height": 844})
    reader.open(article=ARTICLE)
    expect(page.locator("nav.kb-wide")).to_be_hidden()
    page.locator("details.kb-outline summary").click()
    expect(page.locator("details.kb-outline").get_by_role("link", name=HEADING)).to_be_visible()


def test_a_sentence_is_chosen_and_quoted_with_its_reference(reader: Reader) -> None:
    page = reader.open(article=ARTICLE).page
    reader.unfold("引用与链接")
    reader.choose("引哪一句", "江岸区国资拿出500万元")
    assert re.fullmatch(r"\d+-\d+", reader.address["at"])
    expect(page.locator("mark#cited")).to_contain_text("江岸区国资拿出500万元")
    boxes = page.locator(".st-key-citing .kb-to-copy")
    expect(boxes.first).to_contain_text("江岸区国资拿出500万元")
    expect(boxes.first).to_contain_text("老旧小区没有物业怎么办[Z]")
    expect(boxes.nth(1)).to_contain_text(f"article={ARTICLE}&at={reader.address['at']}")


def test_what_is_copied_is_the_quotation(reader: Reader) -> None:
    page = reader.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.open(article=ARTICLE, at="60-120")
    shown = page.locator(".st-key-citing .kb-to-copy").first.inner_text()
    page.get_by_role("button", name="复制引文和出处").click()
    expect(page.get_by_text("已复制，可以粘贴了")).to_be_visible()
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    assert written(copied) == written(shown)
    assert "[Z]" in copied


def test_where_the_browser_keeps_its_clipboard_back_the_text_is_copied_all_the_same(reader: Reader) -> None:
    """As on a page that comes over http from another machine."""
    page = reader.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.open(article=ARTICLE)
    page.evaluate("Object.defineProperty(navigator.clipboard, 'writeText', {value: () => Promise.reject(Error())})")
    reader.unfold("引用与链接")
    page.get_by_role("button", name="复制地址").click()
    expect(page.get_by_text("已复制，可以粘贴了")).to_be_visible()
    assert str(page.evaluate("navigator.clipboard.readText()")).endswith(f"?article={ARTICLE}")


def written(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_the_print_view_is_the_article_alone(reader: Reader) -> None:
    page = reader.open(article=ARTICLE, at="60-120").page
    reader.follow(page.get_by_role("link", name="打印版"))
    expect(page.get_by_role("button", name="打印")).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".kb-top")).to_be_hidden()
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
    expect(page.locator("mark#cited")).to_be_visible()
    shown = page.locator("article.kb-article p").first.evaluate("one => getComputedStyle(one).color")
    assert shown == "rgb(0, 0, 0)"
    printed = PdfReader(io.BytesIO(page.pdf(format="A5")))
    assert len(printed.pages) >= 2  # What scrolls inside a frame of its own would end with its first page.


def test_any_article_prints_without_what_stands_around_it(reader: Reader) -> None:
    page = reader.open(article=ARTICLE).page
    page.emulate_media(media="print")
    for around in (".kb-top", ".kb-back", ".kb-outline.kb-wide", ".kb-forms", ".st-key-citing"):
        expect(page.locator(around).first).to_be_hidden()
    expect(page.locator("article.kb-article h1")).to_be_visible()


def test_articles_are_found_by_words_and_category(reader: Reader) -> None:
    page = reader.open(view="articles").page
    page.get_by_label("按标题、地区、来源找").fill("参与式")
    page.keyboard.press("Enter")
    expect(page.get_by_text("符合条件的 1 篇")).to_be_visible(timeout=10000)
    reader.settled()
    page.reload()
    reader.settled()
    expect(page.get_by_text("符合条件的 1 篇")).to_be_visible()
    reader.follow(page.locator(".kb-list a").first)
    expect(page.locator("h1")).to_contain_text("參與式預算")


def test_the_receipt_tells_how_the_file_was_read(reader: Reader) -> None:
    page = reader.open(article=ARTICLE).page
    reader.unfold("收录回执")
    expect(page.get_by_text("UTF-8").first).to_be_visible()


def test_an_unknown_article_is_told_in_a_sentence(reader: Reader) -> None:
    page = reader.open(article="nothing-here").page
    expect(page.get_by_role("heading", name="没有这篇文章")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("nothing-here")
    reader.follow(page.get_by_role("link", name="全部文章"))
    expect(page.locator("h1")).to_have_text("文章")
