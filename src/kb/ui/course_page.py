"""The course page: the basket in its order on one side, the material made from it on the other."""

from __future__ import annotations

import streamlit as st

from kb.course.basket import LONGEST_TOPIC, Basket, titled
from kb.course.values import CoursePlan
from kb.errors import KBError
from kb.present import html
from kb.present.course_html import preview
from kb.present.course_kit import Kit, kit
from kb.ui import basket, browser, course_files, course_items
from kb.ui.context import Page
from kb.ui.notices import notice

NAME = "课程资料"
EMPTY = (
    "这里还没有资料。检索时点“放进课程资料”，看中的段落、回答和实践就会收在这里；",
    "回到这一页，就能编好次序，得到一份可下载的课程材料。",
)
WAITING = "正在取出这个浏览器里的资料……"
TOPIC = "课程主题"

_PLAN, _SHOWN = "course-plan", "course-shown"


def show(page: Page) -> None:
    """The page of the navigation."""
    browser.title(page, page.say(NAME))
    own = basket.kept()
    down = f'<p class="kb-to-kit"><a href="#kit">{page.say("跳到材料和下载 ↓")}</a></p>' if own.basket.items else ""
    st.html(f'<h1 class="kb-area">{page.say(NAME)}</h1>{down}')
    if not own.basket.items:
        _empty(page, waiting=not own.known)
        if own.known:
            course_files.carry(page, own.basket)
        return
    left, right = st.columns([5, 7], gap="large")
    with left, st.container(key="basket"):
        _topic(page, own.basket)
        plan = _plan(page, own.basket)
        course_items.show(page, own.basket, plan)
        course_files.carry(page, own.basket)
    with right, st.container(key="kit"):
        if isinstance(plan, KBError):
            notice(page, "warn", str(plan))
            return
        shown, drawn = _shown(page, plan)
        course_files.downloads(page, shown)
        st.html(drawn)


def _empty(page: Page, *, waiting: bool) -> None:
    if waiting:
        st.html(f'<p class="kb-none" role="status">{page.say(WAITING)}</p>')
        return
    ways = html.link(page.say("去检索"), "kb-action", **page.keep) + html.link(
        page.say("去看实践"), "kb-action", **page.keep, view="practices"
    )
    st.html(f'<div class="kb-none"><p>{page.say("".join(EMPTY))}</p><p class="kb-ways">{ways}</p></div>')


def _topic(page: Page, own: Basket) -> None:
    if st.session_state.get("course-topic") != own.topic:
        st.session_state["course-topic"] = own.topic
    st.text_input(
        page.say(TOPIC),
        key="course-topic",
        max_chars=LONGEST_TOPIC,
        placeholder=page.say("不写时用实践的名称"),
        on_change=_renamed,
    )


def _renamed() -> None:
    topic = str(st.session_state["course-topic"])
    basket.change(lambda own: titled(own, topic))


def _plan(page: Page, own: Basket) -> CoursePlan | KBError:
    """The plan, or why there is none; the last one is kept, it takes its time."""
    key = (own, page.knowledge.info().built)
    kept = st.session_state.get(_PLAN)
    if kept is None or kept[0] != key:
        try:
            with st.spinner(page.say("正在生成课程材料……")):
                made: CoursePlan | KBError = page.knowledge.course(own)
        except KBError as error:
            made = error
        kept = st.session_state[_PLAN] = (key, made)
    found: CoursePlan | KBError = kept[1]
    return found


def _shown(page: Page, plan: CoursePlan) -> tuple[Kit, str]:
    """The plan in the form and script that are asked for, and drawn; the last one is kept, many texts are converted."""
    kept = st.session_state.get(_SHOWN)
    if kept is None or kept[0] is not plan or kept[1] != (page.form, page.script):
        made = kit(plan, page.form, page.script)
        kept = st.session_state[_SHOWN] = (plan, (page.form, page.script), made, preview(made, page.keep))
    return kept[2], kept[3]
