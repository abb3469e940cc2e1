"""What every reader gives: the text of one file and how it came about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.types import Stated

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL and halves of surrogate pairs: SQLite does not keep them whole, and UTF-8 cannot write the latter."""

_HALF = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """`text`, of the same length, with the replacement character for halves of surrogate pairs.

    JSON, a shell or a broken file may bring them; UTF-8 cannot write them.
    """
    return _HALF.sub("\ufffd", text)


def storable(text: str) -> str:
    """`text`, of the same length, with the replacement character for what cannot be stored.

    >>> storable("甲\\ud800乙")
    '甲�乙'
    """
    return _UNSTORABLE.sub("\ufffd", text)


@dataclass(frozen=True, slots=True)
class Content:
    """The text of a file, what the format itself states, and what decoding said.

    `aside` are the lines (from 0) that the reader took for page furniture; `received` is the number of Han characters
    that the file shows to a reader, where the text may hold fewer of them.
    """

    text: str
    format: str
    encoding: str = ""
    runner_up: str = ""
    undecodable: int = 0
    received: int | None = None
    stated: tuple[Stated, ...] = ()
    aside: frozenset[int] = frozenset()
