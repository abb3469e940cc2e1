"""One card an uploaded document: its receipt, whether it is kept, and what is written of it by hand.

What is chosen and written lives in the session apart from the widgets: Streamlit forgets those of another page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

import streamlit as st

from kb.present import html, uploads
from kb.types import Article, Edits, Preview
from kb.ui.context import Page

DRAFTS, SHEET = "add-drafts", "add-sheet"
CARDS = 20
"""Cards on one sheet."""

FIELDS = {
    "title": "标题",
    "date": "日期",
    "source": "来源",
    "region": "地区",
    "category": "类别",
    "author": "作者",
    "url": "网址",
}
HINTS = {"date": "如 2024-03-01，或只写 2024", "region": "如 浙江省绍兴市", "url": "https://……"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What the reader decided on one document; `fields` are the values in the boxes."""

    chosen: bool
    replacing: bool
    fields: Mapping[str, str]

    def edits(self, preview: Preview) -> Edits:
        """Only what differs from what was read."""
        return edits(self.fields, preview.document.article)


Drafts = dict[str, Draft]


def edits(fields: Mapping[str, str], article: Article) -> Edits:
    """What was written otherwise than it stands in the article."""
    changed: dict[str, str] = {name: value for name, value in fields.items() if value != getattr(article, name)}
    return Edits(**changed)


def show(page: Page, found: Sequence[Preview]) -> Drafts:
    """The cards of the sheet that is turned to; the decisions on all of them."""
    drafts: Drafts = st.session_state.setdefault(DRAFTS, {})
    for one in found:
        drafts.setdefault(one.key, Draft(uploads.wanted(one), False, values(one.document.article)))
    sheets = -(-len(found) // CARDS)
    sheet = _sheet(page, sheets)
    if len(found) > 1:
        _all_or_none(page, found, drafts)
    names = {practice.id: page.name_of(practice) for practice in page.knowledge.practices()} if _named(found) else {}
    for one in found[sheet * CARDS : (sheet + 1) * CARDS]:
        with st.container(border=True, key=f"card-{_mark(one)}"):
            st.html(uploads.card(one, names, page.say, **page.keep))
            drafts[one.key] = _decided(page, one, drafts[one.key])
    return drafts


def values(article: Article) -> dict[str, str]:
    """What the boxes hold at first."""
    return {name: str(getattr(article, name)) for name in FIELDS}


def boxes(page: Page, fields: Mapping[str, str], key: str, *, disabled: bool = False) -> dict[str, str]:
    """A labelled box for each of the fields, two beside each other where there is room."""
    written = {}
    whole, (left, right) = st.container(), st.columns(2)
    for at, (name, label) in enumerate(FIELDS.items()):
        place = whole if name == "title" else (right, left)[at % 2]
        written[name] = place.text_input(
            page.say(label),
            fields[name],
            key=f"{key}-{name}",
            placeholder=page.say(HINTS.get(name, "未载明")),
            disabled=disabled,
        )
    return written


def _named(found: Sequence[Preview]) -> bool:
    return any(one.receipt.practices for one in found)


def _sheet(page: Page, sheets: int) -> int:
    if sheets < 2:
        return 0
    chosen: int = st.segmented_control(
        page.say("第几页"),
        range(sheets),
        default=0,
        format_func=lambda number: str(number + 1),
        key=SHEET,
        required=True,
    )
    return min(chosen or 0, sheets - 1)


def _all_or_none(page: Page, found: Sequence[Preview], drafts: Drafts) -> None:
    with st.container(horizontal=True):
        for label, wanted in (("全部勾选", True), ("全部不选", False)):
            if st.button(page.say(label), key=f"add-all-{wanted}"):
                for one in found:
                    drafts[one.key] = replace(drafts[one.key], chosen=wanted)
                    st.session_state.pop(f"{_mark(one)}-chosen", None)


def _mark(preview: Preview) -> str:
    """A widget's key must not hold a file's name."""
    return "add-" + hashlib.sha256(preview.key.encode()).hexdigest()[:16]


def _decided(page: Page, one: Preview, draft: Draft) -> Draft:
    mark = _mark(one)
    chosen = st.checkbox(page.say("收录这一篇"), draft.chosen, key=f"{mark}-chosen")
    replacing = bool(one.namesake) and _replaces(page, one, draft, mark)
    with st.expander(page.say("填写或改正：标题、日期、来源……"), key=f"{mark}-edit"):
        if one.document.practice is not None:
            st.caption(page.say("这是实践页，信息以文件里写的为准。"))
            fields = dict(draft.fields)
        else:
            fields = boxes(page, draft.fields, mark)
            _known(page)
    with st.expander(page.say("完整回执和正文开头"), key=f"{mark}-more"):
        st.html(uploads.receipt_table(one.receipt, page.say))
        st.html(f'<div class="kb-label">{page.say("正文开头")}</div>{uploads.beginning(one)}')
    return Draft(chosen, replacing, fields)


def _replaces(page: Page, one: Preview, draft: Draft, mark: str) -> bool:
    old = html.link(page.knowledge.article(one.namesake).title, **page.keep, article=one.namesake)
    st.html(f'<div class="kb-count">{page.say("以前上传过同名的文件，内容不同：")}{old}</div>')
    answer: bool = st.radio(
        page.say("怎样收录"),
        (False, True),
        index=int(draft.replacing),
        format_func=lambda yes: page.say("替换以前那篇" if yes else "两篇都留"),
        key=f"{mark}-replacing",
        horizontal=True,
    )
    return answer


def _known(page: Page) -> None:
    """Categories that are in use, so that the same is called the same."""
    names = "、".join(list(page.knowledge.facets().categories)[:12])
    if names:
        st.html(f'<div class="kb-count">{page.say("已有的类别：")}{escape(names)}</div>')
