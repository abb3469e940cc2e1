"""The library of a server, opened while the browser of its first visitor is still starting."""

from __future__ import annotations

from contextlib import suppress
from threading import Lock

from kb.config import Settings, load_settings
from kb.errors import KBError
from kb.knowledge import KnowledgeBase

_lock = Lock()
_opened: list[tuple[Settings, KnowledgeBase]] = []


def open_ahead() -> None:
    """Open the library of the settings, and load what a first question would wait for.

    What is wrong is told to the one who asks; here nobody would read it.
    """
    with suppress(KBError):
        settings = load_settings()
        knowledge = KnowledgeBase.open(settings=settings, shared=True)
        with _lock:
            _opened.append((settings, knowledge))
        knowledge.warm()


def opened(settings: Settings) -> KnowledgeBase:
    """The one that was opened ahead with these settings, else a new one."""
    with _lock:
        for at, (given, knowledge) in enumerate(_opened):
            if given == settings:
                del _opened[at]
                return knowledge
    return KnowledgeBase.open(settings=settings, shared=True)
