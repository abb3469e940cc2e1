"""A text as it will be pasted, and below it a button that puts it on the clipboard."""

from __future__ import annotations

import streamlit as st

from kb.present import html
from kb.ui import browser
from kb.ui.context import Page


def offer(page: Page, key: str, text: str, label: str) -> None:
    """`key` tells the buttons of one page apart."""
    st.html(f'<div class="kb-to-copy">{html.escaped(text)}</div>')
    browser.copying(page, key, text, label)
