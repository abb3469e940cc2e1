"""One document on its way in: repair -> split -> what is searched and embedded, and the receipt that tells of it.

document -> repaired -> pieces -> passages with their flags, quality and searched text
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from kb.errors import SourceError
from kb.index.sentence_table import NewSentence
from kb.index.store import NewPassage
from kb.knowledge.caching import searchable_text
from kb.search.evidence import SHORTEST, trimmed
from kb.sources.assemble import TITLE_LENGTH
from kb.text import other_names
from kb.text.fingerprint import VERSION as FINGERPRINT_VERSION
from kb.text.fingerprint import Fingerprint, fingerprint
from kb.text.normalize import VERSION as NORMALIZE_VERSION
from kb.text.normalize import normalize
from kb.text.repair import VERSION as REPAIR_VERSION
from kb.text.repair import Repaired, repair
from kb.text.repair.quality import quality
from kb.text.script import detect_script
from kb.text.sentences import sentences
from kb.text.split import VERSION as SPLIT_VERSION
from kb.text.split import Piece, split
from kb.types import Article, Document, Duplicate, Flag, FlagKind, Receipt, Span

MOST_DAMAGE = 0.2
"""A text that is less sound than 1 less this after repair is refused: every fifth character would be wrong or missing.

Texts of real pages have 0.94 and more as received (the study beside the cases); whole pages in a wrong encoding 0.5
and less."""

JUDGED_FROM = 50
"""Characters from which on a text is refused for its damage: one lost character weighs too much in a shorter one."""

NOT_SEARCHED = frozenset({FlagKind.SPAM, FlagKind.BOILERPLATE})
"""Lines of these kinds stay in the text and are shown set apart, but are no evidence for anything."""

_SAYS_NOTHING = re.compile(r"\W*(?:未[载載]明)?\W*")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to be stored: its passages, what is embedded for each, and by digest for their sentences.

    `added` is when it came into the store first, empty for now.
    """

    document: Document
    digest: str
    root: str
    passages: tuple[NewPassage, ...]
    texts: tuple[str, ...]
    sentences: Mapping[str, str]
    fingerprint: Fingerprint
    added: str = ""

    def receipt(self, duplicates: tuple[Duplicate, ...]) -> Receipt:
        """How the file was read and what became of it."""
        article = self.document.article
        flags = Counter(flag.kind for flag in article.flags)
        read = self.document.receipt or Receipt(article.origin, "", len(article.raw))
        return replace(
            read,
            article_id=article.id,
            title=article.title,
            repairs=dict(Counter(step.kind for step in article.repairs)),
            guessed=sum(flag.end - flag.start for flag in article.flags if flag.kind is FlagKind.DOUBT),
            lost=flags[FlagKind.LOST] + flags[FlagKind.GARBLED],
            quality=article.quality,
            duplicates=duplicates,
            passages=len(self.passages),
        )


def prepare(document: Document, digest: str, root: str) -> Prepared:
    """Repair an article, split it and write out what is embedded for each passage.

    Raises:
        SourceError: the text is damaged beyond use, or holds nothing to search.
    """
    return cut(repaired(document), digest, root)


def cut(document: Document, digest: str, root: str) -> Prepared:
    """Split an article whose text is repaired already and write out what is embedded for each passage.

    Raises:
        SourceError: it holds nothing to search.
    """
    article = document.article
    pieces = split(article.text, article.headings)
    passages, texts = [], []
    embedded: dict[str, str] = {}
    for piece, flags in zip(pieces, within(article.flags, pieces), strict=True):
        # A Markdown article repeats its title as its first heading.
        path = tuple(heading for heading in piece.headings if heading != article.title)
        body = article.text[piece.start : piece.end]
        searched = searched_text(body, piece.start, flags)
        if _SAYS_NOTHING.fullmatch(searched):
            continue  # Advertisements, page furniture, or a section that only says that nothing is known.
        text = searchable_text(article.title, path, searched)
        own = sentences_of(article.text, piece.start, piece.end, flags)
        embedded.update((one.digest, normalize(article.text[one.start : one.end])) for one in own)
        passages.append(
            NewPassage(
                piece.start,
                piece.end,
                path,
                text_digest(text),
                flags,
                quality(body, within_text(flags, piece.start)),
                None if searched == body else searched,
                own,
            )
        )
        texts.append(text)
    if not passages:
        raise SourceError(f"{article.origin} 里没有可以检索的文字，没有收录。")
    print_ = fingerprint(normalize(article.text))
    return Prepared(document, digest, root, tuple(passages), tuple(texts), embedded, print_)


