"""Milvus Lite: dense vectors and its BM25 with the Chinese analyser, hybrid search joined by reciprocal rank."""

from __future__ import annotations

import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pymilvus import AnnSearchRequest, DataType, Function, FunctionType, MilvusClient, RRFRanker

from benchmarks.peers.exchange import POOL, K, Passages, Search, run

BATCH = 1_000


def fill(passages: Passages, folder: Path) -> Search:
    """As its documentation describes full-text and hybrid search; the analyser `chinese` is jieba's."""
    client = MilvusClient(str(Path(tempfile.mkdtemp(dir=folder)) / "milvus.db"))
    schema = client.create_schema(auto_id=False)
    schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=64)
    schema.add_field("text", DataType.VARCHAR, max_length=65_535, enable_analyzer=True,
                     analyzer_params={"type": "chinese"})  # fmt: skip
    schema.add_field("dense", DataType.FLOAT_VECTOR, dim=passages.vectors.shape[1])
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(Function("bm25", FunctionType.BM25, input_field_names=["text"], output_field_names=["sparse"]))
    indexes = client.prepare_index_params()
    indexes.add_index("dense", index_type="AUTOINDEX", metric_type="IP")
    indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    client.create_collection("passages", schema=schema, index_params=indexes)
    rows = [
        {"id": key, "text": text, "dense": vector.tolist()}
        for key, text, vector in zip(passages.ids, passages.texts, passages.vectors, strict=True)
    ]
    for at in range(0, len(rows), BATCH):
        client.insert("passages", rows[at : at + BATCH])

    def search(text: str, vector: Any) -> list[str]:
        legs = [
            AnnSearchRequest([vector.tolist()], "dense", {"metric_type": "IP"}, limit=POOL),
            AnnSearchRequest([text], "sparse", {"metric_type": "BM25"}, limit=POOL),
        ]
        return [hit["id"] for hit in client.hybrid_search("passages", legs, RRFRanker(), limit=K)[0]]

    return search


if __name__ == "__main__":
    run("Milvus Lite", version("milvus-lite"), "AUTOINDEX + BM25 with the Chinese analyser, RRF", fill)
