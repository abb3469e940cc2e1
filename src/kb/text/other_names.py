"""The line of a practice page that tells by what other names the practice goes: made by one rule, known by its form.

    别名：“街道吹哨”“街乡吹哨”“吹哨报到”。

It stands in the running text, under the title, so that whoever reads, searches or exports the page meets the names. It
says nothing of the practice, so it is no evidence, no answer and no description of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.text.normalize import normalize

__all__ = ["blanked", "is_line", "line"]

_LINE = re.compile(r"^[别別]名：(?:“[^“”\n]+”|「[^「」\n]+」)+。$", re.MULTILINE)
_WITHIN = str.maketrans("“”", "‘’")


def line(name: str, others: Iterable[str]) -> str:
    """The line for what is called `name`; empty where it has no other names.

    Names that differ only in their script, width or case are one name, as it is written first.

    >>> line("枫桥经验", ["楓橋經驗", "新时代“枫桥经验”", "新時代「楓橋經驗」"])
    '别名：“新时代‘枫桥经验’”。'
    """
    told: dict[str, str] = {}
    for other in others:
        told.setdefault(normalize(other), other)
    told.pop(normalize(name), None)
    return f"别名：{''.join(f'“{other.translate(_WITHIN)}”' for other in told.values())}。" if told else ""


def is_line(text: str) -> bool:
    """Whether a text is such a line and nothing else.

    >>> is_line("别名：“街道吹哨”“吹哨报到”。"), is_line("別名：「街道吹哨」。"), is_line("别名：“吹哨”，始于2017年。")
    (True, True, False)
    """
    return _LINE.fullmatch(text.strip()) is not None


def blanked(text: str) -> str:
    """A text with spaces in place of such lines: of the same length, so that places stay.

    >>> blanked("别名：“吹哨”。\\n街道吹哨。")
    '        \\n街道吹哨。'
    """
    return _LINE.sub(lambda found: " " * len(found[0]), text)
