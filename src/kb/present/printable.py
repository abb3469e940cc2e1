"""Texts as an office file can hold them: XML forbids some characters, and none may be lost without a trace."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_PICTURES = 0x2400
"""Unicode has a visible sign for each control character: U+2400 is the one of U+0000."""


def printable(text: str) -> str:
    """`text`, of the same length, with a visible sign in the place of every character that a file cannot hold.

    >>> printable("通知\\x00：\\ud800")
    '通知␀：�'
    """
    return _FORBIDDEN.sub(lambda found: _sign(found[0]), text)


def _sign(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(_PICTURES + code)
    return "␡" if code == 0x7F else "�"


def unprintable(text: str) -> int:
    """How many characters of a text get another sign."""
    return len(_FORBIDDEN.findall(text))
