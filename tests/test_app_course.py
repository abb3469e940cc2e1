"""The course page and the basket, headless: what is collected, kept by the browser, put in order, made into files.

Streamlit's AppTest runs no script of ours; `Shelf` does what `browser.js` does with the storage of one browser.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX
from streamlit.testing.v1 import AppTest

from conftest import PROJECT
from kb.config import Settings
from kb.course.basket import MOST_ITEMS, Basket, annotate, passage_item, titled
from kb.course.basket_json import from_json, to_json
from kb.knowledge import KnowledgeBase
from kb.present.course_docx import course_docx
from kb.present.course_html import preview
from kb.present.course_kit import kit
from kb.present.course_markdown import course_markdown
from kb.present.course_pptx import course_pptx
from kb.present.display import Form
from kb.types import Quote
from kb.ui import basket as basket_of
from kb.ui import course_files
from test_app import HOSTILE, app, shown

__all__ = ["app"]

PRACTICE = "practice:fengqiao-jingyan"


@dataclass
class Shelf:
    """The storage of one browser."""

    text: str = ""
    told: str = ""
    turn: tuple[str, int] = ("", -1)

    def visit(self, app: AppTest) -> str:
        """Run the page, then do as its script does, until neither has anything to tell."""
        app.run()
        return self.settle(app)

    def settle(self, app: AppTest) -> str:
        for _turn in range(4):
            (mounted,) = [one for one in app.get("bidi_component") if "basket" in json.loads(one.proto.json)]
            data = json.loads(mounted.proto.json)["basket"]
            if self.told != data["session"] and (self.text or data["answer"]):
                self.told = data["session"]
                tell(app, mounted.proto.id, self.text)
            elif self.turn != (data["session"], data["turn"]) and data["text"] is not None:
                self.turn, self.told, self.text = (data["session"], data["turn"]), data["session"], data["text"]
        return shown(app)

    @property
    def basket(self) -> Basket:
        return from_json(self.text) if self.text else Basket()


def tell(app: AppTest, mounted: str, text: str, event: str = "stored") -> None:
    """What the script of the component tells the app."""
    states, told = app._tree.get_widget_states(), json.dumps([{"event": event, "value": text}])
    states.widgets.append(WidgetState(id=f"{STREAMLIT_INTERNAL_KEY_PREFIX}_{mounted}__events", json_trigger_value=told))
    app._run(states)


def another(**parameters: str) -> AppTest:
    """Another page of the app, in a session of its own."""
    made = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)
    for name, value in parameters.items():
        made.query_params[name] = value
    return made


def press(app: AppTest, key: str) -> AppTest:
    """A button by the beginning of its key."""
    next(one for one in app.button if (one.key or "").startswith(key)).click().run()
    return app


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def filled(app: AppTest, shelf: Shelf) -> AppTest:
    """A practice, then two passages, collected one after the other; then the course page."""
    practice = another(practice="fengqiao-jingyan")
    shelf.visit(practice)
    press(practice, "collect-practice")
    shelf.settle(practice)
    search = another(q="物业")
    shelf.visit(search)
    for number in (1, 2):
        press(search, f"collect-passage-{number}")
    shelf.settle(search)
    app.query_params["view"] = "course"
    shelf.visit(app)
    return app


def test_an_empty_basket_says_how_to_fill_it(app: AppTest, shelf: Shelf) -> None:
    app.query_params["view"] = "course"
    app.run()
    assert "正在取出这个浏览器里的资料" in shown(app)
    page = shelf.settle(app)
    assert "这里还没有资料" in page
    assert "view=practices" in page
    assert ">课程</a>" in page


def test_what_is_found_is_put_in_and_taken_out_again(app: AppTest, shelf: Shelf) -> None:
    app.query_params["q"] = "物业"
    shelf.visit(app)
    press(app, "collect-passage-1")
    assert "课程（1）" in shelf.settle(app)
    (item,) = shelf.basket.items
    assert item.quotes[0].text
    assert "已放进" in next(one.label for one in app.button if one.key == "collect-passage-1")
    press(app, "collect-passage-1")
    assert ">课程</a>" in shelf.settle(app)
    assert shelf.text == ""


def test_an_answer_a_sentence_and_a_practice_are_put_in(app: AppTest, shelf: Shelf) -> None:
    app.query_params["q"] = "枫桥经验怎么学"
    page = shelf.visit(app)
    if "原文怎么说" in page:
        press(app, "collect-answer")
        press(app, "collect-sentence-1")
    press(app, "collect-practice-fengqiao-jingyan")
    shelf.settle(app)
    assert PRACTICE in shelf.basket
    assert len(shelf.basket.items) == (3 if "原文怎么说" in page else 1)


def test_a_marked_place_is_put_in_as_it_is_written(app: AppTest, shelf: Shelf, articles: Path) -> None:
    text = (articles / "fengqiao.md").read_text(encoding="utf-8").split("---\n")[2]
    at = text.index("小事不出村")
    app.query_params["article"], app.query_params["at"] = "fengqiao", f"{at}-{at + 5}"
    shelf.visit(app)
    press(app, "collect-selection")
    shelf.settle(app)
    assert shelf.basket.items[0].quotes == (Quote("fengqiao", at, at + 5, "小事不出村"),)


def test_the_basket_is_there_again_in_a_new_session(filled: AppTest, shelf: Shelf) -> None:
    assert "课程（3）" in shown(filled)
    again = another(view="course")
    page = shelf.visit(again)
    assert "课程（3）" in page
    assert "放进来的（3 项）" in page
    assert again.session_state["basket"].session != filled.session_state["basket"].session


def test_two_browsers_do_not_see_each_other(filled: AppTest, shelf: Shelf) -> None:
    other = Shelf()
    page = other.visit(another(view="course"))
    assert "这里还没有资料" in page
    assert other.text == ""
    assert len(shelf.basket.items) == 3


def test_what_is_put_in_before_the_browser_has_told_is_joined(filled: AppTest, shelf: Shelf) -> None:
    early = another(q="小事不出村")
    early.run()
    press(early, "collect-passage-1")
    assert "课程（4）" in shelf.settle(early) or "课程（3）" in shown(early)
    assert PRACTICE in shelf.basket
    assert len(shelf.basket.items) >= 3


def test_another_page_of_the_browser_is_followed(filled: AppTest, shelf: Shelf) -> None:
    (mounted,) = [one for one in filled.get("bidi_component") if "basket" in json.loads(one.proto.json)]
    tell(filled, mounted.proto.id, to_json(titled(shelf.basket, "新主题")))
    assert "新主题" in shown(filled)
    tell(filled, mounted.proto.id, "")
    assert "这里还没有资料" in shown(filled)


def test_items_are_moved_noted_and_taken_out(filled: AppTest, shelf: Shelf) -> None:
    before = [item.key for item in shelf.basket.items]
    ups = [one for one in filled.button if (one.key or "").startswith("up-")]
    assert ups[0].disabled
    ups[2].click().run()
    page = shelf.settle(filled)
    assert [item.key for item in shelf.basket.items] == [before[0], before[2], before[1]]
    assert "现在是第 2 项，共 3 项" in page or 'role="status"' in page
    filled.text_area[0].input(HOSTILE + "\n先讲诸暨").run()
    page = shelf.settle(filled)
    assert shelf.basket.items[0].note == HOSTILE + "\n先讲诸暨"
    assert "<img" not in page
    assert "&lt;img src=x" in page
    press(filled, "out-")
    shelf.settle(filled)
    assert PRACTICE not in shelf.basket
    assert len(shelf.basket.items) == 2


def test_the_topic_heads_the_material(filled: AppTest, shelf: Shelf) -> None:
    next(one for one in filled.text_input if one.label == "课程主题").input(HOSTILE).run()
    page = shelf.settle(filled)
    assert shelf.basket.topic == HOSTILE
    assert "<script" not in page
    assert '<h2 class="kb-kit-topic">&lt;script&gt;' in page


def test_clearing_asks_first(filled: AppTest, shelf: Shelf) -> None:
    press(filled, "clear")
    assert "确定全部清空吗" in shelf.settle(filled)
    press(filled, "clear-no")
    assert len(shelf.basket.items) == 3
    press(filled, "clear")
    press(filled, "clear-yes")
    assert "这里还没有资料" in shelf.settle(filled)
    assert shelf.text == ""


@pytest.mark.parametrize(
    "stored", ["{", '{"format": "other"}', '{"format":"kb-basket","version":9}', "[" * 9000, HOSTILE]
)
def test_a_damaged_store_is_told_and_put_aside(app: AppTest, shelf: Shelf, stored: str) -> None:
    shelf.text = stored
    app.query_params["view"] = "course"
    page = shelf.visit(app)
    assert "读不出来" in page
    assert "<script" not in page
    assert "这里还没有资料" in page
    assert shelf.text == stored  # It is kept until something is put in.


def test_a_browser_that_keeps_nothing_is_told(filled: AppTest) -> None:
    (mounted,) = [one for one in filled.get("bidi_component") if "basket" in json.loads(one.proto.json)]
    tell(filled, mounted.proto.id, "1", event="unkept")
    assert "这个浏览器不让保存课程资料" in shown(filled)


def test_what_is_gone_is_shown_as_removed(filled: AppTest, shelf: Shelf, tmp_path: Path, cache: Path) -> None:
    gone = shelf.basket.items[1].quotes[0].article_id
    with KnowledgeBase.open(settings=Settings(index=tmp_path / "index", cache=cache)) as knowledge:
        knowledge.remove([gone])
    page = shelf.visit(another(view="course"))
    assert '<b class="kb-gone">已移除</b>' in page
    assert "kb-kit-missing" in page


def test_all_gone_is_told_in_a_sentence(app: AppTest, shelf: Shelf) -> None:
    shelf.text = to_json(Basket("旧的", (passage_item(Quote("nowhere", 0, 2, "旧文"), HOSTILE),)))
    app.query_params["view"] = "course"
    page = shelf.visit(app)
    assert "都已不在库中" in page
    assert '<b class="kb-gone">已移除</b>' in page
    assert "<img" not in page


def test_too_much_is_refused_with_a_reason(filled: AppTest, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(basket_of, "MOST_KEPT", len(shelf.text) + 20)
    filled.text_area[0].input("很" * 200).run()
    page = shelf.settle(filled)
    assert "浏览器存不下" in page
    assert shelf.basket.items[0].note == ""
    assert filled.text_area[0].value == ""


def test_a_full_basket_takes_no_more(app: AppTest, shelf: Shelf) -> None:
    items = tuple(passage_item(Quote("nowhere", at, at + 1, "文"), "旧") for at in range(MOST_ITEMS))
    shelf.text = to_json(Basket("", items))
    app.query_params["q"] = "物业"
    shelf.visit(app)
    press(app, "collect-passage-1")
    assert f"篮子里最多放 {MOST_ITEMS} 项" in shelf.settle(app)
    assert len(shelf.basket.items) == MOST_ITEMS


def test_every_statement_leads_to_its_sentence(filled: AppTest) -> None:
    page = shown(filled)
    assert 'class="kb-rests" href="?article=fengqiao-jingyan&amp;at=' in page
    assert 'href="#reference-1"' in page
    assert 'id="reference-1"' in page


def test_the_form_stands_in_the_address(filled: AppTest, shelf: Shelf) -> None:
    filled.radio[0].set_value(Form.TAIWAN).run()
    assert filled.query_params["form"] == "tw"
    assert "一、教學目標" in shelf.settle(filled)
    filled.radio[0].set_value(Form.ORIGINAL).run()
    assert "form" not in filled.query_params


@pytest.mark.parametrize("write", [course_docx, course_pptx, course_markdown])
def test_the_same_basket_gives_the_same_files(
    filled: AppTest, shelf: Shelf, tmp_path: Path, cache: Path, write: Callable[..., bytes | str]
) -> None:
    labels = [one.label for one in filled.get("download_button")]
    assert labels == ["把资料存成文件", "下载 Word", "下载 PowerPoint", "下载 Markdown"]
    basket = annotate(titled(shelf.basket, HOSTILE), PRACTICE, HOSTILE)
    made = []
    for _turn in range(2):
        with KnowledgeBase.open(settings=Settings(index=tmp_path / "index", cache=cache)) as knowledge:
            made.append(write(kit(knowledge.course(from_json(to_json(basket))), Form.TAIWAN)))
    assert made[0]
    assert made[0] == made[1]
    assert not isinstance(made[0], str) or "<script" not in made[0].replace("\\<", "")


def test_the_preview_is_the_same_and_escaped(filled: AppTest, shelf: Shelf, tmp_path: Path, cache: Path) -> None:
    basket = annotate(titled(shelf.basket, HOSTILE), PRACTICE, HOSTILE)
    with KnowledgeBase.open(settings=Settings(index=tmp_path / "index", cache=cache)) as knowledge:
        made = [
            preview(kit(knowledge.course(basket), form), {"ui": "hant"}) for form in (Form.HONG_KONG, Form.HONG_KONG)
        ]
    assert made[0] == made[1]
    assert "<img" not in made[0]
    assert "ui=hant&amp;article=" in made[0]


def test_names_of_files_hold_nothing_that_a_system_refuses() -> None:
    assert course_files._file_name("../多网\x00合一:\u202e<b>?") == "多网 合一 b"
    assert course_files._file_name(" ./ ") == "课程"
    assert len(course_files._file_name("长" * 300)) == course_files.LONGEST_NAME


def test_a_saved_basket_is_opened_in_another_browser(filled: AppTest, shelf: Shelf) -> None:
    saved = to_json(titled(shelf.basket, "带走")).encode()
    other, place = Shelf(), another(view="course")
    other.visit(place)
    place.file_uploader[0].upload("资料.json", b"\xef\xbb\xbf" + saved, "application/json").run()
    assert "文件里有 3 项" in other.settle(place)
    press(place, "file-open")
    assert "课程（3）" in other.settle(place)
    assert other.basket.topic == "带走"
    place.file_uploader[0].upload("坏.json", b"\xff\xfe{", "application/json").run()
    assert "不是 UTF-8" in other.settle(place)
    place.file_uploader[0].upload("坏.json", b"{}", "application/json").run()
    assert "这不是篮子文件" in other.settle(place)
    assert len(other.basket.items) == 3


def test_a_comparison_is_put_in_as_a_whole(app: AppTest, shelf: Shelf) -> None:
    app.query_params["view"], app.query_params["show"] = "practices", "compare"
    page = shelf.visit(app)
    assert "collect-compared" not in [one.key for one in app.button]
    assert ">课程</a>" in page


def test_the_promise_tells_of_an_endpoint(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KB_LLM_URL", raising=False)
    assert "问题和文章不会离开这台电脑" in shown(app.run())
    monkeypatch.setenv("KB_LLM_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("KB_LLM_MODEL", "m")
    page = shown(app.run())
    assert "问题和文章不会离开这台电脑" not in page
    assert "会发到设定的端点" in page
    assert [one.value for one in app.toggle] == [False]


def test_an_article_leads_to_where_it_is_managed(app: AppTest) -> None:
    app.query_params["article"] = "fengqiao"
    assert "view=add&amp;manage=fengqiao" in shown(app.run())


def test_the_page_speaks_traditional_script(filled: AppTest, shelf: Shelf) -> None:
    page = shelf.visit(another(view="course", ui="hant"))
    assert "課程資料" in page
    assert "課程（3）" in page
    assert "教學目標" in page
