"""Ask and search, in the browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from browser.addresses import QUESTION, UNKNOWN
from browser.reader import Reader

pytestmark = pytest.mark.browser

IN_VIEW = "at => { const box = at.getBoundingClientRect(); return box.top >= 0 && box.bottom <= window.innerHeight; }"


def test_an_answer_leads_to_its_sentence_in_the_article(reader: Reader) -> None:
    page = reader.open().ask(QUESTION).page
    answer = page.locator(".st-key-answer")
    expect(answer.get_by_role("heading", name="原文怎么说")).to_be_visible()
    numbers = answer.locator("ol").evaluate_all("lists => lists.map(one => one.start)")
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 2
    sentence = answer.locator("ol li > div").nth(1).inner_text()
    reader.follow(answer.locator("ol").nth(1).get_by_role("link").first)
    cited = page.locator("mark#cited")
    assert written(cited.inner_text()) == written(sentence)
    page.wait_for_function(f"() => ({IN_VIEW})(document.getElementById('cited'))", timeout=5000)
    reader.follow(page.get_by_role("link", name="返回检索结果"))
    assert reader.address == {"q": QUESTION}


def written(text: str) -> str:
    """Letters and numbers alone: how a page sets them apart does not count."""
    return re.sub(r"[\s•]", "", text)


def test_the_suggestions_and_the_recent_questions_are_links(reader: Reader) -> None:
    page = reader.open().page
    reader.follow(page.locator(".kb-suggest a").first)
    expect(page.locator(".st-key-answer")).to_be_visible()
    reader.open()
    expect(page.locator(".kb-recent a")).to_have_text([QUESTION])
    page.get_by_role("button", name="清除").click()
    expect(page.locator(".kb-recent a")).to_have_count(0)
    reader.open()
    expect(page.locator(".kb-recent a")).to_have_count(0)


def test_a_question_without_an_answer_is_put_down_and_struck_out(reader: Reader) -> None:
    page = reader.open().ask(UNKNOWN).page
    none = page.locator(".st-key-no-answer")
    expect(none.get_by_role("heading", name="没有找到依据")).to_be_visible()
    expect(none.get_by_role("heading", name="相近的内容")).to_be_visible()
    assert none.locator("li a").count() >= 1
    reader.press("请编者补上这个问题")
    expect(none.get_by_text("谢谢，已经记下")).to_be_visible()
    reader.open(view="library", part="gaps")
    expect(page.get_by_role("link", name=UNKNOWN)).to_be_visible()
    reader.press("全部重问一遍")
    expect(page.get_by_text("仍无依据")).to_be_visible()
    reader.press("划掉")
    expect(page.get_by_text("待补清单是空的")).to_be_visible()


def test_filters_stand_in_the_address_and_survive_a_reload(reader: Reader) -> None:
    page = reader.open(q=QUESTION).page
    reader.unfold("筛选")
    reader.choose("地区", "北京市").choose("检索方式", "只按字面")
    assert reader.address == {"q": QUESTION, "region": "北京市", "mode": "lexical"}
    page.reload()
    reader.settled()
    assert reader.address == {"q": QUESTION, "region": "北京市", "mode": "lexical"}
    expect(page.get_by_role("link", name="地区：北京市")).to_be_visible()
    found = page.locator("article.kb-card .kb-meta").all_inner_texts()
    assert found
    assert all("北京" in one for one in found)
    reader.unfold("筛选（已用 1 项）")
    expect(page.get_by_label("检索方式")).to_be_visible()
    reader.follow(page.get_by_role("link", name="清除全部筛选"))
    assert reader.address == {"q": QUESTION, "mode": "lexical"}


def test_the_way_back_of_the_browser_brings_the_question_back(reader: Reader) -> None:
    page = reader.open().ask(QUESTION).ask("网格太多太乱怎么合并").page
    page.go_back()
    reader.settled()
    assert reader.address["q"] == QUESTION
    expect(page.get_by_label("问题或词语")).to_have_value(QUESTION)


def test_a_slip_is_offered_put_right(reader: Reader) -> None:
    page = reader.open(q="风桥经验怎么学").page
    meant = page.locator(".kb-meant")
    expect(meant).to_contain_text("您要找的是不是")
    reader.follow(meant.get_by_role("link"))
    assert reader.address["q"] == "枫桥经验怎么学"
    expect(page.locator(".kb-meant")).to_have_count(0)


def test_either_script_finds_the_same_and_quotes_what_is_written(reader: Reader) -> None:
    found = []
    for question in ("錢怎麼花由群眾說了算", "钱怎么花由群众说了算"):
        reader.open(q=question)
        found.append(reader.page.locator("article.kb-card h3 a").evaluate_all("all => all.map(one => one.innerText)"))
    assert found[0] == found[1]
    assert any("錢怎麼花" in title for title in found[0])


def test_interface_and_texts_change_their_script_apart(reader: Reader) -> None:
    page = reader.open(q="参与式预算的钱怎么花").page
    reader.follow(page.get_by_role("link", name="繁體", exact=True))
    assert page.evaluate("document.documentElement.lang") == "zh-Hant"
    expect(page.locator(".kb-nav")).to_contain_text("檢索")
    expect(page.locator("article.kb-card").first).to_be_visible()
    reader.follow(page.locator("article.kb-card h3 a").filter(has_text="錢怎麼花").first)
    expect(page.locator("h1")).to_contain_text("錢怎麼花由群眾說了算")
    reader.follow(page.locator(".kb-forms").get_by_role("link", name="简体"))
    expect(page.locator("h1")).to_contain_text("钱怎么花由群众说了算")
    assert page.locator("article.kb-article").get_attribute("lang") == "zh-Hans"
    expect(page.locator(".kb-nav")).to_contain_text("檢索")
    reader.follow(page.locator(".kb-forms").get_by_role("link", name="原文"))
    assert "form" not in reader.address
    assert reader.address["ui"] == "hant"


def test_the_keyboard_is_enough(reader: Reader) -> None:
    page = reader.open().page
    page.get_by_label("问题或词语").focus()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-answer")).to_be_visible(timeout=15000)
    reader.settled()
    link = page.locator(".st-key-answer a").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("mark#cited")).to_be_focused(timeout=15000)


def test_the_keyboard_gets_past_the_navigation(reader: Reader) -> None:
    page = reader.open(q=QUESTION).page
    skip = page.get_by_role("link", name="跳过导航")
    skip.focus()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("问题或词语")).to_be_focused()
