"""`kb serve` over a small index, in a process of a nursery, and how a client that is no library talks to it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nursery import Nursery

BOUNDARY = "kb-test"


@dataclass(frozen=True)
class Server:
    """Where it listens, its process, and what it says."""

    port: int
    process: int
    log: Path


@contextmanager
def served(nursery: Nursery, index: Path) -> Iterator[Server]:
    """A server over the index, from its first answer to the end of the block; it may be killed within it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    log = index.parent / "serve.log"
    server = Server(port, nursery.start("--index", index, "serve", "--port", port, said=log), log)
    try:
        until = time.monotonic() + 120
        while not _ready(port):
            assert time.monotonic() < until, log.read_text(encoding="utf-8")
            time.sleep(0.02)
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.kill(server.process, signal.SIGTERM)
        nursery.end()
    assert "Traceback" not in log.read_text(encoding="utf-8")


def _ready(port: int) -> bool:
    try:
        return asked(port, "/ready")[0] == 200
    except OSError:
        return False


def asked(port: int, path: str, *, method: str = "GET", body: bytes = b"", token: str = "") -> tuple[int, Any]:
    """Status and document; files go in the form of `form`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if body:
        headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
    try:
        connection.request(method, path, body or None, headers)
        sent = connection.getresponse()
        read = sent.read()
        return sent.status, json.loads(read) if read else None
    finally:
        connection.close()


def form(files: dict[str, str]) -> bytes:
    """These files as the body of an upload."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n{text}\r\n'
        for name, text in files.items()
    ]
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()


def request(files: dict[str, str], token: str) -> bytes:
    """A whole upload as it goes over the line."""
    body = form(files)
    head = (
        f"POST /v1/articles HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
