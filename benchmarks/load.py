"""Load on the real server, beside a peer: `python -m benchmarks load`.

`rates` asks both servers in turn with 1, 8 and 32 clients; `memory` asks ours 20,000 questions and reads its memory
about every 2,000. Needs wrk (Debian package `wrk`). Questions are the dev questions of gov, each with every province
named before it: more than the server keeps vectors of, so each is embedded anew.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import quote

from benchmarks.gov_index import gov_index
from benchmarks.load_peer import peer
from benchmarks.load_server import Server, free_port, serving
from benchmarks.shared_data import gov, read_rows
from kb.config import Settings
from kb.models.folder import prepare_default

CLIENTS = (1, 8, 32)
SECONDS = 20
WARM_UP, PIECE = 5, 5
STEP, MOST = 2_000, 20_000
MEMORY_CLIENTS = 8
SCRIPT = Path(__file__).with_name("load.lua")
PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海"
    "|内蒙古|广西|西藏|宁夏|新疆|台湾|香港|澳门"
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one run: requests and seconds, milliseconds at the percentiles, errors of any kind, processor ms a request."""

    requests: int
    seconds: float
    p50: float
    p95: float
    p99: float
    errors: int
    cpu_ms: float


def questions() -> list[str]:
    """110 questions of gov, each for every province, shuffled the same way every time."""
    asked = [row["query"] for row in read_rows(gov().queries)]
    every = [f"{province}，{question}" for province in PROVINCES.split("|") for question in asked]
    random.Random(7).shuffle(every)
    return every


@contextmanager
def ours(settings: Settings) -> Iterator[Server]:
    """`kb serve` over the index of gov, as it is but for the rate limit."""
    index, port = gov_index(settings), free_port()
    command = [sys.executable, "-m", "kb", "--index", str(index), "serve", "--port", str(port)]
    environment = {**os.environ, "KB_RATE_LIMIT": "0"}
    with serving("kb serve", command, environment, port, "/v1/search?k=10&query=", ready="/ready") as server:
        yield server


def drive(server: Server, work: Path, clients: int, seconds: int, start: int = 0) -> Figures:
    """wrk with so many clients, for so many seconds, from that question on."""
    environment = {
        **os.environ,
        "KB_LOAD_QUESTIONS": str(work / "questions.txt"),
        "KB_LOAD_PATH": server.search,
        "KB_LOAD_FROM": str(start),
    }
    before = server.cpu_seconds()
    done = subprocess.run(
        ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "120s", "-s", str(SCRIPT), server.address],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout.rpartition("FIGURES ")[2])
    cpu = (server.cpu_seconds() - before) * 1000 / told["requests"]
    return Figures(
        told["requests"], told["microseconds"] / 1e6, told["p50"], told["p95"], told["p99"], told["errors"], cpu
    )


def check(server: Server, asked: Sequence[str]) -> None:
    """Both servers give ten passages to a question; else one of them would be measured doing nothing."""
    for question in asked[:5]:
        with urllib.request.urlopen(f"{server.address}{server.search}{quote(question)}", timeout=120) as response:
            found = json.load(response)
        hits = found["hits"] if isinstance(found, dict) else found
        assert len(hits) == 10, (server.name, question, len(hits))


Row = list[str]

RATES_HEAD = (
    "server", "clients", "requests/s", "p50 ms", "p95 ms", "p99 ms", "errors", "processor ms a request", "memory MB",
)  # fmt: skip


def rates(settings: Settings, work: Path) -> list[Row]:
    """Both servers in turn, so that what else the machine does disturbs both alike."""
    model, rows = prepare_default(settings.cache, print), []
    with ExitStack() as stack:
        servers = [stack.enter_context(peer(work, model)), stack.enter_context(ours(settings))]
        for server in servers:
            check(server, questions())
            drive(server, work, 4, WARM_UP)
        for clients in CLIENTS:
            for at, server in enumerate(servers):
                one = drive(server, work, clients, SECONDS, start=clients * 100 + at)
                times = (f"{one.p50:.0f}", f"{one.p95:.0f}", f"{one.p99:.0f}")
                held = f"{server.resident_mb():.0f}"
                rate = f"{one.requests / one.seconds:.1f}"
                rows.append([server.name, str(clients), rate, *times, str(one.errors), f"{one.cpu_ms:.1f}", held])
    return rows


MEMORY_HEAD = ("questions", "memory MB", "requests/s", "p95 ms", "errors")


def memory(settings: Settings, most: int, work: Path) -> list[Row]:
    """What our server holds after every 2,000 questions or so."""
    with ours(settings) as server:
        check(server, questions())
        rows = [["5", f"{server.resident_mb():.0f}", "", "", ""]]
        asked, begun, pieces = 0, 0, []
        while asked < most:
            pieces.append(drive(server, work, MEMORY_CLIENTS, PIECE, start=asked))
            asked += pieces[-1].requests
            if asked // STEP > begun // STEP:
                rate = (asked - begun) / sum(one.seconds for one in pieces)
                errors, p95 = sum(one.errors for one in pieces), median(one.p95 for one in pieces)
                held = f"{server.resident_mb():.0f}"
                rows.append([f"{asked:,}", held, f"{rate:.1f}", f"{p95:.0f}", str(errors)])
                begun, pieces = asked, []
    return rows


def measure(settings: Settings) -> dict[str, list[Row]]:
    """Both tables."""
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is needed: apt-get install wrk")
    work = settings.cache / "load"
    work.mkdir(parents=True, exist_ok=True)
    (work / "questions.txt").write_text("".join(f"{quote(one)}\n" for one in questions()), encoding="ascii")
    return {"rates": rates(settings, work), "memory": memory(settings, MOST, work)}
