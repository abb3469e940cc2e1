"""A large index grows by segments: what is new is written, what is gone is masked, and it finds what an exact one does.

`Sizes` of a few passages make small corpora large ones.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest

from conftest import CharacterEncoder
from kb.checking.vectors import index_files
from kb.config import Settings
from kb.errors import DamagedError, KBError
from kb.index import caches, compacting, manifests
from kb.index.caches import Making
from kb.index.compacting import Kept, Planned, Sizes, plan
from kb.index.database import FILE
from kb.index.dense import DenseIndex, FloatMatrix, Numbers
from kb.index.inverted import TRAINED_ON, Filling, lists_for, moved
from kb.index.manifests import MadeSegment, newest_manifest
from kb.index.store import Store
from kb.knowledge import KnowledgeBase, caching
from kb.knowledge.engine import Engine
from kb.knowledge.progress import no_progress
from kb.knowledge.restoring import restore
from kb.types import Check, Filters
from small_corpus import rankings, write_articles

pytestmark = pytest.mark.usefixtures("small_jieba")

LARGE = Sizes(anew=8, exact=10_000)
ROWS, WIDTH = 4_000, 32


# -- which segments stay


def numbers(*ranges: tuple[int, int]) -> Numbers:
    return np.concatenate([np.arange(0), *(np.arange(first, last) for first, last in ranges)])


def told(planned: list[Planned]) -> list[tuple[int, int, str]]:
    return [(int(one.numbers[0]), int(one.numbers[-1]), one.stays) for one in planned]


def test_what_is_new_becomes_a_segment_of_its_own() -> None:
    held = [Kept("a", numbers((0, 1000)))]
    assert told(plan(numbers((0, 1010)), held, LARGE)) == [(0, 999, "a"), (1000, 1009, "")]


def test_a_small_index_is_one_segment_made_anew() -> None:
    assert told(plan(numbers((0, 8)), [Kept("a", numbers((0, 7)))], LARGE)) == [(0, 7, "")]
    assert plan(numbers(), [Kept("a", numbers((0, 7)))], LARGE) == []


def test_segments_that_are_not_much_larger_are_joined_with_what_comes_after() -> None:
    held = [Kept("a", numbers((0, 1000))), Kept("b", numbers((1000, 1030))), Kept("c", numbers((1030, 1040)))]
    assert told(plan(numbers((0, 1045)), held, LARGE)) == [(0, 999, "a"), (1000, 1044, "")]
    assert told(plan(numbers((0, 1041)), held, LARGE)) == [
        (0, 999, "a"), (1000, 1029, "b"), (1030, 1039, "c"), (1040, 1040, ""),
    ]  # fmt: skip


def test_however_many_additions_there_are_few_segments_and_few_writings() -> None:
    held: list[Kept] = []
    written = 0
    for count in range(10, 2010, 10):
        planned = plan(numbers((0, count)), held, LARGE)
        written += sum(len(one.numbers) for one in planned if not one.stays)
        held = [Kept(f"{one.numbers[0]}-{one.numbers[-1]}", one.numbers) for one in planned]
        assert len(held) <= 8
    assert written <= 2000 * 6


def test_a_segment_of_which_much_is_gone_is_made_anew() -> None:
    held = [Kept("a", numbers((0, 100))), Kept("b", numbers((100, 1000)))]
    assert told(plan(numbers((10, 1000)), held, LARGE)) == [(10, 99, "a"), (100, 999, "b")]
    assert told(plan(numbers((30, 1000)), held, LARGE)) == [(30, 99, ""), (100, 999, "b")]
    assert told(plan(numbers((100, 1000)), held, LARGE)) == [(100, 999, "b")]


def test_a_segment_that_does_not_hold_what_it_must_is_made_anew() -> None:
    held = [Kept("a", np.delete(numbers((0, 100)), 7)), Kept("b", numbers((100, 900)), whole=False)]
    assert told(plan(numbers((0, 900)), held, LARGE)) == [(0, 899, "")]


# -- search by lists


def unit(rows: int, seed: int) -> FloatMatrix:
    """Around 60 directions, as texts are."""
    chance = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(60, WIDTH))
    made = centres[chance.integers(60, size=rows)] + 0.7 * chance.normal(size=(rows, WIDTH))
    normed: FloatMatrix = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    return normed


@pytest.fixture(scope="module")
def vectors() -> FloatMatrix:
    return unit(ROWS, 1)


@pytest.fixture(scope="module")
def by_lists(vectors: FloatMatrix, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Saved, its passages numbered 0, 3, 6, ..."""
    chance = np.random.default_rng(5)
    sample = vectors[chance.choice(ROWS, min(ROWS, TRAINED_ON * lists_for(ROWS)), replace=False)]
    filling = Filling(ROWS, sample, moved(sample[:200], chance))
    for at in range(0, ROWS, 900):
        filling.add(vectors[at : at + 900])
    index, measured = filling.finished()
    assert 0.98 <= measured.recall <= 1.0
    assert 1 <= measured.probes < lists_for(ROWS)
    folder = tmp_path_factory.mktemp("lists")
    DenseIndex(index, np.arange(ROWS) * 3).save(folder)
    return folder


