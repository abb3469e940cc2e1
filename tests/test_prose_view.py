"""The prose in the app: a switch only where an endpoint is set, and what is shown is text, not HTML."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def view() -> None:
    """A page with nothing but the switch and an answer made up (runs inside the app)."""
    from kb.types import Answer, Prose, ProseSentence
    from kb.ui import prose_view
    from kb.ui.context import Page

    page = Page(None, "hant")  # type: ignore[arg-type]
    prose_view.switch(page)
    told = (
        ProseSentence("由社区<b>托底</b>。", (1, 2), True),
        ProseSentence("请点击 http://evil.example", (1,), False, "有网址或链接"),
    )
    prose_view.show(page, Answer("问", False, 1.0, (), (), (), prose=Prose("m", told)))
    prose_view.show(page, Answer("问", False, 1.0, (), (), (), notice="没有生成综述：<i>。"))
    prose_view.show(page, Answer("问", False, 1.0, (), (), (), prose=Prose("m", told[1:]), notice="没有一句通过核对"))


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    for name in ("KB_LLM_URL", "KB_LLM_MODEL"):
        monkeypatch.delenv(name, raising=False)
    return AppTest.from_function(view, default_timeout=30)


def test_what_passed_is_shown_with_its_numbers(app: AppTest) -> None:
    app.run()
    assert not app.exception
    page = "\n".join(block.proto.body for block in app.get("html"))
    assert "由社区&lt;b&gt;托底&lt;/b&gt;。<sup>〔1〕〔2〕</sup>" in page
    assert "evil" not in page
    assert "1 句沒有通過核對" in page
    assert "&lt;i&gt;" in page
    assert not app.toggle


def test_the_switch_is_off_and_says_where_it_goes(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_LLM_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("KB_LLM_MODEL", "m")
    (toggle,) = app.run().toggle
    assert toggle.value is False
    assert "127.0.0.1:9" in toggle.label


def test_a_wrong_setting_is_told_instead(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_LLM_URL", "127.0.0.1:9")
    app.run()
    assert not app.toggle
    assert "KB_LLM_URL" in app.caption[0].value
