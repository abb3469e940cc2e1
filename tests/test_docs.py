"""The documentation is held to the code: commands, settings, JSON keys and the output of the example queries."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from conftest import PROJECT
from kb.cli import main
from kb.config import Settings

READMES = (PROJECT / "README.md", PROJECT / "README.en.md")
SCORE = re.compile(r"得分 [\d.]+|（[\d.]+）")


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_command_is_in_the_readme_and_no_other(readme: Path) -> None:
    named = set(re.findall(r"^\| `kb ([a-z]+)", readme.read_text(encoding="utf-8"), re.MULTILINE))
    assert named == set(main.commands)


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_setting_is_in_the_readme_and_no_other(readme: Path) -> None:
    named = set(re.findall(r"^\| `KB_([A-Z_]+)`", readme.read_text(encoding="utf-8"), re.MULTILINE))
    assert named == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_option_named_in_the_readme_exists(readme: Path) -> None:
    options = {
        option for command in main.commands.values() for parameter in command.params for option in parameter.opts
    }
    options |= {option for parameter in main.params for option in parameter.opts}
    named = set(re.findall(r"`(--[a-z]+)`", readme.read_text(encoding="utf-8")))
    assert named <= options


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_local_link_leads_somewhere(readme: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", readme.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (PROJECT / link).exists()] == []


def test_both_readmes_have_the_same_shape() -> None:
    shapes = [re.findall(r"^(#+|```|\| `[^`]+`)", path.read_text(encoding="utf-8"), re.MULTILINE) for path in READMES]
    assert shapes[0] == shapes[1]


def test_make_targets_named_in_the_readme_exist() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`?make ([a-z]+)", READMES[0].read_text(encoding="utf-8")))
    assert {target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)} == set()


@pytest.mark.model
@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_examples_show_what_the_program_prints(readme: Path, example_outputs: list[str]) -> None:
    """All but the scores, whose last digits depend on the processor."""
    text = readme.read_text(encoding="utf-8")
    block = text[text.index("<!-- examples -->") : text.index("<!-- /examples -->")]
    printed = _refresh().examples(example_outputs)
    assert SCORE.sub("", printed) in SCORE.sub("", block)


@pytest.fixture(scope="module")
def example_outputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    outputs: list[str] = _refresh().outputs(tmp_path_factory.mktemp("docs") / "index")
    return outputs


def _refresh() -> ModuleType:
    spec = importlib.util.spec_from_file_location("refresh", PROJECT / "docs" / "refresh.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
