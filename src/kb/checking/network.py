"""That a search opens no network connection: one is run in a process of its own that reports every one.

What is reported are the events of Python (PEP 578), its libraries written in Python included. A library of machine code
could open a connection without Python: what of these is still open after the search is looked for where the system
shows it (/proc). That a search needs no network is shown by the tests, which cut it off altogether.
"""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

from kb.config import Settings
from kb.errors import KBError, ModelError
from kb.types import Check, Mode

SECONDS = 120
ASKED = "物业不履行合同怎么办"

EVENTS = frozenset({
    "socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname",
    "socket.gethostbyaddr",
})  # fmt: skip
"""Those with which something leaves the machine, or asks for a name to be looked up."""

_ADVICE = "请把 KB_MODEL 留空或指定本机的文件夹，并核对装了哪些另外的软件包。"


def check(settings: Settings) -> Check:
    """A search and a question under a hook, in a child process."""
    told = settings.model_dump(mode="json", exclude={"llm_url", "llm_key"})
    try:
        done = subprocess.run(
            [sys.executable, "-m", "kb.checking.network"], input=json.dumps(told), capture_output=True, text=True,
            encoding="utf-8", timeout=SECONDS, check=True,
        )  # fmt: skip
        found = json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        return Check("网络", False, f"没能另起进程检索一次（{type(error).__name__}）", "请再试一次；检索本身不受影响。")
    how = "检索、提问各一次" if found["whole"] else "按字面检索一次（模型不可用）"
    if found["error"]:
        how = f"检索没有完成（{found['error']}），到那时"
    if found["events"]:
        return Check("网络", False, f"{how}：打开了网络连接 {'；'.join(found['events'][:5])}", _ADVICE)
    return Check("网络", True, f"{how}，没有打开任何网络连接", _ADVICE)


def run() -> None:
    """The child: settings on stdin, what was seen on stdout."""
    seen: list[str] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in EVENTS:
            seen.append(f"{event} {arguments[1:] if event != 'socket.getaddrinfo' else arguments[:2]}")

    settings = Settings.model_validate_json(sys.stdin.read())
    sys.addaudithook(hook)
    whole, error = _searched(settings)
    events = [*dict.fromkeys(seen), *_left_open()]
    sys.stdout.write(f"\n{json.dumps({'whole': whole, 'error': error, 'events': events})}\n")


def _searched(settings: Settings) -> tuple[bool, str]:
    """(whether by meaning as well, why not at all)"""
    from kb.knowledge import KnowledgeBase

    with KnowledgeBase.open(settings=settings) as knowledge:
        try:
            knowledge.search(ASKED)
            knowledge.ask(ASKED)
        except ModelError:
            knowledge.search(ASKED, mode=Mode.LEXICAL)
            return False, ""
        except KBError as error:
            return False, str(error)
    return True, ""


def _left_open() -> list[str]:
    """Sockets of the network that this process still has, where the system tells."""
    found: list[str] = []
    known = _of_network()
    for entry in Path("/proc/self/fd").glob("*"):
        try:
            if stat.S_ISSOCK(entry.stat().st_mode) and str(entry.readlink())[len("socket:[") : -1] in known:
                found.append("连接没有关闭")
        except OSError:
            continue  # Closed meanwhile.
    return found


def _of_network() -> set[str]:
    """The numbers of all sockets of TCP and UDP; none where the system does not tell."""
    found: set[str] = set()
    for name in ("tcp", "tcp6", "udp", "udp6"):
        try:
            lines = Path(f"/proc/self/net/{name}").read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        found.update(line.split()[9] for line in lines)
    return found


if __name__ == "__main__":
    run()
