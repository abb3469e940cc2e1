"""The retrievers for LangChain and LlamaIndex, against the real packages."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from conftest import CharacterEncoder
from kb.errors import QueryError
from kb.knowledge import KnowledgeBase
from kb.models.encoder import FloatMatrix, TextKind
from kb.present import plain
from kb.types import Filters, Mode

pytest.importorskip("langchain_core", reason="pip install 'kb[langchain]'")
pytest.importorskip("llama_index.core", reason="pip install 'kb[llamaindex]'")

from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle, TextNode

from kb.adapters import langchain, llamaindex

QUESTION = "没有物业的小区怎么办"


class Watched(CharacterEncoder):
    """Remembers in which threads questions were embedded."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: set[int] = set()

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Callable[[int], None] | None = None
    ) -> FloatMatrix:
        self.threads.add(threading.get_ident())
        return super().encode(texts, kind, progress)


@pytest.fixture
def encoder() -> Watched:
    return Watched()


@pytest.fixture
def built(knowledge: KnowledgeBase, articles: Path) -> KnowledgeBase:
    knowledge.build([articles])
    return knowledge


def expected(built: KnowledgeBase, k: int, **options: Any) -> list[dict[str, Any]]:
    """The hits as `kb search --json` prints them."""
    hits: list[dict[str, Any]] = plain.search_result(built.search(QUESTION, k=k, **options))["hits"]
    return hits


def of_langchain(documents: Sequence[Document]) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in one.metadata.items() if name not in {"headings", "citation"}}
        | {"text": one.page_content}
        for one in documents
    ]


def of_llamaindex(nodes: Sequence[NodeWithScore]) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in one.metadata.items() if name not in {"headings", "citation"}}
        | {"text": one.get_content()}
        for one in nodes
    ]


# -- LangChain


def test_langchain_gives_what_the_search_gives(built: KnowledgeBase) -> None:
    documents = langchain.KnowledgeRetriever(knowledge=built, k=2).invoke(QUESTION)
    assert of_langchain(documents) == expected(built, 2)
    assert [one.id for one in documents] == [one.metadata["passage_id"] for one in documents]
    first = documents[0]
    assert (first.id, first.metadata["title"], first.metadata["source"], first.metadata["region"]) == (
        "wuye#1", "老旧小区没有物业怎么办", "社区报", "湖北省武汉市",
    )  # fmt: skip
    assert first.metadata["date"] == "2023-05-01"
    assert built.article("wuye").text[first.metadata["start"] : first.metadata["end"]] == first.page_content
    assert built.verify(first.metadata["citation"]).cited is not None
    json.dumps(first.metadata)


def test_langchain_takes_the_options_as_fields(built: KnowledgeBase) -> None:
    only = Filters(region="浙江")
    retriever = langchain.KnowledgeRetriever(knowledge=built, k=3, mode=Mode.LEXICAL, filters=only)
    documents = retriever.invoke("化解矛盾")
    assert [one.metadata["article_id"] for one in documents] == ["fengqiao"]
    said = langchain.KnowledgeRetriever.model_validate(
        {"knowledge": built, "mode": "lexical", "filters": {"region": "浙江"}}
    )
    assert said.invoke("化解矛盾") == documents
    assert len(langchain.KnowledgeRetriever(knowledge=built, k=1).invoke(QUESTION)) == 1


def test_langchain_searches_in_a_thread_when_it_is_awaited(built: KnowledgeBase, encoder: Watched) -> None:
    retriever = langchain.KnowledgeRetriever(knowledge=built, k=2)
    encoder.threads.clear()
    assert of_langchain(asyncio.run(retriever.ainvoke(QUESTION))) == expected(built, 2)
    assert encoder.threads
    assert threading.get_ident() not in encoder.threads


def test_langchain_chains_it(built: KnowledgeBase) -> None:
    def titles(documents: list[Document]) -> list[str]:
        return [str(one.metadata["title"]) for one in documents]

    chain = langchain.KnowledgeRetriever(knowledge=built, k=1) | RunnableLambda(titles)
    assert chain.batch([QUESTION, "小事不出村"]) == [["老旧小区没有物业怎么办"], ["楓橋經驗"]]


# -- LlamaIndex


def test_llamaindex_gives_what_the_search_gives(built: KnowledgeBase) -> None:
    nodes = llamaindex.KnowledgeRetriever(built, k=2).retrieve(QUESTION)
    assert of_llamaindex(nodes) == expected(built, 2)
    assert [one.score for one in nodes] == [one.metadata["score"] for one in nodes]
    first = nodes[0].node
    assert isinstance(first, TextNode)
    assert first.node_id == "wuye#1"
    assert first.source_node is not None
    assert first.source_node.node_id == "wuye"
    assert built.article("wuye").text[first.start_char_idx : first.end_char_idx] == first.text


def test_llamaindex_takes_the_options(built: KnowledgeBase) -> None:
    retriever = llamaindex.KnowledgeRetriever(built, k=3, mode="lexical", filters=Filters(region="浙江"))
    assert [one.metadata["article_id"] for one in retriever.retrieve(QueryBundle("化解矛盾"))] == ["fengqiao"]
    assert len(llamaindex.KnowledgeRetriever(built, k=1).retrieve(QUESTION)) == 1


def test_llamaindex_searches_in_a_thread_when_it_is_awaited(built: KnowledgeBase, encoder: Watched) -> None:
    retriever = llamaindex.KnowledgeRetriever(built, k=2)
    encoder.threads.clear()
    assert of_llamaindex(asyncio.run(retriever.aretrieve(QUESTION))) == expected(built, 2)
    assert encoder.threads
    assert threading.get_ident() not in encoder.threads


def test_llamaindex_shows_a_model_what_it_can_cite(built: KnowledgeBase) -> None:
    """The title, the source and the citation stand above the passage; ids, spans and scores do not."""
    retriever = llamaindex.KnowledgeRetriever(built, k=1)
    answered = RetrieverQueryEngine.from_args(retriever, llm=MockLLM()).query(QUESTION)
    assert [one.node_id for one in answered.source_nodes] == ["wuye#1"]
    (node,) = answered.source_nodes
    for shown in ("title: 老旧小区没有物业怎么办", "source: 社区报", f"citation: {node.metadata['citation']}"):
        assert shown in str(answered)
    assert "passage_id" not in str(answered)
    assert "highlights" not in node.node.get_content(MetadataMode.EMBED)


# -- both


def test_errors_are_ours(built: KnowledgeBase) -> None:
    with pytest.raises(QueryError, match="请输入"):
        langchain.KnowledgeRetriever(knowledge=built).invoke(" ")
    with pytest.raises(QueryError, match="至少是 1"):
        llamaindex.KnowledgeRetriever(built, k=0).retrieve(QUESTION)


@pytest.mark.parametrize(
    ("module", "package", "extra"),
    [("langchain", "langchain_core", "langchain"), ("llamaindex", "llama_index", "llamaindex")],
)
def test_a_missing_extra_is_told_with_its_command(module: str, package: str, extra: str) -> None:
    script = (
        f"import sys; sys.modules['{package}'] = None\n"
        "from kb import KBError\n"
        f"try:\n    import kb.adapters.{module}\nexcept KBError as error:\n    print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("MissingExtraError ")
    assert done.stdout.rstrip().endswith(f"请运行：pip install 'kb[{extra}]'")


def test_nothing_else_loads_them() -> None:
    script = "import sys\nfrom kb import KnowledgeBase\nprint(KnowledgeBase, *sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()}
    assert "kb" in loaded
    assert loaded.isdisjoint({"langchain_core", "llama_index", "langsmith"})
