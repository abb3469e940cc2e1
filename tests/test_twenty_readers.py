"""Twenty readers while an index is built anew: every answer is wholly of before or wholly of after.

Sixteen ask in four processes of their own, three through `kb serve`, and one opens the index anew for every round.
KB_MOMENTS=20 builds twenty times.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from conftest import CharacterEncoder
from kb.config import Settings
from kb.knowledge import KnowledgeBase
from nursery import Nursery
from serving_kb import asked, served
from small_corpus import QUESTIONS, write_articles

BUILDS = int(os.environ.get("KB_MOMENTS", "1"))
STEP = 0.01
"""Seconds that every article takes longer, so that many are asked between the first one and the last."""

COUNT, CHANGED, GONE, NEW = 60, range(10, 30), range(40, 46), range(60, 70)
PROCESSES, THREADS, CLIENTS = 4, 4, 3

Answer = list[list[Any]]
Told = Callable[[str, object], None]


pytestmark = pytest.mark.usefixtures("small_jieba")


@pytest.fixture(scope="module")
def nurseries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Nursery, Nursery]]:
    """One for the server, one for who builds."""
    if not hasattr(os, "fork"):
        pytest.skip("processes are forked")
    cache = tmp_path_factory.getbasetemp() / "cache of the nursery"
    with Nursery(KB_CACHE=cache, KB_RATE_LIMIT=0) as one, Nursery(KB_CACHE=cache) as other:
        yield one, other


def answers(index: Path, cache: Path) -> dict[str, Answer]:
    with KnowledgeBase.open(settings=Settings(index=index, cache=cache), encoder=CharacterEncoder()) as knowledge:
        return {
            asked: [[hit.passage.id, hit.score, hit.passage.text] for hit in knowledge.search(asked, k=20).hits]
            for asked in QUESTIONS
        }


@contextmanager
def reading(index: Path, cache: Path) -> Iterator[list[list[Any]]]:
    """Readers in processes of their own while the block lasts; then what each thread was told is in the list."""
    script = Path(__file__).with_name("reading_kb.py")
    told: list[list[Any]] = []
    with subprocess.Popen(
        [str(part) for part in (sys.executable, script, index, cache, PROCESSES, THREADS)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "reading\n"
        yield told
        found = json.loads(process.communicate("\n", timeout=120)[0])
    assert found["codes"] == [0] * PROCESSES
    told += found["told"]


def through(port: int) -> dict[str, Answer]:
    """What the server answers to each question."""
    told = {}
    for question in QUESTIONS:
        code, found = asked(port, f"/v1/search?query={quote(question)}&k=20")
        assert code == 200
        told[question] = [[hit["passage_id"], hit["score"], hit["text"]] for hit in found["hits"]]
    return told


def repeated(ask: Callable[[], dict[str, Answer]], stop: threading.Event) -> list[list[Any]]:
    """As `reading_kb.py` tells it."""
    told: dict[str, list[list[Any]]] = {question: [] for question in QUESTIONS}
    while not stop.is_set():
        for question, answer in ask().items():
            if told[question] and told[question][-1][1] == answer:
                told[question][-1][2] += 1
            else:
                told[question].append([question, answer, 1])
    return [entry for entries in told.values() for entry in entries]


def test_every_answer_is_wholly_of_before_or_wholly_of_after(
    nurseries: tuple[Nursery, Nursery], tmp_path: Path, record_property: Told
) -> None:
    corpus, index, cache = tmp_path / "corpus", tmp_path / "index", tmp_path / "cache"
    serving, building = nurseries
    write_articles(corpus, range(COUNT))
    assert building.run("--index", index, "build", corpus) == 0
    searches = {"before": 0, "after": 0}
    for number in range(BUILDS):
        shutil.copytree(index, tmp_path / "before", dirs_exist_ok=True)
        write_articles(corpus, CHANGED, version=number + 2)
        write_articles(corpus, NEW, version=number + 2)
        write_articles(corpus, GONE)
        for gone in GONE if number % 2 == 0 else ():
            (corpus / f"{gone:04}.txt").unlink()
        before = answers(index, cache)
        with served(serving, index) as server, reading(index, cache) as told:
            stop = threading.Event()
            with ThreadPoolExecutor(CLIENTS + 1) as pool:
                clients = [pool.submit(repeated, partial(through, server.port), stop) for _ in range(CLIENTS)]
                clients.append(pool.submit(repeated, partial(answers, index, cache), stop))
                building.start("--index", index, "build", corpus, seconds=STEP)
                assert building.end() == 0
                time.sleep(0.5)
                stop.set()
                others_told = [client.result() for client in clients]
        after = answers(index, cache)
        assert all(before[asked] != after[asked] for asked in QUESTIONS)
        for reader in (*told, *others_told):
            seen: dict[str, list[int]] = {}
            for question, answer, times in reader:
                which = [before[question], after[question]].index(answer)
                seen.setdefault(question, []).append(which)
                searches[("before", "after")[which]] += times
            assert all(order == sorted(order) for order in seen.values())
        assert len(told) + len(others_told) == 20
    assert min(searches.values()) > 0
    record_property("searches", searches)
