"""A small real index, and `kb app` over it on a free port."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from browser.hostile import write_hostile
from conftest import PROJECT
from kb.ui.launch import _options

ARTICLES = ("laojiu-xiaoqu-wu-wuye", "jiedao-tiaoli-chuishao", "duowang-heyi-zhinan", "canyu-yusuan-wenda")
PRACTICES = (
    "hongse-wuye",
    "xintuo-wuye",
    "duowang-heyi",
    "yige-siyuan",
    "fengqiao-jingyan",
    "pujiang-jingyan",
    "liuchixiang-gongzuofa",
    "fengqiaoshi-paichusuo",
    "jiexiang-chuishao",
    "siyi-liang-gongkai",
    "canyushi-yusuan",
)
HOST = "127.0.0.1"
SECONDS_TO_START = 60.0


def build(folder: Path) -> Path:
    """The index, made by `kb build` with the real model from pages of the starter corpus and a hostile one."""
    texts = folder / "texts"
    for kind, names in (("articles", ARTICLES), ("practices", PRACTICES)):
        (texts / kind).mkdir(parents=True)
        for name in names:
            shutil.copy(PROJECT / "corpus" / kind / f"{name}.md", texts / kind)
    shutil.copytree(PROJECT / "corpus" / "lexicon", texts / "lexicon")
    write_hostile(texts / "articles")
    index = folder / "index"
    done = subprocess.run(
        [sys.executable, "-m", "kb", "build", str(texts)],
        env={**os.environ, "KB_INDEX": str(index)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return index


@contextmanager
def serving(index: Path, folder: Path = PROJECT, **settings: str) -> Iterator[str]:
    """The address of the app over this index, started in `folder`; server and its children end with the block."""
    with started(index, folder, "kb", "app", "--port", **settings) as (address, _server):
        yield address


@contextmanager
def serving_script(script: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A script of its own under the options of `kb app`: the address, and the server, which may be ended early."""
    options = [one for one in _options(HOST, 0) if not one.startswith("--server.port")]
    with started(script.parent, script.parent, "streamlit", "run", str(script), *options, "--server.port") as server:
        yield server


@contextmanager
def started(
    index: Path, folder: Path, *arguments: str, **settings: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server by its module, started in `folder`, its port behind the last argument."""
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    log = index.parent / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", *arguments, str(port)],
            env={**environment, "KB_INDEX": str(index), **settings},
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait(f"http://{HOST}:{port}/_stcore/health", server, log)
            yield f"http://{HOST}:{port}/", server
        finally:
            end(server)


def end(server: subprocess.Popen[bytes]) -> None:
    """With its children; one that has ended already stays so."""
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGTERM)
    server.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"the app did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}")
