"""The small encoder as Dask's workers get it: by the name of a function of a module."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from conftest import CharacterEncoder
from kb.models.encoder import FloatMatrix, TextKind


def small() -> CharacterEncoder:
    """For a worker."""
    return CharacterEncoder()


class Counting(CharacterEncoder):
    """Writes down in `folder` every process that embeds; kills the `victim`, if there is one, after so many calls."""

    def __init__(self, folder: Path, calls: int, victim: int | None) -> None:
        super().__init__()
        self._folder, self._calls, self._victim = folder, calls, victim

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Callable[[int], None] | None = None
    ) -> FloatMatrix:
        with (self._folder / f"{os.getpid()}.calls").open("a", encoding="utf-8") as file:
            file.write(f"{len(texts)}\n")
        done = sum(len(found.read_text(encoding="utf-8").splitlines()) for found in self._folder.glob("*.calls"))
        if self._calls and self._victim is not None and done >= self._calls:
            with suppress(ProcessLookupError):
                os.kill(self._victim, signal.SIGKILL)
        return super().encode(texts, kind, progress)


def counting(folder: str, calls: int = 0, victim: int | None = None) -> Counting:
    """For a worker."""
    return Counting(Path(folder), calls, victim)
