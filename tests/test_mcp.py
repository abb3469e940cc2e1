"""The MCP server, asked by the SDK's own client: over the standard streams, in memory, and over HTTP."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import anyio
import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.types import CallToolResult, TextContent, TextResourceContents

from conftest import PROJECT, CharacterEncoder
from kb.access.tokens import Role, TokenFile
from kb.config import Settings
from kb.errors import KBError
from kb.knowledge import KnowledgeBase
from kb.mcp.serve import guarded
from kb.mcp.server import KnowledgeServer
from kb.present import answers, catalogue_plain, plain, verifying

R = TypeVar("R")
PRACTICE = PROJECT / "corpus" / "practices" / "fengqiao-jingyan.md"
QUESTION = "没有物业的小区怎么办"
TOOLS = {"search", "ask", "practice", "read", "verify"}


@pytest.fixture
def built(knowledge: KnowledgeBase, articles: Path) -> KnowledgeBase:
    knowledge.build([articles, PRACTICE])
    return knowledge


def in_memory(knowledge: KnowledgeBase, work: Callable[[Client], Awaitable[R]]) -> R:
    async def run() -> R:
        async with Client(KnowledgeServer(knowledge, str)) as client:
            return await work(client)

    return anyio.run(run)


def call(knowledge: KnowledgeBase, tool: str, **arguments: Any) -> CallToolResult:
    async def work(client: Client) -> CallToolResult:
        result = await client.call_tool(tool, arguments)
        assert isinstance(result, CallToolResult)
        return result

    return in_memory(knowledge, work)


def said(result: CallToolResult) -> str:
    return "".join(part.text for part in result.content if isinstance(part, TextContent))


def test_tools_tell_what_they_are_for(built: KnowledgeBase) -> None:
    async def work(client: Client) -> None:
        listed = (await client.list_tools()).tools
        assert {tool.name for tool in listed} == TOOLS
        for tool in listed:
            assert tool.title
            assert len(tool.description or "") > 20
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint
            assert "context" not in tool.input_schema["properties"]
            for name, schema in tool.input_schema["properties"].items():
                assert schema.get("description"), (tool.name, name)
        assert "verify" in (client.instructions or "")

    in_memory(built, work)


def test_results_are_those_of_the_command_line(built: KnowledgeBase) -> None:
    found = built.practice("枫桥经验")
    page = catalogue_plain.page(found, built.surroundings(found.id), built.figures(found.id))
    expected: list[tuple[str, dict[str, Any], Any]] = [
        ("search", {"query": QUESTION, "k": 2}, plain.search_result(built.search(QUESTION, k=2))),
        ("ask", {"question": QUESTION}, answers.plain(built.ask(QUESTION), citations=True)),
        ("practice", {"name": "楓橋經驗"}, page),
        ("verify", {"text": "小事不出村，大事不出门"}, verifying.verification(built.verify("小事不出村，大事不出门"))),
    ]
    for tool, arguments, document in expected:
        result = call(built, tool, **arguments)
        sent = json.loads(json.dumps(document))
        assert not result.is_error, said(result)
        assert result.structured_content == sent
        assert json.loads(said(result)) == sent


def test_an_article_is_read_piece_by_piece(built: KnowledgeBase) -> None:
    text = built.article("wuye").text
    read, start = "", 0
    while start is not None:
        piece = call(built, "read", article_id="wuye", start=start, characters=10).structured_content
        assert piece is not None
        assert piece["text"] == text[piece["start"] : piece["end"]]
        read, start = read + piece["text"], piece["next"]
    assert read == text


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("search", {"query": " "}, "请输入要查的问题或词语。"),
        ("search", {"query": "a", "since": "去年"}, "日期“去年”无法识别"),
        ("search", {"query": "a", "k": -1}, "k"),
        ("search", {}, "query"),
        ("ask", {"question": "问" * 5_001}, "问题太长"),
        ("practice", {"name": "南桥经验"}, "没有叫“南桥经验”的实践"),
        ("read", {"article_id": "../../etc/passwd"}, "索引中没有文章"),
        ("read", {"article_id": "wuye", "start": 10_000}, "没有第 10000 个字"),
        ("verify", {"text": "事"}, "引文太短"),
    ],
)
def test_what_cannot_be_asked_is_told(built: KnowledgeBase, tool: str, arguments: dict[str, Any], told: str) -> None:
    result = call(built, tool, **arguments)
    assert result.is_error
    assert told in said(result)


def test_without_an_index_every_tool_says_so(knowledge: KnowledgeBase) -> None:
    result = call(knowledge, "search", query=QUESTION)
    assert result.is_error
    assert "还没有索引" in said(result)


def test_resources(built: KnowledgeBase) -> None:
    async def text(client: Client, address: str) -> str:
        (content,) = (await client.read_resource(address)).contents
        assert isinstance(content, TextResourceContents)
        return content.text

    async def work(client: Client) -> None:
        listed = {str(one.uri) for one in (await client.list_resources()).resources}
        assert {"kb://practices", "kb://articles", "kb://articles/wuye", "kb://practices/fengqiao-jingyan"} <= listed
        templates = (await client.list_resource_templates()).resource_templates
        assert {one.uri_template for one in templates} == {"kb://practices/{name}", "kb://articles/{key}"}
        assert await text(client, "kb://articles/fengqiao") == built.article("fengqiao").text
        assert "# 枫桥经验" in await text(client, "kb://practices/fengqiao-jingyan")
        assert len(json.loads(await text(client, "kb://articles"))) == 4
        for address in sorted(listed):
            assert await text(client, address)
        for address in ("kb://articles/nobody", "kb://articles/..%2f..%2fetc%2fpasswd", "kb://nothing"):
            with pytest.raises(MCPError):
                await client.read_resource(address)

    in_memory(built, work)


def test_over_the_standard_streams(built: KnowledgeBase, settings: Settings) -> None:
    """`kb mcp` as a client starts it: stdout holds nothing but the protocol."""
    script = (
        "import conftest\nfrom kb.knowledge import engine\n"
        "engine.open_encoder = lambda **_settings: conftest.CharacterEncoder()\n"
        "from kb.cli import main\nmain(prog_name='kb')\n"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(PROJECT / "tests"), str(PROJECT / "src"))),
        "KB_CACHE": str(settings.cache),
    }
    server = StdioServerParameters(
        command=sys.executable, args=["-c", script, "--index", str(settings.index), "mcp"], env=environment
    )
    expected = json.loads(json.dumps(plain.search_result(built.search(QUESTION, k=2))))
    built.close()

    async def work() -> None:
        async with Client(server) as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
            result = await client.call_tool("search", {"query": QUESTION, "k": 2})
            assert isinstance(result, CallToolResult)
            assert result.structured_content == expected

    anyio.run(work)


async def over_http(settings: Settings, knowledge: KnowledgeBase, headers: dict[str, str]) -> httpx2.Response:
    """One call, as a client of the HTTP transport sends it."""
    application = guarded(knowledge, settings, "127.0.0.1")
    inner: Any = application._app
    body = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "search", "arguments": {"query": QUESTION, "k": 1}},
    }
    accepted = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    transport = httpx2.ASGITransport(application)
    async with inner.router.lifespan_context(inner), httpx2.AsyncClient(transport=transport) as client:
        return await client.post("http://127.0.0.1:8001/mcp", json=body, headers=accepted | headers)


def test_over_http_the_same_tokens_hold(built: KnowledgeBase, settings: Settings) -> None:
    reader = TokenFile(settings.index).add("模型", Role.READER)
    closed = settings.model_copy(update={"anonymous_read": False})

    def ask(chosen: Settings, **headers: str) -> httpx2.Response:
        return anyio.run(over_http, chosen, built, headers)

    allowed = ask(closed, Authorization=f"Bearer {reader}")
    assert allowed.status_code == 200, allowed.text
    assert allowed.json()["result"]["structuredContent"]["query"] == QUESTION
    refused = ask(closed)
    assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
    assert ask(closed, Authorization="Bearer wrong").status_code == 401
    assert ask(settings).status_code == 200
    assert ask(settings, Host="evil.example").status_code == 421
    (log,) = settings.index.glob("audit-*.jsonl")
    first = json.loads(log.read_text(encoding="utf-8").splitlines()[0])
    assert (first["who"], first["what"], first["status"]) == ("模型", "POST /mcp search", 200)
    assert QUESTION not in log.read_text(encoding="utf-8")


def test_over_http_nothing_is_told_of_the_folder(settings: Settings, encoder: CharacterEncoder) -> None:
    empty = KnowledgeBase.open(settings=settings, encoder=encoder)
    settings.index.mkdir()
    told = anyio.run(over_http, settings, empty, {})
    assert told.json()["result"]["isError"]
    assert str(settings.index) not in told.text


def test_the_words_of_an_error_are_the_server_s(built: KnowledgeBase) -> None:
    def words(error: KBError) -> str:
        return f"[{error}]"

    async def run() -> str:
        async with Client(KnowledgeServer(built, words)) as client:
            result = await client.call_tool("practice", {"name": "南桥"})
            assert isinstance(result, CallToolResult)
            return said(result)

    assert anyio.run(run).endswith("[没有叫“南桥”的实践。用 kb practices 查看全部。]")
