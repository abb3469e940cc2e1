"""Beside an article: a sentence chosen and quoted with its reference, the permanent address, the print view."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from kb.present import html
from kb.present.references import quotation, reference, sentences_within
from kb.types import Article, Quote, Span
from kb.ui import collecting, copying
from kb.ui.context import Page

MOST_SENTENCES = 2_000
LONGEST_LABEL = 60


def show(page: Page, article: Article, cited: Span | None) -> None:
    """Folded, so that the text stays in view; open where a place is cited, which is then marked in view."""
    with st.expander(page.say("引用与链接"), expanded=cited is not None, key="citing"):
        _choose(page, article, cited)
        if cited is None:
            st.html(f'<p class="kb-hint">{page.say("全文的著录（GB/T 7714）")}</p>')
            copying.offer(page, "reference", reference(article), page.say("复制著录"))
        else:
            st.html(f'<p class="kb-hint">{page.say("引文和出处（GB/T 7714）")}</p>')
            copying.offer(page, "quotation", quotation(article, cited), page.say("复制引文和出处"))
        st.html(f'<p class="kb-hint">{page.say("这一页的固定地址")}</p>')
        copying.offer(page, "permalink", _permalink(page, article, cited), page.say("复制地址"))
        st.html(f'<p class="kb-hint">{_print_link(page, article, cited)}</p>')
    if cited is not None:
        quote = Quote(article.id, cited.start, cited.end, article.text[cited.start : cited.end])
        collecting.selection(page, quote, article.title, "selection")


def _choose(page: Page, article: Article, cited: Span | None) -> None:
    """Every sentence of the article; the one that is chosen is marked, and the address names it."""
    found = sentences_within(article.text, Span(0, len(article.text)))[:MOST_SENTENCES]
    places = {f"{span.start}-{span.end}": article.text[span.start : span.end] for span in found}
    chosen = f"{cited.start}-{cited.end}" if cited else ""
    if cited and chosen not in places:
        places = {chosen: article.text[cited.start : cited.end], **places}

    def shown(place: str) -> str:
        words = " ".join(places[place].split()) if place else page.say("不选，引全文")
        return words[:LONGEST_LABEL] + ("……" if len(words) > LONGEST_LABEL else "")

    st.session_state["quoted"] = chosen

    def changed() -> None:
        place = st.session_state["quoted"]
        if place:
            st.query_params["at"] = place
        else:
            st.query_params.pop("at", None)

    st.selectbox(page.say("引哪一句"), ["", *places], format_func=shown, key="quoted", on_change=changed)


def _permalink(page: Page, article: Article, cited: Span | None) -> str:
    base = str(st.context.url or "").split("?")[0].rstrip("/")
    return f"{base}/?{urlencode(_parameters(page, article, cited))}"


def _parameters(page: Page, article: Article, cited: Span | None) -> dict[str, str]:
    place = {"at": f"{cited.start}-{cited.end}"} if cited else {}
    return {**page.keep, "article": article.id, **place}


def _print_link(page: Page, article: Article, cited: Span | None) -> str:
    return html.link(page.say("打印版"), **_parameters(page, article, cited), print="1")


def for_print(page: Page, article: Article, cited: Span | None) -> None:
    """Above the print view: the way back, and what to cite the page by."""
    back = html.link(page.say("← 返回阅读"), "kb-no-print", **_parameters(page, article, cited))
    st.html(
        f'<div class="kb-print">{back}<p>{html.escaped(reference(article))}</p>'
        f"<p>{html.escaped(_permalink(page, article, cited))}</p></div>"
    )
