"""Runs a target for some seconds of the processor in a process of its own, with bounded memory; counts what happens.

A crash is anything but a result or a refusal in a sentence, a hang an input that takes longer than HANG. The input of
each kind of crash is kept in the folder that is given; the one being tried is written down before it is, so that an
input that kills the process is known too.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType

from benchmarks.fuzzing.checking import BrokenLawError, check_refusal
from benchmarks.fuzzing.targets import TARGETS, Target
from kb.errors import KBError

HANG = 10.0
"""Seconds of the processor; no input is longer than 60,000 bytes."""

MEMORY = 4 * 1024**3
BUSY = 60
"""How much longer than its processor time a process may take where others want the processor too."""

DISTINCT = 40
"""Kinds of crash that are kept; more are one fault that shows in many places."""


class Hang(BaseException):
    """Raised into an input that takes too long; no `except` of the code under test is to catch it."""


@dataclass(slots=True)
class Result:
    """What came of one target."""

    target: str
    executions: int = 0
    refused: int = 0
    crashes: int = 0
    hangs: int = 0
    slowest: float = 0.0
    peak_mb: float = 0.0
    kinds: dict[str, str] = field(default_factory=dict)


def measure(target: Target, seconds: float, seed: int, kept: Path, most: int = 10**9) -> Result:
    """Feed a target in this process; the inputs of crashes are written to `kept`."""
    result, chance = Result(target.name), random.Random(seed)
    before = signal.signal(signal.SIGPROF, _too_long)
    begun = time.process_time()
    try:
        for data in _inputs(target, chance):
            if result.executions >= most or time.process_time() - begun > seconds:
                break
            _last(kept, target).write_bytes(data)
            _one(target, data, result, kept)
    finally:
        signal.signal(signal.SIGPROF, before)
    result.peak_mb = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    return result


def _inputs(target: Target, chance: random.Random) -> Iterator[bytes]:
    """What is valid first, then changes of it."""
    yield from target.seeds()
    while True:
        yield target.input(chance)


def _one(target: Target, data: bytes, result: Result, kept: Path) -> None:
    result.executions += 1
    began = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, HANG)
    try:
        target.run(data)
    except KBError as error:
        result.refused += 1
        signal.setitimer(signal.ITIMER_PROF, 0)
        try:
            check_refusal(error)
        except BrokenLawError as broken:
            _keep(result, kept, data, broken)
    except Hang as error:
        result.hangs += 1
        _keep(result, kept, data, error)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        result.crashes += 1
        _keep(result, kept, data, error)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    result.slowest = max(result.slowest, round(time.process_time() - began, 3))


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise Hang


def _keep(result: Result, kept: Path, data: bytes, error: BaseException) -> None:
    """One input for each place where it went wrong."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "fuzzing/running" not in frame.filename]
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames[-3:]))
    kind = f"{type(error).__name__}: {str(error)[:80]!r} at {where}"
    mark = hashlib.sha256(f"{type(error).__name__}{frames[-1:]}".encode()).hexdigest()[:10]
    if mark not in result.kinds and len(result.kinds) < DISTINCT:
        result.kinds[mark] = kind
        (kept / f"{slot(result.target)}-{mark}").write_bytes(data)


def slot(name: str) -> str:
    """The number of a target, for the names of files."""
    return f"{next(at for at, target in enumerate(TARGETS) if target.name == name):02}"


def _last(kept: Path, target: Target) -> Path:
    return kept / f"{slot(target.name)}-last"


def here(name: str, seconds: float, seed: int, kept: Path) -> None:
    """Run one target with bounded memory and print the result as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    target = next(one for one in TARGETS if one.name == name)
    sys.stdout.write(json.dumps(asdict(measure(target, seconds, seed, kept))) + "\n")


def apart(name: str, seconds: float, seed: int, kept: Path) -> Result:
    """Run one target in a process of its own, again where it is killed or hangs beyond being interrupted."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.fuzzing", "--one", name, "--seconds", str(seconds),
               "--seed", str(seed), "--kept", str(kept)]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=BUSY * (seconds + HANG), check=False)
    except subprocess.TimeoutExpired:
        return _fallen(name, kept, "hangs", "it could not be interrupted")
    if done.returncode == 0 and done.stdout.strip():
        return Result(**json.loads(done.stdout.splitlines()[-1]))
    return _fallen(name, kept, "crashes", f"exit {done.returncode}: {done.stderr[-300:]}")


def _fallen(name: str, kept: Path, what: str, why: str) -> Result:
    """A process that gave no result; the input it was trying is kept."""
    result = Result(name, kinds={"process": why})
    setattr(result, what, 1)
    last = kept / f"{slot(name)}-last"
    if last.exists():
        last.replace(kept / f"{slot(name)}-process")
    return result
