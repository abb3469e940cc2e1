"""How sound the texts are: soundness, marked places, the articles most damaged, and what is there twice."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from kb.present import html, stock
from kb.present.receipts import DUPLICATES
from kb.present.warnings import NAMES
from kb.types import Copy, Holding
from kb.ui.context import Page
from kb.ui.managing import MANAGED

MOST_DAMAGED = 15
MOST_COPIES = 50


def show(page: Page) -> None:
    """The part of the library page."""
    holdings, flags = page.knowledge.holdings(), page.knowledge.flag_counts()
    left, right = st.columns(2, gap="large")
    left.html(stock.bars("文字完好度（篇）", stock.soundness(holdings), page.say, ours=True))
    places = {NAMES[kind]: count for kind, (count, _articles) in flags.items()}
    right.html(stock.bars("正文里标出的地方（处）", places, page.say, ours=True))
    note = "完好度 1 为完好；低于 0.8 的文章不收录。标出的地方在正文里带下划线，引用前请核对。"
    right.html(f'<p class="kb-count">{page.say(note)}</p>')
    st.html(_damaged(page, holdings) + _copies(page, page.knowledge.copies()))


def _damaged(page: Page, holdings: Sequence[Holding]) -> str:
    worst = sorted((one for one in holdings if one.quality < 1), key=lambda one: one.quality)[:MOST_DAMAGED]
    title = f'<h2 class="kb-section">{page.say("损坏最多的文章")}</h2>'
    if not worst:
        return f'{title}<p class="kb-count">{page.say("没有：每篇文章都完好。")}</p>'
    head = "".join(f'<th scope="col">{page.say(name)}</th>' for name in ("文章", "完好度", "标出的地方"))
    rows = "".join(
        f"<tr><td>{html.link(one.title, **page.keep, article=one.id)}</td><td>{one.quality:.3f}</td>"
        f"<td>{one.flags}</td></tr>"
        for one in worst
    )
    return f'{title}<table class="kb-repairs kb-rows"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _copies(page: Page, copies: Sequence[Copy]) -> str:
    title = f'<h2 class="kb-section">{page.say("重复的文章")}</h2>'
    if not copies:
        return f'{title}<p class="kb-count">{page.say("没有发现重复。")}</p>'
    rows = "".join(
        f"<tr><td>{html.link(one.title, **page.keep, article=one.id)}</td>"
        f"<td>{escape(page.say(DUPLICATES[one.other.kind]))}（{one.other.similarity:.0%}）</td>"
        f"<td>{html.link(one.other.title, **page.keep, article=one.other.article_id)}</td>"
        f"<td>{html.link(page.say('管理'), **page.keep, view='add', **{MANAGED: one.id})}</td></tr>"
        for one in copies[:MOST_COPIES]
    )
    names = ("文章", "关系", "另一篇", "")
    head = "".join(f'<th scope="col">{page.say(name)}</th>' for name in names)
    more = page.say(f"另有 {len(copies) - MOST_COPIES} 对未列出。") if len(copies) > MOST_COPIES else ""
    table = f'<table class="kb-repairs kb-rows"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'{title}{table}<p class="kb-count">{more}</p>'
