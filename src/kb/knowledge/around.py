"""What stands around the pages of the catalogue; what all pages have in common is read once, for however many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np

from kb.catalogue import surroundings
from kb.catalogue.places import elsewhere, gazetteer
from kb.catalogue.values import Surroundings, all_cited
from kb.errors import SourceError
from kb.index.damage import Part
from kb.index.store import Store
from kb.search.practices import PracticeNames
from kb.search.surfacing import FloatMatrix, Pages
from kb.sources.front_matter import read_front_matter
from kb.text.normalize import normalize
from kb.types import Practice, Quote, Span

EXPLAINING = "法规解读"
"""The kind of article that explains a law."""

FEWEST_PAGES = 10
"""Of fewer pages the mean says nothing of what they have in common; then the words of their problems are compared."""

LEAST_ALIKE = 0.2
"""Cosine of two pages, the mean of all pages taken away, from which they are about the same problem."""

MOST_TELLING = 12
"""Passages of other articles that are shown with a practice's page."""


class Around:
    """A catalogue as a store holds it now, to ask of its pages what stands around each."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.practices = store.catalogue.practices()
        self._finder = PracticeNames(self.practices)

    def of(self, practice: Practice) -> Surroundings:
        """Related practices with reasons, other places, the law, who explains it, and what else tells of it."""
        basis = surroundings.legal_basis(practice)
        pages = self._naming.get(practice.id, frozenset())
        return Surroundings(
            related=surroundings.related(practice, self.practices, self._alike(practice.id)),
            elsewhere=elsewhere(
                practice, [one for one in self.practices if one.id in pages], self._named, self._gazetteer
            ),
            basis=basis,
            explained_in=tuple(
                (key, title)
                for key, title, text, named in self._explaining
                if practice.id in named or any(one.source.title in text for one in basis)
            ),
            passages=_telling(self._store, practice.id),
        )

    def _named(self, text: str) -> frozenset[str]:
        """Ids of the practices that a text names."""
        return frozenset(key for key, _span in self._finder.find(normalize(text)))

    @cached_property
    def _naming(self) -> Mapping[str, frozenset[str]]:
        """Practice -> the pages with a statement that names it."""
        found: dict[str, set[str]] = {}
        for page in self.practices:
            for sentence in all_cited(page):
                for key in self._named(sentence.text):
                    found.setdefault(key, set()).add(page.id)
        return {key: frozenset(pages) for key, pages in found.items()}

    @cached_property
    def _gazetteer(self) -> frozenset[str]:
        return gazetteer(self.practices)

    @cached_property
    def _explaining(self) -> tuple[tuple[str, str, str, frozenset[str]], ...]:
        """Id, title and text of the articles that explain a law, and the practices they name."""
        return tuple((key, title, text, self._named(text)) for key, title, text in _explaining(self._store))

    @cached_property
    def _centred(self) -> tuple[tuple[str, ...], FloatMatrix] | None:
        """The vector of each page without what all pages share, unit length; None where there are too few."""
        owners = self._store.catalogue.page_passages()
        numbers, vectors = self._store.vectors.load(self._store.meta("model"), list(owners))
        if len(numbers) < len(owners):
            self._store.sound(
                Part.VECTOR
            )  # It is in the middle of a change of model, or one is kept under a wrong name.
        pages = Pages.of({number: owners[number] for number in numbers}, vectors)
        if len(pages.ids) < FEWEST_PAGES:
            return None
        centred = pages.whole - pages.whole.mean(axis=0)
        centred /= np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
        return pages.ids, centred

    def _alike(self, key: str) -> Mapping[str, float] | None:
        """How much the pages of other practices are like this one's; None where that cannot be told."""
        if self._centred is None or key not in self._centred[0]:
            return None
        ids, centred = self._centred
        cosines = centred @ centred[ids.index(key)]
        return {other: float(cosine) for other, cosine in zip(ids, cosines, strict=True) if cosine >= LEAST_ALIKE}


def _telling(store: Store, key: str) -> tuple[Quote, ...]:
    """The sentence of each article, other than the practice's page, that tells most of it; likeliest first."""
    found = store.links.describing(key)
    passages = store.passages([one.number for one in found], generation=store.generation())
    quotes: dict[str, Quote] = {}
    for one in found:
        passage, article = passages[one.number]
        spans = store.sentences.of([one.number]).get(one.number, [Span(passage.start, passage.end)])
        start, end = next(
            ((span.start, span.end) for span in spans if span.start <= one.link.span.start < span.end),
            (passage.start, passage.end),
        )
        quotes.setdefault(article.id, Quote(article.id, start, end, article.text[start:end]))
    return tuple(quotes.values())[:MOST_TELLING]


def _explaining(store: Store) -> Iterator[tuple[str, str, str]]:
    """Id, title and text of the articles that explain a law; the kind stands in their front matter alone."""
    for key in store.catalogue.articles_stating(f"kind: {EXPLAINING}"):
        article = store.article(key)
        if article is None:
            continue
        try:
            head, _body = read_front_matter(article.raw.decode(errors="replace"), article.origin)
        except SourceError:
            continue  # A text that only quotes the words.
        if head.kind == EXPLAINING:
            yield article.id, article.title, article.text
