"""Chroma: a collection of documents with embeddings, cosine space; it has no lexical search of its own for ranking."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import chromadb
from chromadb.config import Settings

from benchmarks.peers.exchange import K, Passages, Search, run

BATCH = 2_000


def fill(passages: Passages, folder: Path) -> Search:
    """A persistent client, as its documentation recommends for more than a trial."""
    place = tempfile.mkdtemp(dir=folder)
    client = chromadb.PersistentClient(place, settings=Settings(anonymized_telemetry=False))
    collection = client.create_collection("passages", metadata={"hnsw:space": "cosine"}, embedding_function=None)
    for at in range(0, len(passages.ids), BATCH):
        part = slice(at, at + BATCH)
        collection.add(ids=passages.ids[part], embeddings=passages.vectors[part], documents=passages.texts[part])

    def search(_text: str, vector: Any) -> list[str]:
        found: list[str] = collection.query(query_embeddings=[vector], n_results=K)["ids"][0]
        return found

    return search


if __name__ == "__main__":
    run("Chroma", chromadb.__version__, "cosine, HNSW; meaning alone", fill)
