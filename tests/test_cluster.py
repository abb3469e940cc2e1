"""The knowledge base over Milvus (milvus-lite, for real): the same ranks as over the index files."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from conftest import PROJECT, CharacterEncoder
from kb.checking.engine import engine_files
from kb.config import Settings
from kb.errors import IndexStateError, MissingExtraError, QueryError
from kb.index import cluster_engine, cluster_filters
from kb.index.cluster import ClusterIndex
from kb.index.cluster_address import read_address
from kb.index.cluster_engine import ClusterEngine
from kb.index.cluster_schema import MOST_BYTES, names_of, packed_terms, read_state
from kb.index.cluster_writing import Writing
from kb.index.retriever import Retriever
from kb.index.store import Store
from kb.knowledge import KnowledgeBase
from kb.types import Check, Filters, Mode
from small_corpus import QUESTIONS, WORDS, write_articles

pytest.importorskip("pymilvus", reason="the extra `cluster` is not installed")
pytest.importorskip("grpc", reason="the extra `cluster` is not installed")

pytestmark = pytest.mark.usefixtures("small_jieba")

Open = Callable[..., KnowledgeBase]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder of articles: made up ones, and three with regions and dates."""
    folder = tmp_path / "articles"
    write_articles(folder, range(40))
    for number, region in enumerate(("湖北省武汉市", "浙江省绍兴市", "北京市"), start=1):
        (folder / f"place{number}.md").write_text(
            f"---\ntitle: 社区物业第{number}例\nregion: {region}\ndate: '202{number}-05-01'\nsource: 社区报\n---\n"
            f"社区物业怎么调解，第{number}例说得清楚。网格员上报事件，街道督办。老旧小区加装电梯要居民协商。\n",
            encoding="utf-8",
        )
    return folder


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"milvus-lite://{tmp_path}/engine.db"


@pytest.fixture
def opening(tmp_path: Path, cache: Path) -> Iterator[Open]:
    opened: list[KnowledgeBase] = []

    def start(index: str, url: str = "") -> KnowledgeBase:
        settings = Settings(index=tmp_path / index, cache=cache, store_url=url)
        opened.append(KnowledgeBase.open(settings=settings, encoder=CharacterEncoder()))
        return opened[-1]

    yield start
    for knowledge in opened:
        knowledge.close()


def found(knowledge: KnowledgeBase, mode: Mode, filters: Filters | None = None) -> list[list[str]]:
    """The first ten passages of every question."""
    asked = [knowledge.search(question, k=10, mode=mode, filters=filters) for question in QUESTIONS]
    return [[hit.passage.id for hit in result.hits] for result in asked]


def assert_alike(one: KnowledgeBase, other: KnowledgeBase, filters: Filters | None = None) -> None:
    """The same passages in nearly the same order: the lengths of passages count exactly in one BM25, and rounded in
    the other."""
    assert found(one, Mode.DENSE, filters) == found(other, Mode.DENSE, filters)
    for mode in (Mode.LEXICAL, Mode.HYBRID):
        for mine, theirs in zip(found(one, mode, filters), found(other, mode, filters), strict=True):
            assert len(mine) == len(theirs)
            assert len({*mine} & {*theirs}) >= 0.8 * len(mine)
            assert {*mine[:1]} <= {*theirs[:3]}


def retriever_of(knowledge: KnowledgeBase) -> Retriever:
    return knowledge._ready(Mode.HYBRID).retriever


def test_same_ranks_as_index_files(opening: Open, library: Path, url: str) -> None:
    local, cluster = opening("local"), opening("cluster", url)
    for knowledge in (local, cluster):
        knowledge.build([library])
    assert not list((library.parent / "cluster").glob("caches*"))
    assert_alike(local, cluster)
    assert_alike(local, cluster, Filters(region="湖北"))
    assert [hit.article.id for hit in cluster.search("社区物业", filters=Filters(region="湖北")).hits] == ["place1"]
    assert cluster.search("社区物业", filters=Filters(region="火星")).hits == ()
    assert cluster.ask("社区物业怎么调解").sentences == local.ask("社区物业怎么调解").sentences


