"""The search page, headless: understanding, filters in the address, order, pages, no answer, gaps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kb.config import Settings
from kb.knowledge import KnowledgeBase
from test_app import HOSTILE, app, shown

__all__ = ["app"]


def browser_data(app: AppTest) -> dict[str, object]:
    """What the page hands to its script for itself: no basket, no words of Streamlit's own, nothing to be copied."""
    handed: list[dict[str, object]] = [json.loads(one.proto.json) for one in app.get("bidi_component")]
    (found,) = [one for one in handed if not {"basket", "words", "copy"} & one.keys()]
    return found


def ask(app: AppTest, question: str, **parameters: str) -> str:
    for name, value in {"q": question, **parameters}.items():
        app.query_params[name] = value
    return shown(app.run())


@pytest.fixture
def many(app: AppTest, tmp_path: Path, cache: Path) -> AppTest:
    """The same with twelve more articles of different years."""
    folder = tmp_path / "many"
    folder.mkdir()
    for year in range(2010, 2022):
        (folder / f"wuye-{year}.md").write_text(
            f"---\ntitle: 物业{year}\ndate: '{year}'\ncategory: 社区服务\n---\n{year}年物业费由业主大会商定。\n",
            encoding="utf-8",
        )
    with KnowledgeBase.open(settings=Settings(index=tmp_path / "index", cache=cache)) as knowledge:
        knowledge.add([folder])
    return app


def test_the_start_page_has_headings_in_order_and_categories(app: AppTest) -> None:
    page = shown(app.run())
    assert page.index("<h1") < page.index("<h2")
    assert "<summary>" in page
    assert browser_data(app)["label"] == "最近问过（只存在这个浏览器里）"


def test_questions_are_kept_by_the_browser_alone(app: AppTest) -> None:
    ask(app, "没有物业的小区")
    assert browser_data(app)["asked"] == "没有物业的小区"
    app.query_params.clear()
    assert "没有物业的小区" not in shown(app.run())
    assert "asked" not in browser_data(app)


def test_a_slip_is_offered_put_right(app: AppTest) -> None:
    page = ask(app, "风桥经验怎么学", region="浙江省紹興市")
    offered = page.split("您要找的是不是：")[1].split("</a>")[0]
    assert offered.endswith(">枫桥经验怎么学")
    assert "region=" in offered
    assert "您要找的是不是" not in ask(app, "枫桥经验怎么学")


def test_the_words_of_the_question_are_told(app: AppTest) -> None:
    assert "物业" in ask(app, "没有物业的小区").split("查的词：")[1].split("</span>")[0]


def test_filters_stand_in_the_address_and_are_counted(app: AppTest) -> None:
    ask(app, "物业")
    next(box for box in app.selectbox if box.label == "地区").select("湖北省武汉市").run()
    assert app.query_params["region"] == "湖北省武汉市"
    page = shown(app)
    assert "地区：湖北省武汉市 ×" in page
    assert "筛选（已用 1 项）" in [one.label for one in app.expander]


def test_a_permalink_brings_its_filters_back(app: AppTest) -> None:
    page = ask(app, "物业", region="湖北省武汉市", script="hans", mode="lexical")
    assert "楓橋經驗" not in page.split("相关段落")[1]
    boxes = {box.label: box.value for box in app.selectbox}
    assert (boxes["地区"], boxes["原文字形"], boxes["检索方式"]) == ("湖北省武汉市", "hans", "lexical")
    assert "筛选（已用 2 项）" in [one.label for one in app.expander]
    opened = page.split('<article class="kb-card"')[1].split('href="')[1].split('"')[0]
    assert "region=" in opened
    assert "script=hans" in opened


def test_filters_show_how_many_articles_they_leave(app: AppTest) -> None:
    ask(app, "物业")
    region = next(box for box in app.selectbox if box.label == "地区")
    assert "湖北省武汉市（1）" in region.options


def test_a_filter_of_unknown_value_is_kept_and_can_be_taken_out(app: AppTest) -> None:
    page = ask(app, "物业", region="火星", mode="nothing", p="zz", sort="nothing")
    assert "没有找到相关段落" in page
    assert "地区：火星 ×" in page


def test_a_new_question_keeps_the_filters(app: AppTest) -> None:
    ask(app, "物业", region="湖北省武汉市", p="2")
    app.text_input[0].input("业主")
    app.button[0].click().run()
    assert app.query_params["q"] == "业主"
    assert app.query_params["region"] == "湖北省武汉市"
    assert "p" not in app.query_params


def test_pages_follow_one_another(many: AppTest) -> None:
    first = ask(many, "物业费由谁商定")
    assert "第 1–10 个段落" in first
    assert "下一页" in first
    second = ask(many, "物业费由谁商定", p="2")
    assert "第 11–" in second
    assert "上一页" in second
    assert "原文怎么说" not in second


def test_newest_first(many: AppTest) -> None:
    page = ask(many, "物业费由谁商定", sort="newest").split("相关段落")[1]
    assert page.index("物业2021") < page.index("物业2019") < page.index("物业2015")


def test_what_filters_shut_out_is_told(many: AppTest) -> None:
    page = ask(many, "物业费由业主大会商定", region="火星")
    assert "筛选条件之外，这些文章里有依据" in page
    again = page.split("去掉筛选再查")[0].rpartition('href="')[2]
    assert "region=" not in again
    assert "原文怎么说" in ask(many, "物业费由业主大会商定", region="")


def test_a_question_without_answer_can_be_put_down(app: AppTest, tmp_path: Path, cache: Path) -> None:
    page = ask(app, "火星上怎么种土豆呢", region="火星")
    assert "没有找到依据" in page
    next(button for button in app.button if button.label == "请编者补上这个问题").click().run()
    assert "谢谢，已经记下" in shown(app)
    assert [button.label for button in app.button] == ["检索"]
    with KnowledgeBase.open(settings=Settings(index=tmp_path / "index", cache=cache)) as knowledge:
        assert [(gap.question, gap.times) for gap in knowledge.gaps()] == [("火星上怎么种土豆呢", 1)]


def test_hostile_addresses_are_shown_as_text(app: AppTest) -> None:
    for name in ("region", "category", "source", "script", "mode", "sort", "p", "without", "since"):
        app.query_params.clear()
        page = ask(app, "物业", **{name: HOSTILE})
        assert "<script" not in page
        assert "<img" not in page
        assert 'href="javascript' not in page
        assert not app.error  # Streamlit's own message would read Markdown.
    assert 'role="alert"' in page  # The last one is no date, and the message quotes it.


def test_the_page_speaks_traditional_script(app: AppTest) -> None:
    page = ask(app, "火星上怎么种土豆呢", region="火星", ui="hant")
    assert "沒有找到依據" in page
    assert "請編者補上這個問題" in [button.label for button in app.button]
