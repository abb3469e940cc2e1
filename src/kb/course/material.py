"""What a plan is made from, read from the store beforehand: the same material gives the same plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kb.catalogue.values import Cited, Figure, Surroundings
from kb.text.normalize import normalize
from kb.types import Article, Practice, Source


@dataclass(frozen=True, slots=True)
class Material:
    """`articles` are those that the basket and the surroundings name, and the pages of the practices; what is not in
    it is not in the store. `practices` are the whole catalogue, `figures` and `around` those of the basket."""

    articles: Mapping[str, Article]
    practices: Mapping[str, Practice]
    figures: Mapping[str, tuple[Figure, ...]] = field(default_factory=dict)
    around: Mapping[str, Surroundings] = field(default_factory=dict)


class Numbers:
    """Numbers what is cited, in the order in which it is first cited.

    A source that is written in either script, or with notes on different places in it, is one.
    """

    def __init__(self, material: Material) -> None:
        self._material = material
        self._known: dict[Source | str, int] = {}
        self._cited: list[Source | Article] = []
        self._notes: dict[int, dict[str, None]] = {}

    def of(self, source: Source) -> int:
        """The number of a source that a page or an article names."""
        key = Source(normalize(source.title), normalize(source.publisher), source.date, source.url)
        number = self._number(key, source)
        if source.note:
            self._notes.setdefault(number, {})[source.note] = None
        return number

    def of_article(self, key: str) -> int:
        """The number of an article of the store."""
        return self._number(key, self._material.articles[key])

    def of_cited(self, *cited: Cited) -> tuple[int, ...]:
        """The numbers of all sources of these statements, each once."""
        return tuple(dict.fromkeys(self.of(source) for one in cited for source in one.sources))

    def listed(self) -> list[tuple[int, Source | Article]]:
        """What was cited, by number; sources with all notes on them."""
        return [
            (
                number,
                replace(cited, note="；".join(self._notes.get(number, ()))) if isinstance(cited, Source) else cited,
            )
            for number, cited in enumerate(self._cited, start=1)
        ]

    def _number(self, key: Source | str, cited: Source | Article) -> int:
        if key not in self._known:
            self._cited.append(cited)
            self._known[key] = len(self._cited)
        return self._known[key]
