"""The gate before a web application: host, address, token, rate and size are looked at before anything is read.

    request -> host -> address -> caller -> rate -> role -> size -> application -> audit

It is plain ASGI, so that REST and MCP share it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from kb.access.audit import Audit, Entry
from kb.access.callers import ANONYMOUS, Caller, caller_of, refusal
from kb.access.problems import MEDIA_TYPE, Kind, Problem, Say, retry_later
from kb.access.rates import Rates
from kb.access.tokens import Role, TokenFile
from kb.errors import IndexStateError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_ADDRESS = 32 * 1024
"""Bytes of path and query; a question of 5,000 characters fits when its script takes three bytes each, encoded."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a request needs: a role (None: nothing), how many bytes it may bring, whether it is put down."""

    role: Role | None
    most_bytes: int
    audited: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """Who is let in. `hosts` are the names a request may address us by; an empty set allows all."""

    rule: Callable[[str, str], Rule]
    tokens: TokenFile
    rates: Rates
    audit: Audit
    say: Say
    anonymous_read: bool
    hosts: frozenset[str]


@dataclass(slots=True)
class _Passing:
    """One request on its way: what came of it, and how much of its body was read."""

    most: int
    read: int = 0
    status: int = 0
    too_large: bool = field(default=False)


class Guard:
    """Lets a request through to `app`, or answers it with a problem."""

    def __init__(self, app: ASGIApp, policy: Policy) -> None:
        self._app, self._policy = app, policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI call."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        rule = self._policy.rule(scope["method"], scope["path"])
        state = scope.setdefault("state", {})
        state["caller"] = caller = Caller(ANONYMOUS, None, _client(scope))
        found = self._admitted(scope, rule)
        if isinstance(found, Caller):
            state["caller"] = caller = found
            status = await self._pass(scope, receive, send, rule.most_bytes)
        else:
            status = found.kind.status
            await self._refuse(found, send)
        if rule.audited and status != Kind.TOO_MANY.status:  # Else a flood would fill the disk.
            self._put_down(scope, caller, status)

    def _admitted(self, scope: Scope, rule: Rule) -> Caller | Problem:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        wrong = _wrong_address(scope) or self._wrong_host(headers.get("host", ""))
        if wrong is not None:
            return wrong
        try:
            caller = caller_of(headers.get("authorization", ""), _client(scope), self._policy.tokens)
        except IndexStateError as error:
            sys.stderr.write(f"{error}\n")
            return Problem(Kind.UNAVAILABLE, "令牌暂时无法核对。请管理员查看服务器的日志。")
        wait = self._policy.rates.take(caller.key if isinstance(caller, Caller) else f"address:{_client(scope)}")
        if rule.role is not None and wait:
            return retry_later(Kind.TOO_MANY, f"请求太多，请 {max(1, round(wait))} 秒后再试。", wait)
        if isinstance(caller, Problem):
            return caller if rule.role is not None else Caller(ANONYMOUS, None, _client(scope))
        refused = refusal(caller, rule.role, anonymous_read=self._policy.anonymous_read)
        return refused or _too_large(headers.get("content-length", ""), rule.most_bytes) or caller

    def _wrong_host(self, given: str) -> Problem | None:
        """A page on the web can make a browser ask a name of its own that leads here; such a name is not ours."""
        name = given.rsplit(":", 1)[0] if not given.endswith("]") else given
        if not self._policy.hosts or name.strip("[]").lower() in self._policy.hosts:
            return None
        return Problem(Kind.WRONG_HOST, "这个服务不认可请求里的 Host。若确实要用这个名称，请写进 KB_HOSTS。")

    async def _pass(self, scope: Scope, receive: Receive, send: Send, most: int) -> int:
        """Hand on, counting what is read; a body that grows too large ends the request with a problem."""
        passing = _Passing(most)

        async def counted() -> Message:
            message = await receive()
            passing.read += len(message.get("body", b""))
            if passing.read > passing.most:
                passing.too_large = True
                return {"type": "http.disconnect"}
            return message

        async def watched(message: Message) -> None:
            if passing.too_large and not passing.status:
                return  # What the application says of a body that was cut off.
            if message["type"] == "http.response.start":
                passing.status = message["status"]
            await send(message)

        try:
            await self._app(scope, counted, watched)
        finally:
            if passing.too_large and not passing.status:
                problem = _too_large(str(passing.read), most)
                assert problem is not None  # noqa: S101 - it was read, so it is too large
                passing.status = problem.kind.status
                await self._refuse(problem, send)
        return passing.status

    async def _refuse(self, problem: Problem, send: Send) -> None:
        body = problem.body(self._policy.say)
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            *((name.lower().encode(), value.encode()) for name, value in problem.headers),
        ]
        await send({"type": "http.response.start", "status": problem.kind.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _put_down(self, scope: MutableMapping[str, Any], caller: Caller, status: int) -> None:
        state = scope["state"]
        what = " ".join(filter(None, (scope["method"], scope["path"], str(state.get("what", "")))))
        role = caller.role.value if caller.role else ""
        asked = str(state.get("question", ""))
        self._policy.audit.write(Entry(caller.name, role, caller.client, what, status, asked))


def _client(scope: MutableMapping[str, Any]) -> str:
    return str((scope.get("client") or ("",))[0])


def _wrong_address(scope: MutableMapping[str, Any]) -> Problem | None:
    path, query = scope.get("raw_path") or scope["path"].encode(), scope.get("query_string", b"")
    if len(path) + len(query) > LONGEST_ADDRESS:
        return Problem(Kind.URI_TOO_LONG, f"地址最长 {LONGEST_ADDRESS} 字节。长的问题请用 POST 发送。")
    try:
        unquote_to_bytes(path).decode()
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return Problem(Kind.INVALID, "地址里的文字不是 UTF-8。请用 UTF-8 编码后再试。")
    return None


def _too_large(length: str, most: int) -> Problem | None:
    if not length.isdecimal() or int(length[:20]) <= most:
        return None
    size = f"{most // 1024**2} MB" if most >= 1024**2 else f"{most} 字节"
    return Problem(Kind.TOO_LARGE, f"请求的内容最多 {size}。请分几次发送。")
