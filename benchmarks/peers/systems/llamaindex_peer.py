"""LlamaIndex: a vector index and BM25 over jieba's words, joined by its fusion retriever."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import jieba
from llama_index.core import VectorStoreIndex
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import QueryBundle, TextNode
from llama_index.retrievers.bm25 import BM25Retriever

from benchmarks.peers.exchange import POOL, K, Passages, Search, run


class NoEmbedding(BaseEmbedding):
    """All vectors are given; the class wants a model."""

    def _get_query_embedding(self, query: str) -> list[float]:
        raise AssertionError(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        raise AssertionError(text)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        raise AssertionError(query)


def fill(passages: Passages, _folder: Path) -> Search:
    """BM25 over text with spaces between jieba's words: what its users do for Chinese, as it takes words at spaces."""
    cut = [" ".join(jieba.cut(text)) for text in passages.texts]
    nodes = [
        TextNode(id_=key, text=text, embedding=vector.tolist())
        for key, text, vector in zip(passages.ids, passages.texts, passages.vectors, strict=True)
    ]
    words = [TextNode(id_=key, text=text) for key, text in zip(passages.ids, cut, strict=True)]
    dense = VectorStoreIndex(nodes, embed_model=NoEmbedding()).as_retriever(similarity_top_k=POOL)
    lexical = BM25Retriever.from_defaults(
        nodes=words, similarity_top_k=POOL, skip_stemming=True, token_pattern=r"(?u)\S+", language="en"
    )
    joined = QueryFusionRetriever(
        [dense, lexical], llm=MockLLM(), num_queries=1, mode="reciprocal_rerank", similarity_top_k=K, use_async=False
    )

    def search(text: str, vector: Any) -> list[str]:
        asked = QueryBundle(" ".join(jieba.cut(text)), embedding=vector.tolist())
        return [found.node.node_id for found in joined.retrieve(asked)]

    return search


if __name__ == "__main__":
    run(
        "LlamaIndex", version("llama-index-core"), "vectors + BM25 over jieba's words, its fusion retriever (RRF)", fill
    )
