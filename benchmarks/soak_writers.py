"""The soak's writers: one sends files to the server, one has a knowledge base of its own and uses the shell."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.soak_state import Ledger, Log, marker, own_environment, question, text
from kb.errors import BusyError, KBError
from kb.knowledge import KnowledgeBase
from kb.types import Upload

POLITE = "请等它完成后再试"
"""How one who writes is told that somebody else does."""

POLITE_STATUS = (409, 429)
REMOVING = 0.4
Way = Callable[[str, int], str]
"""Gives a name this version (0: takes it away); the sentence of a polite refusal, or ""."""


class FailureError(Exception):
    """Something that is no polite refusal."""


class Writer:
    """Changes one name after the other and looks at once, through the server, whether it took."""

    def __init__(self, work: Path, who: str, ways: dict[str, list[Way]], address: str, pause: float) -> None:
        """`ways` by the first letter of the names that they may change."""
        self.log, self._ways, self._pause = Log(work, who), ways, pause
        self._ledger = Ledger(work, who, [f"{letter}{number:02}" for letter in ways for number in range(16)])
        self._versions = 0
        self._client = client(address)
        self._chance = random.Random(who)

    def run(self) -> None:
        """Until everyone is to end."""
        while not self.log.stopped():
            name = self._chance.choice(list(self._ledger.states))
            self._change(name, self._chance.choice(self._ways[name[0]]))
            self.log.pause(self._chance.uniform(0.5, 1.5) * self._pause)

    def _change(self, name: str, way: Way) -> None:
        before = self._ledger.states[name].version
        self._versions += 1
        version = 0 if before and self._chance.random() < REMOVING else self._versions
        self._ledger.begin({name: version})
        begun = time.monotonic()
        try:
            polite = way(name, version)
        except (FailureError, KBError, httpx2.HTTPError) as error:
            self.log("error", message=f"{way.__name__}: {error}")
            polite = "error"
        self._ledger.end({name: version}, done=not polite)
        if polite:
            self.log("polite" if polite != "error" else "failed", message=polite)
            return
        self.log("write", how=way.__name__, removed=not version, ms=(time.monotonic() - begun) * 1000)
        self._look(name, before, version)

    def _look(self, name: str, before: int, version: int) -> None:
        """The new version is found, the old one is not."""
        for wanted, expected in ((before, False), (version, True)):
            if wanted:
                asked: dict[str, str | int] = {
                    "query": question(name, wanted, hant=bool(wanted % 2)),
                    "mode": "lexical",
                    "k": 10,
                }
                answer = self._client.get("/v1/search", params=asked)
                if answer.status_code != 200:
                    self.log("error", message=f"look: {answer.status_code} {answer.text[:200]}")
                elif any(marker(name, wanted) in hit["text"] for hit in answer.json()["hits"]) is not expected:
                    self.log("wrong", message=f"{name}/{wanted} found: {not expected}, right after the change")


def client(address: str, token: str = "") -> httpx2.Client:
    """Connects anew for every request, so that any of the server's workers may answer."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx2.Client(
        base_url=address, timeout=90, headers=headers, limits=httpx2.Limits(max_keepalive_connections=0)
    )


class Sending:
    """Uploads and removals through the server."""

    def __init__(self, address: str, token: str) -> None:
        self._client = client(address, token)

    def send(self, name: str, version: int) -> str:
        """One request."""
        if version:
            files = {"files": (f"{name}.txt", text(name, version).encode())}
            answer = self._client.post("/v1/articles?replace=true", files=files)
        else:
            answer = self._client.delete(f"/v1/articles/{name}")
        if answer.status_code in POLITE_STATUS:
            return str(answer.json()["detail"])
        if answer.status_code not in (200, 201, 204):
            raise FailureError(f"{answer.status_code} {answer.text[:300]}")
        return ""


class Own:
    """A knowledge base of this process, and `kb` from the shell, over the same files."""

    def __init__(self, index: Path, folder: Path, log: Log) -> None:
        self._index, self._folder = index, folder
        folder.mkdir()
        self._knowledge = KnowledgeBase.open(index, notice=lambda told: log("notice", message=told))

    def inside(self, name: str, version: int) -> str:
        """`add` and `remove`."""
        return self._polite(lambda: self._write(name, version) if version else self._knowledge.remove([name]))

    def kept(self, name: str, version: int) -> str:
        """`preview` and `keep`."""

        def keep() -> Any:
            found = self._knowledge.preview([Upload(f"{name}.md", text(name, version).encode())]).found
            return self._knowledge.keep(found, replacing=[one.key for one in found])

        return self._polite(keep if version else lambda: self._knowledge.remove([name]))

    def shell(self, name: str, version: int) -> str:
        """`kb add` and `kb remove`."""
        file = self._folder / f"{name}.txt"
        if version:
            file.write_text(text(name, version), encoding="utf-8")
        return shell(self._index, "add", file) if version else shell(self._index, "remove", name)

    def _write(self, name: str, version: int) -> Any:
        file = self._folder / f"{name}.txt"
        file.write_text(text(name, version), encoding="utf-8")
        report = self._knowledge.add([file])
        if report.failures or report.added + report.changed != 1:
            raise FailureError(str(report))
        return report

    def _polite(self, work: Callable[[], Any]) -> str:
        try:
            work()
        except BusyError as error:
            return str(error)
        return ""


def shell(index: Path, *command: object) -> str:
    """`kb COMMAND`; what it said where another one was writing."""
    done = subprocess.run(
        [sys.executable, "-m", "kb", *map(str, command)],
        env=own_environment(index), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode and POLITE in done.stderr:
        return done.stderr.strip().splitlines()[-1]
    if done.returncode:
        raise FailureError(f"kb {command[0]}: {done.returncode} {done.stderr[-500:]}")
    return ""


def main() -> None:
    """WHO WORK INDEX ADDRESS TOKEN."""
    who, work, index, address, token = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], sys.argv[5]
    if who == "sender":
        Writer(work, who, {"u": [Sending(address, token).send]}, address, 18).run()
    else:
        own = Own(index, work / "files", Log(work, who))
        ways: dict[str, list[Way]] = {"f": [own.inside, own.inside, own.shell], "k": [own.kept]}
        Writer(work, who, ways, address, 24).run()


if __name__ == "__main__":
    main()
