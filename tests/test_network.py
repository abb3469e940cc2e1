"""Texts never leave the machine: nothing that a user does opens a connection, and all of it works without a network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from conftest import PROJECT
from kb.checking import network
from kb.config import Settings

SCRIPT = PROJECT / "tests" / "offline_kb.py"

CUT_OFF = """
import fcntl, socket, struct, subprocess, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as lo:  # What `ip link set lo up` does; the app serves there.
    fcntl.ioctl(lo, 0x8914, struct.pack("16sh14x", b"lo", 0x41))
with socket.socket() as out:
    out.settimeout(2)
    sys.exit(99) if out.connect_ex(("192.0.2.1", 80)) == 0 else None
sys.exit(subprocess.run(sys.argv[1:]).returncode)
"""


def environment(tmp_path: Path, cache: Path) -> dict[str, str]:
    paths = os.pathsep.join(filter(None, (str(PROJECT / "src"), os.environ.get("PYTHONPATH"))))
    return {
        **os.environ, "KB_INDEX": str(tmp_path / "index"), "KB_CACHE": str(cache), "PYTHONPATH": paths,
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    }  # fmt: skip


def namespaces() -> bool:
    return (
        shutil.which("unshare") is not None and not subprocess.run(["unshare", "-rn", "true"], check=False).returncode
    )


def cut_off(*command: object) -> list[str]:
    """The command in a network of its own in which nothing is but itself."""
    return ["unshare", "-rn", sys.executable, "-c", CUT_OFF, *map(str, command)]


def done(command: list[str], environment: dict[str, str]) -> str:
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> tuple[bool, list[str]]:
    """Whether the network was cut off, and what Python was asked to do on it: build, search, ask, the first page."""
    folder = tmp_path_factory.mktemp("day")
    (folder / "articles").mkdir()
    for name, text in (("wuye", "没有物业的小区由社区先托底。业主可以组建自管会。"), ("wangge", "網格員每天巡查。")):
        (folder / "articles" / f"{name}.txt").write_text(text, encoding="utf-8")
    command: list[object] = [sys.executable, SCRIPT, folder / "articles"]
    cut = namespaces()
    told = done(cut_off(*command) if cut else list(map(str, command)), environment(folder, cache))
    return cut, json.loads(told.splitlines()[-1])


def test_nothing_opens_a_connection(day: tuple[bool, list[str]]) -> None:
    """A hook sees every connection and every name looked up."""
    assert day[1] == []


def test_all_of_it_works_with_the_network_cut_off(day: tuple[bool, list[str]]) -> None:
    if not day[0]:
        pytest.skip("no network namespaces here")


def test_the_app_is_served_with_the_network_cut_off(tmp_path: Path, cache: Path) -> None:
    """`kb app` answers on this machine, and tells no address of the network, which it would have to ask others for."""
    if not namespaces():
        pytest.skip("no network namespaces here")
    asking = textwrap.dedent(
        """
        import subprocess, sys, time, urllib.request
        server = subprocess.Popen([sys.executable, "-m", "kb", "app", "--port", "8599"], stderr=subprocess.PIPE)
        try:
            for _ in range(300):
                try:
                    page = urllib.request.urlopen("http://127.0.0.1:8599", timeout=5).read()
                    break
                except OSError:
                    time.sleep(0.2)
            sys.stdout.write(str(b"<title>" in page))
        finally:
            server.terminate()
            server.wait(timeout=30)
        """
    )
    assert done(cut_off(sys.executable, "-c", asking), environment(tmp_path, cache)).endswith("\nTrue")


def test_the_doctor_sees_a_connection(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something that connects when the store is opened, as a package that calls home would."""
    (tmp_path / "sitecustomize.py").write_text(
        textwrap.dedent(
            """
            import socket, sys

            def hook(event, arguments):
                if event == "sqlite3.connect" and not asked:
                    asked.append(1)
                    with socket.socket() as one:
                        one.connect_ex(("127.0.0.1", 9))

            asked = []
            sys.addaudithook(hook)
            """
        ),
        encoding="utf-8",
    )
    settings = Settings(index=tmp_path / "index", cache=cache)
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "kb.sqlite3").write_bytes(b"")
    paths = os.pathsep.join((str(PROJECT / "src"), os.environ.get("PYTHONPATH", "")))
    monkeypatch.setenv("PYTHONPATH", paths)
    before = network.check(settings)
    assert (before.ok, "没有完成" in before.detail, "没有打开任何网络连接" in before.detail) == (True, True, True)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{paths}")
    found = network.check(settings)
    assert (found.ok, "socket.connect (('127.0.0.1', 9),)" in found.detail) == (False, True)
