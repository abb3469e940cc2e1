"""The REST API as a server of two processes with the real model: made-up requests, bad ones, and many at once."""

from __future__ import annotations

import io
import json
import re
import socket
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples_of
from hypothesis.errors import Unsatisfiable

from api_server import Running, command, running
from conftest import PROJECT

schemathesis = pytest.importorskip("schemathesis", reason="pip install 'kb[dev]'")

from schemathesis import GenerationMode  # noqa: E402 - only where it is installed
from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    ignored_auth,
    missing_required_header,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

pytestmark = pytest.mark.model

EXAMPLES = 8
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, unsupported_method, ignored_auth, missing_required_header,
]  # fmt: skip
UPLOADS = 1_000
QUESTION = "没有物业的小区怎么办"
ARTICLES = ("laojiu-xiaoqu-wu-wuye", "jiedao-tiaoli-chuishao")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("running")
    index = folder / "index"
    pages = [PROJECT / "corpus" / "articles" / f"{name}.md" for name in ARTICLES]
    practices = [PROJECT / "corpus" / "practices" / f"{name}.md" for name in ("fengqiao-jingyan", "hongse-wuye")]
    command("--index", str(index), "build", *map(str, (*pages, *practices)))
    with running(index, workers=2) as made:
        yield made


@pytest.fixture
def client(server: Running) -> Iterator[httpx2.Client]:
    with server.client() as made:
        yield made


def file(text: str, name: str) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (name, text.encode()))]


# -- made up from the description


