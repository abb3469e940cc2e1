"""Signing in with a real browser at a real provider of OpenID Connect, both on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from browser.provider import CLIENT, SECRET, Provider, providing
from browser.reader import Reader, Watch
from browser.serving import build, serving

pytestmark = pytest.mark.browser
pytest.importorskip("authlib", reason="pip install 'kb[oidc]'")

SECRETS = """[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "a-long-secret-of-the-tests-alone"
client_id = "{client}"
client_secret = "{secret}"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with providing() as started:
        yield started


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Path:
    return build(tmp_path_factory.mktemp("signing"))


@pytest.fixture(scope="module")
def guarded(index: Path, provider: Provider) -> Iterator[str]:
    """The app with sign-in."""
    folder = index.parent / "started-here"
    (folder / ".streamlit").mkdir(parents=True)
    text = SECRETS.format(client=CLIENT, secret=SECRET, provider=provider.address)
    (folder / ".streamlit" / "secrets.toml").write_text(text, encoding="utf-8")
    members = {"KB_APP_READERS": "@gov.example", "KB_APP_EDITORS": "wang@gov.example"}
    with serving(index, folder, **members) as address:
        yield address


@pytest.fixture
def reader(browser: Browser, guarded: str) -> Iterator[Reader]:
    context, watch = browser.new_context(locale="zh-CN"), Watch()
    watch.over(context)
    yield Reader(context.new_page(), guarded)
    context.close()
    watch.check()


def sign_in(reader: Reader, provider: Provider, mail: str) -> Reader:
    provider.user = {"sub": mail, "email": mail, "email_verified": True}
    reader.open()
    expect(reader.page.get_by_text("请先登录。")).to_be_visible()
    reader.page.get_by_role("button", name="登录").click()
    expect(reader.page.locator(".kb-top")).to_contain_text(mail)
    return reader.settled()


def test_a_reader_signs_in_reads_and_signs_out(reader: Reader, provider: Provider) -> None:
    sign_in(reader, provider, "li@gov.example").ask("没有物业的小区怎么办")
    expect(reader.page.locator("mark").first).to_be_visible()
    assert reader.page.get_by_role("link", name="添加").count() == 0
    reader.open(view="add")
    expect(reader.page.get_by_role("heading", name="没有权限")).to_be_visible()
    assert reader.page.locator('input[type="file"]').count() == 0
    reader.open(view="account").press("退出登录")
    expect(reader.page.get_by_text("请先登录。")).to_be_visible()
    reader.open(q="物业")
    expect(reader.page.get_by_text("请先登录。")).to_be_visible()


def test_an_editor_adds_an_article_and_it_is_put_down(
    reader: Reader, provider: Provider, index: Path, tmp_path: Path
) -> None:
    written = tmp_path / "jinggai.txt"
    written.write_text("网格员发现井盖松动。", encoding="utf-8")
    sign_in(reader, provider, "wang@gov.example").open(view="add")
    reader.page.locator('input[type="file"]').set_input_files(written)
    expect(reader.page.get_by_role("button", name="收录选中的 1 篇")).to_be_visible()
    reader.settled().press("收录选中的")
    expect(reader.page.get_by_text("已收录 1 篇")).to_be_visible()
    (log,) = index.glob("audit-*.jsonl")
    last = json.loads(log.read_text(encoding="utf-8").splitlines()[-1])
    assert (last["who"], last["role"], last["what"]) == ("wang@gov.example", "editor", "APP add jinggai")


def test_an_account_without_a_role_reads_nothing(reader: Reader, provider: Provider) -> None:
    sign_in(reader, provider, "chen@other.example").open(q="物业")
    expect(reader.page.get_by_text("还没有权限")).to_be_visible()
    assert reader.page.locator("mark").count() == 0


def test_a_cookie_made_up_is_nobody(reader: Reader) -> None:
    claims = json.dumps({"is_logged_in": True, "email": "wang@gov.example", "origin": reader.site.rstrip("/")})
    reader.page.context.add_cookies([{"name": "_streamlit_user", "value": claims.encode().hex(), "url": reader.site}])
    reader.open(view="add")
    expect(reader.page.get_by_text("请先登录。")).to_be_visible()
