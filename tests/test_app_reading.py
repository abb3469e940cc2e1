"""The reading page and the list of articles, headless."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kb.config import Settings
from kb.knowledge import KnowledgeBase
from test_app import HOSTILE, app, shown
from test_app_search import browser_data

__all__ = ["app"]

LONG = "# 标题\n\n## 一段\n第一句话。第二句话。\n\n## 二段\n1. 第三句话。\n### 细目\n第四句话。\n"


@pytest.fixture
def reading(app: AppTest, tmp_path: Path, cache: Path) -> AppTest:
    """The same with a longer article, a copy of it, and a hostile one that has headings."""
    folder = tmp_path / "long"
    folder.mkdir()
    head = "---\ntitle: 标题\nsource: 社区报\ndate: '2023-05-01'\nauthor: 张三\n---\n"
    (folder / "long.md").write_text(head + LONG, encoding="utf-8")
    (folder / "evil.md").write_text(
        f"---\ntitle: '{HOSTILE}'\nsource: '{HOSTILE}'\nregion: '{HOSTILE}'\n---\n"
        f"## {HOSTILE}\n{HOSTILE}\n\n## 二\n文。\n",
        encoding="utf-8",
    )
    with KnowledgeBase.open(settings=Settings(index=tmp_path / "index", cache=cache)) as knowledge:
        knowledge.add([folder])
    return app


def read(app: AppTest, key: str, **parameters: str) -> str:
    for name, value in {"article": key, **parameters}.items():
        app.query_params[name] = value
    return shown(app.run())


def test_the_outline_leads_to_headings_of_the_text(reading: AppTest) -> None:
    page = read(reading, "long")
    places = ["at-" + part.split('"')[0] for part in page.split('href="#at-')[1:]]
    assert len(places) == 6  # Three headings, beside the text and folded above it.
    assert all(f'id="{place}"' in page for place in places)
    assert page.index("<h1") < page.index('<h2 id="')
    assert '<h3 id="' in page


def test_an_article_without_headings_has_no_outline(reading: AppTest) -> None:
    assert "kb-outline" not in read(reading, "fengqiao")


def copied(app: AppTest) -> list[str]:
    """What the buttons of the page put on the clipboard; each stands above its button as well."""
    handed = [json.loads(one.proto.json) for one in app.get("bidi_component")]
    texts = [str(one["copy"]["text"]) for one in handed if "copy" in one]
    assert all(text in html.unescape(shown(app)) for text in texts)
    return texts


def test_the_whole_article_is_cited_after_the_standard(reading: AppTest) -> None:
    read(reading, "long")
    reference, permalink = copied(reading)
    assert reference == "张三. 标题[N]. 社区报, 2023-05-01."
    assert permalink.endswith("?article=long")


def test_a_sentence_is_chosen_marked_and_quoted(reading: AppTest) -> None:
    read(reading, "long")
    box = next(box for box in reading.selectbox if box.label == "引哪一句")
    assert box.options == ["不选，引全文", "第一句话。", "第二句话。", "第三句话。", "第四句话。"]
    box.select_index(3).run()
    start = LONG.index("第三句话。")
    assert reading.query_params["at"] == f"{start}-{start + 5}"
    assert '<mark id="cited">第三句话。</mark>' in shown(reading)
    assert copied(reading)[0].startswith("“第三句话。”\n张三. 标题[N]. 社区报, 2023-05-01.\n")
    assert str(browser_data(reading)["cited"]).startswith("long@")


def test_the_way_back_keeps_filters(reading: AppTest) -> None:
    page = read(reading, "long", q="物业", region="武汉市", p="2")
    back = page.split('kb-back">')[1].split('href="')[1].split('"')[0]
    assert "region=" in back
    assert "q=" in back


def test_the_print_view_has_the_article_and_its_reference_alone(reading: AppTest) -> None:
    page = read(reading, "long", print="1")
    assert "kb-print" in page
    assert "张三. 标题[N]. 社区报" in page
    assert "kb-outline" not in page
    assert not reading.selectbox
    assert browser_data(reading)["print"] == "打印这一篇"


def test_headings_and_text_keep_their_places_in_other_forms(reading: AppTest) -> None:
    page = read(reading, "long", form="tw")
    assert "第一句話。" in page
    assert "標題" in page


def test_a_hostile_article_is_shown_as_text(reading: AppTest) -> None:
    for parameters in ({}, {"at": "0-20"}, {"print": "1"}, {"form": "tw"}):
        page = read(reading, "evil", **parameters)
        assert "<script" not in page
        assert "<img" not in page
        assert 'href="javascript' not in page


def listed(app: AppTest, **parameters: str) -> str:
    for name, value in {"view": "articles", **parameters}.items():
        app.query_params[name] = value
    return shown(app.run())


def test_all_articles_are_listed_by_category_with_counts(reading: AppTest) -> None:
    page = listed(reading)
    assert "共 6 篇" in page
    assert "未分类（" in page
    assert "article=fengqiao&" in page or 'article=fengqiao"' in page


def test_articles_are_found_by_words_and_by_choice(reading: AppTest) -> None:
    page = listed(reading, find="枫桥")
    assert "符合条件的 1 篇" in page
    assert "楓橋經驗" in page
    assert "没有符合条件的文章" in listed(reading, find="不会有这样的标题")
    assert "符合条件的 1 篇" in listed(reading, find="", region="湖北省武汉市")


def test_choices_of_the_list_go_into_the_address(reading: AppTest) -> None:
    listed(reading)
    reading.text_input[0].input("物业").run()
    assert "物业" in reading.query_params["find"]
    next(box for box in reading.selectbox if box.label == "类别").select("社区服务").run()
    assert "符合条件的 1 篇" in shown(reading)


def test_copies_and_damage_are_marked_in_the_list(reading: AppTest, tmp_path: Path, cache: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "copy.md").write_text("---\ntitle: 抄本\n---\n" + LONG, encoding="utf-8")
    (folder / "hurt.txt").write_text("调解纠纷3?件，物?费收缴?成。\n", encoding="utf-8")
    with KnowledgeBase.open(settings=Settings(index=tmp_path / "index", cache=cache)) as knowledge:
        knowledge.add([folder])
    page = listed(reading)
    assert "内容相同《标题》" in page
    assert "内容相同《抄本》" in page
    assert "完好度 0." in page


def test_a_hostile_list_is_shown_as_text(reading: AppTest) -> None:
    page = listed(reading, find=HOSTILE, category=HOSTILE)
    assert "<script" not in page
    page = listed(reading, find="", category="")
    assert "<script" not in page
    assert "<img" not in page
