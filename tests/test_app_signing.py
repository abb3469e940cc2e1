"""Roles in the app: what is drawn for whom, headless. (The real sign-in is in tests/browser/test_signing.py.)"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from conftest import PROJECT, CharacterEncoder
from kb.config import Settings
from kb.knowledge import KnowledgeBase, engine
from kb.models.encoder import Encoder
from kb.types import Upload

AUTH = {
    "redirect_uri": "http://127.0.0.1:8501/oauth2callback",
    "cookie_secret": "a-secret-of-the-tests",
    "client_id": "kb",
    "client_secret": "secret",
    "server_metadata_url": "http://127.0.0.1:1/.well-known/openid-configuration",
}
WITH_AUTHLIB = pytest.mark.skipif(find_spec("authlib") is None, reason="pip install 'kb[oidc]'")


@pytest.fixture
def app(tmp_path: Path, cache: Path, articles: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Over three articles and one that was added by hand; sign-in is set up, nobody signed in."""
    encoder = CharacterEncoder()

    def open_fake(**_settings: object) -> Encoder:
        return encoder

    monkeypatch.setattr(engine, "open_encoder", open_fake)
    monkeypatch.setenv("KB_INDEX", str(tmp_path / "index"))
    monkeypatch.setenv("KB_APP_READERS", "@gov.example")
    monkeypatch.setenv("KB_APP_EDITORS", "wang@gov.example")
    monkeypatch.setenv("KB_APP_ADMINS", "zhao@gov.example")
    with KnowledgeBase.open(settings=Settings(index=tmp_path / "index", cache=cache), encoder=encoder) as knowledge:
        knowledge.build([articles])
        knowledge.keep(knowledge.preview([Upload("own.txt", "自己添加的文章。".encode())]).found)
        knowledge.report_gap(knowledge.ask("量子计算机怎样纠错"))
    made = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)
    made.secrets["auth"] = AUTH
    made.user = {"is_logged_in": False}
    return made


def page(app: AppTest, user: str = "", **address: str) -> str:
    """What somebody is shown there: HTML, and the labels of what can be pressed and filled in."""
    if user:
        app.user = {"is_logged_in": True, "email": user, "name": "某人"}
    app.query_params.clear()
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    blocks = [block.proto.body for block in app.get("html") if "<style>" not in block.proto.body]
    return "\n".join([*blocks, *(one.label for one in app.button), *(one.label for one in app.text_input)])


PLACES: list[dict[str, str]] = [{}, {"q": "物业"}, {"article": "wuye"}, {"view": "articles"}, {"view": "library"}]


@WITH_AUTHLIB
@pytest.mark.parametrize("address", [*PLACES, {"view": "add"}, {"view": "library", "part": "state"}])
def test_nothing_is_shown_before_one_signed_in(app: AppTest, address: dict[str, str]) -> None:
    shown = page(app, **address)
    assert "请先登录" in shown
    assert "登录" in [one.label for one in app.button]
    for hidden in ("收录 4 篇", "没有物业的小区由社区先托底", "老旧小区没有物业怎么办", "索引文件夹"):
        assert hidden not in shown


def test_a_reader_reads_and_changes_nothing(app: AppTest) -> None:
    shown = page(app, "li@gov.example", q="物业")
    assert "由社区先托底" in shown.replace("<mark>", "").replace("</mark>", "")
    assert "view=add" not in shown
    assert "li@gov.example" in shown
    assert "没有权限" in page(app, view="add")
    assert "管理（改信息、移除）" not in page(app, article="wuye")
    terms = page(app, view="library", part="terms")
    assert "一句话怎样切成词" in terms
    assert "试加" not in terms
    assert "量子计算机怎样纠错" in page(app, view="library", part="gaps")
    assert "划掉" not in [one.label for one in app.button]
    assert "索引文件夹" not in page(app, view="library", part="state")


def test_an_editor_changes_articles_and_sees_nothing_of_the_machine(app: AppTest) -> None:
    shown = page(app, "wang@gov.example", view="add")
    assert "自己添加的文章（1 篇）" in shown
    assert "管理（改信息、移除）" in page(app, article="wuye")
    assert "试加" in page(app, view="library", part="terms")
    page(app, view="library", part="gaps")
    assert "划掉" in [one.label for one in app.button]
    assert "索引文件夹" not in page(app, view="library", part="state")


def test_an_administrator_sees_everything(app: AppTest) -> None:
    assert "索引文件夹" in page(app, "zhao@gov.example", view="library", part="state")
    assert "自己添加的文章（1 篇）" in page(app, view="add")


def test_an_account_without_a_role_is_told_its_name(app: AppTest) -> None:
    shown = page(app, "chen@other.example", q="物业")
    assert "还没有权限" in shown
    assert "chen@other.example" in shown
    assert "由社区先托底" not in shown
    assert "退出登录" in shown


def test_the_account_page(app: AppTest) -> None:
    shown = page(app, "wang@gov.example", view="account")
    assert "wang@gov.example" in shown
    assert "查询、收录和移除" in shown
    next(one for one in app.button if one.label == "退出登录").click().run()
    assert app.user == {"is_logged_in": False}
    assert "请先登录" in page(app, q="物业")


@WITH_AUTHLIB
def test_anonymous_reading_is_a_setting(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_ANONYMOUS_READ", "true")
    shown = page(app, view="articles")
    assert "老旧小区没有物业怎么办" in shown
    assert "view=account" in shown
    assert "登录" in page(app, view="account")
    assert "请先登录" in page(app, view="add")


def test_without_sign_in_all_is_open_on_this_machine_and_nothing_elsewhere(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("READERS", "EDITORS", "ADMINS"):
        monkeypatch.delenv(f"KB_APP_{name}")
    del app.secrets["auth"]
    app.user = {}
    here = page(app, view="add")
    assert "自己添加的文章（1 篇）" in here
    assert "view=account" not in here
    asked = st.get_option

    def elsewhere(name: str) -> Any:
        return "0.0.0.0" if name == "server.address" else asked(name)

    monkeypatch.setattr(st, "get_option", elsewhere)
    assert "所以不开放" in page(app, view="articles")
    monkeypatch.setenv("KB_ANONYMOUS_READ", "true")
    assert "老旧小区没有物业怎么办" in page(app, view="articles")
    assert "这里只能查询" in page(app, view="add")


def test_members_without_a_provider_open_nothing(app: AppTest) -> None:
    del app.secrets["auth"]
    app.user = {}
    shown = page(app, view="articles")
    assert "登录的设置有误" in shown
    assert "老旧小区没有物业怎么办" not in shown


def test_what_is_changed_is_put_down(app: AppTest, tmp_path: Path) -> None:
    page(app, "wang@gov.example", view="add", manage="own")
    next(one for one in app.button if one.label.startswith("移除这篇文章")).click().run()
    next(one for one in app.button if one.label == "确定移除").click().run()
    page(app, view="library", part="gaps")
    next(one for one in app.button if one.label == "划掉").click().run()
    (log,) = (tmp_path / "index").glob("audit-*.jsonl")
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [(line["who"], line["role"], line["what"]) for line in lines] == [
        ("wang@gov.example", "editor", "APP remove own"),
        ("wang@gov.example", "editor", "APP gap close"),
    ]
    assert "量子" not in log.read_text(encoding="utf-8")
