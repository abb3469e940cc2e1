"""Tokens, rates and the audit log by themselves, and `kb token`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from filelock import FileLock

from kb.access import tokens as module
from kb.access.audit import Audit, Entry
from kb.access.binding import check_free, hosts_for, is_local
from kb.access.callers import Caller, caller_of, refusal
from kb.access.problems import Kind, Problem
from kb.access.rates import MOST_CALLERS, Rates
from kb.access.tokens import FILE, Role, TokenFile
from kb.cli import main
from kb.errors import IndexStateError, NotFoundError, QueryError


def kb(index: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--index", str(index), *arguments], catch_exceptions=False)


def test_a_token_is_shown_once_and_kept_as_a_digest(tmp_path: Path) -> None:
    given = kb(tmp_path, "token", "add", "网站", "--role", "editor", "--days", "30")
    secret = given.stdout.strip()
    assert (given.exit_code, secret[:3], len(secret)) == (0, "kb_", 46)
    assert "只显示这一次" in given.stderr
    kept = (tmp_path / FILE).read_text(encoding="utf-8")
    assert secret not in kept
    assert hashlib.sha256(secret.encode()).hexdigest() in kept
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    (listed,) = json.loads(kb(tmp_path, "token", "list", "--json").stdout)
    assert (listed["name"], listed["role"], listed["expired"]) == ("网站", "editor", False)
    assert secret not in kb(tmp_path, "token", "list").stdout
    found = TokenFile(tmp_path).find(secret)
    assert found is not None
    assert (found.name, found.role) == ("网站", Role.EDITOR)


def test_a_revoked_token_is_gone(tmp_path: Path) -> None:
    tokens, other = TokenFile(tmp_path), TokenFile(tmp_path)
    secret = tokens.add("a", Role.READER)
    assert other.find(secret) is not None
    assert kb(tmp_path, "token", "revoke", "a").exit_code == 0
    assert tokens.find(secret) is other.find(secret) is None
    again = kb(tmp_path, "token", "revoke", "a")
    assert (again.exit_code, again.stderr) == (1, "没有叫“a”的令牌。用 kb token list 查看。\n")


def test_two_tokens_differ(tmp_path: Path) -> None:
    tokens = TokenFile(tmp_path)
    assert len({tokens.add(str(number), Role.READER) for number in range(20)}) == 20
    assert [one.name for one in tokens.all()] == [str(number) for number in range(20)]


@pytest.mark.parametrize("name", ["", "a b", "../a", "a" * 65, "a\n", "a/b"])
def test_names_that_cannot_be_used(tmp_path: Path, name: str) -> None:
    with pytest.raises(QueryError, match="不能用"):
        TokenFile(tmp_path).add(name, Role.READER)


def test_a_name_is_given_once(tmp_path: Path) -> None:
    TokenFile(tmp_path).add("a", Role.READER)
    with pytest.raises(QueryError, match="已经有叫“a”的令牌"):
        TokenFile(tmp_path).add("a", Role.ADMIN)
    with pytest.raises(QueryError, match="有效天数"):
        TokenFile(tmp_path).add("b", Role.ADMIN, 0)
    with pytest.raises(NotFoundError):
        TokenFile(tmp_path).revoke("b")


@pytest.mark.parametrize(
    "content", ["", "{}", '{"version": 2, "tokens": []}', '{"version": 1, "tokens": [{"name": "a"}]}']
)
def test_a_damaged_file_lets_nobody_in(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content, encoding="utf-8")
    with pytest.raises(IndexStateError, match="已损坏"):
        TokenFile(tmp_path).find("kb_anything")
    with pytest.raises(IndexStateError, match="已损坏"):
        TokenFile(tmp_path).add("a", Role.ADMIN)
    assert (tmp_path / FILE).read_text(encoding="utf-8") == content


def test_roles_contain_each_other() -> None:
    assert [[one.covers(other) for other in Role] for one in Role] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


@pytest.mark.parametrize(
    ("role", "needed", "anonymous_read", "kind"),
    [
        (None, None, False, None),
        (None, Role.READER, True, None),
        (None, Role.READER, False, Kind.UNAUTHORIZED),
        (None, Role.EDITOR, True, Kind.UNAUTHORIZED),
        (Role.READER, Role.READER, False, None),
        (Role.READER, Role.EDITOR, True, Kind.FORBIDDEN),
        (Role.EDITOR, Role.EDITOR, False, None),
        (Role.EDITOR, Role.ADMIN, True, Kind.FORBIDDEN),
        (Role.ADMIN, Role.ADMIN, False, None),
    ],
)
def test_who_may(role: Role | None, needed: Role | None, *, anonymous_read: bool, kind: Kind | None) -> None:
    found = refusal(Caller("x", role, ""), needed, anonymous_read=anonymous_read)
    assert (found.kind if found else None) is kind


def test_an_expired_token_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = TokenFile(tmp_path)
    secret = tokens.add("a", Role.ADMIN, days=1)
    (token,) = tokens.all()
    end = datetime.fromisoformat(token.expires)
    assert not token.expired(end - timedelta(seconds=1))
    assert token.expired(end)
    path = tmp_path / FILE
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds")
    path.write_text(path.read_text(encoding="utf-8").replace(token.expires, yesterday), encoding="utf-8")
    found = caller_of(f"Bearer {secret}", "1.2.3.4", tokens)
    assert isinstance(found, Problem)
    assert (found.kind, found.detail[:6]) == (Kind.UNAUTHORIZED, "令牌已经过期")
    assert "已过期" in kb(tmp_path, "token", "list").stdout


def test_no_file_no_tokens(tmp_path: Path) -> None:
    assert TokenFile(tmp_path / "nowhere").all() == ()
    assert "还没有发放令牌" in kb(tmp_path, "token", "list").stdout
    assert not (tmp_path / "nowhere").exists()


def test_writing_is_tried_by_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOCK_SECONDS", 0.05)
    with FileLock(tmp_path / ".tokens.lock"), pytest.raises(IndexStateError, match="正在改令牌"):
        TokenFile(tmp_path).add("a", Role.READER)


def clock(*times: float) -> Callable[[], float]:
    passing = iter(times)
    return lambda: next(passing)


def test_a_bucket_fills_steadily() -> None:
    """Two a minute: two at once, then one every half minute."""
    rates = Rates(2, clock(0.0, 0.0, 0.0, 15.0, 30.0, 30.0, 90.0))
    assert [rates.take("a") for _ in range(3)] == [0.0, 0.0, 30.0]
    assert [rates.take("a") for _ in range(3)] == [15.0, 0.0, 30.0]
    assert rates.take("a") == 0.0


def test_callers_do_not_count_for_each_other() -> None:
    rates = Rates(1, lambda: 0.0)
    assert [rates.take(one) for one in ("a", "b", "a")] == [0.0, 0.0, 60.0]
    assert Rates(0).take("a") == 0.0


def test_buckets_are_bounded() -> None:
    now = [0.0]
    rates = Rates(1, lambda: now[0])
    for number in range(MOST_CALLERS):
        rates.take(str(number))
    now[0] = 61.0
    rates.take("new")
    assert len(rates._buckets) == 1


def test_the_audit_log_is_written_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    audit = Audit(tmp_path, questions=True)
    audit.write(Entry("a", "reader", "::1", "GET /v1/ask", 200, "问\n题\ud800"))
    audit.write(Entry("b", "", "::1", "GET /v1/list", 200))
    (file,) = tmp_path.iterdir()
    first, second = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
    assert (first["who"], first["question"], "question" in second) == ("a", "问\n题?", False)
    assert datetime.fromisoformat(first["when"]).tzinfo is not None
    nowhere = Audit(tmp_path / "nowhere", questions=False)
    nowhere.write(Entry("a", "", "", "x", 200))
    nowhere.write(Entry("a", "", "", "x", 200))
    assert capsys.readouterr().err.count("写不了审计日志") == 1


def test_addresses() -> None:
    assert [is_local(host) for host in ("127.0.0.1", "127.8.8.8", "::1", "0.0.0.0", "10.0.0.1", "example.org")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
    assert hosts_for("127.0.0.1", "") == "127.0.0.1,localhost,::1"
    assert hosts_for("127.0.0.1", "kb.local") == "kb.local"
    assert hosts_for("0.0.0.0", "") == ""


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        for command in ("serve", "mcp --http"):
            told = kb(tmp_path, *command.split(), "--port", str(port))
            assert (told.exit_code, told.stderr[:4]) == (1, "不能监听")
    with pytest.raises(QueryError, match="端口"):
        check_free("127.0.0.1", 70_000)
    assert kb(tmp_path, "serve", "--workers", "0").exit_code == 1
