"""What is said of a quotation and of a citation: frozen values.

Every `start`/`end` of a place counts characters of `Article.text`, those of an edit's `quotation` span characters of
`Verification.quotation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kb.types import Citation, Flag, Quote, Span


class Verdict(str, Enum):
    """How a quotation agrees with the texts, best first.

    EXACT: its characters stand so in an article; only script, width, case and the shape of quotation marks may differ.
    PUNCTUATION: so do its letters and digits; punctuation, blanks or note numbers differ. ALTERED: the nearest place
    says something else. NOT_FOUND: no place is near.
    """

    EXACT = "exact"
    PUNCTUATION = "punctuation"
    ALTERED = "altered"
    NOT_FOUND = "not_found"


class Difference(str, Enum):
    """In what a quotation with the same letters still differs from the article as written."""

    SCRIPT = "script"
    FORM = "form"
    PUNCTUATION = "punctuation"
    SPACES = "spaces"


class EditKind(str, Enum):
    """What was done to the article's words."""

    LEFT_OUT = "left_out"
    ADDED = "added"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Edit:
    """One alteration: `quoted` stands in the quotation (at `quotation`) where the article has `written` (at `article`).

    `quoted` is empty where words were left out, `written` where words were added; then the span is the place between
    two characters.
    """

    kind: EditKind
    quoted: str
    written: str
    quotation: Span
    article: Span


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quotation stands, or where what is nearest to it does.

    `quotes` are the pieces of the quotation (several where it has an ellipsis), each a slice of the article; `before`
    and `after` are the article's characters around them. `similarity` in [0, 1] is 1 but for altered quotations;
    `reordered` tells that the pieces stand in another order. `flags` are the article's that lie in the quotes.
    """

    article_id: str
    title: str
    quotes: tuple[Quote, ...]
    headings: tuple[str, ...] = ()
    source: str = ""
    date: str = ""
    differs: tuple[Difference, ...] = ()
    edits: tuple[Edit, ...] = ()
    similarity: float = 1.0
    reordered: bool = False
    before: str = ""
    after: str = ""
    flags: tuple[Flag, ...] = ()


class CitationState(str, Enum):
    """What became of a text that was cited.

    MOVED: it stands unchanged at another place of its article. CHANGED: most of it does. REMOVED: the article is gone,
    or neither the text nor most of it stands in it.
    """

    UNCHANGED = "unchanged"
    MOVED = "moved"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class CitationCheck:
    """A citation held against the articles as they are now.

    `now` is the text cited, or what became of it, where it stands today; None where it was removed. `article_gone`
    tells that the article itself is; `elsewhere` are the sentences and passages of other articles that say the same,
    looked for only when it was removed.
    """

    citation: Citation
    state: CitationState
    title: str = ""
    now: Quote | None = None
    article_gone: bool = False
    elsewhere: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """What the articles say of a quotation.

    `places` are the best of `count` (of at least so many where `more`); of an altered quotation the nearest one alone,
    with the edits that lead from the article to it. `cited` is the citation given with it. Where only a citation was
    given, `quotation` is empty, there are no places, and the verdict says whether the text cited still stands.
    """

    quotation: str
    verdict: Verdict
    places: tuple[Place, ...] = ()
    count: int = 0
    more: bool = False
    cited: CitationCheck | None = None


@dataclass(frozen=True, slots=True)
class VerifiedQuotation:
    """A quotation of a draft: its characters there, its line (from 1), the reference behind it, what is said of it."""

    start: int
    end: int
    line: int
    reference: str
    verification: Verification


@dataclass(frozen=True, slots=True)
class VerifiedDraft:
    """All quotations of a draft, in order; `left_out` counts those beyond the most that are looked at.

    `citations` are those of the draft that belong to none of the quotations.
    """

    name: str
    quotations: tuple[VerifiedQuotation, ...]
    citations: tuple[CitationCheck, ...] = ()
    left_out: int = 0
