"""Builds, additions and removals killed with SIGKILL at any moment.

After each: every article is the old one or the new one to the byte, with its passages, sentences and vectors; a search
works or says in a sentence why not; the next run ends where an undisturbed one does. KB_MOMENTS=200 tries as many
moments of each; how they ended is told by `-o junit_family=xunit1 --junitxml=FILE`.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import PROJECT
from kb.errors import IndexStateError
from kb.index.database import FILE
from nursery import Nursery
from other_clock import FROZEN
from small_corpus import rankings, write_articles
from whole_index import Articles, articles, digest, holding, opened, searched

MOMENTS = int(os.environ.get("KB_MOMENTS", "2"))
STEP = 0.005
"""Seconds that every article takes longer, so that more moments lie between two of them."""

COUNT, CHANGED, GONE, NEW = 40, range(5, 15), range(30, 34), range(40, 46)
PRACTICE = PROJECT / "corpus" / "practices" / "fengqiao-jingyan.md"
CASES = ("build, new index", "build, older index", "add", "remove")

Told = Callable[[str, object], None]


pytestmark = pytest.mark.usefixtures("small_jieba")


@dataclass(frozen=True)
class Case:
    """A command on an index, what the index holds before it and after it, and how long it takes."""

    command: tuple[object, ...]
    older: Path | None
    before: Articles
    after: Articles
    digest: str
    ranking: list[list[tuple[str, float]]]
    seconds: float


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("killed") / "corpus"


@pytest.fixture(scope="module")
def older(nursery: Nursery, corpus: Path) -> Path:
    """An index of the corpus before it changed."""
    write_articles(corpus, range(COUNT))
    shutil.copy2(PRACTICE, corpus)
    index = corpus.with_name("older")
    assert nursery.run("--index", index, "build", corpus, clock=FROZEN) == 0
    write_articles(corpus, CHANGED, version=2)
    write_articles(corpus, NEW)
    for number in GONE:
        (corpus / f"{number:04}.txt").unlink()
    return index


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, nursery: Nursery, corpus: Path, older: Path, tmp_path: Path) -> Case:
    """What the command does when nobody disturbs it."""
    name = str(request.param)
    command: tuple[object, ...] = (name.partition(",")[0], corpus)
    if name == "remove":
        command = ("remove", *(f"{number:04}" for number in CHANGED))
    index, start = tmp_path / "undisturbed", None if "new" in name else older
    if start:
        shutil.copytree(start, index)
    begun = time.monotonic()
    nursery.start("--index", index, *command, seconds=STEP, clock=FROZEN)
    assert nursery.end() == 0
    seconds = time.monotonic() - begun
    with opened(index) as knowledge:
        ranking = rankings(knowledge)
    return Case(command, start, articles(start) if start else {}, articles(index), digest(index), ranking, seconds)


def test_killed_at_any_moment_everything_is_old_or_new(
    case: Case, nursery: Nursery, tmp_path: Path, record_property: Told
) -> None:
    index, chance = tmp_path / "index", random.Random(repr(case.command))
    ends: Counter[str] = Counter()
    recovered: list[float] = []
    for _ in range(MOMENTS):
        shutil.rmtree(index, ignore_errors=True)
        if case.older:
            shutil.copytree(case.older, index)
        moment = chance.uniform(0.0, 1.02) * case.seconds
        ended = nursery.killed(moment, "--index", index, *case.command, seconds=STEP, clock=FROZEN)
        assert ended in (0, -9)
        held = found(index, case)
        ends[f"{'killed' if ended else 'done'}: {held}"] += 1
        begun = time.monotonic()
        again(nursery, index, case)
        recovered.append(time.monotonic() - begun)
        assert digest(index) == case.digest
        with opened(index) as knowledge:
            assert rankings(knowledge) == case.ranking
        # Killed when all was done but for taking away what is of no use any more: the next change does.
        only_searched = case.command[0] == "remove" and held == "as after"
        assert only_searched or len(list((index / "caches").iterdir())) == 1
        assert only_searched or not list(index.glob("displaced*"))
    record_property("ends", {**ends, "undisturbed": round(case.seconds, 2), "to recover": round(max(recovered), 2)})


def found(index: Path, case: Case) -> str:
    """What the index holds, every article of it whole; it can be searched, but for a new one that is not complete."""
    held = "as before"
    try:
        held = holding(articles(index), case.before, case.after)
        searched(index)
    except IndexStateError as error:
        if case.older or "kb build" not in str(error):
            raise
    return held


def again(nursery: Nursery, index: Path, case: Case) -> None:
    """The same command; what was removed already cannot be removed again, and is brought up to date by a search."""
    if case.command[0] == "remove" and articles(index) == case.after:
        assert nursery.run("--index", index, "search", "物业") == 0
    else:
        assert nursery.run("--index", index, *case.command, clock=FROZEN) == 0


LESS = (
    "DELETE FROM passage WHERE pk = 3",
    "DELETE FROM sentence WHERE passage = 3",
    "DELETE FROM vector WHERE digest = (SELECT digest FROM passage WHERE pk = 3)",
)


def test_a_half_stored_article_would_be_noticed(older: Path, tmp_path: Path) -> None:
    """The test itself: one passage, one sentence or one vector less is another article."""
    whole = articles(older)
    for number, statement in enumerate(LESS):
        index = tmp_path / str(number)
        shutil.copytree(older, index)
        with closing(sqlite3.connect(index / FILE)) as db, db:
            db.execute("PRAGMA foreign_keys = ON")
            db.execute(statement)
        found = articles(index)
        assert len([key for key in whole if found[key] != whole[key]]) == 1