def answers(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> Counter[int]:
    """The statuses that made-up requests to one address were answered with, each held to the description."""
    seen: Counter[int] = Counter()

    @examples_of(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        seen[case.call_and_validate(checks=CHECKS, headers=headers).status_code] += 1

    with suppress(Unsatisfiable):  # No request without parameters can be unfitting.
        asked()
    return seen


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"])
def test_requests_made_up_from_the_description(server: Running, mode: GenerationMode) -> None:
    """No answer is a failure of ours, each is as described, and with an editor's token every address is reached."""
    described = schemathesis.openapi.from_url(f"{server.address}/openapi.json")
    operations = [found.ok() for found in described.get_all_operations()]
    reached = {one.label: answers(one, mode, server.editor) for one in operations}
    every = sum(reached.values(), Counter[int]())
    assert len(reached) == 18
    assert sum(every.values()) > 80
    assert max(every) < 500
    if mode is GenerationMode.POSITIVE:  # Unfitting ones may bring a token that is none.
        assert not {401, 403} & set(every)
        assert all(reached.values())


def test_writing_is_as_described(server: Running, client: httpx2.Client) -> None:
    """What made-up files never reach: stored, again, read, removed, gone."""
    described = schemathesis.openapi.from_url(f"{server.address}/openapi.json")
    adding, one = described["/v1/articles"], described["/v1/articles/{key}"]
    told = []
    form = (
        '--x\r\nContent-Disposition: form-data; name="files"; filename="ludeng.txt"\r\n\r\n路灯已经报修。\r\n--x--\r\n'
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x", **server.editor}
    for _ in range(2):
        sent = client.post("/v1/articles", content=form.encode(), headers=headers)
        adding["POST"].validate_response(sent)
        told.append(sent.status_code)
    place = sent.headers["location"]
    for method in ("GET", "DELETE", "GET", "DELETE"):
        sent = client.request(method, place, headers=server.editor)
        one[method].validate_response(sent)
        told.append(sent.status_code)
    assert told == [201, 200, 200, 204, 404, 404]


def test_field_by_field_as_the_command_line(server: Running, client: httpx2.Client) -> None:
    printed = json.loads(server.kb("search", QUESTION, "-k", "5", "--json"))
    assert client.get("/v1/search", params={"query": QUESTION, "k": 5}).json() == printed
    assert len(printed["hits"]) == 5
    printed = json.loads(server.kb("ask", QUESTION, "--json"))
    assert client.post("/v1/ask", json={"question": QUESTION}).json() == printed
    assert not printed["refused"]


# -- bad inputs: the table of docs/api.md


def raw(server: Running, data: bytes) -> str:
    """The first line that the server answers to these bytes."""
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as opened, suppress(ConnectionError):
        opened.sendall(data)
        return opened.recv(200).decode("latin-1").partition("\r\n")[0]
    return "closed"


def bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"0" * 100 * 1024 * 1024)
    return data.getvalue()


def revoked(server: Running) -> dict[str, str]:
    secret = server.kb("token", "add", "gone", "--role", "editor").strip()
    server.kb("token", "revoke", "gone")
    return {"Authorization": f"Bearer {secret}"}


JSON = {"Content-Type": "application/json"}
LONG = "枫" * (10 * 1024 * 1024 // 3)
Ask = Callable[[Running, httpx2.Client], Any]
BAD: dict[str, Ask] = {
    "空的问题": lambda _s, c: c.get("/v1/search?query="),
    "没有写问题": lambda _s, c: c.get("/v1/search"),
    "10 MB 的问题": lambda _s, c: c.post("/v1/search", json={"query": LONG}),
    "10 MB 的问题，分块发送，不写长度": lambda _s, c: c.post("/v1/search", content=iter([LONG.encode()] * 2)),
    "40 KB 的地址": lambda _s, c: c.get(f"/v1/search?query={'a' * 40_000}"),
    "5,001 字的问题": lambda _s, c: c.post("/v1/search", json={"query": "枫" * 5_001}),
    "地址里不是 UTF-8": lambda _s, c: c.get("/v1/search?query=%ff%fe"),
    "请求体不是 UTF-8": lambda _s, c: c.post("/v1/ask", content=b'{"question": "\xff\xfe"}', headers=JSON),
    "半个字符（\\ud800）": lambda _s, c: c.post("/v1/ask", content=b'{"question": "\\ud800"}', headers=JSON),
    "没有的筛选条件": lambda _s, c: c.get("/v1/search?query=a&reigon=b"),
    "k 是 -1": lambda _s, c: c.get("/v1/search?query=a&k=-1"),
    "k 是 100000": lambda _s, c: c.get("/v1/search?query=a&k=100000"),
    "没有这一天": lambda _s, c: c.get("/v1/search?query=a&since=2023-02-30"),
    "嵌套十万层的 JSON": lambda _s, c: c.post("/v1/export", content=b'{"a":' * 100_000, headers=JSON),
    "文章编号是 ../../etc/passwd": lambda _s, c: c.get("/v1/articles/..%2f..%2fetc%2fpasswd"),
    "实践名称是 ../../tokens.json": lambda _s, c: c.get("/v1/practices/..%2f..%2ftokens.json"),
    "静态文件 ../../__init__.py": lambda _s, c: c.get("/static/..%2f..%2f__init__.py"),
    "移除 ../../etc/passwd": lambda s, c: c.delete("/v1/articles/..%2f..%2fetc%2fpasswd", headers=s.editor),
    "错的令牌": lambda _s, c: c.get("/v1/articles", headers={"Authorization": "Bearer kb_nothing"}),
    "过期的令牌": lambda s, c: c.get("/v1/articles", headers=s.expired),
    "收回的令牌": lambda s, c: c.get("/v1/articles", headers=revoked(s)),
    "权限不够：reader 收录": lambda s, c: c.post("/v1/articles", files=file("a", "a.txt"), headers=s.reader),
    "权限不够：reader 移除": lambda s, c: c.delete(f"/v1/articles/{ARTICLES[0]}", headers=s.reader),
    "没有令牌收录": lambda _s, c: c.post("/v1/articles", files=file("a", "a.txt")),
    "别的 Host": lambda _s, c: c.get("/v1/articles", headers={"Host": "evil.example"}),
    "没有这个地址": lambda _s, c: c.get("/v2/search?query=a"),
    "方法不对": lambda _s, c: c.put("/v1/search"),
    "上传的是程序": lambda s, c: c.post("/v1/articles", files=file("MZ\0\0", "a.exe"), headers=s.editor),
    "上传压缩炸弹": lambda s, c: c.post("/v1/articles", files=[("files", ("a.zip", bomb()))], headers=s.editor),
    "上传 60 MB": lambda s, c: c.post(
        "/v1/articles", files=[("files", ("a.txt", b"a" * 60_000_000))], headers=s.editor
    ),
    "上传坏的 PDF": lambda s, c: c.post("/v1/articles", files=file("%PDF-1.7", "a.pdf"), headers=s.editor),
}  # fmt: skip


def table() -> dict[str, tuple[int, str]]:
    """Input -> (status, type), as docs/api.md says."""
    page = (PROJECT / "docs" / "api.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+?) \| (\d{3}) \| `([a-z-]+)` \|$", page, re.MULTILINE)
    return {name.replace("`", ""): (int(status), kind) for name, status, kind in rows}


def test_the_table_names_every_bad_input_and_no_other() -> None:
    assert set(table()) == set(BAD)


@pytest.mark.parametrize("name", BAD)
def test_bad_inputs_are_answered_as_the_table_says(server: Running, client: httpx2.Client, name: str) -> None:
    sent = BAD[name](server, client)
    assert sent.headers["content-type"] == "application/problem+json", sent.text
    document = sent.json()
    assert (sent.status_code, document["type"].removeprefix("urn:kb:problem:")) == table()[name]
    assert document["status"] == sent.status_code
    assert str(server.index) not in sent.text


@pytest.mark.parametrize(
    "data", [b"\x16\x03\x01\x02\x00\x01\x00", b"GET /v1/search?query=" + b"a" * 200_000, b"nothing\r\n\r\n"]
)
def test_what_is_not_http_is_no_request(server: Running, client: httpx2.Client, data: bytes) -> None:
    assert raw(server, data) in {"HTTP/1.1 400 Bad Request", "closed", ""}
    assert client.get("/health").status_code == 200


def test_a_name_that_leads_out_is_only_a_name(server: Running, client: httpx2.Client) -> None:
    sent = client.post("/v1/articles", files=file("井盖松动。", "../../../etc/passwd.txt"), headers=server.editor)
    assert sent.json()["receipts"][0]["origin"] == "passwd.txt"
    assert client.delete(sent.headers["location"], headers=server.editor).status_code == 204


# -- many at once


def test_an_article_that_was_added_is_found_by_every_process(server: Running, client: httpx2.Client) -> None:
    """As soon as the addition returned, and no longer as soon as the removal did."""
    for round_ in range(3):
        text = f"第{round_}次：消防通道被电动车堵住。"
        sent = client.post("/v1/articles", files=file(text, f"xiaofang{round_}.txt"), headers=server.editor)
        key = sent.json()["receipts"][0]["article_id"]

        def found(_number: int) -> set[str]:
            with server.client() as own:
                hits = own.get("/v1/search", params={"query": "消防通道被电动车堵住", "k": 5}).json()["hits"]
            return {hit["article_id"] for hit in hits}

        with ThreadPoolExecutor(8) as pool:
            assert all(key in keys for keys in pool.map(found, range(24)))
            assert client.delete(f"/v1/articles/{key}", headers=server.editor).status_code == 204
            assert not any(key in keys for keys in pool.map(found, range(24)))


def test_processes_that_write_at_once_share_one_index(server: Running, tmp_path: Path) -> None:
    """Two workers and the command line; afterwards everything is there and the doctor finds nothing wrong."""

    def send(number: int) -> str:
        with server.client() as own:
            name = f"together{number}.txt"
            while True:
                sent = own.post("/v1/articles", files=file(f"第{number}条：楼道照明。", name), headers=server.editor)
                if sent.status_code not in {409, 429}:
                    break
        assert sent.status_code == 201, sent.text
        return str(sent.json()["receipts"][0]["article_id"])

    def add(number: int) -> str:
        (tmp_path / f"line{number}.txt").write_text(f"第{number}条：楼道堆物。", encoding="utf-8")
        arguments = ["--index", str(server.index), "add", str(tmp_path / f"line{number}.txt")]
        while subprocess.run([sys.executable, "-m", "kb", *arguments], capture_output=True, check=False).returncode:
            pass  # Another one was writing.
        return f"line{number}"

    with ThreadPoolExecutor(6) as pool:
        sending, adding = pool.map(send, range(8)), pool.map(add, range(2))
        kept = [*sending, *adding]
    assert len(set(kept)) == 10
    with server.client() as client:
        assert set(kept) <= {one["id"] for one in client.get("/v1/articles?limit=200").json()["items"]}
        found = client.get("/v1/search", params={"query": "楼道照明", "k": 30}).json()["hits"]
        assert set(kept[:8]) <= {hit["article_id"] for hit in found}
        assert all(one["ok"] for one in json.loads(server.kb("doctor", "--json"))["checks"])
        for key in kept:
            assert client.delete(f"/v1/articles/{key}", headers=server.editor).status_code == 204


def test_a_thousand_uploads_at_once(server: Running) -> None:
    """Each is stored or asked to come again later; questions are answered meanwhile."""
    statuses: Counter[int] = Counter()
    answered: Counter[int] = Counter()

    async def send(own: httpx2.AsyncClient, number: int) -> None:
        name = f"flood{number}.txt"
        sent = await own.post("/v1/articles", files=file(f"第{number}条：雨水井堵了。", name), headers=server.editor)
        statuses[sent.status_code] += 1
        if sent.status_code == 429:
            assert int(sent.headers["retry-after"]) >= 1

    async def ask(own: httpx2.AsyncClient) -> None:
        for _ in range(10):
            answered[(await own.get("/v1/search", params={"query": QUESTION, "k": 1})).status_code] += 1

    async def everything() -> None:
        limits = httpx2.Limits(max_connections=UPLOADS + 10)
        client = httpx2.AsyncClient(base_url=server.address, timeout=300, limits=limits)
        async with client as own, anyio.create_task_group() as group:
            for number in range(UPLOADS):
                group.start_soon(send, own, number)
            group.start_soon(ask, own)

    anyio.run(everything)
    assert sum(statuses.values()) == UPLOADS
    assert set(statuses) <= {201, 429}
    assert statuses[201] >= 4
    assert answered == Counter({200: 10})
    with server.client() as client:
        items = client.get("/v1/articles?limit=200").json()["items"]
        stored = [one["id"] for one in items if one["id"].startswith("flood")]
        assert len(stored) == statuses[201]
        found = client.get("/v1/search", params={"query": "雨水井堵了", "k": 100}).json()["hits"]
        assert {hit["article_id"] for hit in found} >= set(stored)
