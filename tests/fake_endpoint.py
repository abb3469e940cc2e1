"""A real HTTP server on this machine that answers like an OpenAI-compatible endpoint, well or badly."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Endpoint:
    """Where the server listens, and what it was sent."""

    url: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def prompt(self) -> str:
        """What the last request told the model."""
        return "\n".join(message["content"] for message in self.requests[-1]["messages"])


@contextmanager
def endpoint(behave: Behaviour) -> Iterator[Endpoint]:
    """A server that behaves like this to every request."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            told.requests.append(json.loads(self.rfile.read(length)) | {"path": self.path})
            told.headers.append(dict(self.headers))
            self.close_connection = True
            with suppress(BrokenPipeError, ConnectionResetError):  # The client may have had enough.
                behave(self)

        def do_GET(self) -> None:
            told.requests.append({"path": self.path})
            self.send_error(405)

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    told = Endpoint(f"http://127.0.0.1:{server.server_address[1]}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def body(handler: BaseHTTPRequestHandler, content: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json", **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def completion(content: Any) -> bytes:
    choices = [{"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}]
    return json.dumps({"id": "x", "object": "chat.completion", "choices": choices}, ensure_ascii=False).encode()


def says(content: Any) -> Behaviour:
    """The model answers with this text (or these parts)."""
    return lambda handler: body(handler, completion(content))


def writes(*sentences: tuple[str, list[Any]]) -> Behaviour:
    """The model answers in the JSON that it was asked for."""
    rows = [{"text": text, "cites": cites} for text, cites in sentences]
    return says(json.dumps({"sentences": rows}, ensure_ascii=False))


def fails(status: int, content: bytes = b'{"error": "sk-secret and more"}') -> Behaviour:
    return lambda handler: body(handler, content, status)


def redirects(to: str) -> Behaviour:
    return lambda handler: body(handler, b"", 307, Location=to)


def sends(content: bytes, **headers: str) -> Behaviour:
    """This body, whatever it is."""
    return lambda handler: body(handler, content, 200, **headers)


def sleeps(seconds: float) -> Behaviour:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        says("太晚了。[1]")(handler)

    return behave


def endless(pause: float, piece: bytes = b" " * 4096) -> Behaviour:
    """A body that never ends, a piece at a time."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        for _ in range(100_000):
            handler.wfile.write(piece)
            handler.wfile.flush()
            time.sleep(pause)

    return behave


def drips_headers(handler: BaseHTTPRequestHandler) -> None:
    """A header line every now and then, and never the end of them."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(200):
        handler.wfile.write(f"X-{number}: y\r\n".encode())
        handler.wfile.flush()
        time.sleep(0.05)


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