def recall(index: DenseIndex, vectors: FloatMatrix, allowed: Numbers | None) -> float:
    """Of the first ten, over questions that are no vectors of the index."""
    rows = index.numbers[index.there] // 3 if allowed is None else allowed // 3
    found = []
    for question in unit(60, 9):
        nearest = rows[np.argsort(-(vectors[rows] @ question))[:10]] * 3
        found.append(np.isin(nearest, index.search(question, 10, allowed).numbers).mean())
    return float(np.mean(found))


@pytest.mark.parametrize("scanned", [0, 100_000])
@pytest.mark.parametrize("share", [0.005, 0.05, 0.3, 0.7, None])
def test_lists_find_what_exact_search_finds_also_under_a_filter(
    by_lists: Path, vectors: FloatMatrix, share: float | None, scanned: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.index.dense.MOST_SCANNED", scanned)
    index, allowed = DenseIndex.open(by_lists), None
    if share is not None:
        allowed = np.sort(np.random.default_rng(3).choice(ROWS, int(share * ROWS), replace=False)) * 3
    assert recall(index, vectors, allowed) >= 0.98


def test_a_filter_that_leaves_what_is_far_away_loses_nothing(by_lists: Path, vectors: FloatMatrix) -> None:
    index, question = DenseIndex.open(by_lists), unit(1, 9)[0]
    allowed = np.sort(np.argsort(vectors @ question)[:40]) * 3
    assert recall(index, vectors, allowed) == 1.0
    assert set(index.search(question, 100, allowed).numbers.tolist()) == set(allowed.tolist())


def test_what_is_gone_is_not_found(by_lists: Path, vectors: FloatMatrix) -> None:
    gone = np.arange(0, ROWS, 4) * 3
    index = DenseIndex.open(by_lists, gone)
    assert len(index) == ROWS - len(gone)
    assert recall(index, vectors, None) >= 0.98
    assert not np.isin(index.search(vectors[0], 500).numbers, gone).any()


def test_vectors_come_back_but_for_rounding(by_lists: Path, vectors: FloatMatrix) -> None:
    index, rows = DenseIndex.open(by_lists), np.array([17, 3, 3999])
    np.testing.assert_allclose(index.vectors_of(rows * 3), vectors[rows], atol=5e-4)
    assert (index.exact, index.dimension) == (False, WIDTH)


# -- a knowledge base of segments


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compacting, "SIZES", LARGE)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return tmp_path / "articles"