def assert_same_retriever(one: Retriever, other: Retriever) -> None:
    """Everything that a retriever is asked for; the numbers of passages are the same in both stores."""
    articles = np.arange(1, 30, dtype=np.int64)
    numbers, owners = one.passages_of(articles)
    for mine, theirs in zip((numbers, owners), other.passages_of(articles), strict=True):
        assert mine.tolist() == theirs.tolist()
    assert len(numbers) > 10
    assert np.array_equal(one.vectors_of(numbers), other.vectors_of(numbers))
    for number in numbers[:5].tolist():
        assert np.array_equal(one.sentence_vectors(number), other.sentence_vectors(number))
    query = one.vectors_of(numbers[:1])[0]
    assert one.nearest(query, None) == pytest.approx(other.nearest(query, None), abs=1e-5)
    assert other.nearest(query, np.zeros(0, dtype=np.int64)) is None
    assert one.by_meaning(query, 7, articles).numbers.tolist() == other.by_meaning(query, 7, articles).numbers.tolist()
    assert one.dimension == other.dimension
    assert_same_words(one, other)


def assert_same_words(one: Retriever, other: Retriever) -> None:
    pairs = ["社区", "物业", "调解"]
    held = one.lexical.holding(pairs, 1000)
    assert {*held.tolist()} == {*other.lexical.holding(pairs, 1000).tolist()}
    assert len(held) > 0
    assert other.lexical.holding(["社区", "从未"], 5).tolist() == other.lexical.holding([], 5).tolist() == []
    assert [other.lexical.knows([term]) for term in ("网格", "从未")] == [True, False]
    for terms in (WORDS, ["网格"], ["从未"]):
        assert one.lexical.weight(terms) == other.lexical.weight(terms)
    plain = other.lexical.search(["停车"], 10)
    assert np.all(np.diff(plain.scores) <= 0)
    further = other.lexical.search(["从未"], 10, further=["停车"])
    assert further.numbers.tolist() == plain.numbers.tolist()
    assert further.scores == pytest.approx(0.6 * plain.scores, rel=1e-5)


def test_everything_that_a_retriever_is_asked_for(opening: Open, library: Path, url: str) -> None:
    local, cluster = opening("local"), opening("cluster", url)
    for knowledge in (local, cluster):
        knowledge.build([library])
    assert_same_retriever(retriever_of(local), retriever_of(cluster))


def test_filters_that_allow_more_than_can_be_listed(
    opening: Open, library: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = opening("cluster", url)
    cluster.build([library])
    retriever = retriever_of(cluster)
    query = retriever.vectors_of(retriever.passages_of(np.array([1], dtype=np.int64))[0])[0]
    few, many = np.array([2, 7, 30], dtype=np.int64), np.arange(1, 41, dtype=np.int64)

    def within(articles: np.typing.NDArray[np.int64], k: int) -> list[list[int]]:
        lexical = retriever.lexical.search(["社区", "物业"], k, articles, further=["停车"])
        return [retriever.by_meaning(query, k, articles).numbers.tolist(), lexical.numbers.tolist()]

    listed = [within(articles, k) for articles in (few, many) for k in (1, 5, 100)]
    monkeypatch.setattr(cluster_filters, "MOST_LISTED", 0)
    assert [within(articles, k) for articles in (few, many) for k in (1, 5, 100)] == listed
    monkeypatch.setattr(cluster_filters, "MOST_RESULTS", 5)  # Too few for what is wanted: then they are listed.
    assert within(few, 3) == [numbers[:3] for numbers in listed[2]]


def test_articles_and_terms_come_and_go(opening: Open, library: Path, url: str) -> None:
    local, cluster, reader = opening("local"), opening("cluster", url), opening("cluster", url)
    for knowledge in (local, cluster):
        knowledge.build([library])
    assert_alike(local, reader)
    write_articles(library, range(5), version=2)
    write_articles(library, range(50, 53))
    (library / "0007.txt").unlink()
    for knowledge in (local, cluster):
        report = knowledge.build([library])
        assert (report.added, report.changed, report.removed) == (3, 5, 1)
        knowledge.remove(["place2"])
    assert_same_retriever(retriever_of(local), retriever_of(cluster))
    assert_alike(local, reader)
    for knowledge in (local, cluster):
        assert knowledge.add_terms(["社区物业"]).passages > 0
    assert retriever_of(cluster).lexical.knows(["社区物业"])
    assert_same_words(retriever_of(local), retriever_of(cluster))
    assert_alike(local, reader)


def test_a_library_without_articles(opening: Open, library: Path, url: str) -> None:
    cluster = opening("cluster", url)
    cluster.build([library])
    cluster.remove([article.id for article in cluster.articles()])
    assert cluster.search("社区物业").hits == ()


def test_another_model_takes_new_collections(opening: Open, library: Path, url: str, tmp_path: Path) -> None:
    opening("cluster", url).build([library])
    settings = Settings(index=tmp_path / "cluster", store_url=url, cache=tmp_path / "cache")
    with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder("characters-v2")) as other:
        other.build([library])
        assert other.search("社区物业").hits
        retriever = retriever_of(other)
        assert isinstance(retriever, ClusterIndex)
        assert len(retriever._engine.names()) == 1 + 3 + 3  # The former ones stay for those who search them.
        other.remove(["place1"])
        assert len(retriever._engine.names()) == 1 + 3


