"""`kb` in processes of their own that start at once: everything is imported in one that then only forks.

    python nursery.py        a line of JSON on stdin is a command; its number is printed, and how it ended

A test kills the process of a command with SIGKILL at the moment it likes. Commands run with the small encoder and the
small dictionary; every step that a progress bar shows takes `seconds`, and the steps are small ones. A command may have
a clock of its own (`other_clock.py`), `memory` bytes beyond what its process takes when it begins, and a control group.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn


class Nursery:
    """Starts commands, one at a time, in an environment with these variables."""

    def __init__(self, **environment: object) -> None:
        variables = {**os.environ, **{name: str(value) for name, value in environment.items()}}
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=variables,
        )

    def __enter__(self) -> Nursery:
        assert self._line() == "ready"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def start(
        self,
        *command: object,
        seconds: float = 0.0,
        said: Path | None = None,
        clock: str = "",
        memory: int = 0,
        group: Path | None = None,
    ) -> int:
        """The number of the process that runs `kb COMMAND`; what it says goes to a file."""
        told = {
            "command": [str(part) for part in command],
            "seconds": seconds,
            "said": str(said or os.devnull),
            "clock": clock,
            "memory": memory,
            "group": str(group or ""),
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        return int(self._line())

    def end(self) -> int:
        """How the process ended: its exit code, or less the signal that killed it."""
        return int(self._line())

    def run(self, *command: object, said: Path | None = None, clock: str = "") -> int:
        self.start(*command, said=said, clock=clock)
        return self.end()

    def killed(self, moment: float, *command: object, seconds: float, clock: str = "") -> int:
        """Kill a command so many seconds after it began."""
        process = self.start(*command, seconds=seconds, clock=clock)
        time.sleep(moment)
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        return self.end()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def _limit(memory: int) -> None:
    """So many bytes more than there are now, then no more."""
    import resource

    now = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + memory, now + memory))


def _run(command: list[str], seconds: float, said: str, clock: str, memory: int, group: str) -> NoReturn:
    import other_clock
    from kb.cli import main
    from kb.cli.frame import Bar
    from kb.knowledge import sealed_library

    def slowed(_bar: Bar, _stage: str, _done: int, _total: int) -> None:
        time.sleep(seconds)

    def unpacking(_notice: object) -> object:
        return lambda _what, _done, _total: time.sleep(seconds)

    setattr(Bar, "__call__", slowed)  # noqa: B010 - mypy knows no assignment to a method
    setattr(sealed_library, "_told", unpacking)  # noqa: B010
    with open(said, "w", encoding="utf-8") as file:  # noqa: PTH123 - a name that came as text
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        code: Any = 0
        if clock:
            other_clock.use(clock)
        if group:
            Path(group, "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
        if memory:
            _limit(memory)
        try:
            main(command, prog_name="kb")
        except SystemExit as stop:
            code = stop.code
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code or 0)


def _serve() -> None:
    import faiss  # noqa: F401 - imported once for all
    import tantivy  # noqa: F401

    from conftest import CharacterEncoder
    from kb.archive import container
    from kb.index import snapshot
    from kb.knowledge import adding, engine
    from kb.text import segment
    from small_corpus import small_dictionary

    setattr(engine, "open_encoder", lambda **_settings: CharacterEncoder())  # noqa: B010
    segment.load_words = small_dictionary
    snapshot.PAGES, container.CHUNK, adding.GROUP = 8, 1 << 15, 16
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        told = json.loads(line)
        sys.stdout.flush()
        process = os.fork()
        if process == 0:
            _run(**told)
        sys.stdout.write(f"{process}\n")
        sys.stdout.flush()
        _process, status = os.waitpid(process, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
