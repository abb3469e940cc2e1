"""Characters a second of each stage, and how much of a build is not embedding: `python -m benchmarks.stages`."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.shared_data import gov, read_rows
from kb import KnowledgeBase
from kb.config import load_settings
from kb.models.encoder import Encoder, FloatMatrix, TextKind, open_encoder
from kb.text.fingerprint import fingerprint
from kb.text.normalize import normalize
from kb.text.repair import repair
from kb.text.segment import Segmenter
from kb.text.split import split

SAMPLE = 1_000
"""Passages that are built: every sixth, so that all documents are there."""


class Timed:
    """An encoder that remembers how long it was at work."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.identity, self.dimension, self.engine = encoder.identity, encoder.dimension, encoder.engine
        self.seconds = 0.0

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Callable[[int], None] | None = None
    ) -> FloatMatrix:
        """As the encoder does."""
        begin = time.perf_counter()
        vectors = self._encoder.encode(texts, kind, progress)
        self.seconds += time.perf_counter() - begin
        return vectors


def speeds(texts: Sequence[str]) -> dict[str, float]:
    """Characters a second of each stage over the same texts, each stage warmed up by the first of them."""
    segmenter = Segmenter((), cache=load_settings().cache)
    matching = [normalize(text) for text in texts]
    stages: dict[str, tuple[Callable[[str], object], Sequence[str]]] = {
        "repair": (repair, texts),
        "normalize": (normalize, texts),
        "split": (lambda text: split(text, ()), texts),
        "segment": (segmenter.tokens, matching),
        "fingerprint": (fingerprint, matching),
    }
    found = {}
    for name, (stage, given) in stages.items():
        stage(given[0])
        begin = time.perf_counter()
        for text in given:
            stage(text)
        found[name] = sum(map(len, given)) / (time.perf_counter() - begin)
    return found


def share_of_embedding(corpus: Path, index: Path) -> tuple[float, float]:
    """Seconds of a build, and the share of them that the encoder was at work."""
    settings = load_settings()
    encoder = Timed(open_encoder(cache=settings.cache, notice=print))
    encoder.encode(["先载入"], TextKind.PASSAGE)
    encoder.seconds = 0.0
    with KnowledgeBase.open(index, encoder=encoder) as knowledge:
        begin = time.perf_counter()
        knowledge.build([corpus])
        seconds = time.perf_counter() - begin
    return seconds, encoder.seconds / seconds


def main() -> None:
    """Print the table."""
    rows = read_rows(gov().corpus)[::6][:SAMPLE]
    print("| stage | characters a second |\n|---|---|")
    for name, speed in speeds([row["text"] for row in rows]).items():
        print(f"| {name} | {speed:,.0f} |")
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.jsonl"
        corpus.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        seconds, share = share_of_embedding(corpus, Path(folder) / "index")
    print(f"\nbuild of {len(rows)} passages: {seconds:.1f} s, of which {1 - share:.1%} not embedding")


if __name__ == "__main__":
    main()
