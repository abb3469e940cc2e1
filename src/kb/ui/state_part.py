"""What the index is made with, and the doctor's findings on demand."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from kb import checking
from kb.config import load_settings
from kb.types import Check
from kb.ui.context import Page

CHECKED = "state-checked"
MARKS = {True: "good", False: "bad"}


def show(page: Page) -> None:
    """The part of the library page."""
    info = page.knowledge.info()
    facts = (
        ("索引文件夹", info.path),
        ("嵌入模型", info.model),
        ("向量维数", str(info.dimension)),
        ("计算引擎", info.engine),
        ("上次更新", info.built.replace("T", " ").replace("+00:00", " UTC")),
        ("文章库大小", f"{info.store_bytes / 1024**2:.1f} MB"),
    )
    rows = "".join(f"<div><dt>{page.say(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts if value)
    st.html(f'<h2 class="kb-section">{page.say("模型与索引")}</h2><dl class="kb-facts kb-receipt">{rows}</dl>')
    st.html(
        f'<h2 class="kb-section">{page.say("检查")}</h2>'
        f'<p class="kb-count">{page.say("逐项检查软件、磁盘、模型、文章库和索引文件，要几秒到几十秒。")}</p>'
    )
    if st.button(page.say("开始检查"), key="state-check"):
        with st.spinner(page.say("正在检查……")):
            st.session_state[CHECKED] = checking.check_all(load_settings(), lambda _text: None)
    found: Sequence[Check] = st.session_state.get(CHECKED, ())
    if found:
        st.html(_table(page, found))


def _table(page: Page, found: Sequence[Check]) -> str:
    head = "".join(f'<th scope="col">{page.say(name)}</th>' for name in ("项目", "结果", "说明"))
    rows = "".join(
        f'<tr><th scope="row">{escape(page.say(one.name))}</th><td><b class="kb-finding kb-is-{MARKS[one.ok]}">'
        f"{page.say('正常' if one.ok else '有问题')}</b></td>"
        f"<td>{escape(page.say(one.detail))}{'' if one.ok else f'<p>{escape(page.say(one.advice))}</p>'}</td></tr>"
        for one in found
    )
    bad = sum(not one.ok for one in found)
    told = f"{bad} 项有问题" if bad else f"{len(found)} 项都正常"
    return (
        f'<p role="status"><b>{page.say(told)}</b></p>'
        f'<table class="kb-repairs kb-rows"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    )
