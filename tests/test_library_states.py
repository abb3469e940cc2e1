"""Any order of adding, changing, removing, building, restoring and dying: the store is what a dictionary says.

Hypothesis makes up the order. After every step the store must equal the dictionary, every passage must be a piece of
its article, a search in either script, here and in another process, must find exactly what is there, and the doctor
must be content. `KB_ORDERS=200` tries as many orders.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as trials
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from opencc import OpenCC

from conftest import CharacterEncoder
from kb import checking
from kb.checking import models as checking_models
from kb.config import Settings
from kb.errors import NotFoundError
from kb.knowledge import KnowledgeBase, engine
from kb.search.verdicts import Verdict
from kb.text import segment
from kb.types import Upload
from other_kb import DIED, MOMENTS, Other
from small_corpus import article_text, small_dictionary

ORDERS = int(os.environ.get("KB_ORDERS", "6"))
STEPS = 14
IN_BOTH = ("本篇代号", "本篇代號")
"""Stands in every article; asked in both scripts."""

FOLDER = st.sampled_from(["c0", "c1", "c2", "c3"])
OWN = st.sampled_from(["f0", "f1", "f2"])
UPLOADED = st.sampled_from(["u0", "u1"])
DEATHS = st.tuples(st.sampled_from(sorted(MOMENTS)), st.integers(1, 3))
TRADITIONAL = OpenCC("s2t")
KNOWN = {"kb.sqlite3", "kb.sqlite3-wal", "kb.sqlite3-shm", ".lock", "caches"}


def text(version: int) -> str:
    """The text of a version, in the traditional script for every other one; its first sentence has its number."""
    made = article_text(version).strip()
    return str(TRADITIONAL.convert(made)) if version % 2 else made


class Library(RuleBasedStateMachine):
    """`stored` is what the store must hold, `files` what the folder holds that is built from.

    What a process that died left behind goes when the next one comes by: older index files with the next change, an
    unpacked backup with the next restore. `cleared` and `unpacked` tell whether that is so.
    """

    other: Other

    def __init__(self) -> None:
        super().__init__()
        self.work = Path(tempfile.mkdtemp(prefix="kb-states-"))
        self.index, self.folder, self.own = self.work / "index", self.work / "folder", self.work / "own"
        self.settings = Settings(index=self.index, cache=self.work / "cache")
        self.folder.mkdir()
        self.own.mkdir()
        self.stored: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.gone: list[str] = []
        self.backed_up: dict[str, str] = {}
        self.version = 0
        self.cleared, self.unpacked = True, False
        self.knowledge = self._opened()

    def _opened(self) -> KnowledgeBase:
        return KnowledgeBase.open(settings=self.settings, encoder=CharacterEncoder())

    def teardown(self) -> None:
        self.knowledge.close()
        shutil.rmtree(self.work)

    def _new(self) -> str:
        self.version += 1
        return text(self.version)

    def _now(self, stored: dict[str, str]) -> None:
        """The store was changed to this."""
        self.gone += [old for key, old in self.stored.items() if stored.get(key) != old]
        self.cleared = self.cleared or stored != self.stored
        self.stored = stored

    def _built(self) -> dict[str, str]:
        """What a build makes of the store."""
        kept = {key: old for key, old in self.stored.items() if not key.startswith("c")}
        return kept | self.files

    def _after_a_death(self, wanted: dict[str, str]) -> None:
        """Every article is as it was or as it was to be; which of the two, the store tells."""
        found = {one.id: self.knowledge.article(one.id).text for one in self.knowledge.articles()}
        for key in {*found, *self.stored, *wanted}:
            assert found.get(key) in (self.stored.get(key), wanted.get(key))
        self._now(found)
        self.cleared = False

    # -- changes in this process

    @initialize()
    def begin(self) -> None:
        for name in ("c0", "c1", "c2"):
            self.write(name)
        self.build()
        self.back_up()

    @rule(name=FOLDER)
    def write(self, name: str) -> None:
        self.files[name] = self._new()
        (self.folder / f"{name}.txt").write_text(self.files[name], encoding="utf-8")

    @rule(name=FOLDER)
    def unlink(self, name: str) -> None:
        if len(self.files) > 1 and self.files.pop(name, ""):
            (self.folder / f"{name}.txt").unlink()

    @rule()
    def build(self) -> None:
        self.knowledge.build([self.folder])
        self._now(self._built())

    @rule(names=st.sets(OWN, min_size=1))
    def add(self, names: set[str]) -> None:
        self.knowledge.add(self._written(names))
        self._now(self.stored | {name: self._text_of(name) for name in names})

    def _written(self, names: set[str]) -> list[str]:
        for name in sorted(names):
            (self.own / f"{name}.txt").write_text(self._new(), encoding="utf-8")
        return [str(self.own / f"{name}.txt") for name in sorted(names)]

    def _text_of(self, name: str) -> str:
        return (self.own / f"{name}.txt").read_text(encoding="utf-8")

    @rule(name=UPLOADED)
    def upload(self, name: str) -> None:
        made = self._new()
        found = self.knowledge.preview([Upload(f"{name}.txt", made.encode())]).found
        self.knowledge.keep(found, replacing=[one.key for one in found])
        self._now(self.stored | {name: made})

    @precondition(lambda self: self.stored)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        gone = data.draw(st.sets(st.sampled_from(sorted(self.stored)), min_size=1, max_size=3))
        assert self.knowledge.remove(sorted(gone)) == len(gone)
        self._now({key: old for key, old in self.stored.items() if key not in gone})

    @precondition(lambda self: self.stored)
    @rule()
    def remove_with_one_that_is_not_there(self) -> None:
        with pytest.raises(NotFoundError):
            self.knowledge.remove([min(self.stored), "nobody"])

    # -- another process

    @rule(names=st.sets(OWN, min_size=1), die=st.none() | DEATHS)
    def add_elsewhere(self, names: set[str], die: tuple[str, int] | None) -> None:
        paths = self._written(names)
        self._elsewhere("add", self.stored | {name: self._text_of(name) for name in names}, die, paths=paths)

    @rule(die=st.none() | DEATHS)
    def build_elsewhere(self, die: tuple[str, int] | None) -> None:
        self._elsewhere("build", self._built(), die, paths=[str(self.folder)])

    @rule(name=UPLOADED, die=st.none() | DEATHS)
    def upload_elsewhere(self, name: str, die: tuple[str, int] | None) -> None:
        made = self._new()
        self._elsewhere("keep", self.stored | {name: made}, die, name=f"{name}.txt", text=made)

    @precondition(lambda self: self.stored)
    @rule(data=st.data(), die=st.none() | DEATHS)
    def remove_elsewhere(self, data: st.DataObject, die: tuple[str, int] | None) -> None:
        gone = data.draw(st.sampled_from(sorted(self.stored)))
        self._elsewhere("remove", {key: old for key, old in self.stored.items() if key != gone}, die, ids=[gone])

    def _elsewhere(self, what: str, wanted: dict[str, str], die: tuple[str, int] | None, **more: object) -> None:
        answer = self.other(self.index, what, die, **more)
        if answer == DIED:
            self._after_a_death(wanted)
        else:
            assert "found" in answer, answer
            self._now(wanted)

    @rule()
    def told_that_another_one_writes(self) -> None:
        with self.knowledge._engine.lock():
            answer = self.other(self.index, "add", paths=self._written({"f0"}))
        assert answer == {"error": f"另一个 kb 正在写索引 {self.index}。请等它完成后再试。"}

    # -- opening anew, backup

    @rule(closed=st.booleans())
    def reopen(self, closed: bool) -> None:
        """The old one is closed, or left as it is."""
        if closed:
            self.knowledge.close()
        self.knowledge = self._opened()

    @rule()
    def back_up(self) -> None:
        self.knowledge.backup(self.work / "backup.kb", force=True)
        self.backed_up = dict(self.stored)

    @rule(die=st.none() | DEATHS)
    def restore(self, die: tuple[str, int] | None) -> None:
        answer = self.other(self.index, "restore", die, file=str(self.work / "backup.kb"))
        if answer == DIED:
            found = {one.id: self.knowledge.article(one.id).text for one in self.knowledge.articles()}
            assert found in (self.stored, self.backed_up)
            self._now(found)
            self.cleared, self.unpacked = False, True
        else:
            assert "found" in answer, answer
            self._now(dict(self.backed_up))
            self.cleared, self.unpacked = True, False

    # -- questions

    @precondition(lambda self: self.stored)
    @rule(data=st.data())
    def ask(self, data: st.DataObject) -> None:
        asked = self.stored[data.draw(st.sampled_from(sorted(self.stored)))].split("。")[1]
        for one in self.knowledge.ask(asked).sentences:
            assert one.quote.text == self.stored[one.quote.article_id][one.quote.start : one.quote.end]

    @rule()
    def verify(self) -> None:
        there = set(self.stored.values())
        for old in {*there, *self.gone[-3:]}:
            found = self.knowledge.verify("。".join(old.split("。")[:3])).verdict
            assert (found is Verdict.EXACT) is (old in there)

    # -- what must hold after every step

    @invariant()
    def the_store_is_the_dictionary(self) -> None:
        if self.version < 3:
            return
        found = {one.id: self.knowledge.article(one.id).text for one in self.knowledge.articles()}
        assert found == self.stored
        for key, whole in found.items():
            passages = self.knowledge.passages(key)
            assert passages
            for passage in passages:
                assert passage.text == whole[passage.start : passage.end] != ""

    @invariant()
    def a_search_finds_exactly_what_is_there(self) -> None:
        if self.version < 3:
            return
        there = sorted(passage.id for key in self.stored for passage in self.knowledge.passages(key))
        for query in IN_BOTH:
            hits = self.knowledge.search(query, k=1_000, mode="lexical").hits
            assert {hit.article.id for hit in hits} == set(self.stored)
            hits = self.knowledge.search(query, k=1_000).hits
            assert sorted(hit.passage.id for hit in hits) == there
        assert sorted(self.other(self.index, "search", query=IN_BOTH[0], mode="hybrid")["found"]) == there
        for old in self.gone[-1:]:  # What is gone takes no one's place.
            for mode in ("lexical", "dense"):
                assert len(self.knowledge.search(old[:40], k=1, mode=mode).hits) == min(1, len(there))

    @invariant()
    def the_doctor_is_content(self) -> None:
        if self.version < 3:
            return
        found = checking.check_all(self.settings, lambda _text: None)
        pardoned = {"磁盘"} | (set() if self.stored else {"内容"})
        assert [check for check in found if not check.ok and check.name not in pardoned] == []
        assert not self.cleared or len(list((self.index / "caches").iterdir())) == 1
        left = {path.name for path in self.index.iterdir()} - KNOWN
        assert not left or (self.unpacked and all(name.startswith(".restoring-") for name in left))


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Iterator[Other]:
    monkeypatch.setattr(segment, "load_words", small_dictionary)
    monkeypatch.setattr(engine, "open_encoder", lambda **_settings: CharacterEncoder())
    monkeypatch.setattr(checking_models, "open_encoder", lambda **_settings: CharacterEncoder())
    with Other() as process:
        yield process


def test_any_order_of_changes_and_deaths(other: Other) -> None:
    run_state_machine_as_test(
        type("Library", (Library,), {"other": other}),
        settings=trials(
            max_examples=ORDERS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize="KB_ORDERS" not in os.environ,
            phases=(Phase.generate, *((Phase.shrink,) if "KB_ORDERS" in os.environ else ())),
            suppress_health_check=list(HealthCheck),
        ),
    )
