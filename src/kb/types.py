"""The values that travel between the rooms: frozen, typed, importing nothing of ours.

Every `start`/`end` pair counts characters of `Article.text` and is half open, so that
`article.text[start:end]` is the span.
"""

from __future__ import annotations

import base64
import calendar
import datetime
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from hashlib import blake2b


class Script(str, Enum):
    """The script an article is written in (ISO 15924 Hans and Hant)."""

    HANS = "hans"
    HANT = "hant"
    MIXED = "mixed"


class Mode(str, Enum):
    """Which legs of the search are used."""

    HYBRID = "hybrid"
    DENSE = "dense"
    LEXICAL = "lexical"


class Mark(str, Enum):
    """What a statement of a practice page says of its own standing."""

    OWN_CLAIM = "自述"
    SUMMARY = "归纳"
    UNVERIFIED = "待核"


class RepairKind(str, Enum):
    """What kind of damage a step of a repair undid."""

    TRANSCODING = "transcoding"
    ENTITY = "entity"
    SPACES = "spaces"
    LABEL = "label"
    HEADING = "heading"
    GLOSS = "gloss"
    SHIFT = "shift"
    TAG = "tag"


class FlagKind(str, Enum):
    """What is wrong with a place that was not repaired, or only by inference."""

    LOST = "lost"
    DOUBT = "doubt"
    GARBLED = "garbled"
    MASKED = "masked"
    BOILERPLATE = "boilerplate"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of a text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a text stood, written so that it can be checked after every re-indexing: `wuye@12-40~k3v9x2mqf3k2m9ab`.

    `digest` is made of the text as written. Its first eight characters are a hash (40 bits), by which the same text is
    recognised at another place; its last eight are a sketch, of which most stay the same while most of the text does
    (min-wise hashes of neighbouring characters, 5 bits each: Li & König 2010, "b-bit minwise hashing").
    """

    article_id: str
    start: int
    end: int
    digest: str

    def __str__(self) -> str:
        return f"{self.article_id}@{self.start}-{self.end}~{self.digest}"

    @classmethod
    def of(cls, article_id: str, start: int, end: int, text: str) -> Citation:
        """The citation of `text`, which stands at `start:end` of the article."""
        return cls(article_id, start, end, _hash(text) + _sketch(text))

    @classmethod
    def parse(cls, written: str) -> Citation:
        """A citation as `str` gives it; dashes and full-width forms that a word processor put in are understood.

        Raises:
            ValueError: this is none.
        """
        found = _CITATION.fullmatch(written.strip())
        if found is None or not int(found[2]) < int(found[3]) <= _LAST_CHARACTER:
            raise ValueError(written)
        return cls(found[1], int(found[2]), int(found[3]), found[4].lower())

    @classmethod
    def all_in(cls, text: str) -> Iterator[tuple[Span, Citation]]:
        """The citations that stand in a text, each with its place; of ids that hold no blanks, marks or brackets."""
        for found in _PLACE.finditer(text):
            start = found.start()
            while start > max(0, found.start() - _LONGEST_ID) and not _ENDS_ID.match(text, start - 1):
                start -= 1
            if start < found.start() and int(found[1]) < int(found[2]) <= _LAST_CHARACTER:
                cited = cls(text[start : found.start()], int(found[1]), int(found[2]), found[3].lower())
                yield Span(start, found.end()), cited

    def names(self, text: str) -> bool:
        """Whether this is the text that was cited, character for character."""
        return self.digest.startswith(_hash(text)) and self.digest.endswith(_sketch(text))

    def likeness(self, text: str) -> int:
        """How many of the sketch's eight characters a text has in common with the one cited.

        Each is the same with the share of pairs of characters that both texts have, of those that either has.
        """
        return sum(map(str.__eq__, self.digest[_HASH_LENGTH:], _sketch(text)))


_HASH_LENGTH = _SKETCH_LENGTH = 8
_LAST_CHARACTER = 10**9
_PLACE = re.compile(r"[@＠]([0-9０-９]{1,10})[-‐‑–—－]([0-9０-９]{1,10})[~～∼]([a-zA-Z2-7]{16})(?![a-zA-Z0-9])")
_CITATION = re.compile(rf"(.+){_PLACE.pattern}", re.DOTALL)
_ENDS_ID = re.compile(r"[\s@＠~（）()〔〕\[\]【】<>“”‘’「」『』\"'，。；：、！？]")
_LONGEST_ID = 200


def _hash(text: str) -> str:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_HASH_LENGTH * 5 // 8).digest()
    return base64.b32encode(digest).decode().lower()


def _sketch(text: str) -> str:
    """For each of eight hash functions the last five bits of its least value over all pairs of neighbours."""
    pairs = map(_lanes, {text[at : at + 2] for at in range(max(1, len(text) - 1))})
    return "".join("abcdefghijklmnopqrstuvwxyz234567"[min(lane) & 31] for lane in zip(*pairs, strict=True))


@lru_cache(maxsize=100_000)
def _lanes(pair: str) -> tuple[int, ...]:
    return struct.unpack(">8I", blake2b(pair.encode("utf-8", "surrogatepass"), digest_size=4 * _SKETCH_LENGTH).digest())


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a repair: `before` at `start:end` of the text as received became `after`.

    `certain` is False where a character was inferred and another reading is not ruled out; `doubtful` are
    the offsets of such characters in `after`, `candidates` the readings of the whole of `after`, likeliest first.
    """

    kind: RepairKind
    start: int
    end: int
    before: str
    after: str
    certain: bool = True
    doubtful: tuple[int, ...] = ()
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """A place of the repaired text that a reader should know of; `note` says why, in a few Chinese words.

    `readings` are what may have stood there, likeliest first, where the damage leaves a choice: they are searched,
    never shown as the text.
    """

    kind: FlagKind
    start: int
    end: int
    note: str
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from; what the source does not state is an empty string."""

    title: str
    publisher: str = ""
    date: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One text of the knowledge base, as written, in its own script, its damage undone.

    `id` is a stable slug. `raw` is the file as received. `date` is an ISO date, or its known part
    (`2024`, `2024-09`), or empty. `origin` is the file (and for bulk files the line) it was read from.
    `repairs` lead from the text as received to `text`; `flags` are places of `text` to be read with care;
    `quality` is its soundness from 0 to 1 (`kb.text.repair.quality`).
    """

    id: str
    title: str
    text: str
    raw: bytes = b""
    script: Script = Script.HANS
    source: str = ""
    url: str = ""
    date: str = ""
    region: str = ""
    author: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    origin: str = ""
    repairs: tuple[Step, ...] = ()
    flags: tuple[Flag, ...] = ()
    quality: float = 1.0


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of an article, under one heading; the unit that is searched.

    `id` is `article#n`, n counting from 1. `headings` is the path of titles above it, outermost first.
    `text == article.text[start:end]`. `flags` are the article's that lie in it, in its characters; `quality` is
    that of the passage alone.
    """

    id: str
    article_id: str
    start: int
    end: int
    headings: tuple[str, ...]
    text: str
    flags: tuple[Flag, ...] = ()
    quality: float = 1.0

    @property
    def citation(self) -> Citation:
        """What to cite this by; `KnowledgeBase.verify` tells later whether it still stands so."""
        return Citation.of(self.article_id, self.start, self.end, self.text)


@dataclass(frozen=True, slots=True)
class Statement:
    """One claim of a practice page with the sources it rests on (indices into `Practice.sources`, from 0)."""

    text: str
    sources: tuple[int, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Practice:
    """A governance practice that another place can borrow; empty fields are not stated by the sources."""

    id: str
    name: str
    name_traditional: str = ""
    aliases: tuple[str, ...] = ()
    category: str = ""
    region: str = ""
    since: str = ""
    steps_basis: str = ""
    lead: tuple[Statement, ...] = ()
    problem: tuple[Statement, ...] = ()
    mechanism: tuple[Statement, ...] = ()
    steps: tuple[Statement, ...] = ()
    figures: tuple[Statement, ...] = ()
    results: tuple[Statement, ...] = ()
    limits: tuple[Statement, ...] = ()
    related: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it is called by, its own name first."""
        return (self.name, *filter(None, (self.name_traditional,)), *self.aliases)


