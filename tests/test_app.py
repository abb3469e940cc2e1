"""The app's logic, run headless by Streamlit's own AppTest over a small real index (the encoder is a fake)."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from conftest import PROJECT, CharacterEncoder
from kb.config import Settings
from kb.knowledge import KnowledgeBase, engine
from kb.models.encoder import Encoder

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>[点](javascript:alert(3))"


@pytest.fixture
def app(tmp_path: Path, cache: Path, articles: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The app over an index of the starter corpus's 枫桥经验, three small articles and a hostile one."""
    (articles / "hostile.md").write_text(f"---\ntitle: '{HOSTILE}'\n---\n{HOSTILE}物业。\n", encoding="utf-8")
    encoder = CharacterEncoder()

    def open_fake(**_settings: object) -> Encoder:
        return encoder

    monkeypatch.setattr(engine, "open_encoder", open_fake)
    monkeypatch.setenv("KB_INDEX", str(tmp_path / "index"))
    with KnowledgeBase.open(settings=Settings(index=tmp_path / "index", cache=cache), encoder=encoder) as knowledge:
        knowledge.build([articles, PROJECT / "corpus" / "practices" / "fengqiao-jingyan.md"])
    return AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)


def shown(app: AppTest) -> str:
    """Everything the page holds as HTML, but for the style sheet."""
    assert not app.exception
    return "\n".join(block.proto.body for block in app.get("html") if "<style>" not in block.proto.body)


def test_the_start_page_offers_questions_and_practices(app: AppTest) -> None:
    page = shown(app.run())
    assert "收录 5 篇文章" in page
    assert "practice=fengqiao-jingyan" in page


def test_asking_puts_the_question_into_the_address(app: AppTest) -> None:
    app.run()
    app.text_input[0].input("没有物业的小区")
    app.button[0].click().run()
    assert app.query_params["q"] == "没有物业的小区"
    assert "<mark>没有物业</mark>" in shown(app) or "<mark>物业</mark>" in shown(app)


def test_results_keep_their_script_and_mark_the_words_of_the_other_script(app: AppTest) -> None:
    app.query_params["q"] = "枫桥经验"
    page = shown(app.run())
    assert "<mark>楓橋經驗</mark>" in page
    assert 'lang="zh-Hant"' in page
    assert "合适的实践" in page


def test_an_article_shows_the_cited_place(app: AppTest, articles: Path) -> None:
    text = (articles / "fengqiao.md").read_text(encoding="utf-8").split("---\n")[2]
    at = text.index("小事不出村")
    app.query_params["article"] = "fengqiao"
    app.query_params["at"] = f"{at}-{at + 5}"
    assert '<mark id="cited">小事不出村</mark>' in shown(app.run())


def test_a_place_outside_the_article_is_ignored(app: AppTest) -> None:
    app.query_params["article"] = "fengqiao"
    app.query_params["at"] = "5-99999999"
    assert "cited" not in shown(app.run())


def test_a_practice_page_carries_sources_and_marks(app: AppTest) -> None:
    app.query_params["practice"] = "fengqiao-jingyan"
    page = shown(app.run())
    assert "〔归纳〕" in page
    assert "信访工作条例" in page
    assert 'href="https://zjnews.zjol.com.cn' in page


def test_the_reader_chooses_the_script_of_the_interface(app: AppTest) -> None:
    app.query_params["ui"] = "hant"
    page = shown(app.run())
    assert "基層治理知識庫" in page
    assert "楓橋經驗" in page


@pytest.mark.parametrize(
    ("kind", "key", "told"),
    [("article", "nothing-here", "没有这篇文章"), ("practice", "枫桥的经验", "没有这个实践")],
)
def test_an_address_that_names_nothing_says_where_to_go_on(app: AppTest, kind: str, key: str, told: str) -> None:
    app.query_params[kind] = key
    page = shown(app.run())
    assert told in page
    assert f"<bdi>{key}</bdi>" in page
    assert f'href="?view={kind}s"' in page
    assert ("practice=fengqiao-jingyan" in page) is (kind == "practice")  # The one that is called nearly so.


def test_settings_that_cannot_be_read_are_told_in_chinese(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_THREADS", "-1")
    monkeypatch.setenv("KB_SCRIPT", "klingon")
    page = shown(app.run())
    assert "KB_THREADS（不能小于 0）" in page
    assert "KB_SCRIPT（只能是 hans 或 hant）" in page


def test_without_an_index_the_app_says_what_to_do(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KB_INDEX", str(tmp_path / "nowhere"))
    assert "kb build" in shown(app.run())


@pytest.mark.parametrize("view", [{"q": HOSTILE}, {"q": "物业"}, {"article": "hostile"}, {"view": "articles"}])
def test_hostile_content_is_shown_as_text(app: AppTest, view: dict[str, str]) -> None:
    for name, value in view.items():
        app.query_params[name] = value
    page = shown(app.run())
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page


def test_filters_narrow_the_results(app: AppTest) -> None:
    app.query_params["q"] = "物业"
    app.run()
    region = next(box for box in app.selectbox if box.label == "地区")
    region.select("浙江省紹興市").run()
    page = shown(app)
    assert "楓橋經驗" in page
    assert "老旧小区没有物业怎么办" not in page


@pytest.fixture
def damaged(app: AppTest, tmp_path: Path, cache: Path) -> AppTest:
    """The same with an article that was repaired and one that lacks a character."""
    folder = tmp_path / "damaged"
    folder.mkdir()
    (folder / "glossed.txt").write_text("社區創新\n物業(yè)服務(wù)要跟上，調解糾紛3?件。\n", encoding="utf-8")
    with KnowledgeBase.open(settings=Settings(index=tmp_path / "index", cache=cache)) as knowledge:
        knowledge.add([folder])
    return app


def test_a_lost_character_is_marked_in_results_and_article(damaged: AppTest) -> None:
    damaged.query_params["q"] = "調解糾紛"
    page = shown(damaged.run())
    assert '<span class="kb-flag kb-lost"' in page
    assert "相邻数字可能不全" in page
    damaged.query_params.pop("q")
    damaged.query_params["article"] = "glossed"
    assert '<span class="kb-flag kb-lost"' in shown(damaged.run())


def test_repairs_are_shown_on_demand_beside_what_was_received(damaged: AppTest) -> None:
    damaged.query_params["article"] = "glossed"
    page = shown(damaged.run())
    assert "<del>(yè)</del>" in page
    assert "UTF-8" in page
    assert "物業(yè)服務(wù)要跟上" not in page
    damaged.toggle[0].set_value(True).run()
    assert "物業<mark>(yè)</mark>服務<mark>(wù)</mark>要跟上" in shown(damaged)
