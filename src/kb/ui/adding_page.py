"""Bring your own: files are read, their receipts shown, and kept only once the reader says so."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from kb.errors import KBError
from kb.present import html, uploads
from kb.sources.limits import MAX_UPLOAD_BYTES, MAX_UPLOADED_BYTES, MAX_UPLOADS
from kb.sources.ocr import ocr_installed
from kb.types import Preview, Previews, Receipt, Upload
from kb.ui import browser, managing, upload_cards
from kb.ui.context import Page
from kb.ui.notices import notice

ROUND, READ, FOUND, KEPT, FAILED = "add-round", "add-read", "add-found", "add-kept", "add-failed"
"""Keys of the session: how often the box was emptied, the files that were read, what was read of them, the receipts
of what was kept last, and why the rest was not."""

FORMATS = ".txt .md .html .docx .pdf .zip"
PICTURES = "扫描的 PDF 和图片（.png .jpg .tif .bmp）也行，会识别其中的文字，一页要几秒。"
NO_PICTURES = "扫描件和图片要先装文字识别组件：pip install 'kb[ocr]'。"


def show(page: Page) -> None:
    """The page of the navigation."""
    _head(page)
    files = st.file_uploader(
        page.say("选择文件，或把文件拖到这里"),
        accept_multiple_files=True,
        key=f"add-files-{st.session_state.get(ROUND, 0)}",
        max_upload_size=MAX_UPLOAD_BYTES // 1024**2,
    )
    _told(page)
    found = _read(page, {file.file_id: Upload(file.name, file.getvalue()) for file in files})
    if found is not None:
        _failures(page, found)
        _choose(page, found.found)
    managing.show(page)
    browser.title(page, page.say("添加文章"))


def _head(page: Page) -> None:
    lines = (
        f"可以收录 {FORMATS}，一次最多 {MAX_UPLOADS} 个文件，每个不超过 {MAX_UPLOAD_BYTES // 1024**2} MB，"
        f"合计不超过 {MAX_UPLOADED_BYTES // 1024**2} MB。" + (PICTURES if ocr_installed() else NO_PICTURES),
        "先看回执，再决定收不收：点“收录”之前，什么都不会存进书库。",
    )
    rows = "".join(f"<p>{escape(page.say(line))}</p>" for line in lines)
    st.html(f'<div class="kb-intro"><h1 class="kb-area">{page.say("添加文章")}</h1>{rows}</div>')


def _read(page: Page, files: dict[str, Upload]) -> Previews | None:
    """What was read of the files that are in the box; they are read once."""
    if not files:
        for key in (READ, FOUND, FAILED):
            st.session_state.pop(key, None)
        return None
    if st.session_state.get(READ) != tuple(files):
        try:
            with st.spinner(page.say("正在读取……")):
                found = page.knowledge.preview(list(files.values()))
        except KBError as error:
            notice(page, "bad", str(error))
            return None
        st.session_state[FOUND], st.session_state[READ] = found, tuple(files)
        st.session_state.pop(KEPT, None)
    read: Previews = st.session_state[FOUND]
    return read


def _told(page: Page) -> None:
    """What was kept last, with links."""
    kept: Sequence[Receipt] = st.session_state.get(KEPT, ())
    if not kept:
        return
    links = "".join(
        f"<li>{html.link(one.title, **page.keep, article=one.article_id)}"
        f"<small>{escape(page.say(f'{one.han_characters} 个汉字，{one.passages} 段'))}</small></li>"
        for one in kept
    )
    title = page.say(f"已收录 {len(kept)} 篇，现在就能查到")
    st.html(f'<div class="kb-done" role="status"><h2>{title}</h2><ul>{links}</ul></div>')


def _failures(page: Page, found: Previews) -> None:
    told = {failure.origin: failure.reason for failure in found.failures}
    told |= dict(st.session_state.get(FAILED, ()))
    if told:
        title = page.say(f"没有收录的（{len(told)} 个）")
        st.html(f'<h2 class="kb-section">{title}</h2>{uploads.failures(told, page.say)}')


def _choose(page: Page, found: Sequence[Preview]) -> None:
    """The receipts, and the button that keeps what is marked."""
    if not found:
        return
    st.html(f'<h2 class="kb-section">{page.say(f"回执（{len(found)} 篇，尚未收录）")}</h2>')
    drafts = upload_cards.show(page, found)
    chosen = [one for one in found if drafts[one.key].chosen]
    label = page.say(f"收录选中的 {len(chosen)} 篇") if chosen else page.say("请勾选要收录的文章")
    if st.button(label, type="primary", disabled=not chosen, key="add-keep"):
        _keep(page, chosen, drafts)


def _keep(page: Page, chosen: Sequence[Preview], drafts: upload_cards.Drafts) -> None:
    """Nothing is drawn while articles are stored: Streamlit would stop the work there when the reader clicks."""
    kept: list[Receipt] = []
    try:
        with st.spinner(page.say("正在收录……")):
            report = page.knowledge.keep(
                chosen,
                {one.key: drafts[one.key].edits(one) for one in chosen},
                replacing=[one.key for one in chosen if drafts[one.key].replacing],
                on_receipt=kept.append,
            )
            for receipt in kept:
                page.changed(f"add {receipt.article_id}")
    except KBError as error:
        notice(page, "bad", f"{error}这次没有存入任何文章，上面的回执和填写的内容都还在，可以再点一次。")
        return
    failed = {failure.origin: failure.reason for failure in report.failures}
    names = {one.key: one.receipt.origin for one in chosen}
    stored = {one.key for one in chosen} - failed.keys()
    found: Previews = st.session_state[FOUND]
    left = tuple(one for one in found.found if one.key not in stored)
    for key in stored:
        drafts.pop(key, None)
    st.session_state[FOUND] = Previews(left, found.failures)
    st.session_state[FAILED] = [(names[key], reason) for key, reason in failed.items()]
    st.session_state[KEPT] = tuple(kept)
    if not left and not found.failures:
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.rerun()
