"""How a refusal or a failure is told over HTTP: RFC 9457, `application/problem+json`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

MEDIA_TYPE = "application/problem+json"
Say = Callable[[str], str]


class Kind(Enum):
    """Every problem: its status, the last part of its `type`, and its title."""

    INVALID = (400, "invalid-request", "请求不能这样写")
    UNAUTHORIZED = (401, "unauthorized", "需要有效的令牌")
    FORBIDDEN = (403, "forbidden", "令牌的权限不够")
    NOT_FOUND = (404, "not-found", "没有找到")
    METHOD = (405, "method-not-allowed", "这个地址不支持这种请求")
    BUSY = (409, "busy", "索引正在被写入")
    TOO_LARGE = (413, "too-large", "请求太大")
    URI_TOO_LONG = (414, "uri-too-long", "地址太长")
    WRONG_HOST = (421, "wrong-host", "不认可的 Host")
    UNUSABLE = (422, "unusable", "内容不能使用")
    TOO_MANY = (429, "too-many-requests", "请求太多")
    INTERNAL = (500, "internal-error", "程序出错")
    MISSING = (501, "not-installed", "没有安装这项功能")
    UNAVAILABLE = (503, "unavailable", "暂时不能服务")

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.value[0]

    @property
    def type(self) -> str:
        """What a program tells problems apart by."""
        return f"urn:kb:problem:{self.value[1]}"

    @property
    def title(self) -> str:
        """The same for all problems of the kind."""
        return self.value[2]


@dataclass(frozen=True, slots=True)
class Fault:
    """One field of a request that cannot be used."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal: `detail` says what failed, on what, and what to do."""

    kind: Kind
    detail: str
    faults: tuple[Fault, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    def plain(self, say: Say) -> dict[str, Any]:
        """The document; `say` puts our words into the reader's script."""
        plain: dict[str, Any] = {
            "type": self.kind.type,
            "title": say(self.kind.title),
            "status": self.kind.status,
            "detail": say(self.detail),
        }
        if self.faults:
            plain["errors"] = [{"field": one.field, "message": say(one.message)} for one in self.faults]
        return plain

    def body(self, say: Say) -> bytes:
        """The document as bytes; half characters, which a request may bring, become question marks."""
        return json.dumps(self.plain(say), ensure_ascii=False).encode("utf-8", "replace")


class ProblemError(Exception):
    """Raised by a face where there is no error of `kb.errors` for what it refuses."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def retry_later(kind: Kind, detail: str, seconds: float) -> Problem:
    """A problem that passes by itself."""
    return Problem(kind, detail, headers=(("Retry-After", str(max(1, round(seconds)))),))
