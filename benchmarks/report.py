"""The report: figures are kept in results.json, a section a measurement, and RESULTS.md is written from them."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.shared_data import gov
from kb.config import Settings

FOLDER = Path(__file__).parent
FIGURES, REPORT = FOLDER / "results.json", FOLDER / "RESULTS.md"
BY_HAND = (FOLDER / "measured.md", FOLDER / "attempts.md")
"""Results of the benchmarks that have a command of their own, and what was tried: written down from their output."""


@dataclass(frozen=True, slots=True)
class Section:
    """`measure` gives figures that JSON can hold, `show` makes Markdown of them (without the heading)."""

    name: str
    title: str
    measure: Callable[[Settings], Any]
    show: Callable[[Any], str]


def circumstances() -> dict[str, str]:
    """When, on what and from what a section was measured; the load tells whether others used the machine."""
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return {
        "made": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": done.stdout.strip() or "unknown",
        "machine": f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}",
        "load_before": f"{os.getloadavg()[0]:.1f}",
        "data": hashlib.sha256(gov().corpus.read_bytes()).hexdigest()[:12],
    }


def read() -> dict[str, Any]:
    """What was measured so far, by name of the section."""
    if not FIGURES.is_file():
        return {}
    found: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return found


def keep(section: Section, figures: Any, when: Mapping[str, str]) -> None:
    """The figures of one section in place of its older ones."""
    known = dict(sorted({**read(), section.name: {**when, "figures": figures}}.items()))
    FIGURES.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write(sections: Sequence[Section]) -> None:
    """RESULTS.md from everything that is known."""
    known = read()
    parts = [
        "# Measurements\n\n`make bench` measures all sections of the first part (`python -m benchmarks NAME...` some of"
        " them) and keeps the figures\nin `results.json`; the others have a command of their own, named with them. The"
        " machine is shared and noisy: compare\nfigures of one section with each other. Questions are the dev questions"
        " of gov.\n"
    ]
    for section in sections:
        if section.name in known:
            one = known[section.name]
            parts.append(
                f"## {section.title}\n\n`python -m benchmarks {section.name}`, {one['made']}, commit {one['commit']},"
                f" {one['machine']}, load before it {one['load_before']}, gov {one['data']}.\n\n"
                f"{section.show(one['figures'])}\n"
            )
    parts += [file.read_text(encoding="utf-8").strip() + "\n" for file in BY_HAND]
    REPORT.write_text("\n".join(parts), encoding="utf-8")


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table; numbers as they are given."""
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)])
