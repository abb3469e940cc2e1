"""Builds, additions, removals and searches with too little memory.

Each ends with a sentence and exit code 1, or the system ends it; either way the index is whole and the next run ends
where an undisturbed one does. KB_MOMENTS=200 tries as many amounts of each command; how they ended is told by
`-o junit_family=xunit1 --junitxml=FILE`.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from kb.cli.frame import Failing
from kb.errors import IndexStateError
from kb.models.loading import Loading
from nursery import Nursery
from other_clock import FROZEN
from small_corpus import rankings, write_articles
from whole_index import Articles, articles, digest, holding, opened, searched

AMOUNTS = int(os.environ.get("KB_MOMENTS", "2"))
LEAST, MOST = 0.1, 80.0
"""Megabytes beyond what the process has when it begins: hardly any, and more than every command takes."""

ENDED_BY_THE_SYSTEM = frozenset({-6, -9, -11, 127})
"""abort, kill, a fault in memory, and what the C library ends a process with that gets no room for a thread."""

CGROUPS = Path("/sys/fs/cgroup")
Told = Callable[[str, object], None]


pytestmark = [
    pytest.mark.usefixtures("small_jieba"),
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="what a process takes is read from /proc"),
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("memory") / "corpus"
    write_articles(folder, range(40))
    return folder


@pytest.fixture(scope="module")
def older(nursery: Nursery, corpus: Path) -> Path:
    """An index of the corpus before some of it changed."""
    index = corpus.with_name("older")
    assert nursery.run("--index", index, "build", corpus, clock=FROZEN) == 0
    write_articles(corpus, range(10, 30), version=2)
    return index


@dataclass(frozen=True)
class Case:
    command: tuple[object, ...]
    before: Articles
    after: Articles
    digest: str
    ranking: list[list[tuple[str, float]]]


@pytest.fixture(params=["build", "add", "remove", "search"])
def case(request: pytest.FixtureRequest, nursery: Nursery, corpus: Path, older: Path, tmp_path: Path) -> Case:
    """What the command does when it has all the memory it wants."""
    name = str(request.param)
    arguments: dict[str, tuple[object, ...]] = {
        "build": (corpus,), "add": (corpus / "0010.txt", corpus / "0011.txt"),
        "remove": ("0001", "0002"), "search": ("社区物业怎么调解",),
    }  # fmt: skip
    index = tmp_path / "undisturbed"
    shutil.copytree(older, index)
    assert nursery.run("--index", index, name, *arguments[name], clock=FROZEN) == 0
    with opened(index) as knowledge:
        ranking = rankings(knowledge)
    return Case((name, *arguments[name]), articles(older), articles(index), digest(index), ranking)


def test_too_little_memory_is_told_or_ends_it_and_the_index_is_whole(
    case: Case, nursery: Nursery, older: Path, tmp_path: Path, record_property: Told
) -> None:
    index, said, chance = tmp_path / "index", tmp_path / "said", random.Random(str(case.command[0]))
    ends: Counter[str] = Counter()
    recovered = 0.0
    for number in range(AMOUNTS):
        shutil.rmtree(index, ignore_errors=True)
        shutil.copytree(older, index)
        megabytes = 1.0 if number == 0 else LEAST * (MOST / LEAST) ** chance.random()
        nursery.start("--index", index, *case.command, said=said, clock=FROZEN, memory=int(megabytes * 2**20))
        end = ended(nursery.end(), said)
        held = holding(articles(index), case.before, case.after)
        ends[f"{end}: {held}"] += 1
        searched(index)
        begun = time.monotonic()
        recover(nursery, index, case)
        recovered = max(recovered, time.monotonic() - begun)
    assert any(name.startswith("told") for name in ends)
    record_property("ends", {**ends, "to recover": round(recovered, 2)})


def ended(code: int, said: Path) -> str:
    if code == 0:
        return "done"
    told = said.read_text(encoding="utf-8", errors="replace")
    if code in ENDED_BY_THE_SYSTEM:
        return "ended by the system"
    assert "Traceback" not in told, told[-3000:]
    assert code == 1, (code, told[-1000:])
    last = told.splitlines()[-1]
    assert "内存" in last
    assert last.count("。") <= 3
    return "told"


def recover(nursery: Nursery, index: Path, case: Case) -> None:
    """The same command with all the memory it wants; what was removed already is not removed again."""
    gone = case.command[0] == "remove" and articles(index) == case.after
    again = ("search", "物业") if gone else case.command
    assert nursery.run("--index", index, *again, clock=FROZEN) == 0
    assert digest(index) == case.digest
    with opened(index) as knowledge:
        assert rankings(knowledge) == case.ranking


@contextmanager
def little_memory(name: str, size: int) -> Iterator[Path]:
    """A control group whose processes are killed when they take more than so many bytes together."""
    for above, limit in ((CGROUPS / "memory", "memory.limit_in_bytes"), (CGROUPS, "memory.max")):
        group = above / name
        try:
            group.mkdir()
            (group / limit).write_text(str(size), encoding="ascii")
        except OSError:
            continue
        try:
            yield group
        finally:
            group.rmdir()
        return
    pytest.skip("no control group with a limit of memory can be made here")


def test_killed_by_the_system_for_want_of_memory_the_index_is_whole(
    nursery: Nursery, corpus: Path, older: Path, tmp_path: Path, record_property: Told
) -> None:
    before, whole, chance = articles(older), tmp_path / "undisturbed", random.Random(3)
    shutil.copytree(older, whole)
    assert nursery.run("--index", whole, "build", corpus, clock=FROZEN) == 0
    after, ends = articles(whole), Counter[str]()
    for number in range(AMOUNTS):
        index = tmp_path / f"index{number}"
        shutil.copytree(older, index)
        with little_memory(f"kb-test-{os.getpid()}", int(chance.uniform(4.0, 120.0) * 2**20)) as group:
            nursery.start("--index", index, "build", corpus, clock=FROZEN, group=group)
            code = nursery.end()
        assert code in (0, -9)
        ends[f"{'ended by the system' if code else 'done'}: {holding(articles(index), before, after)}"] += 1
        searched(index)
        assert nursery.run("--index", index, "build", corpus, clock=FROZEN) == 0
        assert digest(index) == digest(whole)
        shutil.rmtree(index)
    record_property("ends", dict(ends))


def test_an_index_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    """`searched` is no test that passes whatever it meets."""
    with pytest.raises(IndexStateError):
        searched(tmp_path)


SAID = (
    MemoryError(),
    OSError(errno.ENOMEM, "Cannot allocate memory"),
    RuntimeError("can't start new thread"),
    RuntimeError("Exception from core.cpp:132:\nCan not create file mapping for 7, err=Cannot allocate memory"),
    RuntimeError("std::bad_alloc"),
    ImportError("libopenvino.so: failed to map segment from shared object"),
)


def run(error: BaseException) -> None:
    """`kb go`, which fails so."""

    @click.group(cls=Failing)
    def main() -> None:
        pass

    @main.command()
    def go() -> None:
        raise error

    main(["go"])


@pytest.mark.parametrize("error", SAID, ids=repr)
def test_whatever_libraries_raise_for_want_of_memory_is_told_as_that(
    error: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(error)
    told = capsys.readouterr().err
    assert (stopped.value.code, told.startswith("内存不足"), told.count("\n")) == (1, True, 1)
    with pytest.raises(MemoryError), Loading(str):  # And no model is called damaged, to be deleted.
        raise error


@pytest.mark.parametrize("error", [RuntimeError("a bug"), ImportError("no module"), OSError(errno.EIO, "broken")])
def test_other_failures_are_not_taken_for_want_of_memory(error: BaseException) -> None:
    with pytest.raises(type(error)):
        run(error)
