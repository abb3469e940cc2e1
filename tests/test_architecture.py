"""The rules of the house, held against the source: who may import whom, how long things get, what things are called."""

from __future__ import annotations

import ast
import importlib
import shutil
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

import kb
from conftest import PROJECT
from kb import errors

SOURCE = PROJECT / "src" / "kb"
MODULES = sorted(SOURCE.rglob("*.py"))

ROOMS = (
    {"types", "errors", "arrays"},
    {"config"},
    {"text", "sources", "models", "index", "search", "catalogue", "archive"},
    {"course", "prose", "access"},
    {"knowledge"},
    {"present"},
    {"evaluation", "checking"},
    {"parity"},
    {"cli", "ui", "api", "mcp", "adapters"},
    {"__init__", "__main__"},
)
"""Lowest first; a room may import from the ones before its own."""

SIBLINGS = {
    ("sources", "text.script"): "an article's script is told from its text when it is read",
    ("sources", "text.normalize"): "labels of metadata are compared in matching form",
    ("index", "text.normalize"): "filters compare in matching form",
    ("search", "text.normalize"): "names and highlights are looked for in matching form",
    ("search", "catalogue.numerals"): "numbers are read in one place",
    ("search", "index.dense"): "Ranked, what a leg of the search hands over",
    ("catalogue", "text.normalize"): "figures, needs and places are read in matching form, names compared in it",
    ("cli", "ui.launch"): "`kb app` starts the app",
    ("cli", "api.serve"): "`kb serve` starts the API",
    ("cli", "mcp.serve"): "`kb mcp` starts the MCP server",
}
"""What a stage imports from a room of its own height, and why."""

MOST_LINES, MOST_LINES_OF_A_FUNCTION = 250, 40

LONG_MODULES = {"types.py": "nothing but the values, which are to be found in one place"}
LONG_FUNCTIONS = {"models/folder.py:_json_files": "a table: the contents of six small files"}

SAY_NOTHING = {"utils", "util", "helpers", "helper", "manager", "common", "core", "misc", "base_utils"}


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts)


def room(module: str) -> str:
    """`index.dense` is in the room `index`."""
    return module.split(".", maxsplit=1)[0]


def height(module: str) -> int:
    return next(level for level, rooms in enumerate(ROOMS) if room(module) in rooms)


def imports(path: Path) -> Iterator[str]:
    """Modules of ours that a module imports anywhere in it, without `kb.`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names = [node.module or ""]
            if node.module and (PROJECT / "src" / node.module.replace(".", "/")).is_dir():
                names += [f"{node.module}.{alias.name}" for alias in node.names if is_module(node.module, alias.name)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name.removeprefix("kb.") for name in names if name.startswith("kb."))


def is_module(package: str, name: str) -> bool:
    folder = PROJECT / "src" / package.replace(".", "/")
    return (folder / f"{name}.py").is_file() or (folder / name).is_dir()


@lru_cache(maxsize=1)
def crossings() -> frozenset[tuple[str, str]]:
    """(importing module, imported module) between rooms; the package's own face names everything lazily."""
    found = {(module_name(path), imported) for path in MODULES for imported in imports(path)}
    return frozenset((one, other) for one, other in found if room(one) != room(other) and one != "__init__")


def test_every_module_is_in_a_room() -> None:
    named = set().union(*ROOMS)
    assert {room(module_name(path)) for path in MODULES} - named == set()


def test_the_rooms_that_are_there_are_seen() -> None:
    """The test itself: known imports are found."""
    assert {
        ("index.filters", "text.normalize"),
        ("knowledge.reading", "index.store"),
        ("cli.frame", "errors"),
    } <= crossings()


def test_imports_go_strictly_downward() -> None:
    upward = {(one, other) for one, other in crossings() if height(other) >= height(one) and not allowed(one, other)}
    assert upward == set()


def allowed(one: str, other: str) -> bool:
    return any(room(one) == sibling and (other + ".").startswith(target + ".") for sibling, target in SIBLINGS)


def test_every_exception_is_in_use() -> None:
    used = {
        (sibling, target)
        for sibling, target in SIBLINGS
        for one, other in crossings()
        if room(one) == sibling and (other + ".").startswith(target + ".")
    }
    assert used == set(SIBLINGS)


def test_only_knowledge_and_the_faces_see_the_settings() -> None:
    seeing = {room(one) for one, other in crossings() if other == "config"}
    assert seeing <= {"knowledge", "checking", "evaluation", "parity", "cli", "ui", "api", "mcp"}


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_modules_and_functions_are_short(path: Path) -> None:
    text, name = path.read_text(encoding="utf-8"), path.relative_to(SOURCE).as_posix()
    assert len(text.splitlines()) <= MOST_LINES or name in LONG_MODULES
    long = {
        f"{name}:{node.name}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    }
    assert long <= set(LONG_FUNCTIONS)


def test_names_say_something() -> None:
    assert {path.stem for path in MODULES} & SAY_NOTHING == set()
    assert {path.parent.name for path in MODULES} & SAY_NOTHING == set()


def test_the_public_names_are_there() -> None:
    assert len(kb.__all__) == len(set(kb.__all__)) <= 10
    for name in kb.__all__:
        assert getattr(kb, name).__module__.startswith("kb.")
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        kb.nothing  # noqa: B018 - asking is the test


def test_every_error_is_in_the_tree() -> None:
    """Every error that can be raised on purpose is drawn at the top of `kb.errors`, under KBError."""
    for path in MODULES:
        if not {"ui", "__main__"} & set(module_name(path).split(".")):
            importlib.import_module(f"kb.{module_name(path)}".removesuffix(".__init__"))
    ours = {kind for kind in descendants(errors.KBError) if kind.__module__.startswith("kb.")}
    drawn = {line.split("+--")[1].split()[0] for line in (errors.__doc__ or "").splitlines() if "+--" in line}
    assert {kind.__name__ for kind in ours} == drawn
    assert {kind.__module__ for kind in ours} == {"kb.errors"}
    assert {name for name in vars(errors) if name.endswith("Error")} == drawn | {"KBError"}


def descendants(kind: type[Exception]) -> Iterator[type[Exception]]:
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


def test_no_source_is_kept_from_git() -> None:
    """`index/` in .gitignore once kept all of src/kb/index out of the repository."""
    if shutil.which("git") is None or not (PROJECT / ".git").exists():
        pytest.skip("not a git working tree")
    files = [str(path.relative_to(PROJECT)) for path in (*MODULES, *sorted((PROJECT / "tests").rglob("*.py")))]
    ignored = subprocess.run(
        ["git", "check-ignore", "--no-index", "--", *files], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert (ignored.returncode, ignored.stdout) == (1, "")
