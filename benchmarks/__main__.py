"""`make bench`: measure everything, write RESULTS.md, and fail where quality fell below its floor.

python -m benchmarks            all sections, one after the other (about an hour on 2 cores, nothing else running)
python -m benchmarks cold load  these
python -m benchmarks --report   RESULTS.md again from results.json
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks import report, speed
from benchmarks.sections import SECTIONS
from benchmarks.shared_data import shared_folder
from kb.config import load_settings


def main() -> int:
    """Some or all sections, or one task for a subprocess; 1 where a floor is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("sections", nargs="*", metavar="NAME", help=", ".join(one.name for one in SECTIONS))
    parser.add_argument("--report", action="store_true", help="only write the report again")
    parser.add_argument("--task", choices=speed.TASKS, help=argparse.SUPPRESS)
    parser.add_argument("--at", type=Path, default=Path(), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.task:
        speed.measure_here(arguments.task, arguments.at)
        return 0
    if unknown := set(arguments.sections) - {one.name for one in SECTIONS}:
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    if not shared_folder().is_dir():
        print(f"measuring data not found at {shared_folder()}; set KB_SHARED")
        return 1
    if not arguments.report:
        measure(arguments.sections or [one.name for one in SECTIONS])
    report.write(SECTIONS)
    broken = report.read().get("retrieval", {"figures": {"broken": []}})["figures"]["broken"]
    print("\n".join(broken) or "all floors hold")
    return 1 if broken else 0


def measure(names: list[str]) -> None:
    """Each section is kept as soon as it is measured: a later one that fails loses none."""
    settings = load_settings()
    for section in SECTIONS:
        if section.name in names:
            print(f"{section.title} ...", flush=True)
            when = report.circumstances()
            figures = section.measure(settings)
            report.keep(section, figures, when)
            print(section.show(figures), flush=True)


if __name__ == "__main__":
    sys.exit(main())
