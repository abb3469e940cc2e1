"""The items of the basket in their order: what each is, a note of one's own, up, down, out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from hashlib import sha256

import streamlit as st

from kb.course import basket as course
from kb.course.basket import LONGEST_NOTE, Basket, Item, ItemKind
from kb.course.values import CoursePlan, Missing
from kb.errors import KBError
from kb.present import html
from kb.types import Practice, Quote
from kb.ui import basket
from kb.ui.context import Page

KINDS = {ItemKind.PASSAGE: "段落", ItemKind.ANSWER: "回答", ItemKind.PRACTICE: "实践"}
GONE = "已移除"
LONGEST_PREVIEW = 120
MOST_SENTENCES = 3
"""Sentences of an answer that are shown of it."""

PAGE_SIZE = 20
_ITEM = re.compile(r"^[-*] |^#{1,6} ", re.MULTILINE)
_MORE, _CLEAR = "course-more", "course-clear"


def show(page: Page, own: Basket, plan: CoursePlan | KBError) -> None:
    """All of them, `PAGE_SIZE` at first; what the plan misses is marked."""
    practices = {practice.id: practice for practice in page.knowledge.practices()}
    missing = plan.missing if isinstance(plan, CoursePlan) else ()
    count = len(own.items)
    most = count if st.session_state.get(_MORE) else PAGE_SIZE
    st.html(f'<h2 class="kb-label">{page.say(f"放进来的（{count} 项），按讲的次序排")}</h2>')
    for at, item in enumerate(own.items[:most]):
        with st.container(key=f"item-{_digest(item)}", gap="small"):
            gone = _gone(item, missing, nothing=isinstance(plan, KBError))
            st.html(_card(page, at, item, practices.get(item.practice), gone))
            _note(page, item)
            _buttons(page, own, at)
    if count > most:
        st.button(page.say(f"显示其余 {count - most} 项"), key=_MORE + "-button", on_click=_all)
    _clear(page)


def _all() -> None:
    st.session_state[_MORE] = True


def _digest(item: Item) -> str:
    """Names the widgets of an item, wherever it stands."""
    return sha256(item.key.encode()).hexdigest()[:12]


def _gone(item: Item, missing: Sequence[Missing], *, nothing: bool) -> str:
    """Why an item is not there as it was put in; "" where it is."""
    if nothing:
        return GONE
    reasons = dict.fromkeys(one.reason for one in missing if one.item.key == item.key)
    return "；".join(reasons)


def _card(page: Page, at: int, item: Item, practice: Practice | None, gone: str) -> str:
    title = page.name_of(practice) if practice else item.title or item.practice
    removed = f'<b class="kb-gone">{page.say(GONE)}</b>' if gone else ""
    reason = f'<p class="kb-why-gone">{html.escaped(page.say(gone))}</p>' if gone and gone != GONE else ""
    return (
        f'<div class="kb-item-card"><h3><span class="kb-rank">{at + 1}</span>'
        f'<span class="kb-kind">{page.say(KINDS[item.kind])}</span>{removed} <span>{html.escaped(title)}</span></h3>'
        f"{_told(page, item, practice)}{reason}</div>"
    )


def _told(page: Page, item: Item, practice: Practice | None) -> str:
    """A practice by where it is done, a passage and an answer by their words, each linked to its place."""
    if item.kind is ItemKind.PRACTICE:
        if practice is None:
            return ""
        where = " · ".join(filter(None, (practice.category, practice.region)))
        return f"<small>{html.escaped(where)} {_link(page, '看实践', practice=practice.id)}</small>"
    rows = "".join(_quoted(page, quote) for quote in item.quotes[:MOST_SENTENCES])
    more = len(item.quotes) - MOST_SENTENCES
    return rows + (f"<small>{page.say(f'另有 {more} 句')}</small>" if more > 0 else "")


def _quoted(page: Page, quote: Quote) -> str:
    words = " ".join(_ITEM.sub("", quote.text).split())
    shown = words[:LONGEST_PREVIEW] + ("……" if len(words) > LONGEST_PREVIEW else "")
    where = _link(page, "看原文", article=quote.article_id, at=f"{quote.start}-{quote.end}")
    return f'<blockquote lang="zh">{html.escaped(shown)} <small>{where}</small></blockquote>'


def _link(page: Page, label: str, **parameters: str) -> str:
    return html.link(page.say(label), **page.keep, **parameters)


def _note(page: Page, item: Item) -> None:
    key = f"note-{_digest(item)}"
    if st.session_state.get(key) != item.note:
        st.session_state[key] = item.note  # It was put down on another page of this browser, or came from a file.
    st.text_area(
        page.say("备注") + basket.naming(item.title),
        key=key,
        max_chars=LONGEST_NOTE,
        height=68,
        placeholder=page.say("讲课时的提示，会写进材料"),
        on_change=_noted,
        args=(item.key, key),
    )


def _noted(key: str, widget: str) -> None:
    note = str(st.session_state[widget])
    basket.change(lambda own: course.annotate(own, key, note))


def _buttons(page: Page, own: Basket, at: int) -> None:
    """Up and down keep the focus on the item; where it cannot go further, on the other of the two."""
    item, last = own.items[at], len(own.items) - 1
    name, key, named = item.title or item.practice, _digest(item), basket.naming(item.title)
    up, down = f"up-{key}", f"down-{key}"
    beside = own.items[at + 1] if at < last else own.items[at - 1]
    with st.container(horizontal=True, gap="small", key=f"moves-{key}"):
        for sign, label, to, focus, possible in (
            ("↑", "上移", at - 1, (up, down), at > 0),
            ("↓", "下移", at + 1, (down, up), at < last),
        ):
            st.button(
                f"{sign} {page.say(label)}{named}",
                key=focus[0],
                disabled=not possible,
                on_click=basket.change,
                args=(partial(course.move, key=item.key, to=to), *focus),
                kwargs={"told": f"现在是第 {to + 1} 项，共 {last + 1} 项：", "quoted": name},
            )
        st.button(
            page.say("移出") + named,
            key=f"out-{key}",
            on_click=basket.change,
            args=(partial(course.remove, key=item.key), f"out-{_digest(beside)}"),
            kwargs={"told": "已移出：", "quoted": name},
        )


def _clear(page: Page) -> None:
    if not st.session_state.get(_CLEAR):
        st.button(page.say("全部清空……"), key="clear", on_click=_ask)
        return
    st.html(f'<p class="kb-sure" role="alert">{page.say("确定全部清空吗？次序和备注也会一起清掉。")}</p>')
    with st.container(horizontal=True):
        st.button(page.say("确定清空"), type="primary", key="clear-yes", on_click=_cleared)
        st.button(page.say("不清空"), key="clear-no", on_click=_ask, args=(False,))


def _ask(asked: bool = True) -> None:
    st.session_state[_CLEAR] = asked


def _cleared() -> None:
    _ask(False)
    basket.change(lambda _own: Basket(), told="已全部清空")
