"""The switch between the forms in which texts are shown; the chosen one stands in the address and goes along."""

from __future__ import annotations

from html import escape

import streamlit as st

from kb.present import html
from kb.present.display import FORM_KEYS, Form, ambiguous, names_of
from kb.types import Article
from kb.ui.context import Page

MOST_SHOWN = 60
AROUND = 6
NOTE = "现为转换后的写法，方便阅读；引用时请以原文为准。"


def chosen() -> Form:
    """The form that the address asks for; the original where it asks for none."""
    asked = st.query_params.get("form", "")
    return next((form for form, key in FORM_KEYS.items() if key == asked), Form.ORIGINAL)


def switch(page: Page) -> None:
    """原文 简体 繁體台 繁體港, as links to this very address."""
    kept = {name: value for name, value in st.query_params.to_dict().items() if name != "form"}
    links = "".join(
        html.link(form.value, "kb-here" if page.form is form else "", **kept, form=key)
        for form, key in FORM_KEYS.items()
    )
    note = "" if page.form is Form.ORIGINAL else f"<small>{page.say(NOTE)}</small>"
    st.html(f'<div class="kb-forms"><span>{page.say("写法")}</span>{links}{note}</div>')


def open_choices(page: Page, article: Article) -> None:
    """The characters of an article whose other form no phrase decided, each with its neighbours."""
    places = ambiguous(article.text, page.form, article.script, names_of(page.knowledge.practices()))
    if not places:
        return
    rows = []
    for place in places[:MOST_SHOWN]:
        before = article.text[max(0, place.start - AROUND) : place.start].split("\n")[-1]
        after = article.text[place.end : place.end + AROUND].split("\n")[0]
        others = "、".join(place.candidates[1:])
        rows.append(
            f"<li>{escape(before)}<b>{place.char}</b>{escape(after)}：{page.say('写作')} {place.chosen}，"
            f"{page.say('也可能是')} {others}</li>"
        )
    with st.expander(page.say(f"转换时没有词语可依据的字（{len(places)} 处）")):
        st.html(f'<ul class="kb-choices">{"".join(rows)}</ul>')
