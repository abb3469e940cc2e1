"""/metrics for Prometheus: requests, their times, what the index holds. Nothing of what was asked."""

from __future__ import annotations

import os
from collections.abc import Iterable, MutableMapping
from time import perf_counter
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from kb.errors import KBError
from kb.knowledge import KnowledgeBase

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where the numbers of several worker processes meet; `kb serve --workers` sets it."""

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The numbers of one application."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._registry = CollectorRegistry()
        self._holdings = _Holdings(knowledge)
        self.requests = Counter(
            "kb_requests", "Requests by address and status.", ("method", "route", "status"), registry=self._registry
        )
        self.seconds = Histogram(
            "kb_request_seconds", "Seconds of a request.", ("route",), registry=self._registry, buckets=_SECONDS
        )

    def text(self) -> bytes:
        """All of it, in the form that Prometheus reads; of all worker processes where there are several."""
        registry = self._registry
        if SHARED_FOLDER in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        holdings = CollectorRegistry()
        holdings.register(self._holdings)
        return generate_latest(registry) + generate_latest(holdings)


class _Holdings(Collector):
    """What the index holds at the moment of asking; nothing where there is none."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge

    def collect(self) -> Iterable[Metric]:
        """Called for every scrape."""
        try:
            info = self._knowledge.info()
        except KBError:
            return
        for name in ("articles", "passages", "practices", "characters", "store_bytes"):
            yield GaugeMetricFamily(f"kb_{name}", f"{name} in the index.", value=getattr(info, name))

    def describe(self) -> Iterable[Metric]:
        """Known beforehand, so that registering reads no index."""
        return ()


class Counting:
    """Counts every request, also those that are refused."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI call."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = _route(scope)
            self._metrics.requests.labels(_method(scope), route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(perf_counter() - begun)


_METHODS = frozenset({"GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH"})


def _method(scope: MutableMapping[str, Any]) -> str:
    """Whoever asks may invent methods; a label for each would fill the memory."""
    return scope["method"] if scope["method"] in _METHODS else "-"


def _route(scope: MutableMapping[str, Any]) -> str:
    """The address as it is declared, so that names and ids make no labels of their own."""
    return str(getattr(scope.get("route"), "path", "-"))
