"""What the handlers share: the knowledge base, whether it is warm, and the way in for those who write."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from kb.access.problems import Kind, ProblemError, Say, retry_later
from kb.config import Settings
from kb.errors import BusyError, KBError
from kb.knowledge import KnowledgeBase
from kb.models.encoder import cores

T = TypeVar("T")

MOST_WAITING = 4
"""Uploads at work or waiting; each holds a thread and its files, and the others still have to search."""

MOST_DRAFTS = 4
"""Drafts that are read and verified at once; a long one takes minutes."""

PATIENCE = 60.0
"""Seconds that a writer waits for another one, of this process or not."""

_PAUSE = 0.1
_LAST_WAIT = 5.0
_FIRST_QUESTION = "枫桥经验"


class Warming:
    """The first search loads the model and the index files, which takes seconds; until then nobody is sent here."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge
        self._lock = threading.Lock()
        self._done = False
        self._thread: threading.Thread | None = None

    def __call__(self) -> bool:
        """Whether everything is loaded; loads it unless another thread is at it.

        Raises:
            IndexStateError, ModelError: it cannot be.
        """
        if self._done or not self._lock.acquire(blocking=False):
            return self._done
        try:
            self._knowledge.search(_FIRST_QUESTION, k=1)
            self._done = True
        finally:
            self._lock.release()
        return True

    def begin(self) -> None:
        """Load in the background; what is wrong is told, and asked again by the next question."""

        def load() -> None:
            try:
                self()
            except KBError as error:
                sys.stderr.write(f"{error}\n")

        self._thread = threading.Thread(target=load, name="kb-warming", daemon=True)
        self._thread.start()

    def end(self) -> bool:
        """Whether nothing is loading any more, so that the files may be closed; waits a while for it."""
        if self._thread is not None:
            self._thread.join(_LAST_WAIT)
        return self._thread is None or not self._thread.is_alive()


class Places:
    """Places for what takes long; who finds none is sent away at once, so that threads are left for the others."""

    def __init__(self, most: int, full: str) -> None:
        self._free, self._full = threading.BoundedSemaphore(most), full

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """A place while the block lasts.

        Raises:
            ProblemError: there is none.
        """
        if not self._free.acquire(blocking=False):
            raise ProblemError(retry_later(Kind.TOO_MANY, self._full, 5))
        try:
            yield
        finally:
            self._free.release()


@dataclass(slots=True)
class Writing:
    """One writer at a time, a few waiting, the others sent away at once."""

    patience: float = PATIENCE
    place: Places = field(default_factory=lambda: Places(MOST_WAITING, "正在收录的文件太多。请稍后再试。"))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def patiently(self, work: Callable[[], T]) -> T:
        """What `work` gives, tried again while another process writes; it must do nothing before it fails so.

        Raises:
            BusyError: it took too long.
        """
        until = time.monotonic() + self.patience
        if not self._lock.acquire(timeout=self.patience):
            raise BusyError("前面的收录还没有完成。请稍后再试。")
        try:
            while True:
                try:
                    return work()
                except BusyError:
                    if time.monotonic() + _PAUSE >= until:
                        raise
                    time.sleep(_PAUSE)
        finally:
            self._lock.release()


def turns() -> threading.Semaphore:
    """As many questions are worked on at once as there are processor cores, and one more for the moments of waiting.

    The others wait for their turn; all at once they would only be in each other's way (with 8 clients on 2 cores p95
    was 272 ms, with turns 167 ms; `benchmarks/attempts.md`).
    """
    return threading.Semaphore(cores() + 1)


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a handler works with; `turn` is taken for as long as a question is worked on."""

    knowledge: KnowledgeBase
    settings: Settings
    say: Say
    warming: Warming
    writing: Writing
    turn: threading.Semaphore = field(default_factory=turns)
    drafts: Places = field(default_factory=lambda: Places(MOST_DRAFTS, "正在核对的稿件太多。请稍后再试。"))


def services(request: Request) -> Services:
    """Those of the application that a request came to."""
    found: Services = request.app.state.services
    return found


Serving = Annotated[Services, Depends(services)]
