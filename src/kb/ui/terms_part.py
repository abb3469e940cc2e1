"""How a phrase is cut into words and why; and terms of our own, whose effect is shown before they are added."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Literal

import streamlit as st

from kb.errors import KBError
from kb.present import html
from kb.present.words import ORIGINS, REASONS
from kb.text.discover import Candidate
from kb.text.explain import ExplainedWord
from kb.types import TermChange
from kb.ui.context import Page
from kb.ui.notices import notice

CUT, PLANNED, SUGGESTED, TOLD = "terms-cut", "terms-planned", "terms-suggested", "terms-told"
"""Keys of the session: the text that is cut; what is about to be done and what it changes; suggestions; what was done
last."""

MOST_ARTICLES, MOST_SUGGESTED = 20, 40
_BETWEEN = re.compile(r"[\s、，,；;]+")

Deed = Literal["add", "remove"]
Place = Literal["written", "suggested"]
DEEDS: dict[Deed, str] = {"add": "添加", "remove": "移除"}


def show(page: Page) -> None:
    """The part of the library page."""
    _segment(page)
    st.html(f'<h2 class="kb-section">{page.say("自己的词")}</h2>')
    told = st.session_state.pop(TOLD, None)
    if told:
        notice(page, "good", *told)
    _own(page)
    if page.may_change:
        _change(page)
        _suggest(page)


def _segment(page: Page) -> None:
    st.html(f'<h2 class="kb-section">{page.say("一句话怎样切成词")}</h2>')
    with st.form("segment", border=False):
        left, right = st.columns([5, 1], vertical_alignment="bottom")
        text = left.text_input(page.say("词语或句子"), "网格员上门调解邻里纠纷", max_chars=300, key="segment-text")
        if right.form_submit_button(page.say("切分"), width="stretch"):
            st.session_state[CUT] = text
    if CUT not in st.session_state:
        return
    try:
        st.html(_words(page, page.knowledge.segment(st.session_state[CUT])))
    except KBError as error:
        notice(page, "bad", str(error))


def _words(page: Page, words: Sequence[ExplainedWord]) -> str:
    if not words:
        return f'<p class="kb-count">{page.say("没有可切分的词（只有标点）。")}</p>'
    cut = "".join(f"<span>{escape(word.text)}</span>" for word in words)
    head = "".join(
        f'<th scope="col">{page.say(name)}</th>' for name in ("词", "来历", "词频", "只用词典会切成", "其中的词")
    )
    rows = "".join(_word(page, word) for word in words)
    return (
        f'<div class="kb-cut">{cut}</div><table class="kb-repairs kb-rows"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _word(page: Page, word: ExplainedWord) -> str:
    alone = [cut.term for cut in word.alone]
    cells = (
        escape(word.text),
        escape(page.say(ORIGINS[word.origin])),
        f"{word.frequency:,}" if word.frequency else "",
        "" if alone == [word.term] else escape(" / ".join(alone)),
        escape("、".join(word.within)),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _own(page: Page) -> None:
    """The terms by where they come from; those of lexicons are many and folded away."""
    terms = page.knowledge.terms()
    added = [one.term for one in terms if not one.lexicon]
    others = [one.term for one in terms if one.lexicon]
    chips = "".join(f'<span class="kb-chip">{escape(term)}</span>' for term in added)
    none = f'<p class="kb-count">{page.say("还没有自己加的词。")}</p>'
    st.html(f'<div class="kb-chips">{chips}</div>' if chips else none)
    if others:
        with st.expander(page.say(f"词表文件里的词（{len(others)} 个）")):
            st.html(f"<p>{escape('、'.join(others))}</p>")


def _change(page: Page) -> None:
    with st.form("terms", border=False):
        text = st.text_input(
            page.say("要添加或移除的词"),
            placeholder=page.say("几个词之间用顿号或空格隔开，如：楼门长、红白理事会"),
            key="terms-text",
        )
        with st.container(horizontal=True):
            add = st.form_submit_button(page.say("试加：先看影响"))
            remove = st.form_submit_button(page.say("试移除：先看影响"))
    if add or remove:
        _plan(page, "add" if add else "remove", tuple(filter(None, _BETWEEN.split(text))), "written")
    _planned(page, "written")


def _plan(page: Page, deed: Deed, terms: Sequence[str], place: Place) -> bool:
    """Find out what would change, to be shown at `place`; False where that cannot be or nothing would."""
    st.session_state.pop(PLANNED, None)
    change_terms = page.knowledge.add_terms if deed == "add" else page.knowledge.remove_terms
    try:
        with st.spinner(page.say("正在试算……")):
            change = change_terms(terms, dry_run=True)
    except KBError as error:
        notice(page, "bad", str(error))
        return False
    if not change.terms:
        notice(page, "warn", "这些词已经都加过，没有变化。")
        return False
    st.session_state[PLANNED] = (place, deed, change)
    return True


def _planned(page: Page, place: Place) -> None:
    asked, deed, change = st.session_state.get(PLANNED, ("", "add", TermChange((), ())))
    if asked == place:
        _confirm(page, deed, change, place)


def _confirm(page: Page, deed: Deed, change: TermChange, place: Place) -> None:
    """What would change, and the button that does it."""
    articles = "".join(
        f"<li>{html.link(one.title, **page.keep, article=one.id)}</li>" for one in change.articles[:MOST_ARTICLES]
    )
    more = len(change.articles) - MOST_ARTICLES
    rest = f"<li>{page.say(f'另有 {more} 篇')}</li>" if more > 0 else ""
    so = f"会改变 {len(change.articles)} 篇文章（{change.passages} 段）的切分；不重算向量。"
    if not change.articles:
        so = "没有文章的切分会因此改变，只影响以后的提问。"
    with st.container(border=True, key=f"card-terms-{place}"):
        st.html(
            f'<div class="kb-plan"><b>{page.say(f"将{DEEDS[deed]}：")}</b>{escape("、".join(change.terms))}'
            f"<p>{page.say(so)}</p><ul>{articles}{rest}</ul></div>"
        )
        with st.container(horizontal=True):
            if st.button(page.say(f"确定{DEEDS[deed]}"), type="primary", key=f"terms-do-{place}"):
                _do(page, deed, change.terms)
            if st.button(page.say("不改"), key=f"terms-leave-{place}"):
                st.session_state.pop(PLANNED, None)
                st.rerun()


def _do(page: Page, deed: Deed, terms: Sequence[str]) -> None:
    change_terms = page.knowledge.add_terms if deed == "add" else page.knowledge.remove_terms
    try:
        with st.spinner(page.say("正在更新字面索引……")):
            change_terms(terms)
            page.changed(f"terms {deed} {'、'.join(terms)}")
    except KBError as error:
        notice(page, "bad", str(error))
        return
    st.session_state.pop(PLANNED, None)
    suggested: Sequence[Candidate] = st.session_state.get(SUGGESTED) or ()
    st.session_state[SUGGESTED] = [one for one in suggested if one.term not in terms] or None
    st.session_state[TOLD] = (f"已{DEEDS[deed]}：", "、".join(terms))
    st.rerun()


def _suggest(page: Page) -> None:
    st.html(f'<h2 class="kb-section">{page.say("从文章里找候选词")}</h2>')
    st.html(f'<p class="kb-count">{page.say("通读全部文章，找出可能成词、现在被切开的说法。文章多时要等一会儿。")}</p>')
    if st.button(page.say("开始找"), key="terms-suggest"):
        with st.spinner(page.say("正在通读文章……")):
            st.session_state[SUGGESTED] = page.knowledge.suggest_terms()[:MOST_SUGGESTED]
    found: list[Candidate] | None = st.session_state.get(SUGGESTED)
    if found is None:
        return
    if not found:
        notice(page, "good", "没有找到新的候选词。")
        return
    with st.form("suggested", border=False):
        chosen = [one.term for one in found if st.checkbox(_candidate(page, one), key=f"suggested-{one.term}")]
        tried = st.form_submit_button(page.say("试加选中的词：先看影响"))
    if tried and _plan(page, "add", chosen, "suggested"):
        st.rerun()  # What was planned above is shown no more.
    _planned(page, "suggested")


def _candidate(page: Page, one: Candidate) -> str:
    """Words of Chinese characters only: nothing in them is Markdown."""
    why = page.say("、".join(map(REASONS.__getitem__, one.evidence)))
    return f"{one.term}　{page.say(f'{one.count} 次，依据：')}{why}{page.say('；现在切成 ')}{' / '.join(one.cut)}"
