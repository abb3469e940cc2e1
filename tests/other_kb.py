"""Commands in a process of their own that costs milliseconds, and that can be made to die at a chosen moment.

    python other_kb.py        reads lines of JSON from stdin, answers each with one line on stdout

Everything is imported once; each command runs in a fork of that, which opens the index anew and ends. `die` is
[WHAT, N]: the process is killed before WHAT (a key of `MOMENTS`) happens for the Nth time.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from conftest import CharacterEncoder
from kb.config import Settings
from kb.errors import KBError
from kb.index import caches
from kb.index.store import Store
from kb.knowledge import KnowledgeBase, caching, settling
from kb.knowledge.engine import Engine
from kb.knowledge.progress import no_progress
from kb.knowledge.restoring import restore
from kb.search.expand import other_names
from kb.text import segment
from kb.text.normalize import normalize
from kb.types import Upload
from small_corpus import small_dictionary

DIED = {"died": True}
MOMENTS: dict[str, tuple[Any, str]] = {
    "embedding": (CharacterEncoder, "encode"),
    "storing": (Store, "put"),
    "removing": (Store, "remove"),
    "settling": (settling, "link"),
    "indexing": (caching, "sync"),
    "finishing": (caches.Making, "finish"),
    "on the disk": (caches, "to_disk"),
    "clearing": (shutil, "rmtree"),
}
"""Where a process can be killed: the function that is about to be called."""


class Other:
    """The process that forks, as the test sees it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Other:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def __call__(self, index: Path, what: str, die: tuple[str, int] | None = None, **more: object) -> dict[str, Any]:
        """What the command gives: `{"found": ...}`, `{"error": sentence}` or DIED."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"index": str(index), "what": what, "die": die, "more": more}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


def _search(knowledge: KnowledgeBase, query: str, mode: str) -> list[str]:
    return [hit.passage.id for hit in knowledge.search(query, k=1_000, mode=mode).hits]


def _add(knowledge: KnowledgeBase, paths: list[str]) -> int:
    return knowledge.add(paths).added


def _build(knowledge: KnowledgeBase, paths: list[str]) -> int:
    return knowledge.build(paths).added


def _keep(knowledge: KnowledgeBase, name: str, text: str) -> int:
    found = knowledge.preview([Upload(name, text.encode())]).found
    return knowledge.keep(found, replacing=[one.key for one in found]).added


def _remove(knowledge: KnowledgeBase, ids: list[str]) -> int:
    return knowledge.remove(ids)


def _restore(knowledge: KnowledgeBase, file: str) -> str:
    return restore(Engine(knowledge._engine.settings, lambda _text: None, None), Path(file), True, no_progress).content


COMMANDS: dict[str, Callable[..., Any]] = {
    "search": _search, "add": _add, "build": _build, "keep": _keep, "remove": _remove, "restore": _restore
}  # fmt: skip


def _mortal(what: str, times: int) -> None:
    """Die before that happens for so many times."""
    owner, name = MOMENTS[what]
    real, left = getattr(owner, name), [times]

    def called(*arguments: Any, **keywords: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **keywords)

    setattr(owner, name, called)


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    if asked["die"]:
        _mortal(*asked["die"])
    settings = Settings(index=Path(asked["index"]), cache=Path(asked["index"]).parent / "cache")
    try:
        with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder()) as knowledge:
            return {"found": COMMANDS[asked["what"]](knowledge, **asked["more"])}
    except KBError as error:
        return {"error": str(error)}


def main() -> None:
    """One fork a line."""
    segment.load_words = small_dictionary
    for late in ("faiss", "jieba", "numpy.ma", "opencc", "tantivy"):  # Else every fork loads these and the tables anew.
        importlib.import_module(late)
    other_names()
    normalize("代號")
    for line in sys.stdin:
        child = os.fork()
        if not child:
            answer = _answer(json.loads(line))
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            sys.stdout.write(json.dumps(DIED) + "\n")
            sys.stdout.flush()
        elif status:
            raise SystemExit(f"a command ended with {status}")


if __name__ == "__main__":
    main()
