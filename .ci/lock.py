"""Renews the lock files: `make lock`; with `make lock UPGRADE=--upgrade` also to newer versions.

    lock/build.txt      what builds packages that come as source; installed first
    lock/torch-cpu.txt  the CPU build of torch, which lies beside the registry where it is at hand at all
    lock/torch.txt      torch as the registry has it, with what its CUDA build needs; where the other is not at hand
    lock/packages.txt   everything else that `make` installs
    lock/ocr.txt        what the extra `ocr` needs besides
    lock/tools.txt      what renews and audits the lock; no part of the package, lives apart

Each package stands there with the SHA-256 of every file that the registry has of that version, for all systems and
Pythons. Of the CPU build only the files are known that pip took on a machine where this was run.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
FOLDER = PROJECT / "lock"
PYTHON = "3.11"
BUILD = ("setuptools",)
TOOLS = ("pip-audit", "uv")
CUDA = re.compile(r"(nvidia|cuda|triton)\b")
HEAD = "# Made by `make lock`; not to be changed by hand.\n"

_START = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\\n]*[^\\\s]))?")
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Locked:
    """A package of a lock file; `parents` are the packages that ask for it, as far as that is told."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    parents: frozenset[str] = frozenset()

    def lines(self) -> str:
        """As pip reads it."""
        first = f"{self.name}=={self.version}" + (f" ; {self.marker}" if self.marker else "")
        return " \\\n    ".join((first, *(f"--hash={one}" for one in sorted(self.hashes)))) + "\n"


def read(text: str) -> list[Locked]:
    """Every package of a lock file, or of what uv writes."""
    return list(_entries(text))


def _entries(text: str) -> Iterator[Locked]:
    for block in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE):
        start = _START.match(block)
        if start is None:
            continue
        parents = re.findall(r"^ +#(?: via)?  *([A-Za-z0-9][\w.-]*)$", block, re.MULTILINE)
        yield Locked(
            start["name"],
            start["version"],
            start["marker"] or "",
            tuple(_HASH.findall(block)),
            frozenset(parents) - {"via"},
        )


def cuda_of(packages: Iterable[Locked]) -> set[str]:
    """The names that only the CUDA build of torch brings, and what they alone bring."""
    found: set[str] = set()
    packages = list(packages)
    while True:
        more = {
            one.name
            for one in packages
            if one.name not in found
            and one.parents
            and one.parents <= found | {"torch"}
            and (CUDA.match(one.name) or one.parents <= found)
        }
        if not more:
            return found
        found |= more


def compiled(asked: Iterable[str], known: Iterable[Locked], options: Iterable[str]) -> list[Locked]:
    """What uv makes of these requirements; versions that are known stay as long as they fit."""
    with tempfile.TemporaryDirectory() as folder:
        wanted, out = Path(folder) / "wanted.in", Path(folder) / "out.txt"
        wanted.write_text("\n".join(asked) + "\n", encoding="utf-8")
        out.write_text("".join(one.lines() for one in known), encoding="utf-8")
        subprocess.run(  # noqa: S603 - as the Makefile says
            [
                sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", PYTHON,
                "--generate-hashes", "--no-header", "--output-file", str(out), *options, str(wanted),
            ],
            cwd=PROJECT, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        return read(out.read_text(encoding="utf-8"))


def cpu_builds(torch: Locked, before: Iterable[Locked]) -> list[Locked]:
    """The CPU build of this version: the files that were known, and the one that pip takes here if it is such a one."""
    command = ("-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--no-deps", "--report", "-")
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, *command, f"torch=={torch.version}"], capture_output=True, text=True, check=True
    )
    (one,) = json.loads(done.stdout)["install"]
    version, digest = one["metadata"]["version"], one["download_info"]["archive_info"]["hashes"]["sha256"]
    local = f"{torch.version}+cpu"
    known = {file for old in before if (old.name, old.version) == (torch.name, local) for file in old.hashes}
    found = known | ({f"sha256:{digest}"} if version == local else set())
    return [Locked(torch.name, local, "", tuple(found))] if found else []


def write(name: str, packages: Iterable[Locked]) -> None:
    """A lock file, by name; one that stays as it is keeps its time, so that `make` installs nothing anew."""
    text = HEAD + "".join(one.lines() for one in sorted(packages, key=lambda one: one.name.lower()))
    file = FOLDER / name
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


def main(options: list[str]) -> None:
    """All of them."""
    before = [one for file in FOLDER.glob("*.txt") for one in read(file.read_text(encoding="utf-8"))]
    everything = compiled((".[dev,ocr]",), before, options)
    installed = compiled((".[dev]",), everything, ())
    torch, build = cuda_of(installed) | {"torch"}, set(BUILD)
    names = {one.name for one in installed}
    write("build.txt", (one for one in everything if one.name in build))
    write("torch.txt", (one for one in installed if one.name in torch))
    write("torch-cpu.txt", cpu_builds(next(one for one in installed if one.name == "torch"), before))
    write("packages.txt", (one for one in installed if one.name not in torch | build))
    write("ocr.txt", (one for one in everything if one.name not in names | build))
    write("tools.txt", compiled(TOOLS, before, options))


if __name__ == "__main__":
    main(sys.argv[1:])
