"""How many requests one caller may send: a bucket that fills steadily and is emptied by a request each."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

MOST_CALLERS = 10_000
"""Buckets kept; full ones are forgotten first, which changes nothing for their callers."""


class Rates:
    """Buckets by caller; each worker process has its own. Used from one event loop, so there is no lock."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._size = float(per_minute)
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, caller: str) -> float:
        """Let one request through and give 0, or the seconds to wait until one may pass; a size of 0 sets no bound."""
        if not self._size:
            return 0.0
        now = self._clock()
        left = self._left(caller, now)
        if left < 1.0:
            return (1.0 - left) * 60.0 / self._size
        if caller not in self._buckets and len(self._buckets) >= MOST_CALLERS:
            self._forget(now)
        self._buckets[caller] = (left - 1.0, now)
        return 0.0

    def _left(self, caller: str, now: float) -> float:
        left, then = self._buckets.get(caller, (self._size, now))
        return min(self._size, left + (now - then) * self._size / 60.0)

    def _forget(self, now: float) -> None:
        kept = {one: bucket for one, bucket in self._buckets.items() if self._left(one, now) < self._size}
        self._buckets = kept if len(kept) < MOST_CALLERS else {}
