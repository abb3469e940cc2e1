"""Quotations and citations held against the articles: one line, or all of a draft."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kb.index.texts import Texts
from kb.knowledge.browsing import Browsing
from kb.types import Mode

if TYPE_CHECKING:
    from kb.knowledge.quoting import Quoting
    from kb.search.verdicts import Verification, VerifiedDraft


class Verifying(Browsing):
    """An index folder, open for checking what others quote from it."""

    def verify(self, text: str) -> Verification:
        """Whether a quotation stands in the articles, where, and what was altered; and what became of a citation.

        `text` is a quotation, a citation (`wuye@12-40~k3v9x2mqf3k2m9ab`), or a quotation with its citation behind it.
        Script, width and case do not matter; an ellipsis in a quotation leaves out what stands between in the article.
        No model is loaded.

        Raises:
            QueryError: empty, too short or too long.
            IndexStateError: there is no index.
        """
        from kb.knowledge.held_against import check_text

        return check_text(text, Texts(self._reading()), self._quoting)

    def verify_draft(self, draft: str | Path | bytes, name: str = "") -> VerifiedDraft:
        """All quotations of a draft of at least eight Chinese characters, and its citations.

        `draft` is the path of a file, or its bytes with its `name`, whose ending tells the format (docx, md, txt, ...).

        Raises:
            SourceError: it cannot be read.
            IndexStateError: there is no index.
        """
        from kb.knowledge.held_against import check_draft

        return check_draft(draft, name, self._quoting)

    def _quoting(self) -> Quoting:
        from kb.knowledge.quoting import Quoting

        searcher = self._ready(Mode.LEXICAL)
        return Quoting(Texts(searcher.store), searcher.retriever.lexical)
