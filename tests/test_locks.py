"""The lock: every package with the SHA-256 of its files, in step with pyproject.toml; a changed file is refused."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from conftest import PROJECT

FILES = ("build", "packages", "torch", "torch-cpu", "ocr", "tools")
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")
PROJECT_FILE = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))


def lock_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lock_script", PROJECT / ".ci" / "lock.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["lock_script"] = module
    spec.loader.exec_module(module)
    return module


def written(name: str) -> str:
    return (PROJECT / "lock" / f"{name}.txt").read_text(encoding="utf-8")


def versions(*files: str) -> dict[str, str]:
    """Canonical name -> version, as these files lock it."""
    return {canonicalize_name(one.name): one.version for file in files for one in lock_script().read(written(file))}


def asked(*extras: str) -> Iterator[Requirement]:
    """What pyproject.toml asks for, the extras that name others included."""
    table: dict[str, Any] = PROJECT_FILE["project"]
    for line in [*table["dependencies"], *(one for name in extras for one in table["optional-dependencies"][name])]:
        requirement = Requirement(line)
        if requirement.name == "kb":
            yield from asked(*requirement.extras)
        else:
            yield requirement


# -- the files


@pytest.mark.parametrize("file", FILES)
def test_every_locked_package_has_a_hash(file: str) -> None:
    """And nothing else stands there: no address of a registry, no path, no option, no open version."""
    found = lock_script().read(written(file))
    assert found
    for one in found:
        assert one.hashes, one.name
    assert "".join((lock_script().HEAD, *(one.lines() for one in found))) == written(file)
    assert not re.search(r"://|^-|/", re.sub(r"^#.*", "", written(file)), re.MULTILINE)
    assert [one.name for one in found] == sorted({one.name for one in found}, key=str.lower)


def test_there_are_no_other_lock_files() -> None:
    assert {path.stem for path in (PROJECT / "lock").iterdir()} == set(FILES)


def test_the_two_torches_are_one_version() -> None:
    cpu, registry = versions("torch-cpu")["torch"], versions("torch")["torch"]
    assert cpu == f"{registry}+cpu"
    assert "torch" not in versions("packages", "ocr")
    assert not [name for name in versions("packages", "ocr") if lock_script().CUDA.match(name)]


# -- in step with pyproject.toml


@pytest.mark.parametrize(
    ("extras", "files"), [(("dev",), ("build", "packages", "torch")), (("ocr",), ("build", "packages", "torch", "ocr"))]
)
def test_the_lock_agrees_with_pyproject(extras: tuple[str, ...], files: tuple[str, ...]) -> None:
    locked = versions(*files)
    wanted = list(asked(*extras))
    assert len(wanted) > 20
    for requirement in wanted:
        assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), requirement


def test_every_extra_is_locked() -> None:
    names = {canonicalize_name(one.name) for one in asked("dev", "ocr")}
    every = {canonicalize_name(one.name) for one in asked(*PROJECT_FILE["project"]["optional-dependencies"])}
    assert every == names


def test_what_builds_is_locked() -> None:
    for line in PROJECT_FILE["build-system"]["requires"]:
        requirement = Requirement(line)
        assert requirement.specifier.contains(versions("build")[canonicalize_name(requirement.name)])


def test_whatever_a_locked_package_needs_here_is_locked() -> None:
    """pip looks for nothing that the lock does not name, so it must name everything: as the packages themselves say."""
    locked = versions("build", "torch", "packages", "ocr")
    waiting, seen = [(one, "") for one in asked("dev")], set()
    while waiting:
        requirement, parent = waiting.pop()
        name = canonicalize_name(requirement.name)
        assert name in locked, (parent, str(requirement))
        assert requirement.specifier.contains(locked[name], prereleases=True), (parent, str(requirement))
        for extra in ("", *requirement.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                needs = map(Requirement, metadata.requires(name) or [])
                waiting += [(one, name) for one in needs if one.marker is None or one.marker.evaluate({"extra": extra})]
    assert len({name for name, _extra in seen}) > 120


def test_the_parts_of_cuda_are_told_apart() -> None:
    """What torch alone needs on CUDA, and what that alone needs; not what others need as well."""
    text = "".join(
        f"{name}==1.0\n    --hash=sha256:{'0' * 64}\n    # via\n" + "".join(f"    #   {one}\n" for one in parents)
        for name, parents in {
            "torch": ["kb"], "sympy": ["torch"], "mpmath": ["sympy"], "nvidia-cublas": ["torch", "nvidia-cudnn"],
            "nvidia-cudnn": ["torch"], "cuda-toolkit": ["torch"], "helper": ["cuda-toolkit"],
            "shared": ["cuda-toolkit", "kb"],
        }.items()
    )  # fmt: skip
    lock = lock_script()
    assert lock.cuda_of(lock.read(text)) == {"nvidia-cublas", "nvidia-cudnn", "cuda-toolkit", "helper"}


# -- the install


def installs() -> list[str]:
    """Every pip install of the Makefile, its variables filled in."""
    variables = dict(re.findall(r"^([A-Z]+) *\??:?= *(.*)$", MAKEFILE, re.MULTILINE))
    lines = [re.sub(r"\$\((\w+)\)", lambda one: variables.get(one[1], ""), line) for line in MAKEFILE.splitlines()]
    return [line for line in lines if line.startswith("\t") and "pip install" in line]


def test_everything_that_make_installs_is_held_against_the_lock() -> None:
    found = installs()
    locked = [line for line in found if "--require-hashes" in line]
    assert len(locked) >= 5
    for line in locked:
        assert "--no-deps" in line
        assert "--no-build-isolation" in line
        assert re.search(r"-r lock/[a-z-]+\.txt", line)
    (own,) = [line for line in found if line not in locked]
    assert own.strip().endswith("pip install --quiet --no-index --no-deps --no-build-isolation -e .")


def wheel(folder: Path, body: str = "") -> Path:
    """A package of one module."""
    file = folder / "tiny_kb_test-1.0-py3-none-any.whl"
    info = "tiny_kb_test-1.0.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tiny_kb_test.py", f"SAID = {body!r}\n")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-kb-test\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", f"tiny_kb_test.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return file


def install(tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """As the Makefile does it, from a folder instead of a registry."""
    flags = re.search(r"^LOCKED := -m pip install (.*)$", MAKEFILE, re.MULTILINE)
    assert flags is not None
    command = (sys.executable, "-m", "pip", "install", *flags[1].split(), "--no-index", "--find-links", tmp_path)
    return subprocess.run(
        [*command, "--target", tmp_path / "there", "-r", tmp_path / "lock.txt"],
        env={"PATH": "", "PIP_CONFIG_FILE": "/dev/null", "HOME": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    """A wheel is installed as it was locked; with one byte changed, or with no hash in the lock, it is not."""
    file = wheel(tmp_path)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    (tmp_path / "lock.txt").write_text(f"tiny-kb-test==1.0 --hash=sha256:{digest}\n", encoding="utf-8")
    data = file.read_bytes()
    at = data.index(b"SAID")
    file.write_bytes(data[:at] + b"s" + data[at + 1 :])
    done = install(tmp_path)
    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not (tmp_path / "there").exists()
    (tmp_path / "lock.txt").write_text("tiny-kb-test==1.0\n", encoding="utf-8")
    done = install(tmp_path)
    assert done.returncode == 1
    assert "Hashes are required" in done.stderr
    (tmp_path / "lock.txt").write_text(f"tiny-kb-test==1.0 --hash=sha256:{digest}\n", encoding="utf-8")
    file.write_bytes(data)
    assert install(tmp_path).returncode == 0
    assert (tmp_path / "there" / "tiny_kb_test.py").exists()
