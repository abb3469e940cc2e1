"""The words in the box for files: Streamlit's own are English, the style sheet shows these instead."""

from __future__ import annotations

import streamlit as st

from kb.ui.context import Page


def show(page: Page, most_megabytes: int) -> None:
    """In the reader's script, with how large a file may be."""
    words = {
        "drop": page.say("把文件拖到这里"),
        "limit": page.say(f"每个不超过 {most_megabytes} MB"),
        "browse": page.say("选择文件"),
        "too-large": page.say("文件太大，没有读取"),
    }
    values = "".join(f'--kb-word-{name}: "{word}";' for name, word in words.items())
    st.html(f"<style>:root {{ {values} }}</style>")
