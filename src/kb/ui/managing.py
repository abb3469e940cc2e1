"""Articles that were added by hand: what is written of them can be changed, and they can be taken out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from kb.errors import KBError
from kb.present import html, uploads
from kb.types import Holding
from kb.ui import upload_cards
from kb.ui.context import Page
from kb.ui.notices import notice

ASKED, TOLD = "manage-asked", "manage-told"
MANAGED = "manage"
"""The parameter of the address that names an article to be managed."""

MOST_LISTED = 30
SURE = "确定移除吗？文章和收到的原件都会从书库删除，引用它的地方会指不到原文："
FROM_A_FOLDER = "这篇文章来自语料文件夹，信息请在文件里改。在这里移除以后，只要文件还在，下次 kb build 会再收录它。"


def show(page: Page) -> None:
    """Below the upload: the own articles, one of them to be changed or removed."""
    wanted = st.query_params.get(MANAGED, "")
    holdings = {one.id: one for one in _holdings(page) if one.own or one.id == wanted}
    _said(page)
    if not holdings:
        return
    own = [one for one in holdings.values() if one.own]
    st.html(f'<h2 class="kb-section" id="manage">{page.say(f"自己添加的文章（{len(own)} 篇）")}</h2>{_list(page, own)}')
    keys = list(holdings)
    chosen = st.selectbox(
        page.say("选一篇来修改或移除"),
        keys,
        index=keys.index(wanted) if wanted in holdings else None,
        format_func=lambda key: holdings[key].title,
        placeholder=page.say("点这里选择，也可以输入标题来找"),
        key=f"manage-{wanted}",
    )
    if chosen:
        _manage(page, holdings[chosen])


def _holdings(page: Page) -> list[Holding]:
    try:
        return page.knowledge.holdings()
    except KBError:
        return []  # There is no index yet: nothing to manage, and files can be looked at all the same.


def _said(page: Page) -> None:
    told = st.session_state.pop(TOLD, None)
    if told:
        notice(page, "good", *told)


def _list(page: Page, own: Sequence[Holding]) -> str:
    rows = "".join(
        f"<li>{html.link(one.title, **page.keep, article=one.id)}"
        f"<small><bdi>{escape(uploads.named(one.file))}</bdi> · "
        f"{escape(page.say(f'{one.added[:10]} 添加，{one.characters} 字'))}</small></li>"
        for one in own[:MOST_LISTED]
    )
    more = page.say(f"另有 {len(own) - MOST_LISTED} 篇，可在下面按标题查找。") if len(own) > MOST_LISTED else ""
    return f'<ul class="kb-own">{rows}</ul>' + (f'<div class="kb-count">{more}</div>' if more else "")


def _manage(page: Page, one: Holding) -> None:
    with st.container(border=True, key=f"card-manage-{one.id}"):
        st.html(f'<div class="kb-upload"><h3>{html.link(one.title, **page.keep, article=one.id)}</h3></div>')
        if one.own and not one.practice:
            _edit(page, one)
        elif not one.own:
            st.caption(page.say(FROM_A_FOLDER))
        _remove(page, one)


def _edit(page: Page, one: Holding) -> None:
    article = page.knowledge.article(one.id)
    with st.form(f"manage-form-{one.id}", border=False):
        fields: Mapping[str, str] = upload_cards.boxes(page, upload_cards.values(article), f"manage-{one.id}")
        if not st.form_submit_button(page.say("保存修改"), type="primary"):
            return
    try:
        with st.spinner(page.say("正在保存……")):
            changed = page.knowledge.edit(one.id, upload_cards.edits(fields, article))
            page.changed(f"edit {one.id}")
    except KBError as error:
        notice(page, "bad", f"{error}没有改动任何内容。")
        return
    st.session_state[TOLD] = ("已保存：", changed.title)
    st.rerun()


def _remove(page: Page, one: Holding) -> None:
    if st.session_state.get(ASKED) != one.id:
        if st.button(page.say("移除这篇文章……"), key=f"remove-{one.id}"):
            st.session_state[ASKED] = one.id
            st.rerun()
        return
    notice(page, "warn", SURE, f"《{one.title}》")
    with st.container(horizontal=True):
        yes = st.button(page.say("确定移除"), type="primary", key=f"remove-yes-{one.id}")
        no = st.button(page.say("不移除"), key=f"remove-no-{one.id}")
    if yes:
        _take_out(page, one)
    if yes or no:
        st.session_state.pop(ASKED, None)
        if no:
            st.rerun()


def _take_out(page: Page, one: Holding) -> None:
    try:
        with st.spinner(page.say("正在移除……")):
            page.knowledge.remove([one.id])
            page.changed(f"remove {one.id}")
    except KBError as error:
        notice(page, "bad", f"{error}没有移除。")
        return
    st.session_state.pop(ASKED, None)
    st.query_params.pop(MANAGED, None)
    st.session_state[TOLD] = ("已移除：", one.title)
    st.rerun()
