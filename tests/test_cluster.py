"""The knowledge base over Milvus (milvus-lite, for real): the same ranks as over the index files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import CharacterEncoder
from kb.config import Settings
from kb.index.retriever import Retriever
from kb.knowledge import KnowledgeBase
from kb.types import Filters, Mode
from small_corpus import QUESTIONS, write_articles

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
