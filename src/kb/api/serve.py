"""Starts the API's server."""

from __future__ import annotations

import os
import sys
import tempfile
from importlib.util import find_spec
from typing import Any

from kb.access.binding import check_free, hosts_for, is_local
from kb.config import Settings
from kb.errors import MissingExtraError, QueryError

MOST_WORKERS = 64
SHUTDOWN_SECONDS = 10


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until interrupted.

    Raises:
        MissingExtraError: the extra is not installed.
        IndexStateError: the port is taken.
        QueryError: the number of workers cannot be used.
    """
    if any(find_spec(name) is None for name in ("fastapi", "uvicorn", "prometheus_client", "fastapi_offline")):
        raise MissingExtraError("REST 接口需要另装几个库。请运行：pip install 'kb[serve]'")
    if not 1 <= workers <= MOST_WORKERS:
        raise QueryError(f"进程数应在 1 到 {MOST_WORKERS} 之间，不能是 {workers}。")
    check_free(host, port)
    import uvicorn

    chosen = bound(settings, host)
    sys.stderr.write(f"接口在 http://{host}:{port} ，说明在 http://{host}:{port}/docs ，按 Ctrl-C 停止。\n")
    options: dict[str, Any] = {
        "host": host,
        "port": port,
        "log_level": "warning",
        "proxy_headers": False,  # Else a client on this machine could give itself any address.
        "server_header": False,
        "timeout_graceful_shutdown": SHUTDOWN_SECONDS,
    }
    if workers == 1:
        from kb.api.app import create_app

        uvicorn.run(create_app(chosen), **options)
        return
    with tempfile.TemporaryDirectory(prefix="kb-metrics-") as folder:
        os.environ.update(environment(chosen), PROMETHEUS_MULTIPROC_DIR=folder)
        uvicorn.run("kb.api.app:from_environment", factory=True, workers=workers, **options)


def bound(settings: Settings, host: str) -> Settings:
    """The settings with what the address decides where they leave it open."""
    anonymous = is_local(host) if settings.anonymous_read is None else settings.anonymous_read
    return settings.model_copy(update={"anonymous_read": anonymous, "hosts": hosts_for(host, settings.hosts)})


def environment(settings: Settings) -> dict[str, str]:
    """What a worker process is told besides the environment that it inherits."""
    return {
        "KB_INDEX": str(settings.index),
        "KB_TRUSTED_KEYS": settings.trusted_keys,
        "KB_ANONYMOUS_READ": str(settings.anonymous_read).lower(),
        "KB_HOSTS": settings.hosts,
    }
