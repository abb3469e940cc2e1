"""One byte changes by itself, in any file of an index: noticed, refused or healed, never a wrong answer.

`KB_MOMENTS=100000 pytest tests/test_flips.py` tries every byte of the store; without it some, the same ones every time.
How they ended is told by `-o junit_family=xunit1 --junitxml=FILE`.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import CharacterEncoder
from kb.config import Settings
from kb.errors import DamagedError, IndexStateError, KBError
from kb.index import manifests, schema
from kb.index.damage import Part
from kb.index.database import FILE
from kb.index.store import Store
from kb.knowledge import KnowledgeBase
from kb.types import Filters, SearchResult, Timings
from small_corpus import write_articles
from test_knowledge import PRACTICE

MOMENTS = int(os.environ.get("KB_MOMENTS", "0"))

Ended = Callable[[str, object], None]
"""`record_property`: for the table in docs/promises.md."""

ASKED = "物业调解怎么办"

OTHER = PRACTICE.replace("zhuji", "pujiang").replace("枫桥经验（诸暨）", "浦江经验").replace(
    "楓橋經驗（諸暨）", "浦江經驗").replace("枫桥式工作法", "浦江工作法")  # fmt: skip

TOLD = """---
title: 一次调解
region: 湖北省武汉市
date: '2023-05-01'
source: 社区报
category: 社区服务
---
# 一次调解

镇里学习枫桥经验，就地化解矛盾，小事不出村。网格员先上门，再请双方坐下来谈。

## 物业

