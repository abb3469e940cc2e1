"""An index of very many passages, to measure size alone: sentences of gov recombined, vectors of gov moved a little.

To embed a million passages takes two cores more than eight hours. So the vector of passage i is that of a passage of
gov with noise of NOISE (their cosine is about 0.95), and so are those of its sentences: near each other as texts on one
subject are. What such an index finds says nothing of quality.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.gov_index import gov_index
from benchmarks.shared_data import gov, read_rows
from kb.config import Settings
from kb.index.sentence_table import NewSentence
from kb.index.store import NewPassage, Store
from kb.knowledge.preparing import text_digest
from kb.text.segment import Segmenter, Token
from kb.types import Article, Script

NOISE = 0.33
"""Length of the noise beside a vector of length 1."""

A_TEXT = 20
"""Passages of one article."""

REGIONS = ("北京", "上海", "杭州", "诸暨", "成都", "臺北", "新北", "高雄")


_AFTER_SENTENCES = re.compile(r"(?<=[。；\n])")


class CutOnce(Segmenter):
    """Cuts each sentence once: no word goes over the end of one."""

    def tokens(self, text: str) -> list[Token]:
        """Their places are those within the sentence."""
        return [token for piece in _AFTER_SENTENCES.split(text) for token in self._piece(piece)]

    @lru_cache(maxsize=100_000)  # noqa: B019
    def _piece(self, text: str) -> list[Token]:
        return super().tokens(text)


@dataclass(frozen=True, slots=True)
class Source:
    """What is recombined: for each passage of gov its vector, and the texts and vectors of its sentences."""

    vectors: npt.NDArray[np.float32]
    sentences: tuple[tuple[str, ...], ...]
    sentence_vectors: tuple[npt.NDArray[np.float32], ...]


def source(settings: Settings) -> Source:
    """The passages of the index of gov that have sentences of their own."""
    store = Store(gov_index(settings))
    try:
        model = store.meta("model")
        numbers, vectors = store.vectors.load(model)
        own, spans = store.vectors.some_sentences(model, numbers), store.sentences.of(numbers)
        loaded = store.passages(numbers)
    finally:
        store.close()
    rows = [row for row, number in enumerate(numbers) if number in own and len(own[number]) == len(spans[number])]
    texts = []
    for row in rows:
        article = loaded[numbers[row]][1]
        texts.append(tuple(article.text[span.start : span.end].strip() for span in spans[numbers[row]]))
    return Source(vectors[rows], tuple(texts), tuple(own[numbers[row]] for row in rows))


def fill(folder: Path, passages: int, settings: Settings) -> None:
    """Put so many passages into the store of an empty folder; nothing is indexed yet."""
    held, chance = source(settings), np.random.default_rng(passages)
    store = Store(folder, writable=True)
    try:
        # Only to be measured: what a power cut would cost is made again.
        store.db.execute("PRAGMA synchronous = OFF")
        encoded = Store(gov_index(settings))
        model, dimension = encoded.meta("model"), int(encoded.meta("dimension"))
        encoded.close()
        for at in range(0, passages, A_TEXT):
            _article(store, model, held, at, min(A_TEXT, passages - at), chance)
        store.adopt_model(model, dimension, "")
    finally:
        store.close()


def _article(store: Store, model: str, held: Source, first: int, count: int, chance: np.random.Generator) -> None:
    """One article; each of its passages is one of gov in which every sentence may be exchanged for another."""
    bases = chance.integers(len(held.vectors), size=count)
    text, passages, digests, vectors = "", [], [], []
    for place, base in enumerate(bases.tolist()):
        start = len(text)
        sentences: list[NewSentence] = []
        for own, vector in zip(held.sentences[base], held.sentence_vectors[base], strict=True):
            other = held.sentences[int(chance.integers(len(held.sentences)))]
            wording = own if chance.random() < 0.5 else other[int(chance.integers(len(other)))]
            key = text_digest(f"{first + place}/{len(sentences)}")
            sentences.append(NewSentence(len(text), len(text) + len(wording), key))
            text += wording
            digests.append(key)
            vectors.append(vector)
        passages.append(NewPassage(start, len(text), (), text_digest(str(first + place)), sentences=tuple(sentences)))
        text += "\n"
    moved = _moved(held.vectors[bases], chance)
    store.vectors.put(model, [one.digest for one in passages], moved)
    store.vectors.put(model, digests, _moved(np.stack(vectors), chance), half=True)
    key, region = f"size-{first:07d}", REGIONS[int(chance.integers(len(REGIONS)))]
    article = Article(key, key, text, text.encode(), Script.HANT, region=region, origin=f"{key}.txt",
                      date=f"{int(chance.integers(2000, 2026))}")  # fmt: skip
    store.put(article, passages, None, root="size", digest=key, added="2026-12-01T00:00:00+00:00")


def _moved(vectors: npt.NDArray[np.float32], chance: np.random.Generator) -> npt.NDArray[np.float32]:
    noise = chance.normal(size=vectors.shape).astype(np.float32)
    moved = vectors + NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    normed: npt.NDArray[np.float32] = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
    return normed


def new_articles(folder: Path, count: int) -> Path:
    """A folder of articles as they come in: texts of gov under other titles."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = read_rows(gov().corpus)
    for number in range(count):
        some: Iterator[str] = (f"{row['text']}{number}。" for row in rows[number * 8 : number * 8 + 8])
        (folder / f"new-{number}.txt").write_text("\n\n".join(some), encoding="utf-8")
    return folder


def bytes_below(folder: Path) -> int:
    """What a folder takes on the disk, a file that several names share once."""
    found = {(stat.st_ino, stat.st_size) for file in folder.rglob("*") if file.is_file() for stat in [file.stat()]}
    return sum(size for _inode, size in found)
