"""How quotations and citations are held against the articles: one line, or all of a draft.

text -> citation apart -> quotation read -> looked up -> verdict;  draft -> its quotations -> each of them
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kb.errors import QueryError, SourceError
from kb.index.texts import Texts
from kb.knowledge.citing import check_citation
from kb.knowledge.quoting import Quoting
from kb.search.quotation import Quotation, read_quotation
from kb.search.verdicts import (
    CitationState,
    Verdict,
    Verification,
    VerifiedDraft,
    VerifiedQuotation,
)
from kb.sources.content import storable
from kb.sources.limits import READING_SECONDS, reading_for
from kb.sources.quotations import LONGEST, Quoted, read_draft
from kb.sources.read import read_bytes
from kb.types import Citation

FEWEST_LETTERS = 2
"""A single character stands in every article."""

MOST_QUOTATIONS = 1_000
"""Quotations of one draft that are looked up; a book is verified chapter by chapter."""

_VERDICTS = {
    CitationState.UNCHANGED: Verdict.EXACT,
    CitationState.MOVED: Verdict.EXACT,
    CitationState.CHANGED: Verdict.ALTERED,
    CitationState.REMOVED: Verdict.NOT_FOUND,
}
_AROUND = re.compile(r"\A[\s（(〔\[【]+|[\s）)〕\]】,，。；;]+\Z")
_BEFORE = re.compile(r"[\s（(〔\[【]*(?:出处|出處|引自|来源|來源|见|見)?[:：\s]*\Z")


def check_text(text: str, texts: Texts, quoting: Callable[[], Quoting]) -> Verification:
    """See `Verifying.verify`; `quoting` opens the index files, which a citation alone does not need."""
    if len(text) > 2 * LONGEST:
        raise QueryError(_too_long(len(text)))
    written = _clean(text)
    alone = _alone(texts, written)
    if alone is not None:
        check = check_citation(texts, alone)
        return Verification("", _VERDICTS[check.state], cited=check)
    quoted, cited = _apart(written)
    quotation = _readable(quoted)  # Before the index files are opened: what cannot be asked is told at once.
    return _verified(quoting(), quotation, cited, "")


def check_draft(draft: str | Path | bytes, name: str, quoting: Callable[[], Quoting]) -> VerifiedDraft:
    """See `Verifying.verify_draft`."""
    if not isinstance(draft, bytes):
        name = name or str(draft)
        if Path(draft).is_dir():
            raise SourceError(f"{draft} 是文件夹。请逐份核对其中的稿件。")
        draft = read_bytes(Path(draft))
    looked_up = quoting()
    with reading_for(READING_SECONDS):
        text, quotations = read_draft(draft, name)
    found = tuple(_of_draft(looked_up, quoted) for quoted in quotations[:MOST_QUOTATIONS])
    own = {one.verification.cited.citation for one in found if one.verification.cited}
    free = dict.fromkeys(cited for _span, cited in Citation.all_in(text) if cited not in own)
    checks = tuple(check_citation(looked_up.texts, cited) for cited in list(free)[:MOST_QUOTATIONS])
    return VerifiedDraft(name, found, checks, len(quotations) - len(found))


def _of_draft(quoting: Quoting, quoted: Quoted) -> VerifiedQuotation:
    quotation = read_quotation(_clean(quoted.text))
    cited = next((cited for _span, cited in Citation.all_in(quoted.reference)), None)
    found = _verified(quoting, quotation, cited, quoted.reference)
    return VerifiedQuotation(quoted.start, quoted.end, quoted.line, quoted.reference, found)


def _verified(quoting: Quoting, quotation: Quotation, cited: Citation | None, reference: str) -> Verification:
    check = check_citation(quoting.texts, cited) if cited else None
    return replace(quoting.look_up(quotation, cited, reference), cited=check)


def _clean(text: str) -> str:
    """NUL and half characters, which a shell or a broken file may bring, cannot be looked up or printed."""
    return storable(text).strip()


def _readable(text: str) -> Quotation:
    """
    Raises:
        QueryError: empty, too short or too long.
    """
    if not text:
        raise QueryError("请给出要核对的引文、引用编号或稿件，如：kb verify “小事不出村，大事不出镇”。")
    if len(text) > LONGEST:
        raise QueryError(_too_long(len(text)))
    quotation = read_quotation(text)
    if len(quotation.whole.letters) < FEWEST_LETTERS:
        raise QueryError(f"引文太短，无法核对：“{text[:20]}”。请至少给出 {FEWEST_LETTERS} 个汉字、字母或数字。")
    return quotation


def _too_long(length: int) -> str:
    return f"引文太长（{length} 字，最多 {LONGEST} 字）。请分段核对，或存成文件后用 kb verify 文件 核对。"


def _alone(texts: Texts, text: str) -> Citation | None:
    """The citation that the text is; an id may hold anything, so one with marks in it must be that of an article."""
    try:
        cited = Citation.parse(_AROUND.sub("", text))
    except ValueError:
        return None
    plain = next((one for span, one in Citation.all_in(text) if one == cited), None)
    return cited if plain or texts.called(cited.article_id) else None


def _apart(text: str) -> tuple[str, Citation | None]:
    """A quotation and the citation at its end."""
    for span, cited in Citation.all_in(text):
        if not _AROUND.sub("", text[span.end :]):
            return _BEFORE.sub("", text[: span.start]), cited
    return text, None
