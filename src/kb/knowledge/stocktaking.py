"""What an index tells of itself as a collection: what came when, how sound it is, what is in it twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kb.index.holdings import Holdings
from kb.knowledge.browsing import Browsing
from kb.types import Copy, FlagKind, Holding


class Stocktaking(Browsing):
    """An index folder, open for taking stock."""

    def holdings(self) -> list[Holding]:
        """Every article as far as stock is taken of it, the one that came last first."""
        from kb.knowledge.receiving import file_name

        return [replace(one, file=file_name(one.file)) for one in Holdings(self._reading()).all()]

    def flag_counts(self) -> Mapping[FlagKind, tuple[int, int]]:
        """Kind of damage -> (places, articles)."""
        return Holdings(self._reading()).flags()

    def copies(self) -> list[Copy]:
        """Articles that are in the index twice, wholly or in part."""
        return Holdings(self._reading()).copies()
