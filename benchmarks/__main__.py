"""`make bench`: measure, write RESULTS.md, and fail where quality fell below its floor."""

from __future__ import annotations

import argparse
import hashlib
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import gate, quality, speed
from benchmarks.shared_data import gov, shared_folder
from kb.config import load_settings

RESULTS = Path(__file__).with_name("RESULTS.md")
NOTES = Path(__file__).with_name("attempts.md")
OTHERS = Path(__file__).with_name("measured.md")
"""Results of the benchmarks that have a command of their own, written down by hand from their output."""


def main() -> int:
    """The whole report, or one task for a subprocess."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--task", choices=["build", "plain"])
    parser.add_argument("--at", type=Path, default=Path())
    arguments = parser.parse_args()
    if arguments.task:
        speed.measure_here(arguments.task, arguments.at)
        return 0
    if not shared_folder().is_dir():
        print(f"measuring data not found at {shared_folder()}; set KB_SHARED")
        return 1
    return report()


def report() -> int:
    """Measure all, write the report, 1 where a floor is broken."""
    settings = load_settings()
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        print("build ...", flush=True)
        build = speed.in_process("build", index)
        print("plain encode ...", flush=True)
        plain = speed.in_process("plain", Path(folder) / "unused")
        warm, cold = speed.warm_queries(index), speed.cold_starts(index)
    print("quality ...", flush=True)
    measured = [one for name in quality.available() for one in quality.measure_set(name, settings)]
    broken = gate.broken(measured, gate.read_floors(gate.FLOORS))
    RESULTS.write_text(_markdown(build, plain, warm, cold, measured), encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))
    print("\n".join(broken) or "all floors hold")
    return 1 if broken else 0


def _markdown(
    build: dict[str, float],
    plain: dict[str, float],
    warm: dict[str, tuple[float, float]],
    cold: dict[str, float],
    measured: list[quality.Measured],
) -> str:
    stages = "\n".join(f"| {name} | {p50:.2f} | {p95:.2f} |" for name, (p50, p95) in warm.items())
    starts = "\n".join(f"| `{name}` | {seconds:.2f} |" for name, seconds in cold.items())
    builds = "\n".join(
        f"| {name} | {figures['per_second']:.1f} | {figures['seconds']:.1f} | {figures['peak_mb']:.0f} |"
        for name, figures in (
            ("`kb build` (read, split, embed, store, segment, index)", build),
            ("`SentenceTransformer.encode` alone, same texts, torch fp32", plain),
        )
    )
    return f"""# Measurements

Made by `make bench` on {datetime.now(UTC):%Y-%m-%d}, commit {_commit()}, {platform.machine()}, {_cores()} cores,
Python {platform.python_version()}. The machine is shared and noisy: compare figures of one run with each other.
Data: gov {_digest(gov().corpus)}, dev questions only; sample is ours (`benchmarks/sample`).

## Retrieval

Same settings for all sets; `-s2t` and `-t2s` are the same questions converted to that script.

{quality.table(measured)}

## Building 5,985 passages

| | passages a second | seconds | peak memory, MB |
|---|---|---|---|
{builds}

Ratio of the two in this run: {build["per_second"] / plain["per_second"]:.2f}.

## Warm query at 5,985 passages, milliseconds

| stage | p50 | p95 |
|---|---|---|
{stages}

## Cold starts, seconds (median of {speed.COLD_RUNS}, whole process)

| command | seconds |
|---|---|
{starts}

{OTHERS.read_text(encoding="utf-8")}{NOTES.read_text(encoding="utf-8")}"""


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _cores() -> int:
    import os

    return len(os.sched_getaffinity(0))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


sys.exit(main())
