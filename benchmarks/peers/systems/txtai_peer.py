"""txtai: hybrid search with content; its BM25 over pairs of characters, which it can cut without a dictionary."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from txtai import Embeddings

from benchmarks.peers.exchange import K, Passages, Search, run


def fill(passages: Passages, _folder: Path) -> Search:
    """Vectors come from outside, as it allows; by default its hybrid search adds both scores half and half."""
    given = dict(zip(passages.texts, passages.vectors, strict=False))

    def transform(texts: list[str]) -> Any:
        return np.stack([given[text] for text in texts])

    embeddings = Embeddings(
        method="external", transform=transform, content=True, hybrid=True,
        scoring={"method": "bm25", "terms": True, "normalize": True, "tokenizer": {"ngrams": 2}},
    )  # fmt: skip
    embeddings.index(zip(passages.ids, passages.texts, strict=True))

    def search(text: str, vector: Any) -> list[str]:
        given[text] = vector
        return [found["id"] for found in embeddings.search(text, K)]

    return search


if __name__ == "__main__":
    run("txtai", version("txtai"), "vectors + BM25 over character pairs, its own hybrid search", fill)
