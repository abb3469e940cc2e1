"""What every reader gives: the text of one file and how it came about."""

from __future__ import annotations

from dataclasses import dataclass

from kb.types import Stated


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
