"""`kb bulk`: many processes, the index that `kb build` makes; killed and started again; from an object store."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from bulk_encoder import counting, small
from conftest import PROJECT, CharacterEncoder
from kb.config import Settings
from kb.errors import QueryError, SourceError
from kb.knowledge import KnowledgeBase, bulk_parts
from kb.knowledge.bulk_parts import parts_of
from kb.knowledge.bulk_worker import SUFFIX, documents
from kb.knowledge.bulking import FOLDER, Share, bulk, embed_share
from small_corpus import article_text, rankings, write_articles

pytest.importorskip("dask", reason="the extra `bulk` is not installed")

pytestmark = pytest.mark.usefixtures("small_jieba")


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_parts, "MOST_BYTES", 8_000)
    monkeypatch.setattr(bulk_parts, "_LEAST_BYTES", 4_000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """60 articles in files, 30 in a bulk file, one that is refused."""
    articles = tmp_path / "articles"
    write_articles(articles, range(60))
    rows = [{"id": f"line{n}", "title": f"第{n}行", "text": article_text(100 + n)} for n in range(30)]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (articles / "more.jsonl").write_text("\n".join([*lines, "{not json"]) + "\n", encoding="utf-8")
    return articles


@pytest.fixture
def opened(tmp_path: Path, cache: Path) -> Iterator[KnowledgeBase]:
    settings = Settings(index=tmp_path / "bulk", cache=cache)
    with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder()) as knowledge:
        yield knowledge


@pytest.fixture
def built(tmp_path: Path, cache: Path) -> Iterator[KnowledgeBase]:
    settings = Settings(index=tmp_path / "built", cache=cache)
    with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder()) as knowledge:
        yield knowledge


def silent(_what: str, _done: int, _total: int) -> None:
    pass


run = partial(bulk, workers=2, progress=silent)


def assert_same(one: KnowledgeBase, other: KnowledgeBase) -> None:
    """The same articles, passages and vectors, and the same answers."""
    assert [summary.id for summary in one.articles()] == [summary.id for summary in other.articles()]
    for summary in one.articles():
        assert one.article(summary.id).text == other.article(summary.id).text
        assert one.passages(summary.id) == other.passages(summary.id)
    model = one.info().model
    for load in ("load", "load_sentences"):
        mine, theirs = (getattr(knowledge._reading().vectors, load)(model) for knowledge in (one, other))
        assert mine[0] == theirs[0]
        assert np.allclose(mine[1], theirs[1], atol=1e-3)
    assert rankings(one) == rankings(other)


def test_the_index_that_build_makes(opened: KnowledgeBase, built: KnowledgeBase, folder: Path, tmp_path: Path) -> None:
    expected = built.build([folder])
    said: list[str] = []

    def progress(what: str, done: int, total: int) -> None:
        said.append(f"{what} {done}/{total}")

    report = bulk(opened, [folder], workers=2, make_encoder=partial(counting, str(tmp_path)), progress=progress)
    assert (report.added, report.embedded, report.failures) == (expected.added, expected.embedded, expected.failures)
    encoder = opened._engine.encoder()
    assert isinstance(encoder, CharacterEncoder)
    assert encoder.encoded == []  # All was embedded by the workers.
    assert 1 <= len(list(tmp_path.glob("*.calls"))) <= 2  # The second may find nothing left when it has started.
    assert any(line.startswith("分区嵌入") for line in said)
    assert_same(opened, built)
    assert not list((tmp_path / "bulk" / FOLDER).glob(f"*{SUFFIX}"))


def test_a_second_run_embeds_what_changed_alone(opened: KnowledgeBase, built: KnowledgeBase, folder: Path) -> None:
    run(opened, [folder], make_encoder=small)
    again = run(opened, [folder], make_encoder=small)
    assert (again.added, again.changed, again.unchanged, again.embedded) == (0, 0, 90, 0)
    write_articles(folder, range(3, 5), version=2)
    (folder / "0009.txt").unlink()
    write_articles(folder, range(60, 62))
    report = run(opened, [folder], make_encoder=small)
    assert (report.added, report.changed, report.removed) == (2, 2, 1)
    built.build([folder])
    assert {summary.id for summary in opened.articles()} == {summary.id for summary in built.articles()}
    ids = [[hit[0] for hit in hits] for hits in rankings(opened)]
    assert ids == [[hit[0] for hit in hits] for hits in rankings(built)]


def test_shares_of_several_machines(opened: KnowledgeBase, built: KnowledgeBase, folder: Path, tmp_path: Path) -> None:
    parts = [
        embed_share(opened, [folder], Share(number, 3), workers=1, progress=silent, make_encoder=small)
        for number in (1, 2, 3)
    ]
    files = list((tmp_path / "bulk" / FOLDER).glob(f"*{SUFFIX}"))
    assert len(files) == sum(parts) > max(parts)
    assert not (tmp_path / "bulk" / "kb.sqlite3").exists()
    files[0].write_bytes(files[0].read_bytes()[:-100])  # A damaged one is made again.
    built.build([folder])
    run(opened, [folder], make_encoder=_never)
    assert_same(opened, built)


def _never() -> CharacterEncoder:
    raise AssertionError("everything was embedded already")


@pytest.mark.parametrize("text", ["", "0/3", "4/3", "a/b", "3", "1/0", "-1/3"])
def test_shares_that_are_none(text: str) -> None:
    with pytest.raises(QueryError, match="N/M"):
        Share.read(text)


CHILD = """
import os
import sys
from functools import partial
from pathlib import Path
from bulk_encoder import counting
from conftest import CharacterEncoder
from kb.config import Settings
from kb.knowledge import KnowledgeBase, bulk_parts
from kb.knowledge.bulking import bulk
from kb.text import segment
from small_corpus import small_dictionary

