"""The command line with the small encoder, as a process that `test_faults.py` can interrupt.

    python slow_kb.py SECONDS STOP COMMAND...

It prints `loaded` when everything is imported and begins when a line comes on stdin. Embedding takes SECONDS a
group of 16 passages; before group number STOP (from 1, 0 for never) it prints `waiting` and waits for a line again.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

from conftest import CharacterEncoder
from kb.cli import main
from kb.knowledge import adding, engine
from kb.models.encoder import FloatMatrix, TextKind
from kb.text import segment
from small_corpus import small_dictionary


class SlowEncoder(CharacterEncoder):
    """The small encoder, giving a killer time to strike."""

    def __init__(self, seconds: float, stop: int) -> None:
        super().__init__()
        self._seconds = seconds
        self._stop = stop
        self._groups = 0

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Callable[[int], None] | None = None
    ) -> FloatMatrix:
        self._groups += kind is TextKind.PASSAGE
        if self._groups == self._stop and kind is TextKind.PASSAGE:
            wait("waiting")
        time.sleep(self._seconds)
        return super().encode(texts, kind, progress)


def wait(word: str) -> None:
    """Tell the parent where we are, and go on when it says so."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()
    sys.stdin.readline()


def run(seconds: str, stop: str, command: list[str]) -> None:
    """`kb COMMAND`, slowed down."""
    encoder = SlowEncoder(float(seconds), int(stop))
    setattr(engine, "open_encoder", lambda **_settings: encoder)  # noqa: B010 - the engine only imports it
    segment.load_words = small_dictionary
    adding.GROUP = 16
    wait("loaded")
    main(command, prog_name="kb")


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], sys.argv[3:])
