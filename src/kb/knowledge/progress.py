"""How what takes long tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, how many are done, how many there are)."""


def no_progress(_what: str, _done: int, _total: int) -> None:
    """For callers that show none."""
