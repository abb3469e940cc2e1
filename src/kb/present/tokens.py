"""Tokens as plain data and as text for a terminal; never the token itself, which nobody has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kb.access.tokens import Token


def plain(token: Token, now: datetime) -> dict[str, Any]:
    """One entry of `kb token list --json`; times are UTC, `expires` is "" for never."""
    return {
        "name": token.name,
        "role": token.role.value,
        "created": token.created,
        "expires": token.expires,
        "expired": token.expired(now),
    }


def text(tokens: Sequence[Token], now: datetime) -> str:
    """A line a token."""
    if not tokens:
        return "还没有发放令牌。用 kb token add 名字 发放。"
    return "\n".join(
        f"{one.name}  {one.role.value}  发放 {one.created[:10]}  "
        + (f"{'已过期' if one.expired(now) else '过期'} {one.expires[:10]}" if one.expires else "不过期")
        for one in tokens
    )
