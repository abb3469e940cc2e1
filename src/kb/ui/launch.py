"""Starts the app's server and, where there is a screen, the browser."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
import webbrowser
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kb.config import Settings
from kb.errors import IndexStateError, MissingExtraError

_HERE = Path(__file__).parent
_WAIT_SECONDS = 60.0


def launch(settings: Settings, host: str, port: int) -> None:
    """Serve until interrupted.

    Raises:
        MissingExtraError: Streamlit is not installed.
        IndexStateError: the port is taken.
    """
    if find_spec("streamlit") is None:
        raise MissingExtraError("浏览器界面需要另装 Streamlit。请运行：pip install 'kb[app]'")
    if _listening(host, port):
        raise IndexStateError(
            f"{host}:{port} 已被占用，也许应用已经打开。请直接访问 http://{host}:{port}，或用 --port 换一个端口。"
        )
    command = [sys.executable, "-m", "kb.ui.server", *_options(host, port)]
    environment = {**os.environ, "KB_INDEX": str(settings.index), "KB_TRUSTED_KEYS": settings.trusted_keys}
    sys.stderr.write(f"浏览器打开 http://{host}:{port} ，按 Ctrl-C 停止。\n")
    if os.environ.get("DISPLAY") or sys.platform in {"darwin", "win32"}:
        threading.Thread(target=_open_browser, args=(host, port), daemon=True).start()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # Who ends `kb app` ends the server with it.
    try:
        subprocess.run(command, env=environment, check=False)  # noqa: S603 - our own interpreter and file
    except KeyboardInterrupt:
        sys.stderr.write("已停止。\n")


def _options(host: str, port: int) -> list[str]:
    """config.toml as flags, so that it holds from whatever folder the app is started."""
    content = tomllib.loads((_HERE / "config.toml").read_text(encoding="utf-8"))
    flags = {**_flat(content), "server.address": host, "server.port": port}
    return [f"--{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in flags.items()]


def _flat(content: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """{"theme": {"dark": {"base": ...}}} as {"theme.dark.base": ...}."""
    flat: dict[str, Any] = {}
    for name, value in content.items():
        flat |= _flat(value, f"{above}{name}.") if isinstance(value, dict) else {f"{above}{name}": value}
    return flat


def _listening(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0


def _open_browser(host: str, port: int) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        if _listening(host, port):
            webbrowser.open(f"http://{host}:{port}")
            return
        time.sleep(0.3)
