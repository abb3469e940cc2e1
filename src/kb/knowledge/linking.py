"""Which practices each passage speaks of: found when it is stored, by names and by nearness to their pages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from kb.index.database import chunks
from kb.index.store import Store
from kb.search.links import (
    CANDIDATES,
    VERSION,
    WEIGHTS,
    FloatMatrix,
    Nearness,
    PageVectors,
    Seen,
    kind_of,
    nearness,
)
from kb.search.practices import PracticeNames
from kb.search.surfacing import Pages
from kb.text import other_names
from kb.text.normalize import normalize
from kb.types import Article, Link, Passage, Span

GROUP = 500
"""Passages looked at together."""

_MADE_WITH = "links"


def link(store: Store, model: str) -> int:
    """Link every passage that was not looked at yet; all of them where the practices changed. How many."""
    practices = store.catalogue.practices()
    pages = store.catalogue.page_passages()
    made_with = hashlib.sha256(repr((VERSION, WEIGHTS, model, practices, sorted(pages))).encode()).hexdigest()[:16]
    if store.meta(_MADE_WITH) != made_with:
        store.links.forget()
        store.remember(_MADE_WITH, made_with)
    waiting = store.links.unlinked()
    if waiting and practices:
        linker = Linker.of(store, model, PracticeNames(practices), pages)
        for chunk in chunks(waiting, GROUP):
            store.links.put(linker.links(chunk))
    return len(waiting) if practices else 0


class Linker:
    """The practices' pages, ready to be compared with passages."""

    def __init__(self, store: Store, model: str, names: PracticeNames, vectors: PageVectors) -> None:
        self._store, self._model, self._names, self.pages = store, model, names, vectors

    @classmethod
    def of(cls, store: Store, model: str, names: PracticeNames, pages: Mapping[int, str]) -> Linker:
        """Load the vectors of the pages and of their sentences."""
        held = store.vectors.some(model, list(pages))
        own = Pages.of(pages, np.stack([held[number] for number in pages]))
        sentences = store.vectors.some_sentences(model, list(pages))
        place = {key: at for at, key in enumerate(own.ids)}
        matrices, owners = [own.vectors], [own.owners]
        for number, matrix in sentences.items():
            matrices.append(matrix)
            owners.append(np.full(len(matrix), place[pages[number]], dtype=np.int64))
        return cls(store, model, names, PageVectors(own, np.concatenate(matrices), np.concatenate(owners)))

    def links(self, numbers: Sequence[int]) -> dict[int, list[Link]]:
        """What these passages speak of."""
        passages = self._store.passages(numbers)
        vectors = self._store.vectors.some(self._model, numbers)
        sentences = self._store.vectors.some_sentences(self._model, numbers)
        spans = self._store.sentences.of(numbers)
        found = {}
        for number, (passage, article) in passages.items():
            own = sentences.get(number, vectors[number][None, :])
            places = spans.get(number, [Span(passage.start, passage.end)])
            found[number] = self._linked(passage, article, nearness(self.pages, vectors[number], own), places)
        return found

    def _linked(self, passage: Passage, article: Article, near: Nearness, places: Sequence[Span]) -> list[Link]:
        links = []
        for key, seen in self.seen(passage, article, near).items():
            likelihood = WEIGHTS.likelihood(seen)
            kind = kind_of(likelihood, seen)
            if kind is not None:
                where = places[near.where[self.pages.pages.ids.index(key)]]
                span = (
                    Span(passage.start + seen.names[0].start, passage.start + seen.names[0].end)
                    if seen.names
                    else where
                )
                links.append(Link(key, kind, round(likelihood, 4), span))
        return links

    def seen(self, passage: Passage, article: Article, near: Nearness) -> dict[str, Seen]:
        """The practices that are named, and the nearest ones, with what is known of each.

        A line of other names tells of nothing, so that what stands in it is not counted.
        """
        names: dict[str, list[Span]] = {}
        for key, span in self._names.find(normalize(other_names.blanked(passage.text))):
            names.setdefault(key, []).append(span)
        above = normalize(" ".join((article.title, *passage.headings)))
        titled = {key for key, _span in self._names.find(above)}
        ids = self.pages.pages.ids
        nearest = {ids[at] for leg in (near.near, near.told) for at in np.argsort(-leg)[:CANDIDATES]}
        return {
            key: Seen(tuple(names.get(key, ())), key in titled, article.id == key, *_nearness_of(near, ids.index(key)))
            for key in sorted({*names, *nearest, *titled, article.id} & set(ids))
        }


def _nearness_of(near: Nearness, at: int) -> tuple[float, float, float, float]:
    """near, lag, told, tone of one practice."""
    values: list[FloatMatrix] = [near.near[at], near.near.max() - near.near[at], near.told[at], near.tone[at]]
    first, second, third, fourth = (float(value) for value in values)
    return first, second, third, fourth
