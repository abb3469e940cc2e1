"""Errors as problems: ours by their place in the tree, wrong requests by what is wrong with them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from kb.access.problems import MEDIA_TYPE, Fault, Kind, Problem, ProblemError, Say, retry_later
from kb.errors import (
    BusyError,
    IndexStateError,
    KBError,
    MissingExtraError,
    ModelError,
    NotFoundError,
    QueryError,
    SourceError,
)

_KINDS: tuple[tuple[type[KBError], Kind], ...] = (
    (QueryError, Kind.INVALID),
    (SourceError, Kind.UNUSABLE),
    (NotFoundError, Kind.NOT_FOUND),
    (MissingExtraError, Kind.MISSING),
    (BusyError, Kind.BUSY),
    (ModelError, Kind.UNAVAILABLE),
    (IndexStateError, Kind.UNAVAILABLE),
)
_BY_STATUS = {kind.status: kind for kind in Kind}

_DETAILS = {
    Kind.BUSY: "另一个程序正在写索引。请稍后再试。",
    Kind.UNAVAILABLE: "索引或模型现在不能用。请管理员查看服务器的日志，或运行 kb doctor。",
    Kind.NOT_FOUND: "没有这个地址。全部地址见 /docs。",
    Kind.METHOD: "这个地址不支持这种请求。用法见 /docs。",
    Kind.INVALID: "请求的内容读不懂。用法见 /docs。",
}

_FAULTS = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项",
    "json_invalid": "不是完整的 JSON",
    "greater_than_equal": "太小，至少是 {ge}",
    "less_than_equal": "太大，最多是 {le}",
    "string_too_long": "太长，最多 {max_length} 字",
    "too_long": "太多，最多 {max_length} 项",
    "int_parsing": "应是整数",
    "bool_parsing": "应是 true 或 false",
    "string_unicode": "含有不成字的半个字符",
    "model_attributes_type": "应是一个 JSON 对象，Content-Type 写 application/json",
    "dict_type": "应是一个 JSON 对象",
    "enum": "没有这个选项，可用：{expected}",
    "value_error": "含有不能使用的字符",
}


def problem_of(error: KBError) -> Problem:
    """What is sent for an error of ours. What speaks of the server's own folders goes to its log instead."""
    kind = next(kind for ours, kind in _KINDS if isinstance(error, ours))
    if kind is Kind.UNAVAILABLE or kind is Kind.BUSY:
        sys.stderr.write(f"{error}\n")
        return retry_later(kind, _DETAILS[kind], 5)
    return Problem(kind, str(error))


def fault_of(found: Mapping[str, Any]) -> Fault:
    """One finding of pydantic in our words."""
    words = _FAULTS.get(found["type"], "写法不对")
    place = [str(part) for part in found["loc"] if part not in {"query", "path", "body"}]
    return Fault(".".join(place), words.format(**found.get("ctx", {})))


def _methods(request: Request) -> list[str]:
    """All methods of an address; each is declared by itself, and an error knows those of the first alone."""
    route = getattr(request.scope.get("route"), "path", "")
    return sorted(name.upper() for name in request.app.openapi()["paths"].get(route, {}))


def answer_with_problems(app: FastAPI, say: Say) -> None:
    """Whatever goes wrong in the application becomes a problem document."""

    def sent(problem: Problem) -> Response:
        return Response(problem.body(say), problem.kind.status, dict(problem.headers), MEDIA_TYPE)

    def of_ours(_request: Request, error: Exception) -> Response:
        assert isinstance(error, KBError)  # noqa: S101 - registered for it
        return sent(problem_of(error))

    def of_face(_request: Request, error: Exception) -> Response:
        assert isinstance(error, ProblemError)  # noqa: S101 - registered for it
        return sent(error.problem)

    def of_request(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
        faults = tuple(fault_of(found) for found in error.errors())
        listed = "；".join(f"{one.field}：{one.message}" if one.field else one.message for one in faults[:3])
        return sent(Problem(Kind.UNUSABLE, f"请求有误：{listed}。用法见 /docs。", faults))

    def of_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
        kind = _BY_STATUS.get(error.status_code, Kind.INVALID)
        headers = tuple((error.headers or {}).items())
        if kind is Kind.METHOD:
            headers = (("Allow", ", ".join(_methods(request)) or dict(headers).get("allow", "GET")),)
        return sent(Problem(kind, _DETAILS.get(kind, kind.title), headers=headers))

    def of_bug(_request: Request, _error: Exception) -> Response:
        return sent(Problem(Kind.INTERNAL, "服务器程序出错，已记入日志。请把所做的事告诉管理员。"))

    app.add_exception_handler(KBError, of_ours)
    app.add_exception_handler(ProblemError, of_face)
    app.add_exception_handler(RequestValidationError, of_request)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(Exception, of_bug)  # Only tells; the error itself goes on to the log.