def sentences_of(text: str, start: int, end: int, flags: Sequence[Flag]) -> tuple[NewSentence, ...]:
    """The sentences of a passage that are embedded on their own; none where it is nothing but one.

    Headings, scraps, the line of other names and what is not searched are left out; source numbers and marks stay, as
    in the passage.
    """
    hidden = [flag for flag in flags if flag.kind in NOT_SEARCHED]
    found = []
    for span in sentences(text[start:end]):
        one = trimmed(text, Span(start + span.start, start + span.end))
        line = text[one.start : one.end]
        covered = any(flag.start < one.end and flag.end > one.start for flag in hidden)
        says_something = len(line) >= SHORTEST and not line.startswith("#") and not other_names.is_line(line)
        if says_something and not covered:
            found.append(NewSentence(one.start, one.end, text_digest(normalize(line))))
    bare = other_names.blanked(text[start:end]) == text[start:end]
    return () if len(found) == 1 and bare else tuple(found)


def repaired(document: Document) -> Document:
    """The document with its damage undone and what was done written down; what was received stays in `raw`.

    Raises:
        SourceError: the text is damaged beyond use.
    """
    article = document.article
    done = repair(article.text)
    if done.quality < 1 - MOST_DAMAGE and len(done.text) >= JUDGED_FROM:
        raise SourceError(
            f"{article.origin} 的文字损坏太重（完好度 {done.quality:.2f}，要求 {1 - MOST_DAMAGE:.2f} 以上），没有收录。"
            "请换一份来源，或用 kb repair 查看损坏之处。"
        )
    article = replace(
        article,
        title=title_of(article, done),
        text=done.text,
        script=detect_script(done.text) if done.steps else article.script,
        repairs=done.steps,
        flags=done.flags,
        quality=round(done.quality, 6),
    )
    return replace(document, article=article)


def title_of(article: Article, done: Repaired) -> str:
    """The title, its damage undone; where it was an advertisement, the first line that is none."""
    for flag in done.flags:
        if flag.kind in NOT_SEARCHED and done.text[flag.start : flag.end].strip() == article.title:
            kept = searched_text(done.text, 0, done.flags).split("\n")
            return next((line.strip()[:TITLE_LENGTH] for line in kept if line.strip()), article.id)
    return repair(article.title).text.strip() or article.title


def within(flags: Sequence[Flag], pieces: Sequence[Piece]) -> Iterator[tuple[Flag, ...]]:
    """For each piece the parts of the flags that lie in it; both are in the order of the text, and read once."""
    reached, at = list[Flag](), 0
    for piece in pieces:
        while at < len(flags) and flags[at].start < piece.end:
            reached.append(flags[at])
            at += 1
        reached = [flag for flag in reached if flag.end > piece.start]
        yield tuple(replace(flag, start=max(flag.start, piece.start), end=min(flag.end, piece.end)) for flag in reached)


def within_text(flags: Iterable[Flag], offset: int) -> list[Flag]:
    """The flags counted from `offset`."""
    return [replace(flag, start=flag.start - offset, end=flag.end - offset) for flag in flags]


def searched_text(body: str, offset: int, flags: Sequence[Flag]) -> str:
    """What is searched of a passage that begins at `offset` of its article.

    Lines that are no part of the article and marks of lost characters are left out; what may have stood at an
    unreadable place is added behind.
    """
    left_out = [
        Span(flag.start - offset, flag.end - offset)
        for flag in flags
        if flag.kind in NOT_SEARCHED or flag.kind is FlagKind.LOST
    ]
    parts, at = [], 0
    for span in sorted(left_out, key=lambda span: (span.start, span.end)):
        parts.append(body[at : span.start])
        at = max(at, span.end)
    parts.append(body[at:])
    readings = [reading for flag in flags for reading in flag.readings]
    return "".join(parts) + "".join(f"\n{reading}" for reading in dict.fromkeys(readings))


def renamed(document: Document, key: str) -> Document:
    """The document with another id; the page of a practice and the practice share theirs."""
    practice = document.practice and replace(document.practice, id=key)
    return replace(document, article=replace(document.article, id=key), practice=practice)


def text_digest(text: str) -> str:
    """The key under which the vector of a text is kept."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def digest_of(document: Document) -> str:
    """Changes when the article, its metadata, or the way it is cut and folded changes."""
    article = asdict(document.article)
    raw: bytes = article.pop("raw")
    article.pop("origin")
    practice = asdict(document.practice) if document.practice else None
    versions = (SPLIT_VERSION, NORMALIZE_VERSION, REPAIR_VERSION, FINGERPRINT_VERSION)
    content = json.dumps([*versions, article, practice], ensure_ascii=False, default=str)
    return hashlib.sha256(content.encode() + b"\0" + raw).hexdigest()
