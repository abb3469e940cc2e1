"""Uploads through `kb serve` that are cut off at any byte, by clients that hang up or are killed, and a server that is
killed while it stores.

Every article is there whole or not at all, what was told as stored is there, and the server goes on. KB_MOMENTS=200
tries as many of each; how they ended is told by `-o junit_family=xunit1 --junitxml=FILE`.
"""

from __future__ import annotations

import http.client
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from kb.access.tokens import Role, TokenFile
from nursery import Nursery
from serving_kb import Server, asked, form, request, served
from small_corpus import article_text, write_articles
from whole_index import Articles, articles, opened

CUTS = int(os.environ.get("KB_MOMENTS", "16"))
KILLS = int(os.environ.get("KB_MOMENTS", "2"))
TOGETHER = 3
"""Files of one upload."""

CLIENT = """
import socket, sys, time
line = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
line.sendall(sys.stdin.buffer.read())
sys.stdout.write("sent")
sys.stdout.flush()
time.sleep(60)
"""

Told = Callable[[str, object], None]


pytestmark = pytest.mark.usefixtures("small_jieba")


@pytest.fixture(scope="module")
def built(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("cut")
    write_articles(root / "corpus", range(10))
    assert nursery.run("--index", root / "built", "build", root / "corpus") == 0
    return root / "built"


@pytest.fixture
def index(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "index")


@pytest.fixture
def token(index: Path) -> str:
    return TokenFile(index).add("editor", Role.EDITOR)


def files(number: int) -> dict[str, str]:
    return {f"u{number:04}-{n}.txt": article_text(10_000 + TOGETHER * number + n) for n in range(TOGETHER)}


# -- ways to hang up


def closed(port: int, data: bytes) -> None:
    """The client says goodbye."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(data)


def reset(port: int, data: bytes) -> None:
    """The line breaks."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(data)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def killed(port: int, data: bytes) -> None:
    """The client's process dies."""
    with subprocess.Popen(
        [sys.executable, "-S", "-E", "-c", CLIENT, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as client:
        assert client.stdin is not None
        assert client.stdout is not None
        client.stdin.write(data)
        client.stdin.close()
        assert client.stdout.read(4) == b"sent"
        client.kill()


WAYS = (closed, reset, killed)


def test_an_upload_that_is_cut_off_leaves_nothing_half(
    nursery: Nursery, index: Path, token: str, record_property: Told
) -> None:
    chance, ends = random.Random(5), Counter[str]()
    before, whole = articles(index), dict[str, str]()
    with served(nursery, index) as server:
        for number in range(CUTS):
            data = request(files(number), token)
            complete = number % 8 == 7  # All is sent; only the answer finds nobody.
            hang_up = WAYS[number % len(WAYS)]
            hang_up(server.port, data if complete else data[: chance.randrange(len(data))])
            ends[f"{hang_up.__name__}: {'all sent' if complete else 'cut off'}"] += 1
            if complete:
                whole |= files(number)
            assert asked(server.port, "/v1/search?query=%E7%89%A9%E4%B8%9A&k=3")[0] == 200
        settled(server, token)
    stored = articles(index)
    assert {key: found for key, found in stored.items() if key in before} == before
    added = {key for key in stored if key not in before} - {"last"}
    # What was sent to its end may have been stored; all files of it, then.
    assert added <= {name.removesuffix(".txt") for name in whole}
    assert Counter(key[:5] for key in added) == Counter({key[:5]: TOGETHER for key in added})
    with opened(index) as knowledge:
        for key in added:
            assert knowledge.article(key).text == whole[f"{key}.txt"]
    record_property("ends", {**ends, "articles of whole uploads stored": len(added)})


def settled(server: Server, token: str) -> None:
    """After one more whole upload: it waits for its turn behind all that is still being stored."""
    assert (
        asked(server.port, "/v1/articles", method="POST", body=form({"last.txt": "最后一篇。"}), token=token)[0] == 201
    )


def test_what_a_killed_server_told_as_stored_is_stored(
    nursery: Nursery, index: Path, token: str, record_property: Told
) -> None:
    """Three clients upload; the server dies, and is started again on what it left."""
    chance, told, ends = random.Random(7), list[str](), Counter[str]()
    restart = 0.0
    base, number = shutil.copytree(index, index.with_name("base")), 0
    for kill in range(KILLS):
        if kill % 20 == 0:
            shutil.rmtree(index)
            shutil.copytree(base, index)
            told.clear()
        begun = time.monotonic()
        with served(nursery, index) as server:
            restart = max(restart, time.monotonic() - begun)
            acknowledged: list[str] = []
            stop = threading.Event()
            with ThreadPoolExecutor(3) as pool:
                clients = [
                    pool.submit(uploading, server, token, number + 1_000 * n, acknowledged, stop) for n in range(3)
                ]
                until, wanted = time.monotonic() + 60, TOGETHER * chance.randrange(4)
                while len(acknowledged) < wanted and time.monotonic() < until:
                    time.sleep(0.005)
                time.sleep(chance.uniform(0.0, 0.3))
                os.kill(server.process, signal.SIGKILL)
                stop.set()
                for client in clients:
                    client.result()
            number += 50
        told += acknowledged
        stored = articles(index)
        assert set(told) <= set(stored)
        ends["uploads told as stored"] += len(acknowledged) // TOGETHER
        ends["articles beyond that"] = max(ends["articles beyond that"], len(set(stored) - set(told)) - 10)
        sound(index, stored)
    assert ends["uploads told as stored"] > 0
    record_property("ends", {**ends, "kills": KILLS, "to start again": round(restart, 2)})


def uploading(server: Server, token: str, number: int, told: list[str], stop: threading.Event) -> None:
    """Put the ids that were told as stored on the list."""
    with suppress(OSError, http.client.HTTPException):
        while not stop.is_set():
            status, document = asked(server.port, "/v1/articles", method="POST", body=form(files(number)), token=token)
            assert status == 201
            told += [one["article_id"] for one in document["receipts"]]
            number += 1


def sound(index: Path, stored: Articles) -> None:
    """Every article with what it was uploaded with, every passage in its place, and a search that finds."""
    with opened(index) as knowledge:
        assert knowledge.search("物业", k=3).hits
        for key in stored:
            text = knowledge.article(key).text
            for passage in knowledge.passages(key):
                assert passage.text == text[passage.start : passage.end]
