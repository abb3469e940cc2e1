"""Ask and search: one box; the answer first, the practices that fit, then the passages."""

from __future__ import annotations

import streamlit as st

from kb.present import html
from kb.search.ordering import newest
from kb.types import Answer, Mode, SearchResult
from kb.ui import address, answer_view, browser, expanding, filter_view, prose_view, results_view, start_view
from kb.ui.context import Page

LONGEST = 500


def show(page: Page) -> None:
    """The start page without a question, its results with one."""
    asked = address.asked()
    if not asked:
        start_view.head(page)
    _box(page, asked)
    prose_view.switch(page)
    if not asked:
        start_view.show(page)
        return
    st.html(f'<h1 class="kb-unseen">{page.say("检索：")}{html.escaped(asked)}</h1>')
    filter_view.show(page)
    with st.spinner(page.say("正在检索……")):
        answer, result = _found(page, asked)
    expanding.show(page, result)
    practices = page.knowledge.practices()
    if address.page_number() == 1 and (answer is not None or result.practices):
        beside = answer is not None and bool(result.practices)
        left, right = st.columns([2, 1], gap="large") if beside else (st.container(), st.container())
        with left:
            if answer is not None:
                prose_view.show(page, answer)
                answer_view.show(page, answer)
        with right:
            results_view.side(page, result.practices, practices)
    hits = newest(result.hits[: results_view.NEWEST_OF]) if address.newest_first() else list(result.hits)
    results_view.passages(page, result, hits, practices)
    browser.asked(page, asked)


def _found(page: Page, asked: str) -> tuple[Answer | None, SearchResult]:
    """The answer (on the first page, where meaning is searched) and the passages; the question is embedded once."""
    mode, filters, (expand, without) = address.mode(), address.filters(), expanding.wanted()
    knowledge, answer = page.knowledge, None
    if mode is Mode.HYBRID and address.page_number() == 1:
        answer = prose_view.answered(page, asked, filters, expand=expand, without=without)
    wanted = results_view.wanted_hits()
    return answer, knowledge.search(asked, k=wanted, mode=mode, filters=filters, expand=expand, without=without)


def _box(page: Page, asked: str) -> None:
    """A new question keeps the filters; their chips stand below the box, so that they are not overlooked."""
    if st.session_state.get("asked") != asked or "question" not in st.session_state:
        # The address changed, by a link or by the way back: the box follows.
        st.session_state["asked"] = st.session_state["question"] = asked
    with st.container(key="ask-box"), st.form("ask", border=False):
        left, right = st.columns([6, 1], vertical_alignment="bottom")
        text = left.text_input(
            page.say("问题或词语"),
            key="question",
            placeholder=page.say("用自己的话问，例如：老旧小区没有物业怎么办"),
            label_visibility="collapsed",
            max_chars=LONGEST,
        )
        if right.form_submit_button(page.say("检索"), type="primary", width="stretch"):
            wanted = {"q": text.strip()} if text.strip() else {}
            st.query_params.from_dict({**page.keep, **address.without("expand", "without"), **wanted})
            st.rerun()
