"""/health, /ready, /metrics: for those who run the service."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from kb.access.problems import Kind, ProblemError, retry_later
from kb.api.describing import BEARER, Responses, problems
from kb.api.metrics import MEDIA_TYPE, Metrics
from kb.api.replies import reply
from kb.api.services import Serving

router = APIRouter(tags=["运行"])

_STATE: Responses = {200: {"content": {"application/json": {"example": {"status": "ok"}}}}}


@router.get("/health", summary="程序在运行", response_class=Response, responses=_STATE)
async def health() -> Response:  # Without a thread: it answers also when all of them are at work.
    """总是 200；不看索引和模型。"""
    return reply({"status": "ok"})


@router.get("/ready", summary="可以查询了", response_class=Response, responses=_STATE | problems())
def ready(serving: Serving) -> Response:
    """索引打得开、模型装好了才是 200，否则 503。"""
    if not serving.warming():
        raise ProblemError(retry_later(Kind.UNAVAILABLE, "正在装入模型和索引。请稍后再试。", 2))
    serving.knowledge.info()
    return reply({"status": "ok"})


@router.get(
    "/metrics",
    summary="Prometheus 指标",
    dependencies=[BEARER],
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **problems()},
)
def metrics(request: Request) -> Response:
    """请求数、用时、索引里有多少。不含任何问题的文字。"""
    found: Metrics = request.app.state.metrics
    return Response(found.text(), media_type=MEDIA_TYPE)
