"""`python -m benchmarks.fuzzing`: every target for some seconds, and the table for docs/promises.md."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from benchmarks.fuzzing.running import HANG, Result, apart, here
from benchmarks.fuzzing.targets import TARGETS

KEPT = Path(__file__).resolve().parents[2] / "build" / "fuzzing"


def main() -> int:
    """The table; 1 where something crashed or hung."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzzing")
    parser.add_argument("--seconds", type=float, default=10.0, help="of the processor, for each target")
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")
    parser.add_argument("--only", default="", help="targets whose name holds this")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where the inputs of crashes are kept")
    parser.add_argument("--one", default="", help="one target, in this process")
    parser.add_argument("--replay", type=Path, help="run the target --one on this file")
    arguments = parser.parse_args()
    arguments.kept.mkdir(parents=True, exist_ok=True)
    if arguments.replay:
        next(one for one in TARGETS if one.name == arguments.one).run(arguments.replay.read_bytes())
        return 0
    seed = arguments.seed or time.time_ns() % 10**9
    if arguments.one:
        here(arguments.one, arguments.seconds, seed, arguments.kept)
        return 0
    results = []
    for target in TARGETS:
        if arguments.only in target.name:
            results.append(apart(target.name, arguments.seconds, seed, arguments.kept))
            print(_row(results[-1]), flush=True)
            for mark, kind in results[-1].kinds.items():
                print(f"    {mark}  {kind}", flush=True)
    print(_table(results, seed))
    return 1 if any(one.crashes or one.hangs or one.kinds for one in results) else 0


def _row(one: Result) -> str:
    return (
        f"| {one.target} | {one.executions:,} | {one.refused:,} | {one.crashes} | {one.hangs} | {one.slowest:.2f} |"
        f" {one.peak_mb:.0f} |"
    )


def _table(results: list[Result], seed: int) -> str:
    head = (
        f"\n种子 {seed}，超过 {HANG:.0f} 秒算卡住\n\n"
        "| 对象 | 次数 | 其中拒绝 | 崩溃 | 卡住 | 最慢（秒） | 内存峰值（MB） |\n|---|---|---|---|---|---|---|\n"
    )
    total = Result(
        "合计", *(sum(getattr(one, name) for one in results) for name in ("executions", "refused", "crashes", "hangs"))
    )
    total.slowest = max((one.slowest for one in results), default=0.0)
    total.peak_mb = max((one.peak_mb for one in results), default=0.0)
    return head + "\n".join(map(_row, [*results, total]))


if __name__ == "__main__":
    raise SystemExit(main())
