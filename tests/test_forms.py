"""The app's switch between the forms of a text, and the other names it tells and takes back."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from streamlit.testing.v1 import AppTest

from conftest import PROJECT, CharacterEncoder
from kb.config import Settings
from kb.knowledge import KnowledgeBase, engine
from kb.models.encoder import Encoder


@pytest.fixture
def app(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "taizhang.md").write_text(
        "---\ntitle: 里长台账\n---\n# 里长台账\n\n里长把群众的事放在心里，台账向志愿者公布，登记3只。\n",
        encoding="utf-8",
    )
    (folder / "yigong.txt").write_text("義工也看。\n", encoding="utf-8")
    encoder = CharacterEncoder()

    def open_fake(**_settings: object) -> Encoder:
        return encoder

    monkeypatch.setattr(engine, "open_encoder", open_fake)
    monkeypatch.setenv("KB_INDEX", str(tmp_path / "index"))
    with KnowledgeBase.open(settings=Settings(index=tmp_path / "index", cache=cache), encoder=encoder) as knowledge:
        knowledge.build([folder])
    return AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)


def shown(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(block.proto.body for block in app.get("html") if "<style>" not in block.proto.body)


def article(app: AppTest, form: str) -> str:
    text = "# 里长台账\n\n里长把群众的事放在心里，台账向志愿者公布，登记3只。"
    at = text.index("台账向")
    for name, value in {"article": "taizhang", "at": f"{at}-{at + 2}", "form": form}.items():
        app.query_params[name] = value
    return shown(app.run())


@pytest.mark.parametrize(
    ("form", "sentence", "language"),
    [
        ("", '里长把群众的事放在心里，<mark id="cited">台账</mark>向志愿者公布，登记3只。', "zh-Hans"),
        ("cn", '里长把群众的事放在心里，<mark id="cited">台账</mark>向志愿者公布，登记3只。', "zh-Hans"),
        ("tw", '里長把群眾的事放在心裡，<mark id="cited">臺帳</mark>向志願者公布，登記3只。', "zh-Hant"),
        ("hk", '里長把群眾的事放在心裏，<mark id="cited">台賬</mark>向志願者公佈，登記3只。', "zh-Hant"),
        ("nonsense", '里长把群众的事放在心里，<mark id="cited">台账</mark>向志愿者公布，登记3只。', "zh-Hans"),
    ],
)
def test_an_article_in_every_form_with_the_mark_at_the_same_words(
    app: AppTest, form: str, sentence: str, language: str
) -> None:
    page = article(app, form)
    assert sentence in page
    assert re.search(f'lang="{language}"[^>]*><h1 class="kb-title">', page)
    for name in ("原文", "简体", "繁體台", "繁體港"):
        assert f">{name}</a>" in page


def test_a_converted_text_says_so_and_lists_where_nothing_decided(app: AppTest) -> None:
    assert "引用时请以原文为准" in article(app, "tw")
    assert "登记3<b>只</b>。：写作 只，也可能是 隻、祇" in article(app, "tw")
    original = article(app, "")
    assert "引用时请以原文为准" not in original
    assert "也可能是" not in original


def test_results_are_shown_in_the_form_and_links_keep_it(app: AppTest) -> None:
    app.query_params["q"], app.query_params["form"] = "台账公布", "tw"
    page = shown(app.run())
    assert "<mark>臺帳</mark>" in page
    assert "里長臺帳</a>" in page
    assert "article=taizhang" in page
    assert all(
        "form=tw" in link for link in page.split('href="')[1:] if link.startswith("?form=tw") or "article=" in link
    )


def test_other_names_are_told_and_can_be_taken_back(app: AppTest) -> None:
    app.query_params["q"] = "志工"
    page = shown(app.run())
    assert "志工＝" in page
    assert "志愿者 ×" in page
    assert f"without={quote('志愿者')}" in page
    assert "<mark>志愿者</mark>" in page
    app.query_params["without"] = "志愿者"
    page = shown(app.run())
    assert "志愿者 ×" not in page
    assert "義工 ×" in page
    assert "恢复另查" in page
    app.query_params["expand"] = "0"
    page = shown(app.run())
    assert "義工 ×" not in page
    assert "恢复另查" in page
