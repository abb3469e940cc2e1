"""The app's frame: one script, the address says which page; everything shown has a permanent address."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from threading import Thread

import streamlit as st

from kb.access.audit import Audit
from kb.access.tokens import Role
from kb.config import Settings, load_settings
from kb.errors import KBError
from kb.knowledge import KnowledgeBase
from kb.present.html import escaped, link
from kb.present.script import ReaderScript, in_script
from kb.ui import (
    adding_page,
    ahead,
    article_page,
    articles_page,
    basket,
    browser,
    course_page,
    forms,
    library_page,
    practice_page,
    practices_page,
    search_page,
    signing,
)
from kb.ui.context import Page

NAME = "基层治理知识库"
UNOPENED = "这一页打不开"
BASE = "style.css"


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the navigation: its name in the address, its title, what draws it, the role it is for."""

    view: str
    title: str
    show: Callable[[Page], None]
    needs: Role = Role.READER


ENTRIES = (
    Entry("", "检索", search_page.show),
    Entry("practices", "实践", practices_page.show),
    Entry("articles", "文章", articles_page.show),
    Entry(basket.COURSE, "课程", course_page.show),
    Entry("add", "添加", adding_page.show, Role.EDITOR),
    Entry("library", "书库", library_page.show),
)


def main(*, warm: bool = False) -> None:
    """Draw the page that the address asks for; with `warm` the model is loaded behind the first page."""
    st.set_page_config(page_title=NAME, page_icon="📖", layout="wide", initial_sidebar_state="collapsed")
    st.html(f"<style>{_style()}</style>")
    script = _script()
    browser.speak(script)
    try:
        settings = load_settings()
        audit = Audit(settings.index, questions=settings.audit_questions)
        page = Page(_open(settings), script, forms.chosen(), signing.visitor(settings), audit)
        _frame(page)
        _view(page)
        if warm and page.visitor.may(Role.READER):
            _warm(page.knowledge)
    except KBError as error:
        title = in_script(UNOPENED, script)
        told = escaped(in_script(str(error), script))  # In Markdown an address in it would become a link.
        st.html(f'<h1 class="kb-area">{title}</h1><div class="kb-notice kb-is-bad" role="alert">{told}</div>')
        browser.unopened(script, title)


def _view(page: Page) -> None:
    parameters = st.query_params
    view = parameters.get("view", "")
    if view == signing.VIEW:
        signing.show(page)
    elif not page.visitor.may(Role.READER):
        signing.refuse(page)
    elif parameters.get("article"):
        article_page.show(page, parameters["article"], parameters.get("at", ""))
    elif parameters.get("practice"):
        practice_page.show(page, parameters["practice"])
    else:
        entry = next((entry for entry in ENTRIES if entry.view == view), ENTRIES[0])
        (entry.show if page.visitor.may(entry.needs) else signing.refuse)(page)


@st.cache_resource(show_spinner=False)  # type: ignore[untyped-decorator]
def _warm(_knowledge: KnowledgeBase) -> None:
    """Once a server."""

    def load() -> None:
        # What is wrong is told to the one who asks; here nobody would read it.
        with suppress(KBError):
            _knowledge.warm()

    Thread(target=load, name="warm", daemon=True).start()


@st.cache_resource(show_spinner=False)  # type: ignore[untyped-decorator]
def _open(settings: Settings) -> KnowledgeBase:
    return ahead.opened(settings)


@lru_cache(maxsize=1)
def _style() -> str:
    """The base first, then each area's own, by name."""
    folder = resources.files("kb.ui")
    names = sorted(
        (file.name for file in folder.iterdir() if file.name.endswith(".css")), key=lambda name: (name != BASE, name)
    )
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)


def _script() -> ReaderScript:
    """As the address or the settings ask; settings that cannot be read are told of in simplified script."""
    asked = st.query_params.get("ui", "")
    with suppress(KBError):
        asked = asked or load_settings().script
    return "hant" if asked == "hant" else "hans"


def _place() -> str:
    """The navigation entry under which the page that is shown belongs."""
    for parameter, view in (("article", "articles"), ("practice", "practices"), ("q", "")):
        if st.query_params.get(parameter):
            return view
    return str(st.query_params.get("view", ""))


def _title(page: Page, entry: Entry) -> str:
    """With how much is in the basket: 课程（3）."""
    count = len(basket.kept().basket.items) if entry.view == basket.COURSE else 0
    return page.say(entry.title) + (f"（{count}）" if count else "")


def _frame(page: Page) -> None:
    basket.mount()
    here = _place()
    nav = "".join(
        link(_title(page, entry), "kb-here" if entry.view == here else "", **page.keep, view=entry.view)
        for entry in ENTRIES
        if page.visitor.may(entry.needs)
    )
    kept = {name: value for name, value in st.query_params.to_dict().items() if name != "ui"}
    scripts = "".join(
        link(label, "kb-here" if page.script == script else "", **kept, ui=script)
        for script, label in (("hans", "简体"), ("hant", "繁體"))
    )
    language = "zh-Hant" if page.script == "hant" else "zh-Hans"
    st.html(
        f'<div class="kb-top" lang="{language}"><a class="kb-skip" href="#kb-content">{page.say("跳过导航")}</a>'
        f'<span class="kb-brand">{link(page.say(NAME), **page.keep)}</span>'
        f'<nav class="kb-nav">{nav}</nav><span class="kb-script">{scripts}{signing.link(page)}</span></div>'
        f'{basket.announced(page)}<span id="kb-content" tabindex="-1"></span>'
    )
    basket.notices(page)