物业不修电梯，居民先找社区，再找街道。物业公司把收支每季度公示一次。
"""


pytestmark = pytest.mark.usefixtures("small_jieba")


def opened(index: Path) -> KnowledgeBase:
    return KnowledgeBase.open(settings=Settings(index=index, cache=index.parent / "cache"), encoder=CharacterEncoder())


def write_corpus(folder: Path) -> None:
    write_articles(folder, range(2))
    (folder / "told.md").write_text(TOLD, encoding="utf-8")
    (folder / "zhuji.md").write_text(PRACTICE, encoding="utf-8")
    (folder / "pujiang.md").write_text(OTHER, encoding="utf-8")
    (folder / "lexicon").mkdir(exist_ok=True)
    (folder / "lexicon" / "terms.txt").write_text("就地化解\n上下联动\n", encoding="utf-8")


def small_pages(index: Path) -> None:
    """The store with small pages and one file: fewer bytes that say nothing."""
    with closing(sqlite3.connect(index / FILE, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA page_size = 512")
        db.execute("VACUUM")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flips") / "corpus"
    write_corpus(folder)
    return folder


@pytest.fixture(scope="module")
def whole(corpus: Path) -> Path:
    """An index with something in every table."""
    index = corpus.parent / "whole"
    with opened(index) as knowledge:
        knowledge.build([corpus])
        knowledge.add_terms(["三上三下"])
        knowledge.report_gap(knowledge.ask(ASKED))
    small_pages(index)
    return index


@pytest.fixture
def index(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "index")
    return tmp_path / "index"


# -- what is asked


def untimed(result: SearchResult) -> SearchResult:
    return replace(result, timings=Timings())


PROBES: dict[str, Callable[[KnowledgeBase], Any]] = {
    "search": lambda one: untimed(one.search(ASKED, k=4)),
    "words": lambda one: untimed(one.search("网格 上报", k=3, mode="lexical")),
    "filtered": lambda one: untimed(one.search("化解矛盾", filters=Filters(category="社区服务"))),
    "ask": lambda one: one.ask("物业多久公示一次收支"),
    "article": lambda one: [one.article(key) for key in ("0000", "0001", "told", "zhuji", "pujiang")],
    "passages": lambda one: [one.passages(key) for key in ("0000", "told", "zhuji")],
    "receipt": lambda one: one.receipt("told"),
    "list": lambda one: one.articles(),
    "practices": lambda one: one.practices(),
    "around": lambda one: one.surroundings("zhuji"),
    "facets": lambda one: one.facets(),
    "terms": lambda one: one.terms(),
    "gaps": lambda one: one.gaps(),
    "verify": lambda one: one.verify("物业公司把收支每季度公示一次"),
    "holdings": lambda one: one.holdings(),
}


def outcomes(index: Path) -> dict[str, Any]:
    """What each probe gives, or the error that tells why not."""
    found: dict[str, Any] = {}
    with opened(index) as knowledge:
        for name, probe in PROBES.items():
            try:
                found[name] = probe(knowledge)
            except KBError as error:
                found[name] = error
    return found


TOLD_OF_DAMAGE = ("损坏", "运行 kb build", "运行一次 kb build", "升级", "不是 kb 的索引文件", "另一版本")


def judged(expected: dict[str, Any], found: dict[str, Any]) -> str:
    """ "same" or "refused" where some are; anything else is a wrong answer."""
    refused = False
    for name, value in found.items():
        if isinstance(value, IndexStateError):
            told = str(value)
            assert "\n" not in told, (name, told)
            assert any(word in told for word in TOLD_OF_DAMAGE), (name, told)
            refused = True
        else:
            assert value == expected[name], name
    return "refused" if refused else "same"


HEALED = (
    "search",
    "words",
    "filtered",
    "ask",
    "article",
    "passages",
    "list",
    "practices",
    "around",
    "facets",
    "verify",
)
"""What a build gives back whole; receipts and holdings tell when, gaps and terms by hand stand in no file."""


def healed(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in HEALED}


def flip(file: Path, at: int) -> int:
    """Change one byte; gives the byte that stood there."""
    with file.open("r+b") as opened_file:
        opened_file.seek(at)
        (before,) = opened_file.read(1)
        opened_file.seek(at)
        opened_file.write(bytes([before ^ random.Random(at).randrange(1, 256)]))
    return before


def put_back(file: Path, at: int, before: int) -> None:
    with file.open("r+b") as opened_file:
        opened_file.seek(at)
        opened_file.write(bytes([before]))


def chosen(size: int, count: int) -> list[int]:
    return sorted(random.Random(size).sample(range(size), min(size, count)))


# -- the store


def test_every_byte_of_the_store(index: Path, whole: Path, record_property: Ended) -> None:
    expected = outcomes(index)
    assert not any(isinstance(value, KBError) for value in expected.values())
    store, kinds = index / FILE, Counter[str]()
    made = {path.name for path in (index / "caches").iterdir()}
    for at in chosen(store.stat().st_size, MOMENTS or 250):
        before = flip(store, at)
        try:
            kinds[judged(expected, outcomes(index))] += 1
        except BaseException as error:
            error.add_note(f"byte {at} of {store.stat().st_size}")
            raise
        put_back(store, at, before)
        if {path.name for path in (index / "caches").iterdir()} != made:
            shutil.rmtree(index / "caches")
            shutil.copytree(whole / "caches", index / "caches")
            kinds["index files made anew"] += 1
    record_property("ends", {"bytes": store.stat().st_size, **kinds})
    assert kinds["refused"] > kinds["same"] / 2
    assert outcomes(index) == expected


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.97])
def test_a_store_cut_short_is_refused(index: Path, share: float) -> None:
    expected = outcomes(index)
    os.truncate(index / FILE, int((index / FILE).stat().st_size * share))
    assert judged(expected, outcomes(index)) == "refused"


# -- the index files


def files_of(index: Path) -> list[Path]:
    return sorted(path for path in (index / "caches").rglob("*") if path.is_file() and path.suffix != ".lock")


def test_every_byte_of_the_index_files_is_noticed(index: Path, record_property: Ended) -> None:
    """Every file is held against its checksum when it is opened, before anything in it is believed."""
    files = files_of(index)
    assert len(files) >= 10
    tried = 0
    (made,) = manifests.manifests(index)
    for file in files:
        for at in chosen(file.stat().st_size, MOMENTS or 60):
            before = flip(file, at)
            found = manifests.manifests(index)
            # Blanks between the entries of the manifest say nothing.
            assert found == [] or manifests.damaged_files(*found[0]) or (found == [made] and file.suffix == ".json"), at
            put_back(file, at, before)
            tried += 1
    record_property("ends", {"bytes": tried, "files": len(files)})
    assert manifests.damaged_files(*made) == []


def test_a_changed_index_file_is_made_anew(index: Path, whole: Path) -> None:
    expected = outcomes(index)
    for file in files_of(whole):
        here = index / file.relative_to(whole)
        for at in chosen(file.stat().st_size, max(1, MOMENTS // 100)):
            flip(here, at)
            assert outcomes(index) == expected, (file.name, at)
            assert manifests.damaged_files(*manifests.manifests(index)[0]) == []
            shutil.rmtree(index / "caches")
            shutil.copytree(whole / "caches", index / "caches")


# -- healing

DAMAGE = {
    "title": "UPDATE article SET title = '别的' WHERE id = 'told'",
    "id": "UPDATE article SET id = 'tolt' WHERE id = 'told'",
    "no text any more": "UPDATE article SET text = CAST(x'e5ff' AS TEXT) WHERE id = 'told'",
    "no name any more": "UPDATE article SET id = CAST(x'e5ff' AS TEXT) WHERE id = 'told'",
    "text": "UPDATE article SET text = replace(text, '季度', '年度') WHERE id = 'told'",
    "raw": "UPDATE article SET raw = x'00' WHERE id = 'told'",
    "receipt": "UPDATE article SET receipt = '{' WHERE id = 'told'",
    "filter": "UPDATE article SET category_folded = '社区' WHERE id = 'told'",
    "article gone": "DELETE FROM article WHERE id = 'told'",
    "passage": "UPDATE passage SET start = start + 1 WHERE pk = (SELECT max(pk) FROM passage)",
    "passage of another": "UPDATE passage SET article = 1, n = 9 WHERE pk = (SELECT max(pk) FROM passage)",
    "passage of none": "UPDATE passage SET article = 99 WHERE pk = (SELECT max(pk) FROM passage)",
    "passage gone": "DELETE FROM passage WHERE pk = (SELECT max(pk) FROM passage)",
    "sentence": "UPDATE sentence SET digest = 'x' WHERE n = 2",
    "sentence gone": "DELETE FROM sentence WHERE n = 2",
    "link": "UPDATE link SET practice = 'pujiang' WHERE practice = 'zhuji' AND passage NOT IN"
    " (SELECT passage FROM link WHERE practice = 'pujiang')",
    "link gone": "DELETE FROM link",
    "vector": "UPDATE vector SET value = zeroblob(length(value)) WHERE rowid = 1",
    "vector of another text": "UPDATE vector SET digest = 'x' WHERE rowid = 1",
    "practice": "UPDATE practice SET data = replace(data, '浙江', '江苏') WHERE id = 'zhuji'",
    "practice gone": "DELETE FROM practice WHERE id = 'zhuji'",
    "generation": "UPDATE meta SET value = '1' WHERE key = 'generation'",
    "no number": "UPDATE meta SET value = 'one' WHERE key = 'generation'",
    "model": "UPDATE meta SET value = 'characters-v9' WHERE key = 'model'",
    "model gone": "DELETE FROM meta WHERE key = 'model'",
    "measured": "DELETE FROM meta WHERE key = 'doubt_mean'",
    "lineage gone": "DELETE FROM meta WHERE key = 'lineage'",
    "term": "UPDATE term SET term = '就地' WHERE term = '就地化解'",
    "term gone": "DELETE FROM term WHERE term = '就地化解'",
    "count": "DELETE FROM total WHERE name = 'article'",
}


def damaged(index: Path, statement: str) -> None:
    with closing(sqlite3.connect(index / FILE, isolation_level=None)) as db:
        assert db.execute(statement).rowcount > 0


def damages(index: Path) -> set[Part]:
    store = Store(index)
    try:
        return {damage.part for damage in store.damages()}
    finally:
        store.close()


@pytest.mark.parametrize("statement", DAMAGE.values(), ids=DAMAGE)
def test_a_build_heals_what_it_has_the_files_of(index: Path, corpus: Path, statement: str) -> None:
    expected = outcomes(index)
    damaged(index, statement)
    assert damages(index)
    judged(expected, outcomes(index))
    with opened(index) as knowledge:
        report = knowledge.build([corpus])
        assert report.failures == ()
        assert "处损坏" in report.warnings[0]
        assert knowledge.build([corpus]).warnings == report.warnings[1:]
    assert damages(index) == set()
    assert healed(outcomes(index)) == healed(expected)
    assert len(outcomes(index)["terms"]) == 3


def test_a_build_after_any_flip_heals_or_refuses(
    whole: Path, corpus: Path, tmp_path: Path, record_property: Ended
) -> None:
    expected, kinds = healed(outcomes(whole)), Counter[str]()
    for at in chosen((whole / FILE).stat().st_size, MOMENTS // 20 or 20):
        index = tmp_path / "index"
        shutil.copytree(whole, index)
        flip(index / FILE, at)
        try:
            with opened(index) as knowledge:
                knowledge.build([corpus])
        except IndexStateError as error:
            kinds["refused" if any(word in str(error) for word in TOLD_OF_DAMAGE) else f"{at}: {error}"] += 1
        else:
            assert healed(outcomes(index)) == expected, at
            assert damages(index) == set(), at
            kinds["healed or harmless"] += 1
        shutil.rmtree(index)
    record_property("ends", dict(kinds))
    assert set(kinds) <= {"refused", "healed or harmless"}


def test_one_article_without_a_file_leaves_the_others_alone(index: Path, tmp_path: Path) -> None:
    """It is named; what does not show it is answered; it can be added again or removed."""
    expected = outcomes(index)
    damaged(index, DAMAGE["text"])
    found = outcomes(index)
    assert isinstance(found["ask"], DamagedError)
    assert "文章 told（一次调解）的正文在" in str(found["ask"])
    with opened(index) as knowledge:
        assert untimed(knowledge.search("甲0000", k=1, mode="lexical")).hits[0].article.id == "0000"
        assert knowledge.article("0000") == expected["article"][0]
        write_articles(tmp_path / "more", range(5, 6))
        with pytest.raises(DamagedError, match="文章 told（一次调解）的正文"):
            knowledge.add([tmp_path / "more"])
        assert knowledge.remove(["told"]) == 1
        assert knowledge.build([tmp_path / "more"]).failures == ()
    assert damages(index) == set()


# -- older stores


def test_a_store_of_the_version_before_is_sealed_as_it_is(index: Path, corpus: Path) -> None:
    """What version 4 brought is taken away; the next build brings it back and embeds nothing."""
    expected = outcomes(index)
    with closing(sqlite3.connect(index / FILE, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")  # DROP COLUMN cannot do with a comment before the last bracket.
        for table, sql in db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall():
            db.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (re.sub("--.*", "", sql), table))
        db.execute("PRAGMA writable_schema = RESET")
        for table, column in re.findall(r"ALTER TABLE (\w+) ADD COLUMN (\w+)", schema.MIGRATIONS[4]):
            db.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        db.execute("DROP TABLE total")
        db.execute("PRAGMA user_version = 3")
    with opened(index) as knowledge:
        with pytest.raises(IndexStateError, match="由旧版本的 kb 建立"):
            knowledge.articles()
        report = knowledge.build([corpus])
        assert (report.embedded, report.unchanged, report.warnings) == (0, 5, ())
    assert damages(index) == set()
    assert outcomes(index) == expected


def test_a_store_whose_version_changed_by_itself_is_refused(index: Path, corpus: Path) -> None:
    with closing(sqlite3.connect(index / FILE, isolation_level=None)) as db:
        db.execute("PRAGMA user_version = 3")
    with opened(index) as knowledge, pytest.raises(DamagedError, match="已损坏"):
        knowledge.build([corpus])
