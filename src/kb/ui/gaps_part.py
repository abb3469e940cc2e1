"""The list of gaps: questions that the texts did not answer, to be asked again and struck out."""

from __future__ import annotations

import hashlib
from html import escape

import streamlit as st

from kb.errors import KBError
from kb.present import html
from kb.types import Gap
from kb.ui.context import Page
from kb.ui.notices import notice

ANSWERED = "gaps-answered"
"""Key of the session: question -> whether the texts answer it now."""


def show(page: Page) -> None:
    """The part of the library page."""
    gaps = page.knowledge.gaps()
    if not gaps:
        empty = "待补清单是空的。检索后没有依据时，可以把问题记到这里，提醒补充文章。"
        st.html(f'<div class="kb-none">{page.say(empty)}</div>')
        return
    st.html(
        f'<p class="kb-count">{page.say("这些问题现有文章答不上来。补充文章以后重问一遍，有依据的就可以划掉。")}</p>'
    )
    if st.button(page.say(f"全部重问一遍（{len(gaps)} 个）"), key="gaps-ask"):
        with st.spinner(page.say("正在重问……")):
            st.session_state[ANSWERED] = {gap.question: not page.knowledge.ask(gap.question).refused for gap in gaps}
    answered: dict[str, bool] = st.session_state.get(ANSWERED, {})
    for gap in gaps:
        _gap(page, gap, answered.get(gap.question))


def _gap(page: Page, gap: Gap, answered: bool | None) -> None:
    key = hashlib.sha256(gap.question.encode()).hexdigest()[:16]
    with st.container(border=True, key=f"card-gap-{key}"):
        st.html(_told(page, gap, answered))
        if page.may_change and st.button(page.say("划掉"), key=f"gap-{key}", help=page.say("从清单上去掉这个问题")):
            try:
                page.knowledge.close_gap(gap.question)
                page.changed("gap close", question=gap.question)
            except KBError as error:
                notice(page, "bad", str(error))
                return
            st.rerun()


def _told(page: Page, gap: Gap, answered: bool | None) -> str:
    marks = {
        None: "",
        True: f'<b class="kb-finding kb-is-good">{page.say("有依据了")}</b>',
        False: f'<b class="kb-finding kb-is-warn">{page.say("仍无依据")}</b>',
    }
    times = page.say(f"问过 {gap.times} 次，最近 {gap.last[:10]}")
    near = {one.article_id: one.title for one in gap.nearest}
    links = "、".join(html.link(title, **page.keep, article=key) for key, title in near.items())
    nearest = f"<div>{page.say('相近的内容：')}{links}</div>" if links else ""
    return (
        f'<div class="kb-gap"><h2>{html.link(gap.question, **page.keep, q=gap.question)}</h2>{marks[answered]}'
        f"<small>{escape(times)}</small>{nearest}</div>"
    )
