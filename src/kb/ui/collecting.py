"""The one place where what is found can be put into the course basket: an answer, a sentence of it, a passage, a
practice, a place that is marked in an article."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kb.course.basket import answer_item, passage_item, practice_item
from kb.types import Answer, Hit, Practice, Quote
from kb.ui import basket
from kb.ui.context import Page


def answer(page: Page, found: Answer) -> None:
    """Beside the heading of an answer: all of its sentences as one."""
    basket.button(page, answer_item(found), "answer", page.say("整条回答"))


def sentence(page: Page, quote: Quote, title: str, key: str) -> None:
    """Behind a sentence of an answer; `key` tells the buttons of one page apart."""
    basket.small(page, passage_item(quote, title), key, quote.text)


def passage(page: Page, hit: Hit, key: str) -> None:
    """Below the card of a passage that was found."""
    found = hit.passage
    quote = Quote(found.article_id, found.start, found.end, found.text)
    basket.button(page, passage_item(quote, hit.article.title), key)


def practices(page: Page, found: Sequence[Practice]) -> None:
    """Below the practices that fit, the likeliest of them."""
    with st.container(key="collect-practices", gap=None):
        st.html(f"<h3>{page.say('把实践放进课程资料')}</h3>")
        for practice in found:
            basket.named(page, practice_item(practice), f"practice-{practice.id}", page.name_of(practice))


def selection(page: Page, quote: Quote, title: str, key: str) -> None:
    """Beside an article: the sentence, the paragraph or the passage that is marked in it."""
    basket.button(page, passage_item(quote, title), key)
