"""Cases that are data: one JSON object a line with label, why, input and expected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "cases"


def load_cases(name: str) -> list[Any]:
    """The cases of `tests/cases/<name>.jsonl` as pytest parameters (input, expected), named by their label."""
    with (FOLDER / f"{name}.jsonl").open(encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    return [pytest.param(case["input"], case["expected"], id=case["label"]) for case in cases]
