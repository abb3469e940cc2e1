"""From the store to segments of vectors: block by block, so that memory holds a part of them at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from kb.errors import IndexStateError
from kb.index.caches import Caches, Making
from kb.index.compacting import Kept, Planned, Sizes, plan
from kb.index.dense import DenseIndex, FloatMatrix, Numbers
from kb.index.inverted import TRAINED_ON, Filling, Measured, joined, lists_for, moved
from kb.index.manifests import MadeSegment
from kb.index.segments import ARTICLES, Segment
from kb.index.sentences import HalfMatrix, SentenceIndex
from kb.index.store import Store
from kb.index.vectors import BLOCK, blocks, reach
from kb.knowledge.progress import Progress
from kb.search.cohort import cohort_of

ASKED = 400
"""Questions that recall is measured with."""


def planned(numbers: Numbers, old: Caches | None, model: str, sizes: Sizes) -> list[Planned]:
    """The segments for these passages; those of the old index files that can stay do."""
    held: list[Kept] = []
    if old is not None and old.folder is not None and old.manifest.model == model:
        for part, made in zip(old.segments.parts, old.manifest.segments, strict=True):
            held.append(Kept(part.name, part.dense.numbers, whole=made.unembedded == 0))
    return plan(numbers, held, sizes)


class Segmenting:
    """Writes the segments of one store that do not stay."""

    def __init__(self, store: Store, model: str, sizes: Sizes, progress: Progress) -> None:
        self._store, self._model, self._sizes, self._progress = store, model, sizes, progress

    def put(
        self, wanted: Sequence[Planned], articles: Numbers, old: Caches | None, making: Making
    ) -> list[MadeSegment]:
        """All of them, under the path of the new index files. `articles` are those of all passages in their order.

        Raises:
            IndexStateError: a passage has no vector.
            DamagedError: one of the vectors is not what was stored.
            OSError: they cannot be written.
        """
        made, at = [], 0
        known = {one.name: one for one in old.manifest.segments} if old is not None else {}
        for one in wanted:
            if one.stays and old is not None and old.folder is not None:
                making.copy_segment(old.folder, one.stays)
                made.append(known[one.stays])
            else:
                made.append(self._made(one.numbers, articles[at : at + len(one.numbers)], making.path))
            at += len(one.numbers)
        return made

    def in_memory(self, numbers: Numbers, articles: Numbers) -> Segment | None:
        """All passages as one exact segment without a file; None where there are none."""
        if not len(numbers):
            return None
        sentences = SentenceIndex.build(numbers, *self._store.vectors.load_sentences(self._model))
        return Segment("", DenseIndex.build(numbers, joined(self._blocks(numbers))), sentences, articles)

    def _made(self, numbers: Numbers, articles: Numbers, parent: Path) -> MadeSegment:
        name = f"{numbers[0]:010d}-{numbers[-1]:010d}"
        folder = parent / name
        folder.mkdir()
        dense, measured = self._dense(numbers)
        dense.save(folder)
        np.save(folder / ARTICLES, articles, allow_pickle=False)
        sentences = SentenceIndex.write(folder, numbers, self._sentence_blocks(numbers))
        unembedded = self._store.vectors.sentences_within(reach(numbers)) - sentences
        return MadeSegment(name, len(numbers), unembedded, measured.probes, measured.recall)

    def _dense(self, numbers: Numbers) -> tuple[DenseIndex, Measured]:
        if len(numbers) <= self._sizes.exact:
            return DenseIndex.build(numbers, joined(self._blocks(numbers))), Measured(0, 0.0)
        chance = np.random.default_rng(len(numbers))
        some = np.sort(chance.choice(numbers, min(len(numbers), TRAINED_ON * lists_for(len(numbers))), replace=False))
        sample = self._some(some)
        filling = Filling(len(numbers), sample, self._questions(some, sample, chance))
        del sample
        for vectors in self._blocks(numbers):
            filling.add(vectors)
        index, measured = filling.finished()
        return DenseIndex(index, numbers), measured

    def _questions(self, numbers: Numbers, vectors: FloatMatrix, chance: np.random.Generator) -> FloatMatrix:
        """What recall is measured with: questions whose vectors the model comes with, or else sentences (passages where
        they have none), moved away from what they are found by."""
        cohort = cohort_of(self._model)
        if cohort is not None:
            return cohort.known.vectors[:ASKED]
        rows = chance.choice(len(numbers), min(len(numbers), ASKED), replace=False)
        own = self._store.vectors.some_sentences(self._model, numbers[rows].tolist())
        told = [found[chance.integers(len(found))] for found in own.values()]
        return moved(np.stack(told) if told else vectors[rows], chance)

    def _some(self, numbers: Numbers) -> FloatMatrix:
        return joined(self._store.vectors.load(self._model, block.tolist())[1] for block in blocks(numbers))

    def _blocks(self, numbers: Numbers) -> Iterator[FloatMatrix]:
        done = 0
        for block in blocks(numbers):
            having, vectors = self._store.vectors.load(self._model, within=reach(block))
            if having != block.tolist():
                missing = len(np.setdiff1d(block, having))
                raise IndexStateError(
                    f"索引 {self._store.folder} 中至少有 {missing} 个段落还没有向量。请运行 kb build 补齐。"
                )
            yield vectors
            done += len(block)
            if len(numbers) > BLOCK:
                self._progress("向量索引", done, len(numbers))

    def _sentence_blocks(self, numbers: Numbers) -> Iterator[tuple[Sequence[int], HalfMatrix]]:
        for block in blocks(numbers):
            yield self._store.vectors.load_sentences(self._model, reach(block))
