"""`kb serve` as a process of its own over a small real index, as a client meets it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from kb.access.tokens import FILE, Role, TokenFile

SECONDS_TO_START = 90.0


@dataclass(frozen=True, slots=True)
class Running:
    """Its address, its index, and an Authorization header of every kind."""

    address: str
    index: Path
    reader: dict[str, str]
    editor: dict[str, str]
    expired: dict[str, str]

    def client(self) -> httpx2.Client:
        """Connects anew for every request, so that any of the worker processes may answer."""
        return httpx2.Client(base_url=self.address, timeout=60, limits=httpx2.Limits(max_keepalive_connections=0))

    def kb(self, *arguments: str) -> str:
        """What a command over the same index prints."""
        return command("--index", str(self.index), *arguments)


def command(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "kb", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def running(index: Path, *, workers: int) -> Iterator[Running]:
    """The server over this index while the block lasts, without a limit to the rate."""
    port = _free_port()
    tokens = TokenFile(index)
    headers = {name: {"Authorization": f"Bearer {tokens.add(name, Role(name))}"} for name in ("reader", "editor")}
    expired = {"Authorization": f"Bearer {_expired(tokens, index)}"}
    log = index.parent / "serve.log"
    with log.open("wb") as output:
        options = ["--port", str(port), "--workers", str(workers)]
        server = subprocess.Popen(
            [sys.executable, "-m", "kb", "--index", str(index), "serve", *options],
            env={**os.environ, "KB_RATE_LIMIT": "0"}, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            made = Running(f"http://127.0.0.1:{port}", index, headers["reader"], headers["editor"], expired)
            _wait(made, workers, server, log)
            yield made
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=60)


def _expired(tokens: TokenFile, index: Path) -> str:
    """A token whose time is over."""
    secret = tokens.add("expired", Role.EDITOR, days=1)
    file = index / FILE
    document = json.loads(file.read_text(encoding="utf-8"))
    for one in document["tokens"]:
        if one["name"] == "expired":
            one["expires"] = "2020-01-01T00:00:00+00:00"
    file.write_text(json.dumps(document), encoding="utf-8")
    return secret


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(made: Running, workers: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until so many answers in a row say ready that no worker is likely to be left out."""
    deadline, ready = time.monotonic() + SECONDS_TO_START, 0
    with made.client() as client:
        while ready < 8 * workers and time.monotonic() < deadline and server.poll() is None:
            try:
                ready = ready + 1 if client.get("/ready").status_code == 200 else 0
            except httpx2.TransportError:
                ready = 0
            if not ready:
                time.sleep(0.2)
    told = log.read_text(encoding="utf-8", errors="replace")[-3000:]
    assert ready >= 8 * workers, f"the server did not start:\n{told}"
