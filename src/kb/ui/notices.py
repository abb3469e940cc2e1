"""A message to the reader. Streamlit's own boxes read Markdown, in which a title could draw pictures and links."""

from __future__ import annotations

from html import escape
from typing import Literal

import streamlit as st

from kb.ui.context import Page

Kind = Literal["good", "warn", "bad"]


def notice(page: Page, kind: Kind, text: str, quoted: str = "") -> None:
    """`text` is ours and told in the reader's script; `quoted` stands behind it as it is written."""
    role = "status" if kind == "good" else "alert"
    st.html(
        f'<div class="kb-notice kb-is-{kind}" role="{role}">{escape(page.say(text))}<bdi>{escape(quoted)}</bdi></div>'
    )
