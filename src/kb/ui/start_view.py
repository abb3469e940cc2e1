"""The search page before anything is asked: common problems, the practices by category, recent questions."""

from __future__ import annotations

from html import escape

import streamlit as st

from kb.config import load_settings
from kb.present import html
from kb.ui import browser
from kb.ui.context import Page

SUGGESTIONS = (
    "老旧小区没有物业怎么办",
    "部门互相推，街道怎么把人叫到场",
    "网格太多太乱怎么合并",
    "矛盾纠纷怎样不出村、不出镇",
    "村里的大事怎么让村民说了算",
    "基层表格多、牌子多怎么减负",
)

PROMISE = "引用的都是收录文章的原文，可逐句查到出处。软件在本机运行，"
STAYS = "问题和文章不会离开这台电脑。"
LEAVES = "文章不会离开这台电脑；打开“用模型写一段综述”时，问题和所引的原句会发到设定的端点。"


def head(page: Page) -> None:
    """Above the box: what this is for, and how much there is."""
    index = page.knowledge.info()
    counts = page.say(
        f"收录 {index.articles} 篇文章、{index.passages} 个段落、{index.practices} 个实践；简体、繁体写法结果相同"
    )
    st.html(f'<h1 class="kb-lead">{page.say("基层遇到的难题，看看别处怎么办")}</h1><p class="kb-count">{counts}</p>')


def show(page: Page) -> None:
    """Below it; nothing is searched yet, everything here is a link."""
    links = "".join(html.link(page.say(text), **page.keep, q=page.say(text)) for text in SUGGESTIONS)
    st.html(f'<h2 class="kb-label">{page.say("常见问题")}</h2><div class="kb-suggest">{links}</div>')
    browser.recent(page)
    st.html(
        f'<h2 class="kb-label">{page.say("按类别看实践")}</h2><div class="kb-categories">{_categories(page)}</div>'
        f'<p class="kb-foot">{page.say(PROMISE + (LEAVES if load_settings().llm_url else STAYS))}</p>'
    )


def _categories(page: Page) -> str:
    """Every category, folded; the largest first."""
    groups: dict[str, list[str]] = {}
    for practice in page.knowledge.practices():
        chip = html.link(page.name_of(practice), "kb-chip", **page.keep, practice=practice.id)
        groups.setdefault(practice.category or "未分类", []).append(chip)
    return "".join(
        f"<details><summary>{escape(page.say(category))}<small>{len(chips)}</small></summary>"
        f'<div class="kb-chips">{"".join(chips)}</div></details>'
        for category, chips in sorted(groups.items(), key=lambda group: -len(group[1]))
    )
