"""Real faults: processes killed at any moment, two builds at once, full and read-only disks, damaged files.

After every fault the same must hold: a search gives right results or says in a sentence why not, nothing that
was stored is lost, and the next build ends where an undisturbed one would have.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pytest

from conftest import CharacterEncoder
from kb.config import Settings
from kb.errors import IndexStateError
from kb.knowledge import KnowledgeBase
from small_corpus import rankings, write_articles

pytestmark = pytest.mark.usefixtures("small_jieba")


COUNT = 150
CHANGED, GONE, NEW = range(20, 60), range(100, 110), range(COUNT, COUNT + 20)
"""What differs between the corpus that was indexed first and the one whose build is disturbed."""

INTERRUPTED = "已中断。已经收录的文章都已存好，再次运行会接着做。"

STAGES = ("收录文章", "分词索引", "重算向量")
"""What progress bars leave on a stderr that is no terminal."""

Contents = dict[str, tuple[str, list[tuple[int, int]]]]
"""Every article's text and the places of its passages."""


def _interruptible() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Running:
    """`kb` in a process of its own that can be held and killed (see `slow_kb.py`)."""

    def __init__(self, *command: object, seconds: float = 0.0, stop: int = 0) -> None:
        script = Path(__file__).with_name("slow_kb.py")
        self.process = subprocess.Popen(
            [str(part) for part in (sys.executable, script, seconds, stop, *command)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            # A run in the background (nohup, some CI) hands on SIGINT as ignored; a user's terminal does not.
            preexec_fn=_interruptible,  # noqa: PLW1509 - no threads of ours at this point
        )

    def __enter__(self) -> Running:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.communicate()

    def at(self, word: str) -> None:
        """Read until the process says where it is."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == f"{word}\n"

    def go_on(self) -> None:
        """Release the process where it waits."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> tuple[int, str]:
        """Exit code, and what was said on stderr besides progress."""
        _out, said = self.process.communicate(timeout=120)
        return self.process.returncode, "\n".join(line for line in said.splitlines() if line not in STAGES)


def open_index(folder: Path, cache: Path, encoder: CharacterEncoder | None = None) -> KnowledgeBase:
    return KnowledgeBase.open(settings=Settings(index=folder, cache=cache), encoder=encoder or CharacterEncoder())


def contents(knowledge: KnowledgeBase) -> Contents:
    found = {}
    for summary in knowledge.articles():
        places = [(passage.start, passage.end) for passage in knowledge.passages(summary.id)]
        found[summary.id] = (knowledge.article(summary.id).text, places)
    return found


def vectors(index: Path) -> set[str]:
    """The texts that have a vector, by digest."""
    with closing(sqlite3.connect(index / "kb.sqlite3")) as db:
        if not db.execute("PRAGMA user_version").fetchone()[0]:
            return set()
        return {row[0] for row in db.execute("SELECT digest FROM vector")}


@dataclass(frozen=True)
class Ground:
    """A corpus, the index of an older version of it, and what an undisturbed build makes of it."""

    corpus: Path
    older: Path
    before: Contents
    after: Contents
    ranking: list[list[tuple[str, float]]]
    vectors: set[str]
    seconds: float


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Ground:
    root = tmp_path_factory.mktemp("ground")
    corpus, older, fresh = root / "corpus", root / "older", root / "fresh"
    write_articles(corpus, range(COUNT))
    with open_index(older, cache) as knowledge:
        knowledge.build([corpus])
        before = contents(knowledge)
    write_articles(corpus, CHANGED, version=2)
    write_articles(corpus, NEW)
    for number in GONE:
        (corpus / f"{number:04}.txt").unlink()
    with Running("--index", fresh, "build", corpus, seconds=0.05) as running:
        running.at("loaded")
        begun = time.monotonic()
        running.go_on()
        assert running.end() == (0, "")
        seconds = time.monotonic() - begun
    with open_index(fresh, cache) as knowledge:
        return Ground(corpus, older, before, contents(knowledge), rankings(knowledge), vectors(fresh), seconds)


# -- killed


MOMENTS = [(random.Random(seed).random(), bool(seed % 2)) for seed in range(16)]
"""Shares of the time an undisturbed build takes, on a new index and on an older one in turn."""


@pytest.mark.parametrize(("moment", "older"), MOMENTS)
def test_killed_at_any_moment(ground: Ground, cache: Path, tmp_path: Path, moment: float, older: bool) -> None:
    index = tmp_path / "index"
    if older:
        shutil.copytree(ground.older, index)
    with Running("--index", index, "build", ground.corpus, seconds=0.05) as running:
        running.at("loaded")
        running.go_on()
        time.sleep(moment * ground.seconds)
        running.process.send_signal(signal.SIGKILL)
        assert running.process.wait() in (-signal.SIGKILL, 0)
    stored = searched_after_a_fault(index, cache, ground, older=older)
    healed(index, cache, ground, stored)


def searched_after_a_fault(index: Path, cache: Path, ground: Ground, *, older: bool) -> Contents:
    """Search as a user would, then look at everything the store holds; gives what it holds."""
    with open_index(index, cache) as knowledge:
        try:
            hits, problem = knowledge.search("社区物业怎么调解", k=30).hits, ""
        except IndexStateError as error:
            hits, problem = (), str(error)
        assert (not older and "kb build" in problem) or (len(hits) == 30 and not problem)
        for hit in hits:
            assert hit.passage.text == hit.article.text[hit.passage.start : hit.passage.end]
        if not (index / "kb.sqlite3").exists():
            return {}
        with closing(sqlite3.connect(index / "kb.sqlite3")) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []
            if not db.execute("PRAGMA user_version").fetchone()[0]:
                return {}
        stored = contents(knowledge)
    for key, article in stored.items():  # Whole, as it was or as it is to be.
        assert article in (ground.before.get(key), ground.after.get(key))
    assert not older or set(stored) >= set(ground.before) & set(ground.after)
    return stored


def healed(index: Path, cache: Path, ground: Ground, stored: Contents) -> None:
    """The next build takes over what is there and ends where an undisturbed one would have."""
    kept = vectors(index) if (index / "kb.sqlite3").exists() else set()
    encoder = CharacterEncoder()
    with open_index(index, cache, encoder) as knowledge:
        report = knowledge.build([ground.corpus])
        assert report.unchanged == sum(ground.after.get(key) == article for key, article in stored.items())
        assert len(encoder.encoded) + len(encoder.sentences) == len(ground.vectors - kept)
        assert contents(knowledge) == ground.after
        assert rankings(knowledge) == ground.ranking
    assert vectors(index) == ground.vectors
    assert len(list((index / "caches").iterdir())) == 1


# -- interrupted


@pytest.mark.parametrize("older", [False, True], ids=["new index", "older index"])
def test_interrupted_by_the_user(ground: Ground, cache: Path, tmp_path: Path, older: bool) -> None:
    index = tmp_path / "index"
    if older:
        shutil.copytree(ground.older, index)
    with Running("--index", index, "build", ground.corpus, stop=3) as running:
        running.at("loaded")
        running.go_on()
        running.at("waiting")
        running.process.send_signal(signal.SIGINT)
        code, said = running.end()
    assert (code, said.splitlines()[-1]) == (1, INTERRUPTED)
    assert "Traceback" not in said
    stored = searched_after_a_fault(index, cache, ground, older=older)
    assert len([key for key, article in stored.items() if not older or ground.before.get(key) != article]) >= 16
    healed(index, cache, ground, stored)


# -- two at once


def test_a_second_build_is_told_to_wait_and_searches_go_on(ground: Ground, cache: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    shutil.copytree(ground.older, index)
    with Running("--index", index, "build", ground.corpus, stop=3) as running:
        running.at("loaded")
        running.go_on()
        running.at("waiting")
        with open_index(index, cache) as knowledge:
            for write in (lambda: knowledge.build([ground.corpus]), lambda: knowledge.remove(["0000"])):
                with pytest.raises(IndexStateError, match=rf"^另一个 kb 正在写索引 {index}。请等它完成后再试。$"):
                    write()
            searched_after_a_fault(index, cache, ground, older=True)
        running.go_on()
        assert running.end() == (0, "")
    with open_index(index, cache) as knowledge:
        assert contents(knowledge) == ground.after
        assert rankings(knowledge) == ground.ranking


def test_two_builds_that_begin_a_new_index_at_the_same_moment(ground: Ground, cache: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    command = ("--index", index, "build", ground.corpus)
    with Running(*command, seconds=0.05) as one, Running(*command, seconds=0.05) as other:
        for running in (one, other):
            running.at("loaded")
        for running in (one, other):
            running.go_on()
        ends = sorted([one.end(), other.end()])
    assert ends == [(0, ""), (1, f"另一个 kb 正在写索引 {index}。请等它完成后再试。")]
    with open_index(index, cache) as knowledge:
        assert rankings(knowledge) == ground.ranking


# -- disks


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """A file system of its own, to be filled up or made read-only: root ignores permissions of files."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "kb-test", place], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def fill(disk: Path, leaving: int = 0) -> None:
    """Take all space but so many bytes."""
    status = os.statvfs(disk)
    with (disk / "filler").open("wb") as file:
        left = status.f_bavail * status.f_frsize - leaving
        file.write(bytes(max(0, left)))


class WideEncoder(CharacterEncoder):
    """Vectors that take more room than all the rest."""

    dimension = 4_096


def filling(disk: Path, stage: str, leaving: int) -> Callable[[str, int, int], None]:
    """A progress callback that fills the disk once, at the end of a stage."""

    def progress(what: str, done: int, total: int) -> None:
        if what == stage and done == total and not (disk / "filler").exists():
            fill(disk, leaving)

    return progress


@pytest.mark.parametrize(
    ("stage", "leaving", "sentence"),
    [
        pytest.param("收录文章", 0, r"kb\.sqlite3：磁盘空间不足，写入没有完成", id="while storing"),
        pytest.param("收录文章", 300_000, r"kb\.sqlite3：磁盘空间不足，写入没有完成", id="in the middle of storing"),
        pytest.param("分词索引", 0, r"无法写入索引文件夹 .*请检查磁盘空间", id="while writing the lexical index"),
        pytest.param("分词索引", 200_000, r"无法写入索引文件夹 .*请检查磁盘空间", id="while writing the vectors"),
    ],
)
def test_a_disk_that_fills_up(tmp_path: Path, cache: Path, stage: str, leaving: int, sentence: str) -> None:
    corpus = tmp_path / "corpus"
    with small_disk(tmp_path / "disk", "64m") as disk:
        write_articles(corpus, range(20))
        with open_index(disk / "index", cache, WideEncoder()) as knowledge:
            knowledge.build([corpus])
            before = rankings(knowledge)
        write_articles(corpus, range(20, 60))
        with (
            open_index(disk / "index", cache, WideEncoder()) as knowledge,
            pytest.raises(IndexStateError, match=sentence),
        ):
            knowledge.build([corpus], filling(disk, stage, leaving))
        with open_index(disk / "index", cache, WideEncoder()) as knowledge:
            assert rankings(knowledge) == before
            (disk / "filler").unlink()
            knowledge.build([corpus])
            after = rankings(knowledge)
    with open_index(tmp_path / "elsewhere", cache, WideEncoder()) as knowledge:
        knowledge.build([corpus])
        assert rankings(knowledge) == after


def test_a_full_disk_is_told_in_one_sentence(ground: Ground, tmp_path: Path, cache: Path) -> None:
    with small_disk(tmp_path / "disk", "8m") as disk:
        shutil.copytree(ground.older, disk / "index")
        fill(disk)
        with Running("--index", disk / "index", "build", ground.corpus) as running:
            running.at("loaded")
            running.go_on()
            code, said = running.end()
        assert code == 1
        assert said.splitlines()[-1].count("。") <= 2
        assert "空间" in said
        assert "Traceback" not in said
        with open_index(disk / "index", cache) as knowledge:
            assert contents(knowledge) == ground.before
            assert len(knowledge.search("社区物业").hits) == 10
        with Running("--index", disk / "new", "build", ground.corpus) as running:
            running.at("loaded")
            running.go_on()
            code, said = running.end()
        assert (code, len(said.splitlines())) == (1, 1)


@pytest.mark.parametrize("lost", [False, True], ids=["with index files", "without index files"])
def test_a_read_only_index_can_be_searched(ground: Ground, tmp_path: Path, cache: Path, lost: bool) -> None:
    with open_index(ground.older, cache) as knowledge:
        expected = rankings(knowledge)
    with small_disk(tmp_path / "disk", "16m") as disk:
        shutil.copytree(ground.older, disk / "index")
        if lost:
            shutil.rmtree(disk / "index" / "caches")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        told: list[str] = []
        settings = Settings(index=disk / "index", cache=cache)
        with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder(), notice=told.append) as knowledge:
            assert rankings(knowledge) == expected
            assert contents(knowledge) == ground.before
        assert any("内存" in notice for notice in told) == lost
        for command in (("build", ground.corpus), ("remove", "0000")):
            with Running("--index", disk / "index", *command) as running:
                running.at("loaded")
                running.go_on()
                code, said = running.end()
            assert code == 1
            assert said.startswith(f"无法写入索引文件夹 {disk / 'index'}（Read-only file system）")
            assert len(said.splitlines()) == 1


def test_an_index_killed_while_writing_can_be_searched_read_only(ground: Ground, tmp_path: Path, cache: Path) -> None:
    with small_disk(tmp_path / "disk", "16m") as disk:
        shutil.copytree(ground.older, disk / "index")
        with Running("--index", disk / "index", "build", ground.corpus, stop=3) as running:
            running.at("loaded")
            running.go_on()
            running.at("waiting")
        assert (disk / "index" / "kb.sqlite3-wal").stat().st_size > 0
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        stored = searched_after_a_fault(disk / "index", cache, ground, older=True)
        assert len([key for key, article in stored.items() if ground.before.get(key) != article]) >= 16
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        healed(disk / "index", cache, ground, stored)


# -- damaged


@pytest.mark.parametrize("share", [0.0, 0.0001, 0.01, 0.3, 0.6, 0.95])
def test_a_truncated_store_is_named(ground: Ground, tmp_path: Path, cache: Path, share: float) -> None:
    index = tmp_path / "index"
    shutil.copytree(ground.older, index)
    store = index / "kb.sqlite3"
    os.truncate(store, int(store.stat().st_size * share))
    with open_index(index, cache) as knowledge, pytest.raises(IndexStateError, match=rf"^{store}"):
        rankings(knowledge)
    with open_index(index, cache) as knowledge:
        if share:
            with pytest.raises(IndexStateError, match=rf"^{store}"):
                knowledge.build([ground.corpus])
        else:  # Nothing is left to lose: a build may begin anew.
            assert knowledge.build([ground.corpus]).added == len(ground.after)
