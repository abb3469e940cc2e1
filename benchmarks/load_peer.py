"""The peer of the load test: txtai's own API, hybrid search with content, on the same texts and the same model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load_server import Server, free_port, serving
from benchmarks.shared_data import gov, read_rows, whole_text

PACKAGES = ("torch==2.13.0", "txtai[api]==9.14.0")
SEARCH = "/search?limit=10&query="
GROUP = 500

CONFIG = """path: {index}
writable: {writable}
embeddings:
  path: {model}
  content: true
  hybrid: true
  instructions:
    query: "query: "
    data: "passage: "
"""
"""As its documentation describes an API over an index: https://neuml.github.io/txtai/api/ ."""


@contextmanager
def peer(work: Path, model: Path) -> Iterator[Server]:
    """txtai serving the texts of gov; environment and index are made below `work` at first use (about 10 minutes)."""
    python = _installed(work / "venv")
    index = work / "index"
    if not index.exists():
        with _served(python, work, model, writable=True) as server:
            _fill(server)
    with _served(python, work, model, writable=False) as server:
        yield server


def _installed(venv: Path) -> Path:
    """The Python of an environment of its own, so that the peer's libraries are the ones it asks for."""
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    for package in PACKAGES:  # torch first: then the CPU build is taken where one is at hand
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", package], check=True, env=_unconstrained())
    return python


def _unconstrained() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in {"PIP_CONSTRAINT", "PYTHONPATH"}}


@contextmanager
def _served(python: Path, work: Path, model: Path, *, writable: bool) -> Iterator[Server]:
    config = work / "app.yml"
    config.write_text(
        CONFIG.format(index=work / "index", model=model, writable=str(writable).lower()), encoding="utf-8"
    )
    port = free_port()
    command = [str(python), "-m", "uvicorn", "txtai.api:app", "--port", str(port), "--log-level", "warning"]
    environment = _unconstrained() | {"CONFIG": str(config), "HF_HUB_OFFLINE": "1"}
    with serving("txtai", command, environment, port, SEARCH, ready="/count") as server:
        yield server


def _fill(server: Server) -> None:
    rows = read_rows(gov().corpus)
    documents = [{"id": row["id"], "text": whole_text(row)} for row in rows]
    for at in range(0, len(documents), GROUP):
        _post(server, "/add", documents[at : at + GROUP])
    with urllib.request.urlopen(f"{server.address}/index", timeout=3600):
        print(f"txtai: {len(documents)} texts indexed", flush=True)


def _post(server: Server, path: str, document: object) -> None:
    request = urllib.request.Request(
        f"{server.address}{path}", json.dumps(document).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=3600):
        pass