@pytest.fixture
def grown(large: None, settings: Settings, articles: Path) -> Iterator[KnowledgeBase]:
    """60 articles, and 3 that came later."""
    with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder()) as knowledge:
        write_articles(articles, range(60))
        knowledge.build([articles])
        write_articles(articles, range(60, 63))
        knowledge.build([articles])
        yield knowledge


def segments(settings: Settings) -> tuple[MadeSegment, ...]:
    manifest = newest_manifest(settings.index)
    assert manifest is not None
    return manifest.segments


def examined(settings: Settings) -> dict[str, Check]:
    """What the doctor says of the index files."""
    with closing(Store(settings.index)) as store:
        return {check.name: check for check in index_files(store, sealed=False)}


def inodes(settings: Settings) -> dict[int, tuple[str, int]]:
    files = [file for file in (settings.index / "caches").rglob("*") if file.is_file()]
    return {file.stat().st_ino: (file.name, file.stat().st_size) for file in files}


def anew(articles: Path, folder: Path) -> list[list[tuple[str, float]]]:
    """What an index of one exact segment, made in one go, finds."""
    with (
        pytest.MonkeyPatch.context() as patch,
        KnowledgeBase.open(settings=Settings(index=folder), encoder=CharacterEncoder()) as knowledge,
    ):
        patch.setattr(compacting, "SIZES", Sizes())
        knowledge.build([articles])
        assert len(segments(Settings(index=folder))) == 1
        return rankings(knowledge)


def test_in_segments_it_finds_what_one_segment_finds(
    grown: KnowledgeBase, settings: Settings, articles: Path, tmp_path: Path
) -> None:
    assert len(segments(settings)) == 2
    write_articles(articles, range(20, 24), version=2)
    (articles / "0040.txt").unlink()
    grown.build([articles])
    assert rankings(grown) == anew(articles, tmp_path / "anew")
    only = Filters(source="0050")
    assert [hit.article.id for hit in grown.search("社区物业", filters=only).hits] == []
    assert all(check.ok for check in examined(settings).values())


def test_an_addition_writes_what_is_new(grown: KnowledgeBase, settings: Settings, articles: Path) -> None:
    before = inodes(settings)
    write_articles(articles, range(63, 64))
    grown.build([articles])
    written = {name: size for inode, (name, size) in inodes(settings).items() if inode not in before}
    old = {name: size for name, size in before.values() if name in ("dense.faiss", "sentences.npy")}
    assert written["dense.faiss"] < max(size for name, size in before.values() if name == "dense.faiss") / 5
    assert written["sentences.npy"] < max(old.values())
    assert len([name for inode, (name, _size) in before.items() if inode in inodes(settings)]) >= 5


def test_what_is_there_is_not_cut_into_words_again(
    grown: KnowledgeBase, settings: Settings, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caching, "SMALL", 5)
    cut: list[int] = []

    def progress(what: str, _done: int, total: int) -> None:
        if what == "分词索引":
            cut.append(total)

    write_articles(articles, range(63, 65))
    write_articles(articles, range(10, 13), version=2)
    grown.build([articles], progress)
    assert cut == [5]
    (articles / "0020.txt").unlink()
    grown.build([articles], progress)
    assert cut == [5]
    for number in range(21, 35):
        (articles / f"{number:04}.txt").unlink()
    grown.build([articles], progress)
    assert cut == [5, 50]  # Too many were taken out: made anew.


def test_what_was_removed_is_masked_and_taken_out_when_it_is_much(grown: KnowledgeBase, settings: Settings) -> None:
    first = segments(settings)[0]
    kept = {inode for inode, (name, _size) in inodes(settings).items() if name == "dense.faiss"}
    grown.remove(["0001", "0002"])
    assert segments(settings)[0] == first
    assert kept <= {inode for inode, (name, _size) in inodes(settings).items() if name == "dense.faiss"}
    assert not {hit.article.id for hit in grown.search("社区", k=500).hits} & {"0001", "0002"}
    grown.remove([f"{number:04}" for number in range(3, 30)])
    assert segments(settings)[0].rows < first.rows
    assert {hit.article.id for hit in grown.search("社区", k=500, mode="dense").hits} == {
        "0000", *(f"{number:04}" for number in range(30, 63))
    }  # fmt: skip