@dataclass(frozen=True, slots=True)
class Stated:
    """Something a file says of itself: `name` is title, date, source, author, editor, region, dateline, ...

    `place` says in words where; `span` counts characters of the text as read, before boilerplate was set
    apart, and is None where the value stands outside that text (front matter, a page's head, a document's properties).
    """

    name: str
    value: str
    place: str
    span: Span | None = None


class LinkKind(str, Enum):
    """How a passage speaks of a practice."""

    DESCRIBES = "describes"
    MENTIONS = "mentions"


@dataclass(frozen=True, slots=True)
class Link:
    """A passage speaks of a practice: `span` of the article tells it, `likelihood` is that it describes it."""

    practice: str
    kind: LinkKind
    likelihood: float
    span: Span


class DuplicateKind(str, Enum):
    """How the text of one article relates to that of another, script and punctuation aside."""

    EXACT = "exact"
    NEAR = "near"
    CONTAINS = "contains"
    CONTAINED = "contained"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another article that says the same; `similarity` is the estimated share of common text, 0 to 1."""

    article_id: str
    title: str
    kind: DuplicateKind
    similarity: float


@dataclass(frozen=True, slots=True)
class Receipt:
    """How a file was read, so that loss can be seen.

    `encoding` and `runner_up` are empty where the format fixes them (docx, pdf). `han_received` counts the Han
    characters of the text as read, `han_characters` those kept in `Article.text`; `undecodable` the bytes without a
    meaning; `private_use` the characters that only the font of their author can show. `boilerplate` are the lines
    set apart from the body, as written. What follows is known once the text was repaired and compared with what is
    there: `repairs` by kind, characters `guessed` and places `lost`, the `duplicates` found, the ids of the
    `practices` it speaks of; the single steps are `Article.repairs`.
    """

    origin: str
    format: str
    bytes: int
    encoding: str = ""
    runner_up: str = ""
    han_received: int = 0
    han_characters: int = 0
    undecodable: int = 0
    private_use: int = 0
    metadata: tuple[Stated, ...] = ()
    boilerplate: tuple[str, ...] = ()
    repairs: Mapping[RepairKind, int] = field(default_factory=dict)
    guessed: int = 0
    lost: int = 0
    quality: float = 1.0
    duplicates: tuple[Duplicate, ...] = ()
    practices: tuple[str, ...] = ()
    article_id: str = ""
    title: str = ""
    passages: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """What reading a file gives: an article, and the practice it describes when it is a practice page.

    `own_id` tells that the text states its id itself; otherwise the id was made from the file's name. The receipt says
    how it was read, not what it is: two documents that differ in it alone are equal.
    """

    article: Article
    practice: Practice | None = None
    own_id: bool = True
    receipt: Receipt | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Filters:
    """Only articles that fit all that is given; an empty filter fits everything.

    `region` and `source` fit when they occur in the article's own (in either script); `category` and
    `script` must be equal; `since` and `until` are ISO dates or their beginnings (`2023` means the year), both
    inclusive.
    """

    region: str = ""
    category: str = ""
    source: str = ""
    since: str = ""
    until: str = ""
    script: str = ""

    def __bool__(self) -> bool:
        return any((self.region, self.category, self.source, self.since, self.until, self.script))


@dataclass(frozen=True, slots=True)
class LegRank:
    """Where one leg of the search placed a passage: `rank` from 1, and that leg's own score."""

    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found.

    `score` is the fused score in [0, 1] (see `kb.search.fuse`); `dense` is the cosine of the passage with
    the question, `lexical` its BM25 score, each None where that leg did not return it. `highlights`
    are spans of `article.text`. `practices` are the ids of the practices the passage speaks of, those that it
    describes first.
    """

    passage: Passage
    article: Article
    score: float
    dense: LegRank | None
    lexical: LegRank | None
    highlights: tuple[Span, ...]
    practices: tuple[str, ...]

    @property
    def citation(self) -> Citation:
        """What to cite the passage by."""
        return self.passage.citation


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of an article as written: `text == article.text[start:end]`."""

    article_id: str
    start: int
    end: int
    text: str

    @property
    def citation(self) -> Citation:
        """What to cite this by; `KnowledgeBase.verify` tells later whether it still stands so."""
        return Citation.of(self.article_id, self.start, self.end, self.text)


