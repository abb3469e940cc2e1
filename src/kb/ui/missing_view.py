"""What an address leads to that names nothing in the library: what may have happened, and where to go on."""

from __future__ import annotations

import streamlit as st

from kb.catalogue.naming import nearest
from kb.present import html
from kb.ui import browser
from kb.ui.context import Page

GONE = "可能已经从书库移除，也可能地址没有复制完整。"


def article(page: Page, key: str) -> None:
    """No article has this id."""
    _show(page, "没有这篇文章", key, html.link(page.say("全部文章"), "kb-action", **page.keep, view="articles"))


def practice(page: Page, key: str) -> None:
    """No practice is called so; those that are called nearly so are offered."""
    practices = page.knowledge.practices()
    near = nearest(key, practices)
    chips = "".join(
        html.link(page.name_of(one), "kb-chip", **page.keep, practice=one.id) for one in practices if one.name in near
    )
    label = f'<p class="kb-label">{page.say("名称相近的")}</p><div class="kb-chips">{chips}</div>' if chips else ""
    _show(page, "没有这个实践", key, html.link(page.say("全部实践"), "kb-action", **page.keep, view="practices"), label)


def _show(page: Page, title: str, key: str, way: str, more: str = "") -> None:
    search = html.link(page.say("去检索"), "kb-action kb-quiet", **page.keep)
    st.html(
        f'<h1 class="kb-area">{page.say(title)}</h1><div class="kb-none" role="alert">'
        f"<p>{page.say('地址里写的是')} <b><bdi>{html.escaped(key)}</bdi></b>。{page.say(GONE)}</p>{more}"
        f'<p class="kb-ways">{way}{search}</p></div>'
    )
    browser.title(page, page.say(title))
