"""Backups and restores killed at any moment, disks that fill up, folders that cannot be written.

KB_MOMENTS=200 tries as many moments of each; the suite tries a few. How they ended is told by
`-o junit_family=xunit1 --junitxml=FILE`.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import CharacterEncoder
from kb.archive.container import Archive
from kb.archive.keys import make_pair, read_private
from kb.archive.manifest import Kind
from kb.config import Settings
from kb.errors import IndexStateError
from kb.index.content import contents
from kb.index.database import FILE
from kb.index.store import Store
from kb.knowledge import KnowledgeBase, engine
from kb.knowledge.progress import no_progress
from nursery import Nursery
from small_corpus import QUESTIONS, rankings, write_articles

MOMENTS = int(os.environ.get("KB_MOMENTS", "8"))
STEP = 0.002
"""Seconds that every step of a progress bar takes."""

Rankings = list[list[tuple[str, float]]]
Told = Callable[[str, object], None]


@pytest.fixture(autouse=True, scope="module")
def small_model(small_jieba: None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "open_encoder", lambda **_settings: CharacterEncoder())
        yield


@dataclass(frozen=True)
class Ground:
    """Two libraries, a backup of the second one, and what each is."""

    first: Path
    backup: Path
    cache: Path
    digests: tuple[str, str]
    rankings: tuple[Rankings, Rankings]


def digest(index: Path) -> str:
    with closing(Store(index)) as store:
        return contents(store).digest


def ranked(index: Path, cache: Path) -> Rankings:
    with KnowledgeBase.open(settings=Settings(index=index, cache=cache)) as knowledge:
        return rankings(knowledge)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    root = tmp_path_factory.mktemp("ground")
    cache, backup = root / "cache", root / "second.kb"
    write_articles(root / "one", range(40))
    write_articles(root / "two", range(20, 90), version=2)
    for name, corpus in (("first", "one"), ("second", "two")):
        with KnowledgeBase.open(settings=Settings(index=root / name, cache=cache)) as knowledge:
            knowledge.build([root / corpus])
            if name == "second":
                knowledge.backup(backup, with_caches=True)
    first, second = root / "first", root / "second"
    return Ground(
        first, backup, cache, (digest(first), digest(second)), (ranked(first, cache), ranked(second, cache))
    )  # fmt: skip


def moments(seed: int, seconds: float) -> Iterator[float]:
    chance = random.Random(seed)
    for _ in range(MOMENTS):
        yield chance.random() * seconds * 1.05


def took(nursery: Nursery, *command: object) -> float:
    begun = time.monotonic()
    nursery.start(*command, seconds=STEP)
    assert nursery.end() == 0
    return time.monotonic() - begun


# -- killed


@pytest.mark.parametrize("older", [False, True], ids=["new file", "in place of an older one"])
def test_a_backup_killed_at_any_moment(
    ground: Ground, nursery: Nursery, tmp_path: Path, older: bool, record_property: Told
) -> None:
    """The old file or the new one under its name, whole; the index untouched; nothing left after the next one."""
    index, file = tmp_path / "index", tmp_path / "library.kb"
    shutil.copytree(ground.first, index)
    command = ("--index", index, "backup", file, "--with-caches", "--force")
    seconds = took(nursery, *command)
    ends: Counter[int] = Counter()
    for moment in moments(1, seconds):
        if older:
            shutil.copy2(ground.backup, file)
        else:
            file.unlink(missing_ok=True)
        ends[nursery.killed(moment, *command, seconds=STEP)] += 1
        if older or file.exists():
            archive = Archive.open(file, Kind.BACKUP)
            archive.check(no_progress)
            assert archive.manifest.content in ground.digests[: 2 if older else 1]
    assert set(ends) <= {-9, 0}
    assert ends[-9]
    record_property("ends", dict(ends))
    assert digest(index) == ground.digests[0]
    assert nursery.run(*command) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index", "library.kb"]
    assert Archive.open(file, Kind.BACKUP).manifest.content == ground.digests[0]


@pytest.mark.parametrize("older", [False, True], ids=["new index", "in place of an older one"])
def test_a_restore_killed_at_any_moment(
    ground: Ground, nursery: Nursery, tmp_path: Path, older: bool, record_property: Told
) -> None:
    """The old index or the new one, never a mix, whatever is asked of it; the next restore ends where it should."""
    index = tmp_path / "index"
    command = ("--index", index, "restore", ground.backup, "--force")
    found: Counter[str] = Counter()
    for moment in (None, *moments(2, 1.0)):
        shutil.rmtree(index, ignore_errors=True)
        if older:
            shutil.copytree(ground.first, index)
        if moment is None:
            seconds = took(nursery, *command)
            continue
        nursery.killed(moment * seconds, *command, seconds=STEP)
        if not older and not (index / FILE).exists():
            found["none"] += 1
            with pytest.raises(IndexStateError, match="还没有索引"):
                ranked(index, ground.cache)
            continue
        at = ground.digests.index(digest(index))
        found[("old", "new")[at]] += 1
        assert at or older
        assert ranked(index, ground.cache) == ground.rankings[at]
        assert digest(index) == ground.digests[at]
    assert {"old", "none"} & set(found)
    begun = time.monotonic()
    assert nursery.run(*command) == 0
    record_property("ends", {**found, "seconds to recover": round(time.monotonic() - begun, 2)})
    assert digest(index) == ground.digests[1]
    assert ranked(index, ground.cache) == ground.rankings[1]
    assert {path.name for path in index.iterdir()} - {f"{FILE}-wal", f"{FILE}-shm"} == {FILE, "caches", ".lock"}
    assert len(list((index / "caches").iterdir())) == 1


def test_readers_see_the_old_or_the_new_while_it_is_restored(ground: Ground, nursery: Nursery, tmp_path: Path) -> None:
    """Every answer while the library is replaced is one of the old library or one of the new, never of both."""
    index = tmp_path / "index"
    shutil.copytree(ground.first, index)
    with KnowledgeBase.open(settings=Settings(index=index, cache=ground.cache)) as reader:
        assert rankings(reader) == ground.rankings[0]
        nursery.start("--index", index, "restore", ground.backup, "--force", seconds=STEP)
        seen: list[int] = []
        until = time.monotonic() + 60
        while (not seen or seen[-1] != 1) and time.monotonic() < until:
            for number, question in enumerate(QUESTIONS):
                answer = [(hit.passage.id, hit.score) for hit in reader.search(question, k=20).hits]
                seen.append([found[number] for found in ground.rankings].index(answer))
        assert nursery.end() == 0
        assert seen == sorted(seen)
        assert set(seen) == {0, 1}
        assert rankings(reader) == ground.rankings[1]


def test_a_first_opening_killed_at_any_moment(
    ground: Ground, nursery: Nursery, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What was unpacked of a sealed library is there whole or not at all; the next opening finishes it."""
    make_pair(tmp_path / "key")
    file, cache = tmp_path / "library.kbsealed", tmp_path_factory.getbasetemp() / "cache of the nursery"
    place = cache / "sealed"
    with KnowledgeBase.open(settings=Settings(index=ground.first, cache=ground.cache)) as knowledge:
        made = knowledge.seal(file, read_private(tmp_path / "key"))
    command = ("--trust", tmp_path / "key.pub", "--index", file, "list")
    seconds = took(nursery, *command)
    for moment in moments(3, seconds):
        shutil.rmtree(place, ignore_errors=True)
        nursery.killed(moment, *command, seconds=STEP)
        for library in place.glob("[!.]*/library"):
            assert digest(library) == made.content
        settings = Settings(index=file, cache=cache, trusted_keys=str(tmp_path / "key.pub"))
        with KnowledgeBase.open(settings=settings) as knowledge:
            assert rankings(knowledge) == ground.rankings[0]
        assert not list(place.glob(".making-*"))


