"""An article that wants to be more than text: in its title, its file name, its facts, its headings and its body."""

from __future__ import annotations

from pathlib import Path

TAGS = (
    "<script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)></svg>"
    "<iframe src=http://evil.example/frame></iframe><a href='javascript:alert(4)'>点</a>"
)
MARKDOWN = (
    "![图](http://evil.example/x.png)[点](javascript:alert(5)) `code` $x^2$ :red[红] **粗** <http://evil.example>"
)
TURNED = "\u202e倒过来\u2067隔开"
"""Marks for writing from right to left that are never ended."""

LONG_WORD = "A" * 400
HOSTILE = f"{TAGS}{MARKDOWN}"
MARKER = "恶意样本"
FILE = "<img src=x onerror=alert(9)>[点](javascript:alert(8)) 恶意.md"
QUESTION = f"{MARKER}讲什么{TAGS}{TURNED}"


def write_hostile(folder: Path) -> None:
    """The article, as a Markdown file with front matter whose every value is hostile."""
    quoted = HOSTILE.replace("'", "''")
    (folder / FILE).write_text(
        f"---\ntitle: '{MARKER}{quoted}{TURNED}'\nsource: '{quoted}'\nregion: '{quoted}'\n"
        f"category: '{MARKER}{quoted}'\nauthor: '{quoted}{TURNED}'\ndate: '2024'\n---\n"
        f"# {MARKER}{HOSTILE}\n\n## {HOSTILE}\n\n{MARKER}讲的是把标签写进正文，正文里是{HOSTILE}。{TURNED}。\n\n"
        f"## {LONG_WORD}\n\n{MARKER}里有很长的词{LONG_WORD}，也有很长的网址http://evil.example/{LONG_WORD}。\n\n"
        f"- {HOSTILE}\n- {LONG_WORD}\n",
        encoding="utf-8",
    )


def in_file(name: str) -> bytes:
    """The same as a plain text to be uploaded."""
    return f"{MARKER}{name}\n{MARKER}讲的是{HOSTILE}。{TURNED}。\n{LONG_WORD}\n".encode()
