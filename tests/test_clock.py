"""A clock that is set back, or jumps: nothing that is stored, found or allowed may rest on the order of its times."""

from __future__ import annotations

import ast
import os
import random
import re
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from conftest import PROJECT
from kb.access import tokens as token_module
from kb.access.callers import Caller, caller_of
from kb.access.problems import Problem
from kb.access.tokens import FILE, Role, TokenFile
from kb.archive.keys import make_pair, read_private
from kb.config import Settings
from kb.errors import ArchiveError
from kb.index.database import FILE as STORE
from kb.index.store import Store
from kb.knowledge import KnowledgeBase
from nursery import Nursery
from small_corpus import QUESTIONS, rankings, write_articles
from whole_index import opened

SOURCE = PROJECT / "src" / "kb"
_LOOKS = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(|\b(getmtime|getctime|st_[mca]time)")

HARMLESS = {
    "access/audit.py": "written down, and the month in a file's name; never read",
    "access/tokens.py": "the end of a token: never before a time that is known to be over",
    "index/store.py": "when the index was built: shown",
    "knowledge/adding.py": "when an article was added: shown, newest first",
    "knowledge/bulk_parts.py": "whether a file was changed: compared for being the same, never for being newer",
    "knowledge/packing.py": "when a backup was made: shown",
    "knowledge/reporting.py": "when a question was put down: shown",
    "knowledge/restoring.py": "the name of the folder that a damaged store is kept in: never one that is there",
    "knowledge/unsealing.py": "whether a file was changed: compared for being the same, never for being newer",
}
"""Every module that looks at the time of day or at that of a file, and why a wrong one does no harm."""


pytestmark = pytest.mark.usefixtures("small_jieba")


def code_of(path: Path) -> str:
    """Without its strings, in which the time is only spoken of."""
    text = path.read_text(encoding="utf-8")
    if not _LOOKS.search(text):
        return ""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.unparse(tree)


def test_every_look_at_the_clock_is_known_and_harmless() -> None:
    looking = {path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py") if _LOOKS.search(code_of(path))}
    assert looking == set(HARMLESS)


# -- indexes

CLOCKS = ("2031-07-01T00:00:00+00:00", "1999-01-01T00:00:00+00:00", "jumping 1", "2012-03-04T05:06:07+00:00")


def disordered(index: Path, chance: random.Random) -> None:
    """Every file and folder gets a time of its own, years before or after now; so does everything copied meanwhile."""
    for path in index.rglob("*"):
        moment = 1_600_000_000 + chance.uniform(-1, 1) * 600_000_000
        os.utime(path, (moment, moment))


def test_builds_additions_and_removals_whatever_the_clock_says(nursery: Nursery, tmp_path: Path) -> None:
    """Each at another time, the clock set back in between; index files of before lie about with times of the future."""
    chance = random.Random(11)
    corpus, more, right, wrong = (tmp_path / name for name in ("corpus", "more", "right", "wrong"))
    write_articles(corpus, range(16))
    write_articles(more, range(20, 24))
    removed = ("0003", "0021")
    steps = (("build", corpus), ("add", more), ("remove", *removed), ("build", corpus))
    for number, (command, clock) in enumerate(zip(steps, CLOCKS, strict=True)):
        if number == 3:
            write_articles(corpus, range(5, 9), version=2)
        left = list((wrong / "caches").glob("*"))
        kept = [shutil.copytree(path, tmp_path / path.name) for path in left]
        assert nursery.run("--index", right, *command) == 0
        assert nursery.run("--index", wrong, *command, clock=clock) == 0
        for path in kept:
            path.rename(wrong / "caches" / path.name)
        disordered(wrong, chance)
        with opened(right) as expected, opened(wrong) as knowledge:
            assert rankings(knowledge) == rankings(expected)
            for summary in expected.articles():
                assert knowledge.article(summary.id).text == expected.article(summary.id).text
            assert [one.id for one in knowledge.articles()] == [one.id for one in expected.articles()]


def test_killed_builds_go_on_whatever_the_clock_says(nursery: Nursery, tmp_path: Path) -> None:
    corpus, right, wrong = tmp_path / "corpus", tmp_path / "right", tmp_path / "wrong"
    write_articles(corpus, range(16))
    assert nursery.run("--index", right, "build", corpus) == 0
    for moment, clock in zip((0.1, 0.2), CLOCKS, strict=False):
        nursery.killed(moment, "--index", wrong, "build", corpus, seconds=0.01, clock=clock)
    assert nursery.run("--index", wrong, "build", corpus, clock=CLOCKS[3]) == 0
    with opened(right) as expected, opened(wrong) as knowledge:
        assert rankings(knowledge) == rankings(expected)


# -- tokens


class Clock:
    """What the tokens take for the time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = self
        self.now = datetime(2025, 6, 1, tzinfo=UTC)

        class At(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> At:
                return cls.fromisoformat(clock.now.isoformat())

        monkeypatch.setattr(token_module, "datetime", At)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def let_in(tokens: TokenFile, secret: str) -> bool:
    found = caller_of(f"Bearer {secret}", "1.2.3.4", tokens)
    assert isinstance(found, Caller | Problem)
    return isinstance(found, Caller)


def test_an_expired_token_stays_expired_when_the_clock_is_set_back(clock: Clock, tmp_path: Path) -> None:
    tokens = TokenFile(tmp_path)
    short, long = tokens.add("short", Role.ADMIN, days=1), tokens.add("long", Role.ADMIN, days=300)
    endless = tokens.add("endless", Role.ADMIN)
    assert let_in(tokens, short)
    clock.now += timedelta(days=2)
    assert not let_in(tokens, short)
    clock.now -= timedelta(days=2)
    assert not let_in(tokens, short)
    assert let_in(tokens, long)
    assert let_in(tokens, endless)


def test_a_clock_that_begins_anew_after_a_restart_brings_no_token_back(clock: Clock, tmp_path: Path) -> None:
    """As on a machine whose battery is empty: it begins before tokens were given out that are there already."""
    tokens = TokenFile(tmp_path)
    short = tokens.add("short", Role.ADMIN, days=1)
    clock.now += timedelta(days=30)
    long = tokens.add("long", Role.ADMIN, days=30)
    clock.now = datetime(2000, 1, 1, tzinfo=UTC)
    restarted = TokenFile(tmp_path)
    assert not let_in(restarted, short)
    assert let_in(restarted, long)


def test_a_revoked_token_ends_though_the_file_looks_as_before(tmp_path: Path) -> None:
    """Same length, same place on the disk, same time: only the bytes tell."""
    tokens, file = TokenFile(tmp_path), tmp_path / FILE
    one, two = tokens.add("a", Role.READER), TokenFile(tmp_path / "elsewhere").add("b", Role.READER)
    assert let_in(tokens, one)
    status = file.stat()
    with file.open("r+b") as opened_file:  # Written over in its place.
        opened_file.write((tmp_path / "elsewhere" / FILE).read_bytes())
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    now = file.stat()
    assert (now.st_size, now.st_mtime_ns, now.st_ino) == (status.st_size, status.st_mtime_ns, status.st_ino)
    assert not let_in(tokens, one)
    assert let_in(tokens, two)


# -- sealed libraries, damaged stores, the dictionary


def test_a_sealed_library_that_was_changed_is_noticed_though_its_time_is_as_before(
    nursery: Nursery, tmp_path: Path
) -> None:
    corpus, index, file, cache = tmp_path / "corpus", tmp_path / "index", tmp_path / "l.kbsealed", tmp_path / "cache"
    write_articles(corpus, range(6))
    make_pair(tmp_path / "key")
    with opened(index) as knowledge:
        knowledge.build([corpus])
        knowledge.seal(file, read_private(tmp_path / "key"))
    settings = Settings(index=file, cache=cache, trusted_keys=str(tmp_path / "key.pub"))

    def count() -> int:
        with KnowledgeBase.open(settings=settings) as knowledge:
            return len(knowledge.articles())

    assert count() == 6
    status, data = file.stat(), bytearray(file.read_bytes())
    data[-1_500] ^= 1
    with file.open("r+b") as opened_file:
        opened_file.write(data)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    with pytest.raises(ArchiveError):
        count()
    data[-1_500] ^= 1
    file.write_bytes(data)
    (unpacked,) = cache.glob(f"sealed/*/library/{STORE}")
    status = unpacked.stat()
    with sqlite3.connect(unpacked) as db:
        db.execute("DELETE FROM article WHERE id = '0001'")
    db.close()
    os.utime(unpacked, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert unpacked.stat().st_size == status.st_size
    assert count() == 6


def test_two_damaged_stores_of_one_second_are_both_kept(nursery: Nursery, tmp_path: Path) -> None:
    corpus, index, file = tmp_path / "corpus", tmp_path / "index", tmp_path / "l.kb"
    write_articles(corpus, range(6))
    assert nursery.run("--index", index, "build", corpus) == 0
    assert nursery.run("--index", index, "backup", file) == 0
    for number in range(3):
        for beside in ("-wal", "-shm"):
            (index / f"{STORE}{beside}").unlink(missing_ok=True)
        (index / STORE).write_bytes(f"damaged {number}".encode() * 1_000)
        assert nursery.run("--index", index, "restore", file, "--force", clock="2000-01-01T00:00:00+00:00") == 0
    kept = sorted(path.read_bytes()[:9] for path in index.glob(f"damaged-*/{STORE}"))
    assert kept == [b"damaged 0", b"damaged 1", b"damaged 2"]


def test_the_dictionary_does_not_go_by_times(tmp_path: Path) -> None:
    """jieba keeps what it made of the dictionary, and takes it for old where the dictionary is newer."""
    import jieba

    def loaded() -> list[str]:
        tokenizer = jieba.Tokenizer(dictionary=str(tmp_path / "words.txt"))
        tokenizer.tmp_dir = str(tmp_path)
        tokenizer.initialize()
        return list(tokenizer.cut("网格员巡查老旧小区", HMM=False))

    (tmp_path / "words.txt").write_text("网格员 5\n巡查 5\n老旧小区 5\n", encoding="utf-8")
    expected = loaded()
    for moment in (0, 2**32):
        os.utime(tmp_path / "words.txt", (moment, moment))
        assert loaded() == expected == ["网格员", "巡查", "老旧小区"]


def test_a_list_of_articles_is_whole_though_their_days_are_in_the_future(nursery: Nursery, tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    write_articles(corpus, range(3))
    assert nursery.run("--index", index, "add", corpus, clock=CLOCKS[0]) == 0
    write_articles(corpus, range(3, 5))
    assert nursery.run("--index", index, "add", corpus, clock=CLOCKS[1]) == 0
    store = Store(index)
    added = {row[0]: row[1] for row in store.rows("SELECT id, added FROM article")}
    store.close()
    assert {added["0000"][:4], added["0004"][:4]} == {"2031", "1999"}
    with opened(index) as knowledge:
        assert len(knowledge.holdings()) == 5
        assert knowledge.search(QUESTIONS[0]).hits
