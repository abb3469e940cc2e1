"""What helps a reader along: the name that a question misses by a slip."""

from __future__ import annotations

from functools import lru_cache

from kb.knowledge.browsing import Browsing
from kb.knowledge.searching import Searcher, read_query
from kb.search.slips import Correction, KnownNames
from kb.text.normalize import normalize
from kb.types import Filters, Mode

MOST_LOOKED_AT = 50
"""Passages in which the words as written are looked for, of those that hold every pair of their characters."""


class Guiding(Browsing):
    """An index folder, open for reading by people who do not know yet what is in it."""

    def correction(self, question: str) -> Correction | None:
        """The name of a practice or a term of ours that the question misses by a slip; None where it is fine.

        No model is loaded.

        Raises:
            QueryError: the question is empty or too long.
            IndexStateError: there is no index.
        """
        asked = read_query(question, Mode.LEXICAL, Filters(), 1)
        searcher = self._ready(asked.mode)
        catalogue = searcher.store.catalogue
        names = (name for practice in self.practices() for name in practice.names)
        known = _known((*names, *catalogue.terms()))
        breaks = searcher.segmenter.breaks(asked.matching)
        return known.correction(asked.text, breaks, lambda matching: _stands(searcher, matching))


def _stands(searcher: Searcher, matching: str) -> bool:
    """Whether these words stand in the texts, as far as the likeliest passages tell."""
    pairs = [matching[at : at + 2] for at in range(len(matching) - 1)]
    numbers = searcher.retriever.lexical.holding(pairs, MOST_LOOKED_AT)
    return any(
        matching in normalize("\n".join((article.title, *passage.headings, passage.text)))
        for passage, article in searcher.loaded(numbers.tolist()).values()
    )


@lru_cache(maxsize=2)
def _known(names: tuple[str, ...]) -> KnownNames:
    return KnownNames(names)