@dataclass(frozen=True, slots=True)
class PracticeHit:
    """A practice that fits the question.

    `score` in [0, 1] is how likely it is the one that is meant (`kb.search.surfacing.Calibration`); `reason` says what
    made it fit; `evidence` is the sentence of its page that fits best.
    """

    id: str
    name: str
    score: float
    reason: str
    evidence: Quote | None = None


@dataclass(frozen=True, slots=True)
class Expansion:
    """A word looked for besides the question's own: `added` is another name of `term`, `why` says whose."""

    term: str
    added: str
    why: str


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds of each step of one search."""

    embed: float = 0.0
    dense: float = 0.0
    lexical: float = 0.0
    fuse: float = 0.0
    load: float = 0.0
    practices: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search gives: passages and practices, best first, and how the question was read.

    `expansions` are the other names that were looked for as well; each can be left out of the next search.
    `confidence` in [0, 1] is how sure it is that the texts answer; 1 where only words were compared.
    """

    query: str
    mode: Mode
    hits: tuple[Hit, ...]
    practices: tuple[PracticeHit, ...]
    terms: tuple[str, ...]
    timings: Timings
    expansions: tuple[Expansion, ...] = ()
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence of a source, word for word: `quote` is where it stands, `also` where else the same is said.

    `flags` are the article's flags that lie in it: what was guessed or lost must be told with it.
    """

    quote: Quote
    title: str
    headings: tuple[str, ...] = ()
    region: str = ""
    also: tuple[Quote, ...] = ()
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """Something near a question that the texts do not answer."""

    article_id: str
    title: str
    heading: str


@dataclass(frozen=True, slots=True)
class ProseSentence:
    """A sentence that a language model wrote and the numbers (from 1) of the answer's sentences that it cites.

    `kept` where those sentences support it, else it is struck and `reason` says why, in simplified Chinese.
    """

    text: str
    cites: tuple[int, ...]
    kept: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    """What a language model made of the sentences of an answer, each sentence held against those it cites."""

    model: str
    sentences: tuple[ProseSentence, ...]

    @property
    def kept(self) -> tuple[ProseSentence, ...]:
        """Those that may be shown."""
        return tuple(one for one in self.sentences if one.kept)

    @property
    def struck(self) -> tuple[ProseSentence, ...]:
        """Those that may not."""
        return tuple(one for one in self.sentences if not one.kept)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the texts say to a question, in their own sentences; `refused` where they do not hold an answer.

    `confidence` in [0, 1] grows with how much nearer the best sentence is than it is to questions on other subjects.
    `filtered` are articles that the filters shut out and that do hold an answer, where nothing else does; `outside` are
    national laws that are nearer to a refused question than anything here is: hints, not answers.
    `prose` is only there where it was asked for; `notice` says why it is not, or why none of it may be shown.
    """

    question: str
    refused: bool
    confidence: float
    sentences: tuple[AnswerSentence, ...]
    practices: tuple[PracticeHit, ...]
    nearest: tuple[Topic, ...]
    filtered: tuple[Topic, ...] = ()
    outside: tuple[str, ...] = ()
    prose: Prose | None = None
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that the texts do not answer, put down for the editors.

    `times` counts how often it was put down, in any script; `first` and `last` are UTC times, ISO 8601; `nearest`
    is what came nearest when it was put down last.
    """

    question: str
    times: int
    first: str
    last: str
    confidence: float
    nearest: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was left out, and why, in a sentence."""

    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build or an addition did, in articles; `passages` counts those now in the index.

    `warnings` tell, a sentence or two each, what does not agree between practice pages.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    embedded: int = 0
    passages: int = 0
    failures: tuple[Failure, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came without a folder: its name as it was given, and its bytes."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Edits:
    """What a person writes in place of what a file states of itself; None leaves a field as it is."""

    title: str | None = None
    date: str | None = None
    source: str | None = None
    region: str | None = None
    category: str | None = None
    url: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A document that was read and repaired and is not stored yet; keeping it stores just this.

    `present` is the id of the article that was made from the same bytes, `namesake` that of one made from an uploaded
    file of the same name with other bytes, in whose place it may be kept.
    """

    document: Document
    receipt: Receipt
    present: str = ""
    namesake: str = ""

    @property
    def key(self) -> str:
        """Tells it from every other upload."""
        return self.document.article.origin


@dataclass(frozen=True, slots=True)
class Previews:
    """What was read of the files that were given, and what could not be."""

    found: tuple[Preview, ...]
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """An article without its text, for lists."""

    id: str
    title: str
    script: Script
    region: str
    date: str
    source: str
    category: str
    characters: int
    passages: int


@dataclass(frozen=True, slots=True)
class Holding:
    """An article as the stocktaking counts it; `added` is a UTC time, `own` says that no build brought it."""

    id: str
    title: str
    added: str
    quality: float
    characters: int
    flags: int
    own: bool
    file: str
    practice: bool


@dataclass(frozen=True, slots=True)
class Copy:
    """Two articles that say the same, as the receipt of the later one tells."""

    id: str
    title: str
    other: Duplicate


@dataclass(frozen=True, slots=True)
class Facets:
    """The values that filters can take, each with its number of articles."""

    regions: Mapping[str, int]
    categories: Mapping[str, int]
    sources: Mapping[str, int]
    years: Mapping[str, int]
    scripts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What an index holds and how it was made; `recall` is the recall@10 of its search by meaning against an exact one,
    the lowest that was measured where it is large, else 1."""

    path: str
    articles: int
    passages: int
    practices: int
    characters: int
    model: str
    dimension: int
    built: str
    store_bytes: int
    engine: str = ""
    recall: float = 1.0


LONGEST_TERM = 100
"""Characters of a term that is kept whole: jieba holds every beginning of each, so memory grows with the square."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of ours for segmentation; `lexicon` is the path whose lexicon brought it, "" for one added by hand."""

    term: str
    lexicon: str = ""


@dataclass(frozen=True, slots=True)
class TermChange:
    """What adding or removing terms changes: the terms that were not (or were) there, and the articles that are cut
    differently because of them; `passages` counts what the lexical index takes anew."""

    terms: tuple[str, ...]
    articles: tuple[ArticleSummary, ...]
    passages: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """One finding of the doctor: what was looked at, whether it is well, and what to do where it is not."""

    name: str
    ok: bool
    detail: str
    advice: str = ""


def parse_day(text: str, *, end: bool = False) -> str:
    """An ISO date or its beginning as a full day: `2023` -> 2023-01-01, or 2023-12-31 with `end`.

    Raises:
        ValueError: not a date.
    """
    parts = text.strip().split("-")
    widths = [len(part) for part in parts]
    if not (len(parts) <= 3 and widths[0] == 4 and max(widths[1:], default=1) <= 2 and all(map(str.isdecimal, parts))):
        raise ValueError(text)
    year, *rest = map(int, parts)
    if year < 1000:
        raise ValueError(text)
    month = rest[0] if rest else (12 if end else 1)
    datetime.date(year, month, 1)  # also a month that does not exist is no date
    day = rest[1] if len(rest) == 2 else (calendar.monthrange(year, month)[1] if end else 1)
    return datetime.date(year, month, day).isoformat()