if __name__ == "__main__":
    bulk_parts.MOST_BYTES, bulk_parts._LEAST_BYTES = 8_000, 4_000
    segment.load_words = small_dictionary
    folder, index, calls, notes = sys.argv[1:]
    with KnowledgeBase.open(settings=Settings(index=Path(index)), encoder=CharacterEncoder()) as knowledge:
        make = partial(counting, notes, int(calls), os.getpid())
        bulk(knowledge, [folder], workers=2, progress=lambda *_: None, make_encoder=make)
"""


def test_killed_and_started_again(built: KnowledgeBase, folder: Path, tmp_path: Path) -> None:
    script, notes = tmp_path / "child.py", tmp_path / "notes"
    script.write_text(CHILD, encoding="utf-8")
    path = f"{PROJECT / 'src'}:{PROJECT / 'tests'}"
    statuses, kept = [], []
    for run_number, calls in enumerate((7, 5, 0)):
        noted = notes / str(run_number)
        noted.mkdir(parents=True)
        done = subprocess.run(
            [sys.executable, str(script), str(folder), str(tmp_path / "bulk"), str(calls), str(noted)],
            env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        statuses.append(done.returncode)
        kept.append(len(list((tmp_path / "bulk" / FOLDER).glob(f"*{SUFFIX}"))))
        _all_gone(noted)
    assert statuses == [-signal.SIGKILL, -signal.SIGKILL, 0], done.stderr
    assert 0 < kept[0] < kept[1]
    calls_made = [sum(len(file.read_text().splitlines()) for file in (notes / str(n)).iterdir()) for n in range(3)]
    parts = list(parts_of(sorted(path for path in folder.iterdir()), "characters-v1", with_sentences=True))
    assert calls_made[2] == 2 * (len(parts) - kept[1])  # Passages and sentences of the parts that were missing.
    built.build([folder])
    with KnowledgeBase.open(tmp_path / "bulk", encoder=CharacterEncoder()) as opened:
        assert_same(opened, built)


def _all_gone(noted: Path) -> None:
    """The workers end with the process that started them."""
    for file in noted.iterdir():
        for _try in range(100):
            try:
                os.kill(int(file.stem), 0)
            except ProcessLookupError:
                break
            time.sleep(0.1)
        else:
            pytest.fail(f"worker {file.stem} goes on without its parent")


def test_a_worker_that_starts_when_its_parent_is_gone_already() -> None:
    script = "import time; from kb.knowledge.bulk_worker import end_with_parent; end_with_parent(2**30); time.sleep(60)"
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": str(PROJECT / "src")}, check=False, timeout=30
    )
    assert done.returncode == 1


def test_a_part_keeps_its_name_as_long_as_it_says_the_same(folder: Path) -> None:
    files = sorted(folder.iterdir())

    def names(model: str = "m", *, with_sentences: bool = True) -> list[str]:
        return [part.name for part in parts_of(sorted(folder.iterdir()), model, with_sentences=with_sentences)]

    before = names()
    assert len(before) == len({*before}) > 3
    assert not {*before} & {*names("other")}
    assert not {*before} & {*names(with_sentences=False)}
    (folder / "0030a.txt").write_text(article_text(500), encoding="utf-8")
    assert len({*before} - {*names()}) < len(before) / 2
    texts = [document.article.id for part in parts_of(files, "m", with_sentences=True) for document in documents(part)]
    assert len(texts) == len({*texts}) == 90


def test_from_an_object_store(opened: KnowledgeBase, built: KnowledgeBase, folder: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.put(str(folder), "/bucket/policy", recursive=True)
    try:
        report = run(opened, ["memory://bucket/policy"], make_encoder=small)
        built.build([folder])
        assert report.added == 90
        assert [summary.id for summary in opened.articles()] == [summary.id for summary in built.articles()]
        memory.rm("/bucket/policy/0003.txt")
        memory.pipe("/bucket/policy/0004.txt", article_text(4, version=2).encode())
        report = run(opened, ["memory://bucket/policy"], make_encoder=small)
        assert (report.changed, report.removed, report.added) == (1, 1, 0)
        with pytest.raises(SourceError, match="没有对象"):
            run(opened, ["memory://bucket/nothing"], make_encoder=small)
    finally:
        memory.rm("/bucket", recursive=True)
