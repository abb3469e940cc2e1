"""Who is told of every article that was stored."""

from __future__ import annotations

from collections.abc import Callable

from kb.types import Receipt

OnReceipt = Callable[[Receipt], None]
"""Called with the receipt of every article that was stored anew, once it is stored."""


def no_receipt(_receipt: Receipt) -> None:
    """For callers that want none."""
