"""One request to a language model behind an OpenAI-compatible address: a question goes out, a text comes back, or an
error in one sentence.

Nothing here is imported or opened before `Chat.ask` is called. Neither the key nor what the endpoint wrote ever stands
in an error or a log: the one is a secret, the other a stranger's text.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from kb.errors import ModelError, QueryError

if TYPE_CHECKING:
    import httpx2

LARGEST_REPLY = 256 * 1024
"""Bytes; an answer of a dozen sentences takes a hundredth of it."""

GRACE = 1.0
"""Seconds beyond the time allowed after which the worker is no longer waited for (a name look-up cannot be stopped)."""

_PATH = "/chat/completions"
_REFUSALS = {
    401: "端点不接受密钥，请检查 KB_LLM_KEY",
    403: "端点不接受密钥，请检查 KB_LLM_KEY",
    404: "端点没有这个地址或模型，请检查 KB_LLM_URL 和 KB_LLM_MODEL",
    429: "端点说请求太多或额度用完",
}


@dataclass(frozen=True, slots=True)
class Message:
    """`role` is system or user."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Chat:
    """A language model behind an address; `seconds` is all the time that one request may take."""

    url: str
    model: str
    key: SecretStr | None = None
    seconds: float = 30.0

    def __post_init__(self) -> None:
        """
        Raises:
            QueryError: the address cannot be one, or no model is named.
        """
        try:
            parts = urlsplit(self.url)
            wrong = parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0
        except ValueError:
            wrong = True
        if wrong or any((parts.username, parts.password, parts.query, parts.fragment)):
            # What stands there is not repeated: a password may be part of it.
            raise QueryError("KB_LLM_URL 要写成 http(s)://主机/路径 的样子，不带用户名、密码和参数。")
        if not self.model.strip():
            raise QueryError("还没有设置 KB_LLM_MODEL（端点上的模型名）。")

    @property
    def host(self) -> str:
        """Where the question goes, for telling the reader."""
        return urlsplit(self.url).netloc

    def ask(self, messages: Sequence[Message]) -> str:
        """What the model answers.

        Raises:
            ModelError: no connection, out of time, an error of the endpoint, or a reply that cannot be used.
        """
        # A loop of its own in a thread of its own: the caller may be running one (a notebook, a server).
        worker = ThreadPoolExecutor(1, thread_name_prefix="kb-chat")
        try:
            reply = worker.submit(lambda: asyncio.run(self._exchange(messages))).result(self.seconds + GRACE)
        except TimeoutError:
            raise ModelError(f"端点在 {self.seconds:g} 秒内没有答完") from None
        finally:
            worker.shutdown(wait=False)
        return _content(reply)

    async def _exchange(self, messages: Sequence[Message]) -> bytes:
        """The body of the reply; the time counts from the look-up of the name to the last byte."""
        import httpx2

        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if self.key is not None and self.key.get_secret_value():
            headers["Authorization"] = f"Bearer {self.key.get_secret_value()}"
        url = self.url.rstrip("/")
        address = url if url.endswith(_PATH) else url + _PATH
        body = {
            "model": self.model,
            "messages": [{"role": one.role, "content": one.content} for one in messages],
            "temperature": 0,
            "stream": False,
        }
        try:
            async with (
                asyncio.timeout(self.seconds),
                # Proxies and passwords of the environment are left alone: what is sent goes to this address only.
                httpx2.AsyncClient(timeout=None, trust_env=False, follow_redirects=False) as client,
                client.stream("POST", address, json=body, headers=headers) as response,
            ):
                return await _body(response)
        except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError):
            # Not chained: these errors carry the request, and the request the key.
            raise ModelError("连不上端点，或连接中断") from None


async def _body(response: httpx2.Response) -> bytes:
    if response.is_redirect:
        raise ModelError("端点要求转到别的地址，没有跟去")
    if response.status_code != 200:
        raise ModelError(_REFUSALS.get(response.status_code, f"端点报告出错（HTTP {response.status_code}）"))
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise ModelError("端点的回答是压缩过的，没有解开")  # A few bytes may unpack to gigabytes.
    received = bytearray()
    async for piece in response.aiter_raw():
        received += piece
        if len(received) > LARGEST_REPLY:
            raise ModelError(f"端点的回答太长（超过 {LARGEST_REPLY // 1024} KB）")
    return bytes(received)


def _content(reply: bytes) -> str:
    """`choices[0].message.content`, a string or a list of parts."""
    try:
        document: Any = json.loads(reply)
        content = document["choices"][0]["message"]["content"]
        if isinstance(content, list):
            content = "".join(part["text"] for part in content if part.get("type", "text") == "text")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise ModelError("端点的回答不是约定的格式") from None
    if not isinstance(content, str) or not content.strip():
        raise ModelError("端点的回答是空的")
    return content