def test_a_library_of_another_store_is_left_alone(opening: Open, library: Path, url: str) -> None:
    cluster = opening("cluster", url)
    cluster.build([library])
    with pytest.raises(IndexStateError, match="属于另一个文章库"):
        opening("other", url).build([library])
    assert cluster.search("社区物业").hits
    opening("third", f"{url}?library=third").build([library])


def test_what_the_doctor_sees(opening: Open, library: Path, url: str, tmp_path: Path, cache: Path) -> None:
    settings = Settings(index=tmp_path / "cluster", cache=cache, store_url=url)
    engine = ClusterEngine(read_address(url))
    cluster = opening("cluster", url)
    cluster.build([library])

    def seen() -> list[Check]:
        with closing(Store(settings.index)) as store:
            return list(engine_files(engine, store))

    assert [check.ok for check in seen()] == [True, True]
    assert "43 个段落" in seen()[1].detail
    state = read_state(engine, engine.names())
    assert state is not None
    Writing(engine, names_of(engine, state.stamp)).remove([2, 3])
    assert [check.ok for check in seen()] == [True, False]
    assert "少 2 个段落" in seen()[1].detail
    cluster.build([library])
    assert [check.ok for check in seen()] == [True, True]
    with closing(Store(settings.index, writable=True)) as store:
        store.remove(["place1"])
    assert [check.ok for check in seen()] == [False]
    cluster.build([library])
    assert [check.ok for check in seen()] == [True, True]
    engine = ClusterEngine(read_address(f"{url}?library=none"))
    assert [check.detail[-7:] for check in seen()] == ["里还没有这个库"]


CHILD = """
import os, signal, sys
from pathlib import Path
from conftest import CharacterEncoder
from kb.checking.engine import engine_files
from kb.config import Settings
from kb.index.cluster_writing import Writing
from kb.knowledge import KnowledgeBase, clustering
from kb.text import segment
from small_corpus import small_dictionary

folder, index, url, place = sys.argv[1:]
segment.load_words = small_dictionary
clustering.BATCH = 20
def die(*given, **named):
    if place != "put" or die.before:
        os.kill(os.getpid(), signal.SIGKILL)
    die.before.append(given)
    return put(*given, **named)
die.before = [1] if place != "put" else []
put = Writing.put
if place == "sweep":
    clustering._sweep = die
elif place != "nowhere":
    setattr(Writing, place, die)
with KnowledgeBase.open(settings=Settings(index=Path(index), store_url=url), encoder=CharacterEncoder()) as knowledge:
    knowledge.build([folder])
"""


