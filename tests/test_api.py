"""The REST API: the same results as the command line, who may do what, and what becomes of bad requests."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from conftest import PROJECT, CharacterEncoder
from kb.access.problems import MEDIA_TYPE, Kind
from kb.access.tokens import Role, TokenFile
from kb.api import articles as api_articles
from kb.api import examples
from kb.api.app import create_app
from kb.api.documents import articles as article_documents
from kb.api.documents import catalogue, searching, verifying
from kb.api.serve import bound, environment
from kb.cli import main
from kb.config import Settings
from kb.errors import BusyError
from kb.knowledge import KnowledgeBase, engine

PRACTICES = [PROJECT / "corpus" / "practices" / f"{name}.md" for name in ("fengqiao-jingyan", "pujiang-jingyan")]
QUESTION = "没有物业的小区怎么办"


@pytest.fixture
def built(knowledge: KnowledgeBase, articles: Path) -> KnowledgeBase:
    knowledge.build([articles, *(page for page in PRACTICES if page.exists())])
    return knowledge


@pytest.fixture
def open_settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"anonymous_read": True, "rate_limit": 0})


@pytest.fixture
def app(open_settings: Settings, built: KnowledgeBase) -> FastAPI:
    return create_app(open_settings, built)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as opened:
        yield opened


@pytest.fixture
def editor(settings: Settings) -> dict[str, str]:
    return bearer(TokenFile(settings.index).add("编辑", Role.EDITOR))


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def problem(response: Any, kind: Kind) -> dict[str, Any]:
    """The document of a refusal, which has every part that the description promises."""
    assert (response.status_code, response.headers["content-type"]) == (kind.status, MEDIA_TYPE), response.text
    document: dict[str, Any] = response.json()
    assert (document["type"], document["title"], document["status"]) == (kind.type, kind.title, kind.status)
    assert re.search("[\u4e00-\u9fff]", document["detail"])
    assert set(document) <= {"type", "title", "status", "detail", "errors"}
    return document


def file(text: str = "网格员发现井盖松动。", name: str = "jinggai.txt") -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (name, text.encode()))]


# -- the same as the command line


@pytest.mark.parametrize(
    ("command", "address"),
    [
        (("search", QUESTION, "-k", "3"), f"/v1/search?query={QUESTION}&k=3"),
        (
            ("search", "枫桥经验", "--mode", "lexical", "--region", "浙江"),
            "/v1/search?query=枫桥经验&mode=lexical&region=浙江",
        ),
        (("ask", QUESTION), f"/v1/ask?question={QUESTION}"),
        (("ask", QUESTION, "--citations"), f"/v1/ask?question={QUESTION}&citations=true"),
        (("practice", "枫桥经验"), "/v1/practices/枫桥经验"),
        (("practices",), "/v1/practices"),
        (("list",), "/v1/articles"),
        (("compare", "枫桥经验", "浦江经验"), "/v1/practices/compare?name=枫桥经验&name=浦江经验"),
    ],
)
def test_the_same_as_the_command_line(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], address: str
) -> None:
    """Field by field."""
    encoder = CharacterEncoder()
    monkeypatch.setattr(engine, "open_encoder", lambda **_settings: encoder)
    monkeypatch.setenv("KB_CACHE", str(settings.cache))
    printed = CliRunner().invoke(main, ["--index", str(settings.index), *command, "--json"], catch_exceptions=False)
    assert printed.exit_code == 0, printed.output
    sent = client.get(address)
    assert sent.status_code == 200, sent.text
    document = sent.json()
    assert document.get("items", document) == json.loads(printed.stdout)


def test_posting_a_question_is_asking_it(client: TestClient) -> None:
    asked: dict[str, str | int] = {"query": QUESTION, "k": 2, "since": "2023"}
    assert client.post("/v1/search", json=asked).json() == client.get("/v1/search", params=asked).json()
    assert (
        client.post("/v1/ask", json={"question": QUESTION}).json() == client.get(f"/v1/ask?question={QUESTION}").json()
    )


def test_verify_as_the_command_line(client: TestClient, settings: Settings) -> None:
    printed = CliRunner().invoke(main, ["--index", str(settings.index), "verify", "小事不出村，大事不出门", "--json"])
    sent = client.post("/v1/verify", json={"text": "小事不出村，大事不出门"}).json()
    assert sent == json.loads(printed.stdout)
    assert sent["verdict"] == "altered"


# -- the description


@pytest.mark.parametrize(
    ("model", "document"),
    [
        (searching.SearchDocument, examples.SEARCH),
        (searching.AnswerDocument, examples.ASK),
        (verifying.VerificationDocument, examples.VERIFY),
        (catalogue.PracticePage, examples.PRACTICES),
        (article_documents.ArticlePage, examples.ARTICLES),
    ],
)
def test_examples_are_what_they_are_examples_of(model: Any, document: Any) -> None:
    TypeAdapter(model).validate_python(document)


@pytest.mark.parametrize(
    ("model", "address"),
    [
        (searching.SearchDocument, f"/v1/search?query={QUESTION}&explain=true"),
        (searching.AnswerDocument, f"/v1/ask?question={QUESTION}&citations=true"),
        (searching.AnswerDocument, "/v1/ask?question=量子计算机怎样纠错"),
        (catalogue.PracticeDocument, "/v1/practices/fengqiao-jingyan"),
        (catalogue.ComparisonDocument, "/v1/practices/compare?name=枫桥经验&name=浦江经验"),
        (article_documents.ArticleDocument, "/v1/articles/fengqiao"),
        (article_documents.ArticleDocument, "/v1/articles/fengqiao-jingyan"),
        (article_documents.InfoDocument, "/v1/info"),
    ],
)
def test_documents_are_as_described(client: TestClient, model: Any, address: str) -> None:
    """Every field is described, and every field that is described may be relied on."""
    sent = client.get(address)
    assert sent.status_code == 200, sent.text
    TypeAdapter(model).validate_json(sent.content)


def test_every_address_describes_its_problems(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert "ProblemDocument" in described["components"]["schemas"]
    for path, methods in described["paths"].items():
        for name, operation in methods.items():
            assert operation["summary"]
            if path.startswith("/v1"):
                assert operation["description"]
                assert {"401", "403", "422", "429", "503"} <= set(operation["responses"]), path
                reading = name == "get" or path in {
                    "/v1/search",
                    "/v1/ask",
                    "/v1/verify",
                    "/v1/verify/draft",
                    "/v1/export",
                }
                assert operation["security"] == [{"HTTPBearer": []}, *([{}] if reading else [])]
            for status, response in operation["responses"].items():
                assert response["description"]
                assert int(status) < 400 or list(response["content"]) == [MEDIA_TYPE], (path, status)
    assert "HTTPValidationError" not in json.dumps(described["paths"])


def test_where_nobody_reads_without_a_token_the_description_says_so(open_settings: Settings) -> None:
    described = create_app(open_settings.model_copy(update={"anonymous_read": False})).openapi()
    for path, methods in described["paths"].items():
        for operation in methods.values():
            assert operation.get("security", []) in ([], [{"HTTPBearer": []}]), path


@pytest.mark.parametrize(
    ("address", "methods"),
    [
        ("/v1/search", "GET, POST"),
        ("/v1/articles", "GET, POST"),
        ("/v1/articles/wuye", "DELETE, GET"),
        ("/health", "GET"),
        ("/docs", "GET"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(
    client: TestClient, editor: dict[str, str], address: str, methods: str
) -> None:
    told = client.put(address, headers=editor)
    problem(told, Kind.METHOD)
    assert told.headers["allow"] == methods


def test_the_documentation_needs_no_network(client: TestClient) -> None:
    shown = client.get("/docs").text
    assert "https://" not in shown
    assert "http://" not in shown
    for needed in ("/static/swagger-ui-bundle.js", "/static/swagger-ui.css", "/static/favicon.png"):
        assert needed in shown
        assert client.get(needed).status_code == 200


# -- pages, tags, compression


def test_pages_follow_each_other(client: TestClient) -> None:
    every = client.get("/v1/articles").json()["items"]
    seen: list[Any] = []
    address: str | None = "/v1/articles?limit=2"
    while address:
        sent = client.get(address)
        assert sent.json()["total"] == len(every)
        seen += sent.json()["items"]
        address = sent.json()["next"]
        assert sent.headers.get("link") == (f'<{address}>; rel="next"' if address else None)
    assert seen == every


@pytest.mark.parametrize("address", ["/v1/articles", "/v1/articles/wuye", "/v1/practices", "/v1/practices/枫桥经验"])
def test_what_the_client_has_is_not_sent_again(client: TestClient, address: str) -> None:
    tag = client.get(address).headers["etag"]
    again = client.get(address, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_changed_article_has_another_tag(client: TestClient, editor: dict[str, str]) -> None:
    tag = client.get("/v1/articles").headers["etag"]
    assert client.delete("/v1/articles/wangge", headers=editor).status_code == 204
    assert client.get("/v1/articles", headers={"If-None-Match": tag}).status_code == 200


def test_long_documents_are_compressed(client: TestClient) -> None:
    address = "/v1/practices/枫桥经验"
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert (packed.headers["content-encoding"], packed.json()) == ("gzip", plain.json())
    assert "content-encoding" not in plain.headers


# -- adding and removing


def test_an_article_is_found_as_soon_as_it_was_added(client: TestClient, editor: dict[str, str]) -> None:
    added = client.post("/v1/articles", files=file(), data={"region": "江苏省", "title": "井盖"}, headers=editor)
    assert added.status_code == 201, added.text
    article_documents.AddedDocument.model_validate_json(added.content)
    (receipt,) = added.json()["receipts"]
    place = added.headers["location"]
    assert place == f"/v1/articles/{receipt['article_id']}"
    assert client.get(place).json()["title"] == "井盖"
    (hit,) = client.get("/v1/search?query=井盖松动&k=1&region=江苏").json()["hits"]
    assert hit["article_id"] == receipt["article_id"]
    assert client.delete(place, headers=editor).status_code == 204
    problem(client.get(place), Kind.NOT_FOUND)
    assert client.get("/v1/search?query=井盖松动&region=江苏").json()["hits"] == []


def test_the_same_file_again_is_no_second_article(client: TestClient, editor: dict[str, str]) -> None:
    first = client.post("/v1/articles", files=file(), headers=editor)
    again = client.post("/v1/articles", files=file(), headers=editor)
    assert (first.status_code, again.status_code) == (201, 200)
    assert client.get("/v1/articles").json()["total"] == 6


def test_what_cannot_be_read_is_told_file_by_file(client: TestClient, editor: dict[str, str]) -> None:
    some = client.post("/v1/articles", files=[*file(), *file("x", "a.exe")], headers=editor)
    assert some.status_code == 201
    assert [one["origin"] for one in some.json()["failures"]] == ["a.exe"]
    none = problem(client.post("/v1/articles", files=file("x", "a.exe"), headers=editor), Kind.UNUSABLE)
    assert [one["field"] for one in none["errors"]] == ["a.exe"]


def test_searching_goes_on_while_articles_are_added(client: TestClient, editor: dict[str, str]) -> None:
    """Ten additions at once: each is stored or sent away, none is lost, and questions are answered meanwhile."""
    statuses: list[int] = []

    def add(number: int) -> None:
        sent = client.post("/v1/articles", files=file(f"第{number}条：井盖松动。", f"{number}.txt"), headers=editor)
        statuses.append(sent.status_code)
        if sent.status_code == 429:
            problem(sent, Kind.TOO_MANY)
            assert int(sent.headers["retry-after"]) >= 1

    threads = [threading.Thread(target=add, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert client.get(f"/v1/search?query={QUESTION}&k=1").status_code == 200
    assert set(statuses) <= {201, 429}
    assert client.get("/v1/articles").json()["total"] == 5 + statuses.count(201)
    assert len(client.get("/v1/search?query=井盖松动&k=50").json()["hits"]) >= statuses.count(201) >= 1


def test_another_process_that_writes_is_waited_for(
    client: TestClient, app: FastAPI, built: KnowledgeBase, editor: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app.state.services.writing.patience = 0.3

    def busy(*_arguments: Any, **_options: Any) -> None:
        raise BusyError("另一个 kb 正在写索引 /secret/folder。请等它完成后再试。")

    monkeypatch.setattr(built, "remove", busy)
    told = problem(client.delete("/v1/articles/wuye", headers=editor), Kind.BUSY)
    assert "/secret" not in told["detail"]


def test_reading_an_upload_ends_at_some_time(
    client: TestClient, editor: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_articles, "READING_SECONDS", -1.0)
    told = problem(client.post("/v1/articles", files=file(), headers=editor), Kind.UNUSABLE)
    assert "读得太久" in told["detail"]
    assert client.get("/v1/articles").json()["total"] == 5


# -- courses and drafts


@pytest.mark.parametrize(("kind", "begins"), [("docx", b"PK"), ("pptx", b"PK"), ("md", "# 矛盾就地化解".encode())])
def test_a_basket_becomes_a_file(client: TestClient, kind: str, begins: bytes) -> None:
    sent = client.post(f"/v1/export?format={kind}", json=examples.BASKET)
    assert sent.status_code == 200, sent.text
    assert sent.content.startswith(begins)
    assert sent.headers["content-disposition"].endswith(f".{kind}")


def test_a_basket_becomes_a_plan_in_another_form(client: TestClient) -> None:
    plan = client.post("/v1/export?format=json&script=tw", json=examples.BASKET).json()
    assert plan["topic"] == "矛盾就地化解"
    assert "收錄" in json.dumps(plan, ensure_ascii=False)


def test_a_draft_is_verified(client: TestClient) -> None:
    draft = "枫桥经验讲究“小事不出村，大事不出门”。"
    sent = client.post("/v1/verify/draft", files={"file": ("讲稿.md", draft.encode())})
    found = verifying.DraftDocument.model_validate_json(sent.content)
    assert [one.verdict.value for one in found.quotations] == ["altered"]


# -- bad requests


LONG = "枫" * (10 * 1024 * 1024 // 3)

BAD: list[tuple[str, Kind, str, str, dict[str, Any]]] = [
    ("empty question", Kind.INVALID, "GET", "/v1/search?query=", {}),
    ("blank question", Kind.INVALID, "GET", "/v1/ask?question=%20", {}),
    ("no question", Kind.UNUSABLE, "GET", "/v1/search", {}),
    ("long question", Kind.UNUSABLE, "POST", "/v1/search", {"json": {"query": "枫" * 5_001}}),
    ("question of 10 MB", Kind.TOO_LARGE, "POST", "/v1/search", {"json": {"query": LONG}}),
    ("address of 40 KB", Kind.URI_TOO_LONG, "GET", f"/v1/search?query={'a' * 40_000}", {}),
    ("not UTF-8 in the address", Kind.INVALID, "GET", "/v1/search?query=%ff%fe", {}),
    ("not UTF-8 in the path", Kind.INVALID, "GET", "/v1/articles/%ff", {}),
    ("not UTF-8 in the body", Kind.INVALID, "POST", "/v1/search", {"content": b'{"query": "\xff\xfe"}'}),
    ("half a character", Kind.UNUSABLE, "POST", "/v1/search", {"content": b'{"query": "\\ud800"}'}),
    ("half a character in a basket", Kind.UNUSABLE, "POST", "/v1/export", {"content": b'{"format": "\\udfff"}'}),
    ("a NUL", Kind.UNUSABLE, "GET", "/v1/search?query=a%00b", {}),
    ("no JSON", Kind.UNUSABLE, "POST", "/v1/search", {"data": {"query": "a"}}),
    ("half a document", Kind.UNUSABLE, "POST", "/v1/search", {"content": b'{"query": '}),
    ("no document", Kind.UNUSABLE, "POST", "/v1/ask", {"content": b""}),
    ("a list", Kind.UNUSABLE, "POST", "/v1/ask", {"json": ["问"]}),
    ("deep nesting", Kind.INVALID, "POST", "/v1/export", {"content": b'{"a":' * 100_000}),
    ("unknown filter", Kind.UNUSABLE, "GET", "/v1/search?query=a&reigon=b", {}),
    ("unknown field", Kind.UNUSABLE, "POST", "/v1/search", {"json": {"query": "a", "prose": True}}),
    ("unknown mode", Kind.UNUSABLE, "GET", "/v1/search?query=a&mode=semantic", {}),
    ("no date", Kind.INVALID, "GET", "/v1/search?query=a&since=去年", {}),
    ("k below one", Kind.UNUSABLE, "GET", "/v1/search?query=a&k=-1", {}),
    ("k too large", Kind.UNUSABLE, "GET", "/v1/search?query=a&k=100000", {}),
    ("k no number", Kind.UNUSABLE, "GET", "/v1/search?query=a&k=many", {}),
    ("negative offset", Kind.UNUSABLE, "GET", "/v1/articles?offset=-1", {}),
    ("endless page", Kind.UNUSABLE, "GET", "/v1/practices?limit=1000000", {}),
    ("out of the folder", Kind.NOT_FOUND, "GET", "/v1/articles/..%2f..%2fetc%2fpasswd", {}),
    ("out of the folder, quoted twice", Kind.NOT_FOUND, "GET", "/v1/articles/..%252f..%252ftokens.json", {}),
    ("out of the static files", Kind.NOT_FOUND, "GET", "/static/..%2f..%2f__init__.py", {}),
    ("unknown article", Kind.NOT_FOUND, "GET", "/v1/articles/nobody", {}),
    ("unknown practice", Kind.NOT_FOUND, "GET", "/v1/practices/南桥经验", {}),
    ("unknown address", Kind.NOT_FOUND, "GET", "/v2/search?query=a", {}),
    ("wrong method", Kind.METHOD, "GET", "/v1/verify", {}),
    ("one practice to compare", Kind.INVALID, "GET", "/v1/practices/compare?name=枫桥经验", {}),
    ("short quotation", Kind.INVALID, "POST", "/v1/verify", {"json": {"text": "事"}}),
    ("no basket", Kind.INVALID, "POST", "/v1/export", {"json": {"format": "zip"}}),
    ("empty basket", Kind.INVALID, "POST", "/v1/export", {"json": examples.BASKET | {"items": []}}),
    ("unknown format", Kind.UNUSABLE, "POST", "/v1/export?format=exe", {"json": examples.BASKET}),
    ("draft of another kind", Kind.UNUSABLE, "POST", "/v1/verify/draft", {"files": {"file": ("a.exe", b"MZ")}}),
]


@pytest.mark.parametrize(("kind", "method", "address", "sent"), [bad[1:] for bad in BAD], ids=[bad[0] for bad in BAD])
def test_bad_requests(client: TestClient, kind: Kind, method: str, address: str, sent: dict[str, Any]) -> None:
    headers = {"Content-Type": "application/json"} if "content" in sent else {}
    problem(client.request(method, address, headers=headers, **sent), kind)


BAD_UPLOADS: list[tuple[str, Kind, dict[str, Any]]] = [
    ("nothing", Kind.UNUSABLE, {}),
    ("an empty file", Kind.UNUSABLE, {"files": file("")}),
    ("a program", Kind.UNUSABLE, {"files": [("files", ("a.txt", b"MZ\x00\x00\xff"))]}),
    ("no real zip", Kind.UNUSABLE, {"files": [("files", ("a.zip", b"PK\x03\x04"))]}),
    ("no real pdf", Kind.UNUSABLE, {"files": [("files", ("a.pdf", b"%PDF-1.7"))]}),
    ("60 MB", Kind.TOO_LARGE, {"files": [("files", ("a.txt", b"a" * 60_000_000))]}),
    ("a date that is none", Kind.INVALID, {"files": file(), "data": {"date": "去年"}}),
    ("a long title", Kind.UNUSABLE, {"files": file(), "data": {"title": "长" * 1_000}}),
    ("no form", Kind.UNUSABLE, {"json": {"title": "a"}}),
    ("half a form", Kind.INVALID, {"content": b"--x\r\n", "headers": {"Content-Type": "multipart/form-data"}}),
]


@pytest.mark.parametrize(("kind", "sent"), [bad[1:] for bad in BAD_UPLOADS], ids=[bad[0] for bad in BAD_UPLOADS])
def test_bad_uploads(client: TestClient, editor: dict[str, str], kind: Kind, sent: dict[str, Any]) -> None:
    headers = {**sent.pop("headers", {}), **editor} if "headers" in sent else editor
    problem(client.post("/v1/articles", headers=headers, **{k: v for k, v in sent.items() if k != "headers"}), kind)
    assert client.get("/v1/articles").json()["total"] == 5


def test_a_name_that_leads_out_of_the_folder_is_only_a_name(client: TestClient, editor: dict[str, str]) -> None:
    sent = client.post("/v1/articles", files=file(name="../../../etc/passwd.txt"), headers=editor)
    assert sent.json()["receipts"][0]["origin"] == "passwd.txt"


def test_a_body_that_does_not_tell_its_size_is_counted(client: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"query": "'
        for _ in range(30):
            yield b"a" * 100_000

    problem(client.post("/v1/search", content=chunks()), Kind.TOO_LARGE)


def test_an_index_that_is_not_there_is_told_without_its_folder(open_settings: Settings) -> None:
    with TestClient(create_app(open_settings)) as client:
        for address in ("/ready", "/v1/articles", "/v1/search?query=a"):
            told = client.get(address)
            assert str(open_settings.index) not in told.text
            assert problem(told, Kind.UNAVAILABLE)
            assert told.headers["retry-after"]
        assert client.get("/health").json() == {"status": "ok"}


def test_the_first_article_comes_over_the_api(
    open_settings: Settings, encoder: CharacterEncoder, editor: dict[str, str]
) -> None:
    knowledge = KnowledgeBase.open(settings=open_settings, encoder=encoder)
    with TestClient(create_app(open_settings, knowledge)) as client:
        assert client.post("/v1/articles", files=file(), headers=editor).status_code == 201
        assert client.get("/v1/articles").json()["total"] == 1


def test_a_bug_is_told_as_one(open_settings: Settings, built: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(built, "articles", broken)
    with TestClient(create_app(open_settings, built), raise_server_exceptions=False) as client:
        problem(client.get("/v1/articles"), Kind.INTERNAL)


# -- who may


def test_who_may_do_what(open_settings: Settings, built: KnowledgeBase) -> None:
    tokens = TokenFile(open_settings.index)
    role = {one: bearer(tokens.add(one.value, one)) for one in Role}
    closed = open_settings.model_copy(update={"anonymous_read": False})
    with TestClient(create_app(closed, built)) as client:
        for reading in ("/v1/search?query=a", "/v1/articles", "/v1/practices", "/metrics"):
            told = client.get(reading)
            problem(told, Kind.UNAUTHORIZED)
            assert told.headers["www-authenticate"].startswith("Bearer")
            assert client.get(reading, headers=role[Role.READER]).status_code == 200
        problem(client.delete("/v1/articles/wuye"), Kind.UNAUTHORIZED)
        problem(client.delete("/v1/articles/wuye", headers=role[Role.READER]), Kind.FORBIDDEN)
        problem(client.post("/v1/articles", files=file(), headers=role[Role.READER]), Kind.FORBIDDEN)
        assert client.delete("/v1/articles/wuye", headers=role[Role.EDITOR]).status_code == 204
        assert client.delete("/v1/articles/wangge", headers=role[Role.ADMIN]).status_code == 204
        assert client.get("/health").status_code == client.get("/openapi.json").status_code == 200


@pytest.mark.parametrize("given", ["Bearer nothing", "Bearer ", "Basic YTpi", "nothing", "Bearer \u00e9"])
def test_a_wrong_token_is_not_anonymous(client: TestClient, given: str) -> None:
    problem(client.get("/v1/articles", headers=[(b"Authorization", given.encode("latin-1"))]), Kind.UNAUTHORIZED)


def test_a_revoked_token_ends_at_once(client: TestClient, settings: Settings, editor: dict[str, str]) -> None:
    assert client.get("/v1/articles", headers=editor).status_code == 200
    TokenFile(settings.index).revoke("编辑")
    problem(client.get("/v1/articles", headers=editor), Kind.UNAUTHORIZED)


def test_writing_without_a_token_is_refused_before_the_body_is_read(app: FastAPI) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        pytest.fail("the body was read")

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/v1/articles", "raw_path": b"/v1/articles", "query_string": b"",
        "headers": [(b"host", b"localhost")], "client": ("::1", 1),
    }  # fmt: skip
    anyio.run(app, scope, receive, send)
    assert sent[0]["status"] == 401


def test_requests_are_counted_by_caller(open_settings: Settings, built: KnowledgeBase, editor: dict[str, str]) -> None:
    with TestClient(create_app(open_settings.model_copy(update={"rate_limit": 3}), built)) as client:
        assert [client.get("/v1/articles").status_code for _ in range(4)] == [200, 200, 200, 429]
        told = client.get("/v1/articles")
        problem(told, Kind.TOO_MANY)
        assert 15 <= int(told.headers["retry-after"]) <= 20
        assert client.get("/v1/articles", headers=editor).status_code == 200
        assert client.get("/health").status_code == 200


def test_a_name_that_is_not_ours_is_refused(open_settings: Settings, built: KnowledgeBase) -> None:
    """A page on the web that has its own name lead to this machine reads nothing."""
    local = bound(open_settings, "127.0.0.1")
    with TestClient(create_app(local, built), base_url="http://localhost:8000") as client:
        assert client.get("/v1/articles").status_code == 200
        problem(client.get("/v1/articles", headers={"Host": "evil.example:8000"}), Kind.WRONG_HOST)


def test_other_sites_may_not_read_unless_the_settings_say_so(open_settings: Settings, built: KnowledgeBase) -> None:
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
    with TestClient(create_app(open_settings, built)) as client:
        assert "access-control-allow-origin" not in client.get("/v1/articles", headers=asked).headers
        assert "access-control-allow-origin" not in client.options("/v1/articles", headers=asked).headers
    opened = open_settings.model_copy(update={"cors_origins": "https://a.example"})
    with TestClient(create_app(opened, built)) as client:
        allowed = client.options("/v1/articles", headers=asked)
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, "https://a.example")
        other = client.get("/v1/articles", headers={"Origin": "https://b.example"})
        assert "access-control-allow-origin" not in other.headers


def test_the_address_decides_who_reads_without_a_token(settings: Settings) -> None:
    hosts = {"127.0.0.1": True, "::1": True, "localhost": True, "0.0.0.0": False, "kb.gov.cn": False}
    assert {host: bound(settings, host).anonymous_read for host in hosts} == hosts
    asked = settings.model_copy(update={"anonymous_read": True})
    assert bound(asked, "0.0.0.0").anonymous_read is True
    assert environment(bound(settings, "0.0.0.0"))["KB_ANONYMOUS_READ"] == "false"
    assert bound(settings, "0.0.0.0").hosts == ""


# -- running it


@pytest.mark.parametrize("questions", [False, True])
def test_the_audit_log(
    open_settings: Settings, built: KnowledgeBase, editor: dict[str, str], *, questions: bool
) -> None:
    audited = open_settings.model_copy(update={"audit_questions": questions})
    with TestClient(create_app(audited, built)) as client:
        client.get(f"/v1/search?query={QUESTION}")
        client.delete("/v1/articles/wuye")
        client.delete("/v1/articles/wuye", headers=editor)
        client.get("/health")
    (log,) = open_settings.index.glob("audit-*.jsonl")
    assert log.stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [(line["who"], line["what"], line["status"]) for line in lines] == [
        ("anonymous", "GET /v1/search", 200),
        ("anonymous", "DELETE /v1/articles/wuye", 401),
        ("编辑", "DELETE /v1/articles/wuye", 204),
    ]
    assert ("question" in lines[0]) is questions
    assert (QUESTION in log.read_text(encoding="utf-8")) is questions


def test_the_metrics(client: TestClient) -> None:
    client.get("/v1/articles/wuye")
    client.get("/v1/articles/nobody")
    told = client.get("/metrics").text
    assert 'kb_requests_total{method="GET",route="/v1/articles/{key}",status="200"} 1.0' in told
    assert 'kb_requests_total{method="GET",route="/v1/articles/{key}",status="404"} 1.0' in told
    assert "kb_articles 5.0" in told
    assert "nobody" not in told


def test_ready_when_everything_is_loaded(client: TestClient) -> None:
    client.app.state.services.warming._lock.acquire()  # type: ignore[attr-defined]
    client.app.state.services.warming._done = False  # type: ignore[attr-defined]
    problem(client.get("/ready"), Kind.UNAVAILABLE)
    client.app.state.services.warming._lock.release()  # type: ignore[attr-defined]
    assert client.get("/ready").json() == {"status": "ok"}
