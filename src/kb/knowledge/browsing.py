"""What the catalogue of practices tells: figures, comparisons, what fits a place, what stands around a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from kb.catalogue import comparing, suitability, surroundings
from kb.catalogue.consistency import conflicts
from kb.catalogue.figures import figures_of
from kb.catalogue.naming import nearest
from kb.catalogue.places import elsewhere
from kb.catalogue.values import Comparison, Conflict, Figure, Fit, Place, Surroundings
from kb.errors import NotFoundError, QueryError, SourceError
from kb.index.store import Store
from kb.knowledge.reading import Reading
from kb.search.practices import PracticeNames
from kb.search.surfacing import Pages
from kb.sources.front_matter import read_front_matter
from kb.text.normalize import normalize
from kb.types import BuildReport, Practice, Quote, Span

EXPLAINING = "法规解读"
"""The kind of article that explains a law."""

FEWEST_PAGES = 10
"""Of fewer pages the mean says nothing of what they have in common; then the words of their problems are compared."""

LEAST_ALIKE = 0.2
"""Cosine of two pages, the mean of all pages taken away, from which they are about the same problem."""

MOST_TELLING = 12
"""Passages of other articles that are shown with a practice's page."""


class Browsing(Reading):
    """An index folder, open for reading the catalogue of practices in it."""

    def practice(self, name: str) -> Practice:
        """A practice by its id or any of its names, in either script.

        Raises:
            NotFoundError: nothing is called so; the message names the nearest.
        """
        return self._called(name, self._reading().catalogue.practices())

    def figures(
        self, practice: str | None = None, *, own_claims: bool | None = None, unverified: bool | None = None
    ) -> tuple[Figure, ...]:
        """The figures of one practice, or of all by id; `own_claims` and `unverified` keep those that are so, or not.

        Raises:
            NotFoundError: nothing is called so.
        """
        practices = self._reading().catalogue.practices()
        names = [name for one in practices for name in one.names]
        chosen = practices if practice is None else [self._called(practice, practices)]
        return tuple(
            figure
            for one in chosen
            for figure in figures_of(one, names)
            if own_claims in (None, figure.own_claim) and unverified in (None, figure.unverified)
        )

    def compare(self, names: Iterable[str]) -> Comparison:
        """Two to five practices, heading by heading.

        Raises:
            QueryError: too few or too many, or one of them twice.
            NotFoundError: nothing is called so.
        """
        wanted = list(names)
        if not comparing.FEWEST <= len(wanted) <= comparing.MOST:
            raise QueryError(
                f"比较需要 {comparing.FEWEST} 到 {comparing.MOST} 个实践，现在给了 {len(wanted)} 个。"
                "例如：kb compare 枫桥经验 浦江经验"
            )
        practices = self._reading().catalogue.practices()
        chosen = [self._called(name, practices) for name in wanted]
        for at, practice in enumerate(chosen):
            if practice in chosen[:at]:
                raise QueryError(f"“{wanted[at]}”和前面给出的是同一个实践（{practice.name}）。请换一个。")
        return comparing.compare(chosen)

    def suit(self, place: Place, names: Iterable[str] = ()) -> tuple[Fit, ...]:
        """These practices (or all) held against a place, those with the fewest unmet needs first.

        Raises:
            QueryError: nothing is said of the place.
            NotFoundError: nothing is called so.
        """
        if place == Place():
            raise QueryError(
                "请至少填写一项：在城市还是农村（--urban、--rural）、多少人（--people）、多少网格员（--grid-workers）、"
                "有没有经费（--money、--no-money）、有没有平台（--platform、--no-platform）。"
            )
        practices = self._reading().catalogue.practices()
        chosen = [self._called(name, practices) for name in names]
        return suitability.ranked(dict.fromkeys(chosen) or practices, place)

    def surroundings(self, name: str) -> Surroundings:
        """What stands around a practice's page: related ones with reasons, other places, the law, who explains it.

        Raises:
            NotFoundError: nothing is called so.
        """
        store = self._reading()
        practices = store.catalogue.practices()
        practice, finder = self._called(name, practices), PracticeNames(practices)

        def named(text: str) -> list[str]:
            return [key for key, _span in finder.find(normalize(text))]

        basis = surroundings.legal_basis(practice)
        return Surroundings(
            related=surroundings.related(practice, practices, _alike(store, practice.id)),
            elsewhere=elsewhere(practice, practices, named),
            basis=basis,
            explained_in=tuple(
                (key, title)
                for key, title, text in _explaining(store)
                if practice.id in named(text) or any(one.source.title in text for one in basis)
            ),
            passages=_telling(store, practice.id),
        )

    def conflicts(self) -> tuple[Conflict, ...]:
        """What does not agree between the pages of the catalogue."""
        return conflicts(self._reading().catalogue.practices())

    @staticmethod
    def _called(name: str, practices: Sequence[Practice]) -> Practice:
        """
        Raises:
            NotFoundError: nothing is called so; the message names the nearest.
        """
        names = PracticeNames(practices)
        key = names.resolve(name.strip())
        if key is None:
            near = nearest(name.strip(), practices)
            hint = f"名称相近的有：{'、'.join(near)}。" if near else ""
            raise NotFoundError(f"没有叫“{name}”的实践。{hint}用 kb practices 查看全部。")
        return names[key]


def warned(report: BuildReport, store: Store) -> BuildReport:
    """The report with what does not agree between the practice pages that are now in the store."""
    found = conflicts(store.catalogue.practices())
    return replace(report, warnings=tuple(f"{one.detail}。{one.advice}" for one in found))


def _telling(store: Store, key: str) -> tuple[Quote, ...]:
    """The sentence of each article, other than the practice's page, that tells most of it; likeliest first."""
    found = store.links.describing(key)
    passages = store.passages([one.number for one in found])
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


def _alike(store: Store, key: str) -> Mapping[str, float] | None:
    """How much the pages of other practices are like this one's; None where that cannot be told."""
    owners = store.catalogue.page_passages()
    numbers, vectors = store.vectors.load(store.meta("model"), list(owners))
    pages = Pages.of({number: owners[number] for number in numbers}, vectors)
    if len(pages.ids) < FEWEST_PAGES or key not in pages.ids:
        return None
    centred = pages.whole - pages.whole.mean(axis=0)
    centred /= np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
    cosines = centred @ centred[pages.ids.index(key)]
    return {other: float(cosine) for other, cosine in zip(pages.ids, cosines, strict=True) if cosine >= LEAST_ALIKE}


def _explaining(store: Store) -> Iterable[tuple[str, str, str]]:
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
