"""The prose above the quoted sentences: a switch where an endpoint is set, off until the reader turns it on.

A page draws `switch` where it likes, asks `answered` for the answer, and calls `show` before the answer itself.
"""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from kb.config import load_settings
from kb.errors import QueryError
from kb.knowledge.prosing import chat_of
from kb.present import prose
from kb.present.html import escaped
from kb.types import Answer, Filters, ProseSentence
from kb.ui.context import Page

_KEPT, _WANTED = "prose_answer", "prose_wanted"


def switch(page: Page) -> None:
    """Whether the reader wants prose; nothing is drawn where no endpoint is set. It says where the question goes."""
    settings = load_settings()
    if not settings.llm_url:
        return
    try:
        host = chat_of(settings).host
    except QueryError as error:
        st.caption(page.say(str(error)))
        return
    st.toggle(page.say(f"用模型写一段综述（问题和所引的原句会发到 {host}）"), value=False, key=_WANTED)


def answered(page: Page, asked: str, filters: Filters, *, expand: bool, without: Collection[str]) -> Answer:
    """The answer, with prose where the reader wants it. The last one is kept: drawing a page anew asks nobody anew."""
    knowledge = page.knowledge
    if not (load_settings().llm_url and st.session_state.get(_WANTED)):
        return knowledge.ask(asked, filters=filters, expand=expand, without=without)
    key = (asked, filters, expand, tuple(without), knowledge.info().built)
    kept = st.session_state.get(_KEPT)
    if kept is not None and kept[0] == key:
        found: Answer = kept[1]
        return found
    answer = knowledge.ask(asked, filters=filters, expand=expand, without=without, prose=True)
    if answer.prose is not None:  # A failure is not kept: the next try may do better.
        st.session_state[_KEPT] = (key, answer)
    return answer


def show(page: Page, answer: Answer) -> None:
    """The sentences that passed the check, each with the numbers of those it rests on; nothing without prose."""
    if answer.notice:
        st.html(f'<div class="kb-none">{escaped(page.say(answer.notice))}</div>')
    if answer.prose is None:
        return
    struck = f"<small>{escaped(page.say(prose.struck(answer.prose)))}</small>" if answer.prose.struck else ""
    if not answer.prose.kept:
        st.html(struck)
        return
    rows = "".join(map(_sentence, answer.prose.kept))
    heading = escaped(page.say(prose.heading(answer.prose)))
    st.html(f'<section class="kb-prose"><small>{heading}</small><p>{rows}</p>{struck}</section>')


def _sentence(one: ProseSentence) -> str:
    return f"{escaped(one.text)}<sup>{escaped(prose.marks(one.cites))}</sup>"
