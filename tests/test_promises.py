"""docs/promises.md: every test that is named there exists; what is said of backups in docs/backup.md runs."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from conftest import PROJECT, CharacterEncoder
from kb.config import Settings
from kb.knowledge import KnowledgeBase, engine

PAGES = ("promises.md", "threats.md", "backup.md")
NAMED = re.findall(r"`(tests/\w+\.py)(?:::(\w+))?`", (PROJECT / "docs" / "promises.md").read_text(encoding="utf-8"))


def test_every_test_that_is_named_exists() -> None:
    assert len(NAMED) > 40
    functions = {
        file: {
            node.name
            for node in ast.walk(ast.parse((PROJECT / file).read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef)
        }
        for file in {file for file, _name in NAMED}
    }
    assert [(file, name) for file, name in NAMED if name and name not in functions[file]] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", (PROJECT / "docs" / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (PROJECT / "docs" / link).exists()] == []


def test_the_example_runs(settings: Settings, articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_small(**_settings: Any) -> CharacterEncoder:
        return CharacterEncoder()

    monkeypatch.setattr(engine, "open_encoder", open_small)
    monkeypatch.setenv("KB_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    with KnowledgeBase.open("index") as built:
        built.build([articles])
    (example,) = re.findall(r"^```python\n(.*?)^```", (PROJECT / "docs" / "backup.md").read_text(encoding="utf-8"),
                            re.MULTILINE | re.DOTALL)  # fmt: skip
    exec(compile(example, "docs/backup.md", "exec"), {"__name__": "example"})
