"""docs/python.md: every example runs, and a user's program made of them passes mypy --strict."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import kb
from conftest import PROJECT, CharacterEncoder
from kb.config import Settings
from kb.knowledge import KnowledgeBase, engine

PAGE = (PROJECT / "docs" / "python.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.usefixtures("one_dictionary")
@pytest.mark.parametrize("example", EXAMPLES, ids=[str(number) for number in range(len(EXAMPLES))])
def test_examples_run(
    example: str, settings: Settings, articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_small(**_settings: Any) -> CharacterEncoder:
        return CharacterEncoder()

    monkeypatch.setattr(engine, "open_encoder", open_small)
    monkeypatch.setenv("KB_CACHE", str(settings.cache))
    monkeypatch.chdir(tmp_path)
    with KnowledgeBase.open("index") as built:
        built.build([articles])
    exec(compile(example, "docs/python.md", "exec"), {"__name__": "example"})


def test_a_user_s_program_passes_strict_checking(tmp_path: Path) -> None:
    for number, example in enumerate(EXAMPLES):
        (tmp_path / f"example_{number}.py").write_text(example, encoding="utf-8")
    checked = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--config-file=",
            f"--cache-dir={tmp_path / 'cache'}",
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert checked.returncode == 0, checked.stdout[-3000:]


def test_the_page_names_what_is_public() -> None:
    head = PAGE[: PAGE.index("## ")]
    assert set(re.findall(r"`([A-Za-z]+)`", head)) == set(kb.__all__)
