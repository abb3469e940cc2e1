"""Haystack: its in-memory store, BM25 over jieba's words and embedding retrieval, joined by reciprocal rank."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import jieba
from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

from benchmarks.peers.exchange import POOL, K, Passages, Search, run


def fill(passages: Passages, _folder: Path) -> Search:
    """Its BM25 takes words at spaces, so jieba's words are stored with spaces between them."""
    store = InMemoryDocumentStore(embedding_similarity_function="cosine", bm25_tokenization_regex=r"(?u)\S+")
    store.write_documents(
        [
            Document(id=key, content=" ".join(jieba.cut(text)), embedding=vector.tolist())
            for key, text, vector in zip(passages.ids, passages.texts, passages.vectors, strict=True)
        ]
    )
    lexical = InMemoryBM25Retriever(store, top_k=POOL)
    dense = InMemoryEmbeddingRetriever(store, top_k=POOL)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=K)

    def search(text: str, vector: Any) -> list[str]:
        by_words = lexical.run(query=" ".join(jieba.cut(text)))["documents"]
        by_meaning = dense.run(query_embedding=vector.tolist())["documents"]
        return [document.id for document in joiner.run(documents=[by_meaning, by_words])["documents"]]

    return search


if __name__ == "__main__":
    run("Haystack", version("haystack-ai"), "in memory: vectors + BM25 over jieba's words, joined by RRF", fill)