def test_sentences_that_get_their_vectors_later_are_taken_in(large: None, settings: Settings, articles: Path) -> None:
    write_articles(articles, range(20))
    without = settings.model_copy(update={"sentences": False})
    with KnowledgeBase.open(settings=without, encoder=CharacterEncoder()) as knowledge:
        knowledge.build([articles])
    assert [one.unembedded > 100 for one in segments(settings)] == [True]
    write_articles(articles, range(20, 21))
    with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder()) as knowledge:
        knowledge.build([articles])
        assert [one.unembedded for one in segments(settings)] == [0]
        assert all(check.ok for check in examined(settings).values())


def test_searched_by_lists_the_recall_is_told(
    settings: Settings, articles: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(compacting, "SIZES", Sizes(anew=8, exact=100))
    write_articles(articles, range(120))
    with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder()) as knowledge:
        knowledge.build([articles])
        (made,) = segments(settings)
        assert made.probes >= 1
        assert 0.98 <= made.recall == knowledge.info().recall
        by_lists = [{key for key, _score in found[:5]} for found in rankings(knowledge)]
    exact = [{key for key, _score in found[:5]} for found in anew(articles, tmp_path / "anew")]
    assert (
        sum(len(one & other) for one, other in zip(by_lists, exact, strict=True)) >= 20
    )  # Of 25: equal cosines are many here.
    checks = examined(settings)
    assert f"{made.recall:.1%}" in checks["索引文件"].detail
    assert checks["索引文件的内容"].ok


def test_how_near_the_nearest_is_does_not_depend_on_what_was_asked_before(
    grown: KnowledgeBase, settings: Settings
) -> None:
    with closing(Store(settings.index)) as store:
        opened = caches.newest(settings.index, store.lineage(), grown._engine.segmenter(store).rules)
    assert opened is not None
    one, other = opened.segments.vectors_of(opened.segments.numbers[[3, 61]])
    some = opened.segments.articles[[5, 60]]
    alone = [opened.nearest(query, within) for query in (one, other) for within in (None, some)]
    assert alone[0] == pytest.approx(1.0, abs=1e-6)
    assert len(set(alone)) == 4 or alone[0] == alone[2]
    for at, (query, within) in enumerate((query, within) for query in (one, other) for within in (None, some)):
        opened.by_meaning(query, 20, within)
        assert [opened.nearest(asked, kept) for asked in (one, other) for kept in (None, some)] == alone, at


# -- faults


class Killed(BaseException):
    """In the place of SIGKILL: nothing is tidied up after it."""


@pytest.mark.parametrize("moment", range(0, 24, 3))
def test_killed_while_segments_are_written_the_old_ones_serve(
    grown: KnowledgeBase,
    settings: Settings,
    articles: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: int,
) -> None:
    before = rankings(grown)
    left = iter(range(moment))

    def dying(_path: Path) -> None:
        if next(left, None) is None:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(caches, "to_disk", dying)
        patch.setattr(Making, "__exit__", lambda *_any: None)
        with pytest.raises(Killed):
            grown.remove(["0001"])
    reader = tmp_path / "reader"
    shutil.copytree(settings.index, reader)
    shutil.copy2(settings.index / FILE, reader)
    with KnowledgeBase.open(settings=Settings(index=reader), encoder=CharacterEncoder()) as knowledge:
        assert [key for found in rankings(knowledge) for key, _score in found if key.startswith("0001#")] == []
    assert any(key.startswith("0001#") for found in before for key, _score in found)
    with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder()) as knowledge:
        (articles / "0001.txt").unlink()
        knowledge.build([articles])
        assert rankings(knowledge) == anew(articles, tmp_path / "anew")
    assert len(list((settings.index / "caches").iterdir())) == 1


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.unlink()  # Not in place: another generation may share it.
    file.write_bytes(content)


