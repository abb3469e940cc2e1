"""Every compiled pattern of kb, tried on strings of its own letters: which take time with the square of the length?

Run as `python -m benchmarks.fuzzing.patterns`. Strings are one or two letters of the pattern repeated, behind another
one, with a foreign letter at the end. A pattern that is named here is no fault where what it reads is short: the length
of a statement, a sentence, a line or a question is bounded.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
import re
import signal
import time
from collections.abc import Iterable, Iterator
from types import FrameType
from typing import Any

import kb

SIZE = 2_000
WORTH_A_LOOK = 0.004
"""Seconds for a string of SIZE."""

STEEP = 1.4
"""1 is in proportion to the length."""

PATIENCE = 3.0
_LEFT_OUT = ("kb.ui", "kb.mcp", "kb.adapters", "kb.__main__")


class TooLongError(BaseException):
    """A search that is not waited for."""


def patterns() -> dict[re.Pattern[str], str]:
    """Every pattern of a module, alone or in a table, with its name."""
    found: dict[re.Pattern[str], str] = {}
    for module in pkgutil.walk_packages(kb.__path__, "kb."):
        if not module.name.startswith(_LEFT_OUT):
            for name, value in vars(importlib.import_module(module.name)).items():
                for pattern in _within(value):
                    found.setdefault(pattern, f"{module.name}.{name}")
    return found


def _within(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _within(one)


def letters(pattern: re.Pattern[str]) -> list[str]:
    """Some of the letters that a pattern speaks of, each once."""
    parser: Any = importlib.import_module("re._parser")
    return list(dict.fromkeys(_of(parser.parse(pattern.pattern, pattern.flags))))


def _of(tree: Any) -> Iterator[str]:
    for code, value in tree:
        name = str(code)
        if name == "LITERAL":
            yield chr(value)
        elif name == "IN":
            yield from _of_class(value)
        elif name == "BRANCH":
            for branch in value[1]:
                yield from _of(branch)
        elif name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            yield from _of(value[2])
        elif name in {"SUBPATTERN", "ATOMIC_GROUP", "ASSERT", "ASSERT_NOT"}:
            yield from _of(value if name == "ATOMIC_GROUP" else value[-1])
        else:
            yield from "甲a"


def _of_class(members: Any) -> Iterator[str]:
    for code, value in members[:3]:
        name = str(code)
        if name == "LITERAL":
            yield chr(value)
        elif name == "RANGE":
            yield chr(value[0])
        else:
            yield from "1 甲a"


def seconds(pattern: re.Pattern[str], text: str) -> float:
    """How long finding everything takes; PATIENCE where it takes longer."""
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    begun = time.process_time()
    try:
        for _ in pattern.finditer(text):
            pass
    except TooLongError:
        return PATIENCE
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return time.process_time() - begun


def worst(pattern: re.Pattern[str]) -> tuple[float, str, str]:
    """(seconds for SIZE characters, what stands before, what is repeated) of the worst string."""
    own = [*letters(pattern)[:12], " ", "\n", "1"]
    units = [*own, *(one + other for one in own[:8] for other in own[:8])]
    tried = ((seconds(pattern, _text(before, unit, SIZE)), before, unit) for unit in units for before in ("", *own[:4]))
    return max(tried)


def _text(before: str, unit: str, size: int) -> str:
    return before + unit * (size // len(unit)) + "\u2603"


def steep(found: Iterable[tuple[re.Pattern[str], str]]) -> Iterator[str]:
    """A line for each pattern whose time grows faster than the length."""
    for pattern, name in found:
        first, before, unit = worst(pattern)
        if first >= WORTH_A_LOOK:
            last = seconds(pattern, _text(before, unit, 4 * SIZE))
            grows = math.log(last / max(first, 1e-6)) / math.log(4)
            if grows > STEEP or last >= PATIENCE:
                yield f"{grows:.2f}  {last:.2f} s for {4 * SIZE}  {name}  {before!r} + {unit!r} …"


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise TooLongError


def main() -> None:
    """Every pattern that is worth a look."""
    signal.signal(signal.SIGPROF, _stop)
    found = patterns()
    for line in steep(found.items()):
        print(line, flush=True)
    print(f"{len(found)} patterns")


if __name__ == "__main__":
    main()
