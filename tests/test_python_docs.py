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

PROGRAM = """
from typing import assert_type

from kb import (
    Article, Filters, Hit, KBError, KnowledgeBase, Mode, Passage, Practice, SearchResult, repair,
)


def titles(result: SearchResult) -> list[str]:
    assert_type(result.hits, tuple[Hit, ...])
    for hit in result.hits:
        assert_type(hit.passage, Passage)
        assert_type(hit.article, Article)
        assert_type(hit.article.text[hit.passage.start : hit.passage.end], str)
        assert_type(hit.score, float)
    return [hit.article.title for hit in result.hits]


def ask(kb: KnowledgeBase, question: str, mode: Mode = Mode.HYBRID) -> list[str]:
    try:
        return titles(kb.search(question, k=3, mode=mode, filters=Filters(region="湖北")))
    except KBError as error:
        return [str(error)]


def names(kb: KnowledgeBase) -> dict[str, Practice]:
    return {one.name: one for one in kb.practices()}


assert_type(repair("物業(yè)").text, str)
with KnowledgeBase.open("index") as opened:
    assert_type(opened, KnowledgeBase)
    assert_type(opened.search("物业"), SearchResult)
    assert_type(opened.article("wuye"), Article)
    ask(opened, "物业", Mode.LEXICAL)
    names(opened)
"""
"""Names everything that is public; `assert_type` fails where a type got lost on the way."""


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


SKIPPED = ["torch", "transformers", "sentence_transformers", "sklearn", "scipy", "pandas", "streamlit", "openvino"]
"""Libraries that no type of ours shows to the user; reading them takes mypy three quarters of its time."""


def test_a_user_s_program_passes_strict_checking(tmp_path: Path) -> None:
    sections = ",".join(f"{name}.*" for name in SKIPPED)
    config = f"[mypy]\n[mypy-{sections}]\nfollow_imports = skip\nignore_missing_imports = True\n"
    (tmp_path / "mypy.ini").write_text(config, encoding="utf-8")
    assert all(re.search(rf"\b{name}\b", PROGRAM) for name in kb.__all__)
    for number, example in enumerate([*EXAMPLES, PROGRAM]):
        (tmp_path / f"example_{number}.py").write_text(example, encoding="utf-8")
    checked = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            f"--config-file={tmp_path / 'mypy.ini'}",
            "--cache-dir=/dev/null",
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
