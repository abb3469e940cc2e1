"""The app's frame: one script, the address says which page; everything shown has a permanent address."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import streamlit as st

from kb.config import Settings, load_settings
from kb.errors import KBError
from kb.knowledge import KnowledgeBase
from kb.present.html import link
from kb.present.script import ReaderScript, in_script
from kb.ui import article_page, forms, practice_page, search_page
from kb.ui.context import Page

NAME = "基层治理知识库"


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the navigation."""

    view: str
    title: str


ENTRIES = (Entry("", "检索"), Entry("practices", "实践"), Entry("articles", "文章"))


def main() -> None:
    """Draw the page that the address asks for."""
    st.set_page_config(page_title=NAME, page_icon="📖", layout="wide", initial_sidebar_state="collapsed")
    st.html(f"<style>{_style()}</style>")
    try:
        settings = load_settings()
        page = Page(_open(settings), _script(settings), forms.chosen())
        _frame(page)
        _view(page)
    except KBError as error:
        st.error(in_script(str(error), _script(load_settings(engine=None))))


def _view(page: Page) -> None:
    parameters = st.query_params
    if parameters.get("article"):
        article_page.show(page, parameters["article"], parameters.get("at", ""))
    elif parameters.get("practice"):
        practice_page.show(page, parameters["practice"])
    elif parameters.get("view") == "practices":
        practice_page.catalogue(page)
    elif parameters.get("view") == "articles":
        article_page.catalogue(page)
    else:
        search_page.show(page)


@st.cache_resource(show_spinner=False)  # type: ignore[untyped-decorator]
def _open(settings: Settings) -> KnowledgeBase:
    return KnowledgeBase.open(settings=settings)


@lru_cache(maxsize=1)
def _style() -> str:
    return resources.files("kb.ui").joinpath("style.css").read_text(encoding="utf-8")


def _script(settings: Settings) -> ReaderScript:
    asked = st.query_params.get("ui", settings.script)
    return "hant" if asked == "hant" else "hans"


def _place() -> str:
    """The navigation entry under which the page that is shown belongs."""
    for parameter, view in (("article", "articles"), ("practice", "practices"), ("q", "")):
        if st.query_params.get(parameter):
            return view
    return str(st.query_params.get("view", ""))


def _frame(page: Page) -> None:
    here = _place()
    nav = "".join(
        link(page.say(entry.title), "kb-here" if entry.view == here else "", **page.keep, view=entry.view)
        for entry in ENTRIES
    )
    kept = {name: value for name, value in st.query_params.to_dict().items() if name != "ui"}
    scripts = "".join(
        link(label, "kb-here" if page.script == script else "", **kept, ui=script)
        for script, label in (("hans", "简体"), ("hant", "繁體"))
    )
    language = "zh-Hant" if page.script == "hant" else "zh-Hans"
    st.html(
        f'<div class="kb-top" lang="{language}"><span class="kb-brand">{link(page.say(NAME), **page.keep)}</span>'
        f'<nav class="kb-nav">{nav}</nav><span class="kb-script">{scripts}</span></div>'
    )
