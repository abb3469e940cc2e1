"""The application: who may ask what, and where the handlers are.

request -> counted -> guard (kb.access) -> compressed -> handler -> KnowledgeBase -> kb.present
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse

from kb import __version__
from kb.access.guard import Guard, Rule
from kb.access.policy import listed, policy
from kb.access.tokens import Role
from kb.api import articles, catalogue, exporting, looking, operating
from kb.api.describing import ABOUT, describe
from kb.api.metrics import Counting, Metrics
from kb.api.problems import answer_with_problems
from kb.api.services import Services, Warming, Writing
from kb.config import Settings, load_settings
from kb.knowledge import KnowledgeBase
from kb.present.script import in_script
from kb.sources.limits import MAX_UPLOAD_BYTES

SMALLEST_COMPRESSED = 1_000
MOST_BYTES = 1024**2
MOST_BASKET_BYTES = 20 * 1024**2
_ENVELOPE = 64 * 1024
"""What the form around an uploaded file takes."""

_ASKED_BY_POST = frozenset({"/v1/search", "/v1/ask", "/v1/verify", "/v1/verify/draft", "/v1/export"})
_OPEN = ("/health", "/ready", "/docs", "/openapi.json", "/static/")


def rule(method: str, path: str) -> Rule:
    """What a request needs. What is not known to read needs the role of those who write."""
    if path == "/" or path.startswith(_OPEN):
        return Rule(None, 0, audited=False)
    if path == "/v1/export":
        return Rule(Role.READER, MOST_BASKET_BYTES)
    if path == "/v1/verify/draft":
        return Rule(Role.READER, MAX_UPLOAD_BYTES + _ENVELOPE)
    if method in {"GET", "HEAD", "OPTIONS"} or path in _ASKED_BY_POST:
        return Rule(Role.READER, MOST_BYTES, audited=path != "/metrics")
    return Rule(Role.EDITOR, MAX_UPLOAD_BYTES + _ENVELOPE)


def create_app(settings: Settings, knowledge: KnowledgeBase | None = None) -> FastAPI:
    """The API over an index; `knowledge` replaces the one that the settings name.

    Where the settings leave open who may read without a token, nobody may: `kb serve` decides by the address it is
    bound to.
    """
    own = knowledge or KnowledgeBase.open(settings=settings, shared=True)
    say = partial(in_script, script=settings.script)
    warming = Warming(own)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        warming.begin()
        yield
        if warming.end():
            own.close()

    app = FastAPI(
        title="基层治理知识库",
        version=__version__,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.services = Services(own, settings, say, warming, Writing())
    app.state.metrics = Metrics(own)
    for room in (looking, catalogue, articles, exporting, operating):
        app.include_router(room.router)
    app.add_api_route("/", lambda: RedirectResponse("/docs"), include_in_schema=False)
    answer_with_problems(app, say)
    describe(app, lambda method, path: not (settings.anonymous_read and rule(method, path).role is Role.READER))
    _protect(app, settings)
    return app


def _protect(app: FastAPI, settings: Settings) -> None:
    """What is added last is asked first."""
    guarding = policy(
        settings.index,
        rule,
        app.state.services.say,
        anonymous_read=bool(settings.anonymous_read),
        hosts=settings.hosts,
        per_minute=settings.rate_limit,
        questions=settings.audit_questions,
    )
    app.add_middleware(GZipMiddleware, minimum_size=SMALLEST_COMPRESSED)
    app.add_middleware(Guard, policy=guarding)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=listed(settings.cors_origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match"],
            expose_headers=["ETag", "Link", "Location", "Retry-After"],
        )
    app.add_middleware(Counting, metrics=app.state.metrics)


def from_environment() -> FastAPI:
    """For a worker process, which knows nothing but the environment."""
    return create_app(load_settings())
