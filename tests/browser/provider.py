"""A provider of OpenID Connect that lets in whom the test names: discovery, authorization, token, keys, sign-out."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "kb", "a-secret-of-the-tests"


@dataclass
class Provider:
    """Whoever comes to sign in is `user`; `codes` remembers the nonce of every sign-in under way."""

    address: str
    key: Any
    user: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)

    def discovery(self) -> dict[str, Any]:
        """What a client reads first."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "end_session_endpoint": f"{self.address}/end",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes on, with a code."""
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked.get("nonce", "")
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked: dict[str, str]) -> dict[str, Any]:
        """What the client's server gets for the code, once."""
        from joserfc import jwt

        now = int(time.time())
        claims = {
            "iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": self.codes.pop(asked["code"]),
            **self.user,
        }  # fmt: skip
        signed = jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)
        return {"access_token": "nothing", "token_type": "Bearer", "expires_in": 300, "id_token": signed}


class Answers(BaseHTTPRequestHandler):
    """The addresses of the provider."""

    def __init__(self, provider: Provider, *arguments: Any) -> None:
        self._provider = provider
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """Everything but the token."""
        parts = urlsplit(self.path)
        asked = _first(parts.query)
        if parts.path == "/.well-known/openid-configuration":
            self._json(self._provider.discovery())
        elif parts.path == "/keys":
            self._json({"keys": [self._provider.key.as_dict(private=False)]})
        elif parts.path == "/authorize":
            self._go(self._provider.authorize(asked))
        elif parts.path == "/end":
            self._go(asked["post_logout_redirect_uri"])
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        """The token."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._json(self._provider.token(_first(body)))

    def _json(self, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _go(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        """Nothing is told."""


def _first(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider on a free port of this machine."""
    from joserfc.jwk import RSAKey

    provider = Provider("", RSAKey.generate_key(2048, {"kid": "of-the-tests"}))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Answers, provider))
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()
