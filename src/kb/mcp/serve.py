"""Starts the MCP server: over the standard streams for a client on this machine, or over HTTP."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from kb.access.binding import check_free, hosts_for, is_local
from kb.access.guard import Guard, Rule
from kb.access.policy import policy
from kb.access.tokens import Role
from kb.config import Settings
from kb.errors import IndexStateError, KBError, MissingExtraError, ModelError
from kb.knowledge import KnowledgeBase

if TYPE_CHECKING:
    from kb.mcp.server import KnowledgeServer

MOST_BYTES = 1024**2
ADDRESS = "/mcp"


def serve_stdio(settings: Settings) -> None:
    """Until the client closes the streams; stdout belongs to the protocol.

    Raises:
        MissingExtraError: the extra is not installed.
    """
    with _opened(settings) as knowledge:
        _server(knowledge, settings, _as_it_is).run()


def serve_http(settings: Settings, host: str, port: int) -> None:
    """Streamable HTTP at /mcp, behind the same gate as the REST API; until interrupted.

    Raises:
        MissingExtraError: the extra is not installed.
        IndexStateError: the port is taken.
    """
    with _opened(settings, shared=True) as knowledge:
        check_free(host, port)
        import uvicorn

        sys.stderr.write(f"MCP 在 http://{host}:{port}{ADDRESS} ，按 Ctrl-C 停止。\n")
        uvicorn.run(
            guarded(knowledge, settings, host),
            host=host,
            port=port,
            log_level="warning",
            proxy_headers=False,
            server_header=False,
        )


def guarded(knowledge: KnowledgeBase, settings: Settings, host: str) -> Guard:
    """The server as a web application. Each request stands for itself: nothing is kept between two."""
    from mcp.server.transport_security import TransportSecuritySettings

    from kb.present.script import in_script

    application = _server(knowledge, settings, _without_folders).streamable_http_app(
        streamable_http_path=ADDRESS,
        stateless_http=True,
        json_response=True,
        max_request_body_size=MOST_BYTES,
        # The gate before it looks at the host.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    anonymous = is_local(host) if settings.anonymous_read is None else settings.anonymous_read
    guarding = policy(
        settings.index,
        _rule,
        partial(in_script, script=settings.script),
        anonymous_read=anonymous,
        hosts=hosts_for(host, settings.hosts),
        per_minute=settings.rate_limit,
        questions=settings.audit_questions,
    )
    return Guard(application, guarding)


def _rule(_method: str, _path: str) -> Rule:
    return Rule(Role.READER, MOST_BYTES)


def _opened(settings: Settings, *, shared: bool = False) -> KnowledgeBase:
    """
    Raises:
        MissingExtraError: the extra is not installed.
    """
    if find_spec("mcp") is None:
        raise MissingExtraError("MCP 服务需要另装一个库。请运行：pip install 'kb[mcp]'")
    return KnowledgeBase.open(settings=settings, notice=_notice, shared=shared)


def _server(knowledge: KnowledgeBase, settings: Settings, words: Callable[[KBError], str]) -> KnowledgeServer:
    from kb.mcp.server import KnowledgeServer
    from kb.present.script import in_script

    return KnowledgeServer(knowledge, lambda error: in_script(words(error), settings.script))


def _as_it_is(error: KBError) -> str:
    return str(error)


def _without_folders(error: KBError) -> str:
    """What speaks of the server's own folders goes to its log."""
    if not isinstance(error, IndexStateError | ModelError):
        return str(error)
    _notice(str(error))
    return "索引或模型现在不能用。请管理员查看服务器的日志，或运行 kb doctor。"


def _notice(text: str) -> None:
    sys.stderr.write(f"{text}\n")
