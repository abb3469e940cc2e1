"""Hours of mixed use on one index, with the real model: `python -m benchmarks.soak --minutes 120 --folder DIR`.

    kb serve, two workers      questions and uploads over HTTP
    reader                     a knowledge base of its own: search, ask, open, verify; and the same through the server
    sender, owner              add, change and remove small articles: over HTTP, in process, `kb add`, `kb remove`
    here                       `kb build` of a folder that changes, `kb backup`; every minute a look at all processes

What the store must hold is written down beside it, and everything that is found is held against that. At the end the
doctor must be content, the store must hold what was written down, and no file may be left over. `--report` makes the
table of a run again.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.load_server import free_port, serving
from benchmarks.soak_report import report
from benchmarks.soak_state import STOP, Ledger, Log, State, own_environment, states, text
from benchmarks.soak_writers import FailureError, shell
from kb.access.tokens import Role, TokenFile
from kb.knowledge import KnowledgeBase

PROJECT = Path(__file__).resolve().parents[1]
CORPUS = [PROJECT / "corpus" / name for name in ("practices", "lexicon")]
BUILD_EVERY, BACKUP_EVERY = 5, 11
NICE = 5
TRIES = 10


class Processes:
    """The long-lived ones by name, and what /proc tells of them."""

    def __init__(self) -> None:
        self.pids: dict[str, int] = {}

    def add_server(self, pid: int) -> None:
        """The server and its workers; what only tracks resources is left out."""
        self.pids["serve"] = pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        workers = [
            child for child in children if b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes()
        ]
        self.pids |= {f"worker {number}": int(child) for number, child in enumerate(workers, start=1)}

    def look(self) -> dict[str, dict[str, float]]:
        """Memory in MB, open files, those of them that are removed, processor seconds so far."""
        return {name: self._one(pid) for name, pid in self.pids.items()}

    def _one(self, pid: int) -> dict[str, float]:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        memory = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1024
        opened = [_target(file) for file in Path(f"/proc/{pid}/fd").iterdir()]
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        gone = sum(name.endswith("(deleted)") for name in opened)
        return {"memory": memory, "files": len(opened), "gone": gone, "cpu": cpu}


def _target(file: Path) -> str:
    try:
        return str(file.readlink())
    except OSError:
        return ""


class Soak:
    """One run over a work folder."""

    def __init__(self, work: Path, minutes: float) -> None:
        self.work, self.index, self.folder = work, work / "index", work / "corpus"
        self._seconds, self._log, self._chance = minutes * 60, Log(work, "main"), random.Random("main")
        self._ledger = Ledger(work, "main", [f"b{number:02}" for number in range(24)])
        self._processes = Processes()
        self._versions = 0
        self.folder.mkdir()

    def run(self) -> None:
        """From an empty folder to the verdict."""
        self._build(24)
        token = TokenFile(self.index).add("soak", Role.EDITOR)
        port = free_port()
        command = [sys.executable, "-m", "kb", "serve", "--port", str(port), "--workers", "2"]
        environment = {**own_environment(self.index), "KB_RATE_LIMIT": "0"}
        with ExitStack() as stack:
            server = stack.enter_context(serving("kb serve", command, environment, port, "", ready="/ready"))
            time.sleep(5)
            self._processes.add_server(server.pid)
            of_all = (self.work, self.index, server.address)
            stack.enter_context(self._worker("reader", "benchmarks.soak_reader", *of_all))
            for who in ("sender", "owner"):
                stack.enter_context(self._worker(who, "benchmarks.soak_writers", who, *of_all, token))
            self._minutes()
        self._end()

    @contextmanager
    def _worker(self, name: str, module: str, *arguments: object) -> Iterator[None]:
        """A process of ours; when the block is left it is told to end."""
        with (self.work / f"{name}.err").open("wb") as told:
            process = subprocess.Popen([sys.executable, "-m", module, *map(str, arguments)], stderr=told)
            self._processes.pids[name] = process.pid
            try:
                yield
            finally:
                (self.work / STOP).touch()
                try:
                    code = process.wait(120)
                except subprocess.TimeoutExpired:
                    process.kill()
                    code = process.wait()
                if code:
                    self._log("error", message=f"{name} ended with {code}")

    def _minutes(self) -> None:
        begun, minute = time.monotonic(), 0
        while time.monotonic() - begun < self._seconds:
            minute += 1
            self._log.pause(max(0.0, begun + 60 * minute - time.monotonic()))
            self._look(minute)
            if minute % BUILD_EVERY == 2:
                self._build(3)
            if minute % BACKUP_EVERY == 3:
                self._command("backup", self.work / "backup.kb", "--force")

    def _look(self, minute: int) -> None:
        """All long-lived processes and the index folder; one that ended is an error."""
        try:
            found = self._processes.look()
        except OSError as error:
            self._log("error", message=f"a process is gone: {error}")
            return
        files = [path for path in self.index.rglob("*") if path.is_file()]
        sizes = sum(_size(path) for path in files)
        made = [path.name for path in (self.index / "caches").iterdir()]
        self._log("minute", minute=minute, processes=found, files=len(files), mb=sizes / 1024**2, caches=len(made))

    def _build(self, many: int) -> None:
        """`kb build` after so many files of the folder came, changed or went."""
        changes: dict[str, int] = {}
        for name in self._chance.sample(list(self._ledger.states), many):
            self._versions += 1
            there = self._ledger.states[name].version and self._chance.random() < 0.4
            changes[name] = 0 if there else self._versions
        self._ledger.begin(changes)
        for name, version in changes.items():
            file = self.folder / f"{name}.txt"
            if version:
                file.write_text(text(name, version), encoding="utf-8")
            else:
                file.unlink()
        for _ in range(TRIES):
            if self._command("build", self.folder, *CORPUS):
                self._ledger.end(changes, done=True)
                return
            time.sleep(3)
        self._log("error", message="the build never came to its turn")

    def _command(self, *command: object) -> bool:
        """`kb COMMAND`; whether it was done."""
        begun = time.monotonic()
        try:
            polite = shell(self.index, *command)
        except FailureError as error:
            self._log("error", message=str(error))
            return False
        if polite:
            self._log("polite", message=polite)
        else:
            self._log("command", how=command[0], ms=(time.monotonic() - begun) * 1000)
        return not polite

    def _end(self) -> None:
        """Everything has ended: the store is what was written down, and nothing is left over."""
        self._command("doctor")
        self._command("restore", "--check", self.work / "backup.kb")
        with KnowledgeBase.open(self.index) as knowledge:
            for message in different(knowledge, states(self.work)):
                self._log("wrong", message=f"at the end: {message}")
        for path in strays(self.index, self.work):
            self._log("wrong", message=f"left over: {path}")


def different(knowledge: KnowledgeBase, expected: dict[str, State]) -> Iterator[str]:
    """What the store holds otherwise than was written down."""
    stored = {one.id for one in knowledge.articles()}
    there = {name for name, state in expected.items() if state.version}
    corpus = {file.stem for folder in CORPUS for file in folder.rglob("*")}
    yield from (f"{name} is missing" for name in there - stored)
    yield from (f"{name} was removed or never added" for name in stored - there - corpus)
    for key in stored:
        whole = knowledge.article(key).text
        if key in there and whole != text(key, expected[key].version):
            yield f"{key} holds another text; {expected[key]}"
        for passage in knowledge.passages(key):
            if passage.text != whole[passage.start : passage.end] or not passage.text:
                yield f"{passage.id} is no piece of its article"


def strays(index: Path, work: Path) -> list[str]:
    """Files that nobody needs: unfinished index files, older ones, temporary ones."""
    known = {"kb.sqlite3", "kb.sqlite3-wal", "kb.sqlite3-shm", ".lock", "tokens.json", ".tokens.lock", "caches"}
    other = [path for path in index.iterdir() if path.name not in known and not path.name.startswith("audit-")]
    caches = list((index / "caches").iterdir())
    left = list((work / "tmp").iterdir())
    beside = [path for path in work.iterdir() if path.name.startswith((".backup", "backup.kb."))]
    return [str(path) for path in (*other, *(caches if len(caches) != 1 else ()), *left, *beside)]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def main() -> None:
    """A run, or the table of one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak")
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--folder", type=Path, required=True, help="must not be there yet")
    parser.add_argument("--report", action="store_true", help="only the table of the run in that folder")
    arguments = parser.parse_args()
    work: Path = arguments.folder.resolve()
    if not arguments.report:
        (work / "tmp").mkdir(parents=True)
        os.environ["TMPDIR"] = str(work / "tmp")
        os.nice(NICE)
        Soak(work, arguments.minutes).run()
    made = report(work)
    (work / "report.md").write_text(made, encoding="utf-8")
    print(made)


if __name__ == "__main__":
    main()
