"""What a user does in a day, in a process of its own that reports every connection: build, search, ask, the first page.

    python offline_kb.py ARTICLES

The last line of stdout is a JSON list of what Python was asked to do on the network.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from kb.checking.network import EVENTS

seen: list[str] = []


def hook(event: str, arguments: tuple[Any, ...]) -> None:
    """Name of the event and where it leads."""
    if event in EVENTS or event == "socket.bind":
        seen.append(f"{event} {arguments[1:] if event != 'socket.getaddrinfo' else arguments[:2]}")


def run(articles: str) -> None:
    """Everything, with the settings of the environment."""
    from streamlit.testing.v1 import AppTest

    from kb.cli import main

    for command in (["build", articles], ["search", "没有物业的小区怎么办"], ["ask", "没有物业的小区怎么办"]):
        main(command, standalone_mode=False)
    page = AppTest.from_file(str(Path(__file__).parents[1] / "app.py"), default_timeout=60).run()
    if page.exception:
        raise RuntimeError(str(page.exception))
    page.text_input[0].input("没有物业的小区")
    page.button[0].click().run()
    if page.exception:
        raise RuntimeError(str(page.exception))


if __name__ == "__main__":
    sys.addaudithook(hook)
    run(sys.argv[1])
    sys.stdout.write(f"\n{json.dumps(seen)}\n")
