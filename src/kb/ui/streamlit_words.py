"""Streamlit's own words, which are English, and ours for them; `words.js` puts ours in their place.

They stand in names that only a screen reader says (展开选项 of a box to choose from), in the box for files, and in what
Streamlit tells when the server is gone or a page has failed. Found with the accessibility tree of every page and in
Streamlit's own files; `tests/browser/test_words.py` walks through all pages for what is left.
"""

from __future__ import annotations

from dataclasses import dataclass

from kb.present.script import ReaderScript, in_script

NAMES = ""
"""The place of what stands in attributes (aria-label, placeholder, title) rather than in a text."""

FILES = '[data-testid="stFileUploader"], [data-testid="stTooltipContent"]'
CHOICES = '[role="listbox"]'
DIALOG = '[role="dialog"]'
FAILED = '[data-testid="stException"], [data-testid="stAlert"]'
SPOKEN = "[data-live-announcer]"
"""What React Aria says aloud while an option is looked for."""

SKIP = "#root button, #root a"
"""The first thing the keyboard comes to: the way past what stands above the page."""

GONE = "知识库的程序没有应答：可能已经关掉，也可能这台电脑刚从休眠中醒来。请重新打开知识库，这一页会自己接上。"
BROKEN = (
    "这一步出了意外，没有做完；已经存入的内容不受影响。请刷新页面再试一次。"
    "如果还是这样，请把刚才做了什么告诉管理员：原因写在知识库的运行记录里。"
)


@dataclass(frozen=True, slots=True)
class Word:
    """`english` is a pattern for all of a text or a name within `place`; `ours` may take up its groups ($1)."""

    place: str
    english: str
    ours: str


WORDS = (
    Word(NAMES, "Open", "展开选项"),
    Word(NAMES, "Clear (?:all|value|entry)", "清除"),
    Word(NAMES, "Selected values", "已选的"),
    Word(NAMES, "(?:Selectbox|Multiselect)(?: options)?", "选项"),
    Word(NAMES, "Dismiss|Close", "关闭"),
    Word(NAMES, "Increment", "加一"),
    Word(NAMES, "Decrement", "减一"),
    Word(NAMES, "Copy to clipboard", "复制"),
    Word(NAMES, "Copied", "已复制"),
    Word(NAMES, "(?:Choose|Choose or add) (?:an option|options)", "请选择"),
    Word(NAMES, "file upload", "选择文件"),
    Word(NAMES, "Add files", "再加文件"),
    Word(NAMES, "Remove (.+)", "移除 $1"),
    Word(NAMES, "Cancel upload of (.+)", "取消上传 $1"),
    Word(NAMES, "Click to retry upload", "再传一次"),
    Word(FILES, "Upload", "选择文件"),
    Word(FILES, "Drag and drop (?:a file|files) here", "把文件拖到这里"),
    Word(FILES, r"([\d.]+) ?MB per file(?: •.*)?", "每个不超过 $1 MB"),
    Word(FILES, r"File must be ([\d.]+) ?MB or smaller\.", "文件太大，没有读取：最多 $1 MB。"),
    Word(FILES, r"(.*?) ?files are not allowed\.", "不能上传这类文件。$1"),
    Word(FILES, r"Only one file is allowed\.|Too many files", "只能上传一个文件。"),
    Word(FILES, "Upload failed|Unexpected error.*|Connection lost.*", "没有传上来，请再试一次。"),
    Word(CHOICES, "No results", "没有符合的"),
    Word(CHOICES, "Select all", "全选"),
    Word(CHOICES, r"Select (\d+) matches", "全选这 $1 个"),
    Word(CHOICES, r"You can only select up to (\d+) options?\..*", "最多选 $1 个，请先去掉一个。"),
    Word(SKIP, "Skip to main content", "跳到正文"),
    Word(DIALOG, "Connection error", "连不上知识库"),
    Word(DIALOG, "(?:Streamlit server is not responding|Is Streamlit still running|Connection timed out).*", GONE),
    Word(DIALOG, "streamlit run .*", "kb app"),
    Word(FAILED, "This app has encountered an error.*", BROKEN),
    Word(SPOKEN, r"(\d+) options? available\.", "有 $1 个选项。"),
    Word(SPOKEN, "(.+), selected", "已选 $1"),
    Word(SPOKEN, "(.+), not selected", "没有选 $1"),
)


def words(script: ReaderScript) -> list[list[str]]:
    """[place, pattern, ours] of each, in the reader's script."""
    return [[word.place, word.english, in_script(word.ours, script)] for word in WORDS]
