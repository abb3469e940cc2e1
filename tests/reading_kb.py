"""Readers of an index in processes of their own, asking the same questions again and again.

    python reading_kb.py INDEX CACHE PROCESSES THREADS

Prints `reading` once every thread has had its first answers; when a line comes on stdin, each ends its round, and a
line of JSON tells how often which answer was given: a list, one entry a thread, of [question, answer, times] in order.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from conftest import CharacterEncoder
from kb.config import Settings
from kb.knowledge import KnowledgeBase
from kb.text import segment
from small_corpus import QUESTIONS, small_dictionary

Told = list[list[Any]]


def read(knowledge: KnowledgeBase, started: threading.Barrier, stop: threading.Event) -> Told:
    """What each question was answered with, in order, equal answers behind each other counted together."""
    told: dict[str, Told] = {question: [] for question in QUESTIONS}
    rounds = 0
    while not stop.is_set():
        for question in QUESTIONS:
            answer = [[hit.passage.id, hit.score, hit.passage.text] for hit in knowledge.search(question, k=20).hits]
            if told[question] and told[question][-1][1] == answer:
                told[question][-1][2] += 1
            else:
                told[question].append([question, answer, 1])
        rounds += 1
        if rounds == 1:
            started.wait()
    return [entry for entries in told.values() for entry in entries]


def child(index: Path, cache: Path, threads: int, ready: int, go: int, result: int) -> None:
    """One process: its threads share one open index, as those of a server do."""
    stop, started = threading.Event(), threading.Barrier(threads + 1)
    opened = KnowledgeBase.open(settings=Settings(index=index, cache=cache), encoder=CharacterEncoder())
    with opened as knowledge, ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(read, knowledge, started, stop) for _ in range(threads)]
        started.wait(60)
        os.write(ready, b".")
        os.read(go, 1)
        stop.set()
        found = [future.result() for future in futures]
    with os.fdopen(result, "w", encoding="utf-8") as file:
        json.dump(found, file)


def run(index: str, cache: str, processes: str, threads: str) -> None:
    segment.load_words = small_dictionary
    children, results = [], []
    ready, told = os.pipe()
    go, going = os.pipe()
    for _ in range(int(processes)):
        result, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                child(Path(index), Path(cache), int(threads), told, go, write)
                code = 0
            finally:
                if code:
                    traceback.print_exc()
                os._exit(code)
        os.close(write)
        children.append(pid)
        results.append(result)
    for _ in children:
        os.read(ready, 1)
    sys.stdout.write("reading\n")
    sys.stdout.flush()
    sys.stdin.readline()
    os.write(going, b"." * len(children))
    found: list[Told] = []
    for result in results:
        with os.fdopen(result, encoding="utf-8") as file:
            found += json.loads(file.read() or "[]")
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
    sys.stdout.write(json.dumps({"codes": codes, "told": found}) + "\n")


if __name__ == "__main__":
    run(*sys.argv[1:])
