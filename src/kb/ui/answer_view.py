"""The answer above the passages: quotable sentences, each with its number and its place; or that there is none."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kb.errors import KBError
from kb.present import html
from kb.present.answers import REFUSAL, outside
from kb.types import Answer, AnswerSentence, Span, Topic
from kb.ui import address, collecting
from kb.ui.context import Page

REPORT = "请编者补上这个问题"
THANKS = "谢谢，已经记下。编者会在待补清单里看到这个问题"


def show(page: Page, answer: Answer) -> None:
    """The sentences with their citations; where there are none, that there are none, and what is near."""
    if answer.refused:
        _none(page, answer)
        return
    with st.container(key="answer"):
        with st.container(key="answer-head", horizontal=True, vertical_alignment="center"):
            st.html(f"<h2>{page.say('原文怎么说')}</h2>")
            collecting.answer(page, answer)
        for number, one in enumerate(answer.sentences, start=1):
            with st.container(key=f"sentence-{number}", horizontal=True, vertical_alignment="center"):
                st.html(f'<ol start="{number}"><li>{_sentence(page, one)}</li></ol>')
                collecting.sentence(page, one.quote, one.title, f"sentence-{number}")


def _sentence(page: Page, one: AnswerSentence) -> str:
    quote, kept = one.quote, {**page.keep, **address.state(), "q": address.asked()}
    article = page.knowledge.article(quote.article_id)
    body = html.marked(quote.text, quote.start, list[Span](), article.sources, one.flags)
    where = _where(one.title, *one.headings[-1:])
    place = html.link(where, **kept, article=quote.article_id, at=f"{quote.start}-{quote.end}")
    others = "".join(
        html.link(
            f"{page.say('另见')} {page.knowledge.article(at.article_id).title}",
            **kept,
            article=at.article_id,
            at=f"{at.start}-{at.end}",
        )
        for at in one.also
    )
    return f'<div lang="{html.LANGUAGES[article.script]}">{body}</div><small>{place} {others}</small>'


def _none(page: Page, answer: Answer) -> None:
    """That there is no answer is an answer: what a filter shut out, what is near, and a way to have it filled."""
    with st.container(key="no-answer"):
        title, _, reason = REFUSAL.partition("：")
        st.html(f'<div role="status"><h2>{page.say(title)}</h2><p>{page.say(reason)}</p></div>')
        if answer.filtered:
            again = html.link(
                page.say("去掉筛选再查"), "kb-undo", **page.keep, q=answer.question, **address.without(*address.FILTERS)
            )
            st.html(
                f'<div class="kb-shut-out"><h3>{page.say("筛选条件之外，这些文章里有依据")}　{again}</h3>'
                f"{_topics(page, answer.filtered)}</div>"
            )
        if answer.outside:
            st.html(f"<p>{html.escaped(page.say(outside(answer)))}</p>")
        if answer.nearest:
            st.html(f"<h3>{page.say('相近的内容（不一定答得上）')}</h3>{_topics(page, answer.nearest)}")
        _report(page, answer)


def _topics(page: Page, topics: Sequence[Topic]) -> str:
    kept = {**page.keep, **address.state(), "q": address.asked()}
    rows = "".join(
        f"<li>{html.link(_where(one.title, one.heading), **kept, article=one.article_id)}</li>" for one in topics
    )
    return f"<ul>{rows}</ul>"


def _where(*names: str) -> str:
    """Title and heading, each with its own marks for writing from right to left ended."""
    return " › ".join(html.contained(name) for name in names if name)


def _report(page: Page, answer: Answer) -> None:
    """A question that was put down is thanked for as long as it is on the page."""
    if st.session_state.get("reported") != answer.question and st.button(page.say(REPORT), key="report"):
        try:
            gap = page.knowledge.report_gap(answer)
        except KBError as error:
            st.html(f'<p role="alert">{html.escaped(page.say(str(error)))}</p>')
            return
        st.session_state["reported"], st.session_state["times"] = answer.question, gap.times
        st.rerun()
    if st.session_state.get("reported") == answer.question:
        times = int(st.session_state.get("times", 1))
        told = THANKS + (f"（这个问题已有 {times} 次提出）。" if times > 1 else "。")
        st.html(f'<p role="status" class="kb-thanks">{page.say(told)}</p>')
