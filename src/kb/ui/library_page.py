"""The library: what is in it, how sound it is, what is missing, its own terms, and how it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from kb.access.tokens import Role
from kb.present import html, stock
from kb.ui import browser, gaps_part, quality_part, state_part, terms_part
from kb.ui.context import Page


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the page: its name in the address, its title, what draws it, the role it is for."""

    name: str
    title: str
    show: Callable[[Page], None]
    needs: Role = Role.READER


def show(page: Page) -> None:
    """The page of the navigation, one part of it."""
    asked = st.query_params.get("part", "")
    parts = [part for part in PARTS if page.visitor.may(part.needs)]
    here = next((part for part in parts if part.name == asked), parts[0])
    links = "".join(
        html.link(page.say(part.title), "kb-here" if part is here else "", **page.keep, view="library", part=part.name)
        for part in parts
    )
    title = page.say("书库")
    st.html(f'<h1 class="kb-area">{title}</h1><nav class="kb-parts" aria-label="{title}">{links}</nav>')
    here.show(page)
    browser.title(page, f"{page.say(here.title)} - {title}")


def contents(page: Page) -> None:
    """How much there is, of what kind, and since when."""
    info, facets, holdings = page.knowledge.info(), page.knowledge.facets(), page.knowledge.holdings()
    own = sum(one.own for one in holdings)
    numbers = (
        (info.articles, "篇文章"),
        (info.passages, "个段落"),
        (info.practices, "个实践"),
        (info.characters, "字"),
        (own, "篇自己添加"),
    )
    st.html(stock.figures(numbers, page.say))
    scripts = {stock.SCRIPTS[name]: count for name, count in facets.scripts.items()}
    years = dict(sorted(facets.years.items(), reverse=True))
    left, right = st.columns(2, gap="large")
    left.html(stock.bars("按类别", facets.categories, page.say))
    left.html(stock.bars("按字形", scripts, page.say, ours=True))
    left.html(stock.bars("按添加的日子", stock.days(holdings), page.say))
    right.html(stock.bars("按地区", stock.provinces(facets.regions), page.say))
    right.html(stock.bars("按年份", years, page.say))


PARTS = (
    Part("", "馆藏", contents),
    Part("quality", "文字质量", quality_part.show),
    Part("gaps", "待补清单", gaps_part.show),
    Part("terms", "分词与词语", terms_part.show),
    Part("state", "模型与检查", state_part.show, Role.ADMIN),
)
