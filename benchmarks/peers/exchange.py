"""What goes to a peer's process and comes back, as files. Imported in the peers' environments: needs numpy alone."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

K = 10
"""Passages that every question is answered with."""

POOL = 100
"""Passages that each leg of a hybrid search hands over, where the peer lets its user say so."""


@dataclass(frozen=True)
class Passages:
    """Ids, texts and unit vectors of shape (n, dimension), float32."""

    ids: list[str]
    texts: list[str]
    vectors: Any


@dataclass(frozen=True)
class Questions:
    """The questions in both scripts one after the other, with unit vectors; the keys tell which is which."""

    keys: list[str]
    texts: list[str]
    vectors: Any


@dataclass(frozen=True)
class Found:
    """`ids[key]`: what a question found, best first. Seconds to fill the peer, milliseconds of each search, MB held."""

    name: str
    version: str
    setup: str
    build_seconds: float
    milliseconds: list[float]
    peak_mb: float
    ids: dict[str, list[str]]


def write(folder: Path, name: str, keys: Sequence[str], texts: Sequence[str], vectors: Any) -> None:
    """One table of texts with their vectors."""
    np.save(folder / f"{name}.npy", vectors, allow_pickle=False)
    (folder / f"{name}.json").write_text(json.dumps([list(keys), list(texts)], ensure_ascii=False), encoding="utf-8")


def _read(folder: Path, name: str) -> tuple[list[str], list[str], Any]:
    keys, texts = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return keys, texts, np.load(folder / f"{name}.npy", allow_pickle=False)


def read_passages(folder: Path) -> Passages:
    """What the peer is filled with."""
    return Passages(*_read(folder, "passages"))


def read_questions(folder: Path) -> Questions:
    """What the peer is asked."""
    return Questions(*_read(folder, "questions"))


Search = Callable[[str, Any], list[str]]
"""A question and its vector -> ids of passages, best first."""


def run(name: str, version: str, setup: str, fill: Callable[[Passages, Path], Search]) -> None:
    """Fill the peer, ask it everything twice (the first round warms it), write what was found into the folder."""
    folder = Path(sys.argv[1])
    passages, questions = read_passages(folder), read_questions(folder)
    begun = time.perf_counter()
    search = fill(passages, folder)
    seconds = time.perf_counter() - begun
    ids: dict[str, list[str]] = {}
    milliseconds: list[float] = []
    for measured in (False, True):
        for key, text, vector in zip(questions.keys, questions.texts, questions.vectors, strict=True):
            begun = time.perf_counter()
            ids[key] = search(text, vector)[:K]
            if measured:
                milliseconds.append((time.perf_counter() - begun) * 1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = Found(name, version, setup, seconds, milliseconds, peak, ids)
    (folder / f"{name}.found.json").write_text(json.dumps(asdict(found), ensure_ascii=False), encoding="utf-8")
