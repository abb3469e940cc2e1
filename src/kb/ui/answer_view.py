"""The answer above the passages: quotable sentences, each with its number and its place."""

from __future__ import annotations

from html import escape

import streamlit as st

from kb.present import html
from kb.present.answers import REFUSAL
from kb.types import Answer, AnswerSentence, Span
from kb.ui.context import Page


def show(page: Page, answer: Answer) -> None:
    """The sentences with their citations; where there are none, that there are none, and what is near."""
    if answer.refused:
        near = "".join(
            f"<li>{html.link(one.title, **page.keep, article=one.article_id)}</li>" for one in answer.nearest
        )
        label = f'<div class="kb-label">{page.say("相近的内容")}</div>'
        st.html(f'<div class="kb-none">{page.say(REFUSAL)}{label}<ul>{near}</ul></div>')
        return
    rows = "".join(_sentence(page, answer, one, number) for number, one in enumerate(answer.sentences, start=1))
    st.html(f'<section class="kb-answer"><h2>{page.say("原文怎么说")}</h2><ol>{rows}</ol></section>')


def _sentence(page: Page, answer: Answer, one: AnswerSentence, number: int) -> str:
    quote = one.quote
    article = page.knowledge.article(quote.article_id)
    body = html.marked(quote.text, quote.start, list[Span](), article.sources, one.flags)
    place = html.link(
        " › ".join((one.title, *one.headings[-1:])),
        **page.keep,
        q=answer.question,
        article=quote.article_id,
        at=f"{quote.start}-{quote.end}",
    )
    others = "".join(
        html.link(f"{page.say('另见')} {at.article_id}", **page.keep, article=at.article_id, at=f"{at.start}-{at.end}")
        for at in one.also
    )
    language = html.LANGUAGES[article.script]
    return f'<li value="{number}"><div lang="{language}">{body}</div><small>{place}{escape(" ")}{others}</small></li>'
