"""What only the browser can do: words in place of Streamlit's own, recent questions and the basket of this browser
alone, landmarks, going to the cited place.

The script is ours (`words.js`, `browser.js`), sent with the page; nothing is loaded from anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

import streamlit as st

from kb.present.script import ReaderScript
from kb.ui import streamlit_words
from kb.ui.context import Page

RECENT = "最近问过（只存在这个浏览器里）"
FORGET = "清除"
LANGUAGES: Mapping[ReaderScript, str] = {"hans": "zh-Hans", "hant": "zh-Hant"}
SCRIPTS = ("words.js", "browser.js")
BASKET = "basket-of-the-browser"
"""The key under which the script that keeps the basket is mounted."""


def speak(script: ReaderScript) -> None:
    """Before anything else: Streamlit's own words in Chinese, also those for a page that fails or a server that is
    gone."""
    _component()(key="browser-words", data={"language": LANGUAGES[script], "words": streamlit_words.words(script)})


def recent(page: Page) -> None:
    """The questions that were asked in this browser; the server never learns them from here."""
    _mount(page, {"label": page.say(RECENT), "forget": page.say(FORGET), "keep": page.keep})


def asked(page: Page, question: str) -> None:
    """Keep a question among the recent ones of this browser."""
    _mount(page, {"asked": question}, question)


def title(page: Page, title: str) -> None:
    """Name the page in the title bar."""
    _mount(page, {}, title)


def read(page: Page, title: str, cited: str) -> None:
    """Go to the cited place, once; `cited` tells it from others."""
    _mount(page, {"cited": cited}, title)


def printing(page: Page, title: str) -> None:
    """A button that prints, where this is called."""
    _mount(page, {"print": page.say("打印这一篇")}, title)


def copying(page: Page, key: str, text: str, label: str) -> None:
    """A button that copies `text`; it says afterwards whether that went well."""
    told = {"label": label, "done": "已复制，可以粘贴了", "failed": "没能复制，请选中上面的文字再复制"}
    said = {name: page.say(words) for name, words in told.items()}
    _component()(key=f"copy-{key}", data={"copy": {"text": text, **said}})


def basket(data: Mapping[str, object], on_stored: Callable[[], None], on_unkept: Callable[[], None]) -> None:
    """Keep the basket in this browser; `on_stored` is called when the browser tells what lies in it, `on_unkept` when
    it could not keep it."""
    _component()(key=BASKET, data={"basket": data}, on_stored_change=on_stored, on_unkept_change=on_unkept)


def told() -> str:
    """What the browser has just told of its basket."""
    return str(st.session_state[BASKET].get("stored") or "")


def unopened(script: ReaderScript, title: str) -> None:
    """Language and title of a page that could not be drawn; it may have got as far as naming itself."""
    _component()(key="browser-unopened", data={"language": LANGUAGES[script], "title": title})


def _mount(page: Page, data: Mapping[str, object], title: str = "") -> None:
    name = page.say("基层治理知识库")
    language = LANGUAGES[page.script]
    _component()(key="browser", data={"language": language, "title": f"{title} - {name}" if title else name, **data})


@lru_cache(maxsize=1)
def _component() -> Any:
    files = resources.files("kb.ui")
    script = "\n".join(files.joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS)
    return st.components.v2.component(
        "kb_browser", html='<div class="kb-recent"></div>', js=script, isolate_styles=False
    )