@pytest.mark.parametrize("name", ["dense.faiss", "sentences.npy", "articles.npy", "gone.npy"])
def test_a_byte_that_changed_in_a_segment_is_noticed(grown: KnowledgeBase, settings: Settings, name: str) -> None:
    grown.remove(["0005"])
    before = rankings(grown)
    flip(sorted((settings.index / "caches").rglob(name))[0])
    with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder()) as knowledge:
        assert rankings(knowledge) == before


def test_a_passage_that_vanished_by_itself_is_noticed(grown: KnowledgeBase, settings: Settings) -> None:
    with closing(sqlite3.connect(settings.index / FILE)) as db, db:
        db.execute("DELETE FROM passage WHERE pk = 3")
    with pytest.raises(DamagedError, match="0002"):
        grown.remove(["0030"])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE passage SET searched = 'x' WHERE article = (SELECT max(pk) FROM article)",
        "UPDATE article SET text = replace(text, '社区', '社团') WHERE pk = (SELECT max(pk) FROM article)",
        "UPDATE sentence SET start = start + 1 WHERE n = 2 AND passage = (SELECT max(pk) FROM passage)",
    ],
)
def test_damage_of_what_is_new_is_noticed(
    grown: KnowledgeBase, settings: Settings, articles: Path, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    sync = caching.sync

    def after_damage(*arguments: object) -> None:
        with closing(sqlite3.connect(settings.index / FILE)) as db, db:
            db.execute(statement)
        sync(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(caching, "sync", after_damage)
    write_articles(articles, range(63, 64))
    with pytest.raises(DamagedError, match="0063"):
        grown.build([articles])


def test_a_damaged_article_of_a_large_index_is_stored_again_when_it_is_added(
    grown: KnowledgeBase, settings: Settings, articles: Path
) -> None:
    before = grown.article("0004").text
    with closing(sqlite3.connect(settings.index / FILE)) as db, db:
        db.execute("UPDATE article SET text = replace(text, '社区', '社团') WHERE id = '0004'")
        db.execute("UPDATE article SET text = replace(text, '社区', '社团') WHERE id = '0009'")
    report = grown.add([articles / "0004.txt", articles / "0006.txt"])
    assert (report.added, report.changed, report.unchanged) == (0, 1, 1)
    assert grown.article("0004").text == before
    with pytest.raises(DamagedError, match="0009"):
        grown.article("0009")
    report = grown.build([articles])
    assert report.changed == 1
    assert "社团" not in grown.article("0009").text


def test_backups_hold_segments(grown: KnowledgeBase, settings: Settings, tmp_path: Path) -> None:
    with suppress(KBError):
        grown.remove(["0007"])
    grown.backup(tmp_path / "own.kb", with_caches=True)
    other = settings.model_copy(update={"index": tmp_path / "other"})
    restore(Engine(other, lambda _text: None, None), tmp_path / "own.kb", False, no_progress)
    with KnowledgeBase.open(settings=other, encoder=CharacterEncoder()) as knowledge:
        assert rankings(knowledge) == rankings(grown)
    assert len(list((other.index / "caches").glob("*/*/dense.faiss"))) == 2


def test_a_manifest_cannot_lead_out_of_its_folder(grown: KnowledgeBase, settings: Settings) -> None:
    (file,) = (settings.index / "caches").glob("*/manifest.json")
    made = json.loads(file.read_text(encoding="utf-8"))
    del made["seal"]
    made["segments"][0]["name"] = "../../elsewhere"
    file.write_text(json.dumps({**made, "seal": manifests.seal_of_manifest(made)}), encoding="utf-8")
    assert newest_manifest(settings.index) is None
