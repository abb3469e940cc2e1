"""The list of gaps: questions that the texts do not answer, put down by those who asked, read by the editors."""

from __future__ import annotations

from datetime import UTC, datetime

from kb.errors import NotFoundError
from kb.index.store import Store
from kb.knowledge.guiding import Guiding
from kb.knowledge.searching import read_query
from kb.text.normalize import normalize
from kb.types import Answer, Filters, Gap, Mode


class Reporting(Guiding):
    """An index folder, open for reading, with the list of its gaps."""

    def gaps(self) -> list[Gap]:
        """The questions that were put down, most often first."""
        return self._reading().gaps.all()

    def report_gap(self, answer: Answer) -> Gap:
        """Put a question that was not answered on the list; once more where it is there, in either script.

        Raises:
            QueryError: the question is empty or too long.
            IndexStateError: the index cannot be written.
        """
        question = read_query(answer.question, Mode.HYBRID, Filters(), 1).text
        now = datetime.now(UTC).isoformat(timespec="seconds")
        gap, folded = Gap(question, 1, now, now, answer.confidence, answer.nearest), normalize(question)
        store = self._written()
        try:
            store.gaps.put(gap, folded)
            return next(one for one in store.gaps.all() if normalize(one.question) == folded)
        finally:
            store.close()

    def close_gap(self, question: str) -> None:
        """Take a question off the list.

        Raises:
            NotFoundError: it is not on it.
            IndexStateError: the index cannot be written.
        """
        store = self._written()
        try:
            if not store.gaps.remove(normalize(question.strip())):
                raise NotFoundError(f"待补清单里没有“{question}”。用 kb gaps 查看。")
        finally:
            store.close()

    def _written(self) -> Store:
        """The store, open for one short entry: it does not wait for a build, and no search is made anew after it.

        Raises:
            IndexStateError: there is no index, or it cannot be written.
        """
        self._engine.check_writable()
        self._reading()
        return Store(self._engine.folder, writable=True)
