"""What an article, a question or an address says is text: no window opens, nothing is injected, nothing is fetched.

That no request leaves this machine and no dialog opens is asserted of every test here (`Watch`).
"""

from __future__ import annotations

import pytest

from browser.addresses import PAGES
from browser.hostile import HOSTILE, MARKER, QUESTION
from browser.reader import Reader

pytestmark = pytest.mark.browser

INJECTED = """() => [...document.querySelectorAll('.stMain script, .stMain iframe, .stMain img, .stMain object')]
  .filter(one => !one.closest('[data-testid="stToolbar"]')).map(one => one.outerHTML.slice(0, 200))
  .concat([...document.querySelectorAll('.stMain *')].flatMap(one => [...one.attributes]
    .filter(attribute => attribute.name.startsWith('on')
      || (attribute.name === 'href' && /^\\s*(javascript|data|vbscript):/i.test(attribute.value))
      || (attribute.name === 'href' && attribute.value.includes('//evil.example')))
    .map(attribute => `${attribute.name}=${attribute.value}`.slice(0, 200))))"""


def held(reader: Reader) -> None:
    """Nothing was injected, and no word made the page wider than its window."""
    assert reader.page.evaluate(INJECTED) == []
    wide, window = reader.widths()
    assert wide <= window


def article(reader: Reader) -> str:
    reader.open(view="articles")
    reader.follow(reader.page.locator(".kb-list a", has_text=MARKER).first)
    return reader.address["article"]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_hostile_article_is_read_as_text(reader: Reader, width: int) -> None:
    page = reader.page
    page.set_viewport_size({"width": width, "height": 844})
    key = article(reader)
    assert "<script>alert(1)</script>" in page.locator(".kb-body").inner_text()
    held(reader)
    reader.unfold("收录回执")
    reader.unfold("引用与链接")
    reader.settled()
    held(reader)
    for parameters in ({"at": "0-200"}, {"at": "0-200", "print": "1"}, {"form": "tw"}):
        reader.open(article=key, **parameters)
        held(reader)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_hostile_question_and_what_it_finds_are_text(reader: Reader, width: int) -> None:
    reader.page.set_viewport_size({"width": width, "height": 844})
    for question in (QUESTION, f"{MARKER}讲的是什么", HOSTILE):
        reader.open(q=question)
        assert reader.page.locator(".kb-card, .st-key-no-answer, .kb-none").count() >= 1
        held(reader)
    reader.open()
    held(reader)


@pytest.mark.parametrize("name", ["articles", "library", "quality", "state", "add"])
def test_lists_with_the_hostile_article_are_text(reader: Reader, name: str) -> None:
    reader.page.set_viewport_size({"width": 390, "height": 844})
    reader.open(**PAGES[name])
    held(reader)


def test_filters_and_boxes_show_hostile_values_as_text(reader: Reader) -> None:
    page = reader.open(q=MARKER, category=f"{MARKER}{HOSTILE}").page
    reader.unfold("筛选（已用 1 项）")
    page.get_by_label("类别", exact=True).click()
    reader.settled()
    held(reader)


@pytest.mark.parametrize(
    "name", ["q", "article", "practice", "view", "part", "show", "region", "with", "form", "ui", "at"]
)
def test_hostile_addresses_are_text(reader: Reader, name: str) -> None:
    start = {"region": {"q": "物业"}, "with": {"view": "practices", "show": "compare"}, "part": {"view": "library"}}
    reader.open(**{**start.get(name, {}), name: HOSTILE})
    held(reader)
