"""LanceDB: vectors and a full-text index of pairs of characters, its hybrid search joined by reciprocal rank."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import lancedb
from lancedb.rerankers import RRFReranker

from benchmarks.peers.exchange import K, Passages, Search, run


def fill(passages: Passages, folder: Path) -> Search:
    """Its own word cutter for Chinese wants a model to be downloaded; pairs of characters need none."""
    rows = [
        {"id": key, "text": text, "vector": vector}
        for key, text, vector in zip(passages.ids, passages.texts, passages.vectors, strict=True)
    ]
    table = lancedb.connect(tempfile.mkdtemp(dir=folder)).create_table("passages", rows)
    table.create_fts_index(
        "text", base_tokenizer="ngram", ngram_min_length=2, ngram_max_length=2, stem=False, remove_stop_words=False
    )
    reranker = RRFReranker()

    def search(text: str, vector: Any) -> list[str]:
        asked = table.search(query_type="hybrid").distance_type("cosine").vector(vector).text(text)
        return [row["id"] for row in asked.rerank(reranker).limit(K).to_list()]

    return search


if __name__ == "__main__":
    run("LanceDB", lancedb.__version__, "exact cosine + full text of character pairs, RRF", fill)
