"""What the catalogue of practices tells: figures, comparisons, what fits a place, what stands around a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kb.errors import NotFoundError, QueryError
from kb.index.store import Store
from kb.knowledge.reading import Reading
from kb.search.practices import PracticeNames
from kb.types import BuildReport, Practice

if TYPE_CHECKING:
    from kb.catalogue.values import Comparison, Conflict, Figure, Fit, Place, Surroundings


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
        from kb.catalogue.figures import figures_of

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
        from kb.catalogue import comparing

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
        from kb.catalogue import suitability
        from kb.catalogue.values import Place

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
        from kb.knowledge.around import Around

        around = Around(self._reading())
        return around.of(self._called(name, around.practices))

    def conflicts(self) -> tuple[Conflict, ...]:
        """What does not agree between the pages of the catalogue."""
        from kb.catalogue.consistency import conflicts

        return conflicts(self._reading().catalogue.practices())

    @staticmethod
    def _called(name: str, practices: Sequence[Practice]) -> Practice:
        """
        Raises:
            NotFoundError: nothing is called so; the message names the nearest.
        """
        from kb.catalogue.naming import nearest

        names = PracticeNames(practices)
        key = names.resolve(name.strip())
        if key is None:
            near = nearest(name.strip(), practices)
            hint = f"名称相近的有：{'、'.join(near)}。" if near else ""
            raise NotFoundError(f"没有叫“{name}”的实践。{hint}用 kb practices 查看全部。")
        return names[key]


def warned(report: BuildReport, store: Store) -> BuildReport:
    """The report with what does not agree between the practice pages that are now in the store."""
    from kb.catalogue.consistency import conflicts

    found = conflicts(store.catalogue.practices())
    return replace(report, warnings=tuple(f"{one.detail}。{one.advice}" for one in found))