def in_child(*arguments: str) -> int:
    """The exit status of a build in a process of its own, which dies at the last argument."""
    path = f"{PROJECT / 'src'}:{PROJECT / 'tests'}"
    done = subprocess.run(
        [sys.executable, "-c", CHILD, *arguments], env={**os.environ, "PYTHONPATH": path},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode


@pytest.mark.parametrize("place", ["put", "remove", "count_changed", "sweep"])
def test_killed_while_writing(opening: Open, library: Path, url: str, tmp_path: Path, place: str) -> None:
    if place != "put":  # A change of what is there; else the first writing of all.
        assert in_child(str(library), str(tmp_path / "cluster"), url, "nowhere") == 0
        write_articles(library, range(30), version=2)
        (library / "0035.txt").unlink()
    assert in_child(str(library), str(tmp_path / "cluster"), url, place) == -signal.SIGKILL
    local, cluster = opening("local"), opening("cluster", url)
    local.build([library])
    report = cluster.build([library])
    assert (report.added, report.changed) == (0, 0)  # The articles were stored; only the engine lagged behind.
    assert_alike(local, cluster)
    assert retriever_of(local).lexical.weight(WORDS) == retriever_of(cluster).lexical.weight(WORDS)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    """The address of a Milvus that listens on a port, and how it is started and stopped."""
    cluster_engine._stand_in_for_pkg_resources()
    from milvus_lite.server import Server

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running: list[Server] = []

    def start() -> None:
        server = Server(str(tmp_path / "served.db"), f"127.0.0.1:{port}")
        assert server.init()
        assert server.start()
        running.append(server)

    def stop() -> None:
        while running:
            server = running.pop()
            server._p.kill()
            server.stop()

    start()
    yield f"milvus+http://127.0.0.1:{port}", start, stop
    stop()


def test_an_engine_on_a_port_goes_away_and_comes_back(
    opening: Open,
    library: Path,
    served: tuple[str, Callable[[], None], Callable[[], None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, start, stop = served
    monkeypatch.setattr(cluster_engine, "ASK_SECONDS", 3.0)
    cluster = opening("cluster", url)
    cluster.build([library])
    before = found(cluster, Mode.HYBRID)
    stop()
    with pytest.raises(IndexStateError, match=r"连不上检索引擎 http://127\.0\.0\.1"):
        cluster.search("社区物业")
    write_articles(library, range(60, 61))
    with pytest.raises(IndexStateError, match="文章都在本机的文章库里"):
        cluster.build([library])
    assert len(cluster.articles()) == 44
    (library / "0060.txt").unlink()
    start()
    monkeypatch.setattr(cluster_engine, "ASK_SECONDS", 30.0)
    assert cluster.build([library]).removed == 1
    assert found(cluster, Mode.HYBRID) == before


def test_an_engine_that_is_not_there(opening: Open, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_engine, "CONNECT_SECONDS", 1.0)
    with pytest.raises(IndexStateError, match=r"连不上检索引擎.*KB_STORE_URL"):
        opening("cluster", "milvus+http://127.0.0.1:1").build([library])


def test_a_folder_that_is_not_there(opening: Open, library: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexStateError, match="打不开检索引擎"):
        opening("cluster", f"milvus-lite://{tmp_path}/nowhere/engine.db").build([library])


def test_the_extra_is_missing(opening: Open, library: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus.exceptions", None)
    with pytest.raises(MissingExtraError, match=r"kb\[cluster\]"):
        opening("cluster", url).build([library])


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://host:19530", "写法不对"),
        ("milvus+http://", "写法不对"),
        ("milvus+http://host:port", "写法不对"),
        ("milvus+http://root:secret@host:19530", "KB_STORE_TOKEN"),
        ("milvus+http://host:19530?library=1", "库名"),
        ("milvus+http://host:19530?index=NONE", "index 只能是"),
        ("milvus+http://host:19530?nothing=1", "不认识选项 nothing"),
        ("milvus-lite:///folder/engine.sqlite", "以 .db 结尾"),
        ("milvus-lite:///folder/文章.db", "以 .db 结尾"),
    ],
)
def test_addresses_that_are_none(url: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason) as told:
        read_address(url)
    assert "KB_STORE_URL" in str(told.value)
    assert "secret" not in str(told.value)


def test_addresses() -> None:
    remote = read_address("milvus+https://host:19530/policy?library=gov&index=HNSW")
    assert (remote.uri, remote.database, remote.library, remote.index) == (
        "https://host:19530",
        "policy",
        "gov",
        "HNSW",
    )
    file = read_address("milvus-lite:///folder/engine.db")
    assert (file.uri, file.library, file.index, file.file) == (
        "/folder/engine.db",
        "kb",
        "FLAT",
        Path("/folder/engine.db"),
    )


def test_terms_longer_than_the_engine_keeps_are_cut_between_two() -> None:
    assert packed_terms(["网格", "治理"]) == "网格 治理"
    packed = packed_terms(["基层治理"] * 10_000)
    assert MOST_BYTES - 13 <= len(packed.encode()) <= MOST_BYTES
    assert {*packed.split()} == {"基层治理"}
