"""The same targets, guided by the branches that an input takes: `python -m benchmarks.fuzzing.guided TARGET FOLDER`.

Needs atheris, which is no part of the project (libFuzzer; https://github.com/google/atheris). It begins with the valid
inputs of the target, keeps what reaches new code in FOLDER, and ends at the first input that ends in anything but a
result or a refusal in a sentence. Further arguments go to libFuzzer (`-max_total_time=60`).
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["kb"]):
    from benchmarks.fuzzing.checking import check_refusal
    from benchmarks.fuzzing.targets import TARGETS
    from kb.errors import KBError


def main() -> None:
    """One target, until the time is over or something breaks."""
    name, folder, *options = sys.argv[1:]
    target = next(one for one in TARGETS if one.name == name)
    kept = Path(folder)
    kept.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (kept / f"seed-{number:03}").write_bytes(seed)

    def once(data: bytes) -> None:
        text = data.decode("utf-8", "replace").encode() if target.takes_text else data
        try:
            target.run(text)
        except KBError as error:
            check_refusal(error)

    atheris.Setup([sys.argv[0], str(kept), "-timeout=20", "-rss_limit_mb=4096", *options], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
