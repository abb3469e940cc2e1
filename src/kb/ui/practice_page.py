"""One practice: what it is, every statement with its sources, its figures, what stands around it."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from kb.catalogue.comparing import MOST
from kb.catalogue.regions import Regions
from kb.catalogue.values import Figure, Surroundings
from kb.errors import NotFoundError
from kb.present import html, practice_forms, practice_html
from kb.present.display import names_of
from kb.present.practice_around import Told
from kb.present.practice_html import Around
from kb.present.practice_markdown import practice_markdown
from kb.present.practice_parts import anchor
from kb.types import Practice
from kb.ui import browser, copying, forms, missing_view
from kb.ui.context import Page
from kb.ui.practices_area import WITH, Area, collect, joined, tray


def show(page: Page, key: str) -> None:
    """The page, its statements in the form that was asked for."""
    area = Area.of(page)
    try:
        practice = page.knowledge.practice(key)
    except NotFoundError:
        missing_view.practice(page, key)
        return
    put = area.put
    shown = practice_forms.practice(practice, put)
    figures, surroundings = page.knowledge.figures(practice.id), page.knowledge.surroundings(practice.id)
    around = _around(area, practice, practice_forms.figures(figures, put), surroundings, put)
    _back(page)
    tray(area)
    st.html(practice_html.head(area, shown, page.aliases_of(practice), around))
    _actions(area, practice, practice_markdown(practice, surroundings, figures))
    forms.switch(page)
    st.html(practice_html.body(area, shown, around))
    browser.title(page, area.name_of(practice))


def _around(
    area: Area, practice: Practice, figures: tuple[Figure, ...], surroundings: Surroundings, put: practice_forms.Put
) -> Around:
    knowledge = area.page.knowledge
    form, terms = area.page.form, names_of(area.practices)
    return Around(
        figures=figures,
        surroundings=practice_forms.surroundings(surroundings, put),
        practices={one.id: one for one in area.practices},
        told=tuple(Told.of(one, knowledge.article(one.article_id), form, terms) for one in surroundings.passages),
        regions=Regions.of(area.practices).named(practice.region),
        language=area.language,
    )


def _back(page: Page) -> None:
    asked = st.query_params.get("q", "")
    if asked:
        st.html(f'<div class="kb-back">{html.link(page.say("← 返回检索结果"), **page.keep, q=asked)}</div>')


def _actions(area: Area, practice: Practice, exported: str) -> None:
    """To compare, to take along, to pass on."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(_comparing(area, practice), width="content")
        with st.popover(area.say("固定链接")):
            base = (st.context.url or "").split("?")[0].rstrip("/")
            address = f"{base}/?{urlencode({'practice': practice.id})}"
            copying.offer(area.page, "permalink", address, area.say("复制这一页的地址"))
        st.download_button(
            area.say("下载全文（Markdown）"),
            exported,
            f"{practice.id}.md",
            "text/markdown",
            on_click="ignore",
        )
        collect(area, practice)


def _comparing(area: Area, practice: Practice) -> str:
    """Into the comparison, or out of it."""
    if practice.id in area.chosen:
        rest = joined(tuple(key for key in area.chosen if key != practice.id))
        return anchor(area, area.say("移出比较"), "kb-action", practice=practice.id, **{WITH: rest})
    if len(area.chosen) >= MOST:
        return anchor(area, area.say("比较已满，去看看"), "kb-action", view="practices", show="compare")
    into = joined((*area.chosen, practice.id))
    return anchor(area, area.say("加入比较"), "kb-action", view="practices", show="compare", **{WITH: into})
