"""What the soak's store must hold, kept beside it by those who write; and what happened, line by line."""

from __future__ import annotations

import hashlib
import json
import os
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_WORDS = [
    "网格",
    "社区",
    "街道",
    "矛盾",
    "化解",
    "调解",
    "物业",
    "居民",
    "自治",
    "党建",
    "积分",
    "平台",
    "事件",
    "流转",
    "上报",
    "巡查",
    "协商",
    "村民",
    "公开",
    "监督",
    "老旧小区",
    "停车",
    "电梯",
    "加装",
    "垃圾",
    "分类",
    "志愿",
    "服务",
    "走访",
    "台账",
    "督办",
    "反馈",
    "热线",
    "诉求",
    "办理",
    "评价",
    "楼长",
    "议事",
    "乡镇",
    "部门",
]
_LETTERS = "bcdfghjklmnpqrtvwxz"
SENTENCES = 16
STOP = "stop"
"""A file of this name in the work folder tells everyone to end."""


def marker(name: str, version: int) -> str:
    """A word that stands in this version of this article and nowhere else."""
    digest = hashlib.sha256(f"{name}/{version}".encode()).digest()
    return "zq" + "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:8])


def question(name: str, version: int, *, hant: bool) -> str:
    """What asks for that version, in either script."""
    return f"本篇代{'號' if hant else '号'} {marker(name, version)}"


@lru_cache(512)
def text(name: str, version: int) -> str:
    """The article: some 300 characters in two paragraphs, every other one in traditional script."""
    chance = random.Random(f"{name}/{version}")
    lines = ["，".join("".join(chance.choices(_WORDS, k=3)) for _ in range(3)) + "。" for _ in range(SENTENCES)]
    half = SENTENCES // 2
    made = f"本篇代号 {marker(name, version)} 。{''.join(lines[:half])}\n\n{''.join(lines[half:])}"
    return _converter().convert(made) if hashlib.sha256(name.encode()).digest()[0] % 2 else made


@lru_cache(1)
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")


@dataclass(frozen=True, slots=True)
class State:
    """Of one name: how often it changed, its version (0: not there), and the one it is being changed to."""

    seq: int = 0
    version: int = 0
    moving: int | None = None

    def texts(self, name: str) -> set[str]:
        """What may be found of it now."""
        return {text(name, one) for one in (self.version, self.moving) if one}


class Ledger:
    """The states of the names of one writer; the file says what is about to happen before it does."""

    def __init__(self, folder: Path, owner: str, names: list[str]) -> None:
        self._file = folder / f"ledger-{owner}.json"
        self.states = {name: State() for name in names}
        self._seq = 0
        self._save()

    def begin(self, changes: dict[str, int]) -> None:
        """These names are about to get these versions."""
        for name, version in changes.items():
            old = self.states[name]
            self.states[name] = State(old.seq, old.version, version)
        self._save()

    def end(self, changes: dict[str, int], *, done: bool) -> None:
        """They have them, or nothing was changed."""
        for name, version in changes.items():
            self._seq += 1
            self.states[name] = State(self._seq, version if done else self.states[name].version)
        self._save()

    def _save(self) -> None:
        aside = self._file.with_suffix(".new")
        aside.write_text(json.dumps({name: asdict(state) for name, state in self.states.items()}), encoding="ascii")
        aside.replace(self._file)


def states(folder: Path) -> dict[str, State]:
    """Of all names of all writers, now."""
    found: dict[str, State] = {}
    for file in folder.glob("ledger-*.json"):
        found |= {name: State(**state) for name, state in json.loads(file.read_text(encoding="ascii")).items()}
    return found


def unchanged(before: dict[str, State], after: dict[str, State], name: str) -> bool:
    """Whether nobody touched it between the two looks."""
    return before.get(name) == after.get(name) and before[name].moving is None


def strange(before: dict[str, State], after: dict[str, State], name: str, start: int, end: int, found: str) -> bool:
    """Whether this piece of an article of ours is of no version that may be found."""
    if name not in before:
        return False
    return not any(one[start:end] == found for one in before[name].texts(name) | after[name].texts(name))


class Log:
    """Lines of JSON of one process: when, what, and the figures of it."""

    def __init__(self, folder: Path, who: str) -> None:
        self._file, self._who, self.folder = folder / f"log-{who}.jsonl", who, folder

    def __call__(self, kind: str, **more: Any) -> None:
        """Put one down."""
        line = json.dumps({"t": round(time.time(), 3), "who": self._who, "kind": kind, **more}, ensure_ascii=False)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def stopped(self) -> bool:
        """Whether everyone is to end."""
        return (self.folder / STOP).exists()

    def pause(self, seconds: float) -> None:
        """Wait, unless everyone is to end."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.stopped():
            time.sleep(min(0.5, seconds))


def lines(folder: Path) -> Iterator[dict[str, Any]]:
    """Everything that was put down, process after process."""
    for file in sorted(folder.glob("log-*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def own_environment(index: Path) -> dict[str, str]:
    """Of a command over that index."""
    return {**os.environ, "KB_INDEX": str(index)}
