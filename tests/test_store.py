"""The store keeps what it is given, whole or not at all, and its errors say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.errors import IndexStateError
from kb.index import database
from kb.index.store import Known, NewPassage, Store
from kb.types import Article, Mark, Practice, Script, Source, Statement

TEXT = "甲句。乙句。\n丙句。"
ARTICLE = Article(
    id="jia",
    title="楓橋經驗",
    text=TEXT,
    raw="\ufeff原样\r\n".encode(),
    script=Script.HANT,
    source="平安報",
    url="https://example.cn/1",
    date="2024-09",
    region="浙江省紹興市",
    author="某人",
    category="矛盾化解",
    tags=("调解", "村"),
    headings=("第一章", "第二条"),
    sources=(Source("书", "社", "2024", "https://example.cn", "注"), Source("另一本")),
    origin="/corpus/jia.md",
)
PASSAGES = (NewPassage(0, 6, ("第一章",), "d1"), NewPassage(7, 10, (), "d2"))
PRACTICE = Practice(
    id="jia",
    name="枫桥经验",
    name_traditional="楓橋經驗",
    aliases=("新时代枫桥经验",),
    category="矛盾化解",
    region="浙江",
    since="1963",
    steps_basis="归纳",
    lead=(Statement("乡镇牵头", (0, 1), (Mark.SUMMARY, Mark.UNVERIFIED)),),
    limits=(Statement("没有载明", (1,), ()),),
    related=("yi",),
    sources=ARTICLE.sources,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "index", writable=True)
    yield opened
    opened.close()


def put(
    store: Store,
    article: Article = ARTICLE,
    passages: tuple[NewPassage, ...] = PASSAGES,
    practice: Practice | None = None,
    root: str = "/corpus",
) -> None:
    store.put(article, passages, practice, root=root, digest=f"digest of {article.text}", added="2024-01-01T00:00:00")


def numbers(store: Store) -> list[int]:
    numbers: list[int] = store.passage_numbers()[0].tolist()
    return numbers


def test_an_article_comes_back_as_it_was_put(store: Store) -> None:
    put(store)
    assert store.article("jia") == ARTICLE
    assert store.article("yi") is None


def test_passages_come_back_with_their_place_in_the_text(store: Store) -> None:
    put(store)
    found = [(one.id, one.article_id, one.start, one.end, one.headings, one.text) for one in store.passages_of("jia")]
    assert found == [("jia#1", "jia", 0, 6, ("第一章",), "甲句。乙句。"), ("jia#2", "jia", 7, 10, (), "丙句。")]


def test_passages_by_number_bring_the_article_without_the_bytes(store: Store) -> None:
    put(store)
    first, second = numbers(store)
    found = store.passages([second, first, 999])
    assert {number: passage.id for number, (passage, _) in found.items()} == {first: "jia#1", second: "jia#2"}
    assert found[first][1] == replace(ARTICLE, raw=b"")


def test_texts_stream_by_number_whatever_the_order_asked(store: Store) -> None:
    put(store)
    first, second = numbers(store)
    found = [(row.pk, row.title, row.headings, row.digest, row.text) for row in store.texts([second, first])]
    assert found == [(first, "楓橋經驗", ("第一章",), "d1", "甲句。乙句。"), (second, "楓橋經驗", (), "d2", "丙句。")]


def test_a_practice_comes_back_as_it_was_put(store: Store) -> None:
    put(store, practice=PRACTICE)
    assert store.catalogue.practices() == [PRACTICE]


def test_putting_again_replaces_the_article_and_its_passages(store: Store) -> None:
    put(store, practice=PRACTICE)
    before = numbers(store)
    put(store, replace(ARTICLE, text="新的。"), (NewPassage(0, 3, (), "d3"),))
    assert [passage.text for passage in store.passages_of("jia")] == ["新的。"]
    assert store.counts() == (1, 1, 0, 3)
    assert min(numbers(store)) > max(before)


def test_a_file_that_changed_its_id_leaves_no_second_article(store: Store) -> None:
    put(store)
    put(store, replace(ARTICLE, id="xin"))
    assert [known.id for known in store.known()] == ["xin"]


def test_numbers_are_never_used_again(store: Store) -> None:
    put(store)
    before = numbers(store)
    store.remove(["jia"])
    put(store)
    assert set(numbers(store)).isdisjoint(before)


def test_what_a_build_needs_to_know(store: Store) -> None:
    put(store)
    assert store.known() == [Known("jia", "/corpus/jia.md", "/corpus", f"digest of {TEXT}")]


def test_removing_takes_everything_of_an_article_and_nothing_else(store: Store) -> None:
    put(store, practice=PRACTICE)
    put(store, replace(ARTICLE, id="yi", origin="/corpus/yi.md"))
    assert store.remove(["jia", "bing"]) == 1
    assert store.counts() == (1, 2, 0, len(TEXT))
    assert [passage.id for passage in store.passages_of("yi")] == ["yi#1", "yi#2"]
    assert store.rows("SELECT * FROM practice") == []


def test_a_failing_article_leaves_the_one_before_it_untouched(store: Store) -> None:
    put(store, practice=PRACTICE)
    generation = store.generation()
    taken = replace(PRACTICE, name="同一编号的另一个实践")
    with pytest.raises(sqlite3.IntegrityError, match=r"practice\.id"):
        put(store, replace(ARTICLE, id="yi", origin="/corpus/yi.md"), practice=taken)
    assert store.counts() == (1, 2, 1, len(TEXT))
    assert store.generation() == generation
    assert not store.db.in_transaction


def test_the_generation_counts_changes_and_only_changes(store: Store) -> None:
    seen = [store.generation()]

    def changed() -> bool:
        seen.append(store.generation())
        return seen[-1] != seen[-2]

    put(store)
    assert changed()
    store.remove(["nobody"])
    assert not changed()
    store.catalogue.set_terms("/corpus", ["吹哨报到"])
    assert changed()
    store.catalogue.set_terms("/corpus", ["吹哨报到"])
    assert not changed()
    store.adopt_model("model-1", 2, "test")
    assert changed()
    store.adopt_model("model-1", 2, "test")
    assert not changed()
    store.remove(["jia"])
    assert changed()


def test_vectors_are_kept_by_model_and_text(store: Store) -> None:
    put(store)
    first, second = numbers(store)
    vectors = store.vectors
    assert vectors.missing("m1", ["d1", "d2"]) == {"d1", "d2"}
    vectors.put("m1", ["d2", "d1"], np.array([[0, 1], [1, 0]], dtype=np.float32))
    assert vectors.missing("m1", ["d1", "d2", "d3"]) == {"d3"}
    assert vectors.missing("m2", ["d1"]) == {"d1"}
    assert vectors.passages_without("m1") == []
    assert vectors.passages_without("m2") == [first, second]
    having, matrix = vectors.load("m1")
    assert having == [first, second]
    assert matrix.dtype == np.float32
    assert matrix.tolist() == [[1, 0], [0, 1]]
    assert vectors.load("m2")[0] == []


def test_more_texts_than_one_statement_takes(store: Store) -> None:
    digests = [f"{number:05}" for number in range(1_203)]
    store.vectors.put("m1", digests[::2], np.ones((602, 3), dtype=np.float32))
    assert store.vectors.missing("m1", digests) == set(digests[1::2])


def test_adopting_a_model_forgets_the_vectors_of_others_and_of_no_passage(store: Store) -> None:
    put(store)
    for model in ("m1", "m2"):
        store.vectors.put(model, ["d1", "d2", "of no passage"], np.ones((3, 2), dtype=np.float32))
    store.adopt_model("m2", 2, "engine")
    left = store.rows("SELECT model, digest FROM vector ORDER BY 1, 2")
    assert [tuple(row) for row in left] == [("m2", "d1"), ("m2", "d2")]
    assert (store.meta("model"), store.meta("dimension"), store.meta("engine")) == ("m2", "2", "engine")


def test_two_roots_may_bring_the_same_term(store: Store) -> None:
    store.catalogue.set_terms("/a", ["吹哨报到", "接诉即办"])
    store.catalogue.set_terms("/b", ["吹哨报到"])
    generation = store.generation()
    store.catalogue.set_terms("/a", ["接诉即办", "吹哨报到"])
    assert store.generation() == generation
    store.catalogue.set_terms("/b", [])
    assert store.catalogue.terms() == ["吹哨报到", "接诉即办"]


def test_summaries_and_facets(store: Store) -> None:
    put(store)
    put(
        store,
        replace(ARTICLE, id="bing", origin="3", region="湖北", date="2023-05-01", category="", script=Script.HANS),
    )
    put(store, replace(ARTICLE, id="ding", origin="4", date=""), passages=())
    assert [(one.id, one.characters, one.passages) for one in store.summaries()] == [
        ("bing", 10, 2),
        ("ding", 10, 0),
        ("jia", 10, 2),
    ]
    facet = store.catalogue.facet
    assert list(facet("region").items()) == [("浙江省紹興市", 2), ("湖北", 1)]
    assert facet("category") == {"矛盾化解": 2}
    assert facet("year") == {"2023": 1, "2024": 1}
    assert facet("script") == {"hans": 1, "hant": 2}


def test_readers_see_what_was_there_before_an_unfinished_write(store: Store, tmp_path: Path) -> None:
    put(store)
    reader = Store(tmp_path / "index")
    with store.transaction():
        store.db.execute("DELETE FROM article")
        assert reader.counts()[0] == 1
    assert reader.counts()[0] == 0
    reader.close()


def test_a_second_writer_is_told_to_wait(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    second = Store(tmp_path / "index", writable=True)
    with store.transaction(), pytest.raises(IndexStateError, match=r"kb\.sqlite3：另一个程序正在写这个索引"):
        put(second)
    second.close()


def test_bugs_pass_as_they_are(store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        store.rows("SELECT * FROM nowhere")


def test_no_store_yet(tmp_path: Path) -> None:
    with pytest.raises(IndexStateError, match=rf"文件夹 {tmp_path} 里还没有索引。请先运行 kb build"):
        Store(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_reader_cannot_write(store: Store, tmp_path: Path) -> None:
    put(store)
    reader = Store(tmp_path / "index")
    with pytest.raises(IndexStateError, match="只读"):
        reader.remove(["jia"])
    reader.close()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"", "里还没有内容", id="empty"),
        pytest.param(b"not a database, just some words" * 9, "这不是 kb 的索引文件", id="other"),
    ],
)
def test_a_file_that_is_no_store(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / database.FILE).write_bytes(content)
    with pytest.raises(IndexStateError, match=rf"{tmp_path / database.FILE}.*{sentence}"):
        Store(tmp_path)


def test_a_store_of_another_version(store: Store, tmp_path: Path) -> None:
    store.db.execute("PRAGMA user_version = 99")
    for writable in (False, True):
        with pytest.raises(IndexStateError, match="由另一版本的 kb 建立（格式 99，"):
            Store(tmp_path / "index", writable=writable)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("这里不是文件夹", encoding="utf-8")
    with pytest.raises(IndexStateError, match="无法建立索引文件夹"):
        Store(tmp_path / "file" / "index", writable=True)


def test_integrity_and_size(store: Store, tmp_path: Path) -> None:
    put(store)
    assert store.integrity() == "ok"
    assert store.size() == sum(file.stat().st_size for file in (tmp_path / "index").iterdir())
