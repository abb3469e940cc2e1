"""The files of the course page: the material to download, and the basket itself to carry to another computer."""

from __future__ import annotations

import re
from collections.abc import Callable

import streamlit as st

from kb.course import basket as course
from kb.course.basket import Basket
from kb.course.basket_json import from_json, to_json
from kb.errors import QueryError
from kb.present.course_docx import course_docx
from kb.present.course_kit import Kit
from kb.present.course_markdown import course_markdown
from kb.present.course_pptx import course_pptx
from kb.present.display import FORM_KEYS, Form
from kb.ui import basket
from kb.ui.context import Page
from kb.ui.notices import notice

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
MADE: tuple[tuple[str, str, str, Callable[[Kit], str | bytes]], ...] = (
    ("Word", "docx", WORD, course_docx),
    ("PowerPoint", "pptx", SLIDES, course_pptx),
    ("Markdown", "md", "text/markdown", course_markdown),
)
MOST_MEGABYTES = 8
"""As much as a browser keeps of a basket, three bytes a character."""

LONGEST_NAME = 40

_FORM, _ROUND = "course-form", "course-round"
_NOT_IN_NAMES = re.compile(r'[\s\x00-\x1f\x7f\\/:*?"<>|.\u200e\u200f\u202a-\u202e\u2066-\u2069]+')


def downloads(page: Page, made: Kit) -> None:
    """In which script, and as what; a file is made when it is asked for."""
    st.session_state[_FORM] = page.form
    st.radio(
        page.say("材料的写法"), list(Form), format_func=lambda form: form.value, key=_FORM, horizontal=True,
        on_change=_formed,
    )  # fmt: skip
    with st.container(horizontal=True, key="downloads"):
        for label, suffix, kind, write in MADE:
            st.download_button(
                page.say(f"下载 {label}"),
                lambda write=write: _bytes(write(made)),
                f"{_file_name(made.plan.topic)}.{suffix}",
                kind,
                key=f"download-{suffix}",
                type="primary" if suffix == "docx" else "secondary",
                on_click="ignore",
            )


def _bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8") if isinstance(content, str) else content


def _formed() -> None:
    """The form stands in the address, as on every other page."""
    key = FORM_KEYS[st.session_state[_FORM]]
    if key:
        st.query_params["form"] = key
    else:
        st.query_params.pop("form", None)


def _file_name(topic: str) -> str:
    """The topic without what names of files must not have."""
    return _NOT_IN_NAMES.sub(" ", topic).strip()[:LONGEST_NAME].strip() or "课程"


def carry(page: Page, own: Basket) -> None:
    """The basket as a file: out, and in again on another computer."""
    with st.expander(page.say("存成文件，或打开存好的文件"), key="carry"):
        st.caption(page.say("资料只存在这个浏览器里。换电脑、换浏览器时，把它存成文件带过去。"))
        if own.items:
            name = f"{_file_name(own.topic)}-{page.say('资料')}.json"
            st.download_button(
                page.say("把资料存成文件"), to_json(own), name, "application/json", key="save", on_click="ignore"
            )
        file = st.file_uploader(
            page.say("打开存好的文件"),
            type="json",
            max_upload_size=MOST_MEGABYTES,
            key=f"basket-file-{st.session_state.get(_ROUND, 0)}",
        )
        if file is not None:
            _opened(page, own, file.getvalue())


def _opened(page: Page, own: Basket, data: bytes) -> None:
    """What the file holds, and what to do with it."""
    try:
        found = from_json(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        notice(page, "bad", "篮子文件不是 UTF-8 文字，可能没有保存完整。请重新保存后再试。")
        return
    except QueryError as error:
        notice(page, "bad", str(error))
        return
    notice(page, "good", f"文件里有 {len(found.items)} 项，主题：", found.topic or page.say("没有写"))
    with st.container(horizontal=True):
        if own.items:
            st.button(page.say("接在后面"), type="primary", key="file-join", on_click=_join, args=(found,))
        st.button(
            page.say("换掉现在的" if own.items else "打开"), key="file-open", on_click=_take, args=(found,),
            type="secondary" if own.items else "primary",
        )  # fmt: skip


def _join(found: Basket) -> None:
    basket.change(lambda own: course.add(own, *found.items), told=f"已接上 {len(found.items)} 项")
    _empty_box()


def _take(found: Basket) -> None:
    basket.change(lambda _own: found, told=f"已打开，共 {len(found.items)} 项")
    _empty_box()


def _empty_box() -> None:
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
