"""A clock that is wrong: what `kb` takes for the time of day, in this process from now on.

`use("2020-01-01T00:00:00+00:00")` stops it there; `use("jumping 7")` has it jump up to twenty years back and forth
whenever somebody looks, the same way for the same number.
"""

from __future__ import annotations

import datetime
import random
import sys
import time
from datetime import UTC, timedelta, tzinfo
from typing import Any

FROZEN = "2024-05-01T08:00:00+00:00"
"""For runs whose results are to be the same to the byte."""

_TRUE = datetime.datetime
_YEARS = timedelta(days=20 * 365)


def use(told: str) -> None:
    """Set the clock: for the modules that are loaded, and for those that will be."""
    jumping = told.removeprefix("jumping ")
    chance = random.Random(jumping)

    def now() -> datetime.datetime:
        if told == jumping:
            return _TRUE.fromisoformat(told)
        return _TRUE.now(UTC) + chance.uniform(-1.0, 1.0) * _YEARS

    class Wrong(_TRUE):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return now().astimezone(tz)

    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "kb" and getattr(module, "datetime", None) is _TRUE:
            setattr(module, "datetime", Wrong)  # noqa: B010 - a name that modules of ours import
    datetime.datetime = Wrong  # type: ignore[misc]
    time.time = lambda: now().timestamp()
