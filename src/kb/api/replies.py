"""How results are sent: JSON as `--json` prints it, pages, entity tags."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response


def reply(plain: Any, status: int = 200, **headers: str) -> Response:
    """One JSON document, UTF-8, not escaped."""
    return Response(_encoded(plain), status, headers, media_type="application/json")


def tagged(request: Request, plain: Any) -> Response:
    """The document with its entity tag; 304 where the client has it already.

    The tag is weak: a compressed body is another sequence of bytes for the same document.
    """
    body = _encoded(plain)
    tag = f'W/"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    known = {one.strip() for one in request.headers.get("if-none-match", "").split(",")}
    if known & {tag, tag.removeprefix("W/"), "*"}:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def page(request: Request, items: Sequence[Any], limit: int, offset: int) -> Response:
    """Some of the items, how many there are, and where the next ones are."""
    left = offset + limit < len(items)
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in {"limit", "offset"}]
    address = f"{request.url.path}?{urlencode([*kept, ('limit', limit), ('offset', offset + limit)])}"
    plain = {
        "items": list(items[offset : offset + limit]),
        "total": len(items),
        "limit": limit,
        "offset": offset,
        "next": address if left else None,
    }
    response = tagged(request, plain)
    if left:
        response.headers["Link"] = f'<{address}>; rel="next"'
    return response


def _encoded(plain: Any) -> bytes:
    return json.dumps(plain, ensure_ascii=False, allow_nan=False).encode()