# -- disks


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "kb-test", place], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def filled(disk: Path, leaving: int) -> None:
    """Take all space of the disk but so many bytes."""
    with (disk / "filler").open("wb") as file:
        status = os.statvfs(disk)
        file.write(bytes(max(0, status.f_bavail * status.f_frsize - leaving)))


LEFT = (0, 100_000, 400_000, 900_000, 1_500_000, 2_000_000)
"""Bytes left on the disk: none, too few for the copy of the store, for its index files, for the file."""


@pytest.mark.parametrize("leaving", LEFT)
def test_a_disk_that_fills_up_while_backing_up(
    ground: Ground, nursery: Nursery, small_disk: Path, tmp_path: Path, leaving: int
) -> None:
    file, said = small_disk / "library.kb", tmp_path / "said"
    file.write_bytes(b"older")
    filled(small_disk, leaving)
    code = nursery.run("--index", ground.first, "backup", file, "--force", "--with-caches", said=said)
    if code == 0:
        Archive.open(file, Kind.BACKUP).check(no_progress)
    else:
        assert (code, file.read_bytes()) == (1, b"older")
        told = said.read_text(encoding="utf-8")
        assert "磁盘空间" in told
        assert "Traceback" not in told
    assert sorted(path.name for path in small_disk.iterdir()) == ["filler", "library.kb"]


@pytest.mark.parametrize("leaving", LEFT)
def test_a_disk_that_fills_up_while_restoring(
    ground: Ground, nursery: Nursery, small_disk: Path, tmp_path: Path, leaving: int
) -> None:
    index, said = small_disk / "index", tmp_path / "said"
    shutil.copytree(ground.first, index)
    filled(small_disk, leaving)
    code = nursery.run("--index", index, "restore", ground.backup, "--force", said=said)
    at = ground.digests.index(digest(index))
    assert at == (code == 0)
    if code:
        told = said.read_text(encoding="utf-8")
        assert re.search("原有(索引|文件)没有改动", told)
        assert "Traceback" not in told
    (small_disk / "filler").unlink()
    assert ranked(index, ground.cache) == ground.rankings[at]


def test_a_read_only_folder_is_told(ground: Ground, nursery: Nursery, small_disk: Path, tmp_path: Path) -> None:
    """A library on a read-only disk can be backed up to another one, and not restored to."""
    shutil.copytree(ground.first, small_disk / "index")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    said, file = tmp_path / "said", tmp_path / "library.kb"
    assert nursery.run("--index", small_disk / "index", "backup", file, "--with-caches") == 0
    assert Archive.open(file, Kind.BACKUP).manifest.content == ground.digests[0]
    for command in (
        ("--index", small_disk / "index", "backup", small_disk / "library.kb"),
        ("--index", small_disk / "index", "restore", file, "--force"),
        ("--index", small_disk / "other", "restore", file),
    ):
        assert nursery.run(*command, said=said) == 1
        told = said.read_text(encoding="utf-8")
        assert "Read-only file system" in told
        assert "Traceback" not in told
