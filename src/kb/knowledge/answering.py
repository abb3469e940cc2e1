"""From a question to the sentences of the sources that answer it, or to saying that they do not.

fused passages -> their sentences -> chosen, merged, in reading order -> citations -> confidence
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kb.index.store import Store
from kb.knowledge.searching import DOUBT_MEAN, DOUBT_SPREAD, Clock, Query, Searcher
from kb.models.encoder import Encoder, TextKind
from kb.search import asked as kind
from kb.search.answer import Candidate, choose
from kb.search.doubt import EVEN_POINT
from kb.search.elsewhere import QUESTIONS
from kb.search.evidence import overlap, trimmed
from kb.search.fuse import Fused
from kb.search.soundness import weighed
from kb.text.normalize import normalize
from kb.text.sentences import sentences
from kb.types import Answer, AnswerSentence, Article, Filters, Passage, Quote, Span, Topic

PASSAGES, PASSAGES_OF_PLACES = 8, 30
"""Passages whose sentences are looked at; more where several places are asked for."""

MOST_TOPICS = 3
MOST_COMPARED = 100_000
"""Passages that questions on other subjects are compared with; more tell no more."""
_MEASURE = 2
"""Raised when something else is measured, so that the next build measures again."""
_MADE_AT = "doubt_generation"


def calibrate(store: Store, encoder: Encoder) -> None:
    """Measure how near questions on other subjects come to the passages of this index, and keep it with it.

    Nothing is done where no passage changed since the last time.
    """
    generation = f"{_MEASURE}.{store.generation()}"
    if store.meta(_MADE_AT) == generation:
        return
    _passages, texts = store.vectors.load(encoder.identity)
    if not len(texts):
        return
    texts = texts[:: max(1, len(texts) // MOST_COMPARED)].astype(np.float32)
    asked = encoder.encode([normalize(question) for question in QUESTIONS], TextKind.QUERY)
    best = (asked @ texts.T).max(axis=1).astype(np.float64)
    store.remember(DOUBT_MEAN, f"{best.mean():.6f}")
    store.remember(DOUBT_SPREAD, f"{best.std():.6f}")
    store.remember(_MADE_AT, generation)


def answer(searcher: Searcher, query: Query) -> Answer:
    """The sentences that answer a question, each with its citation; refused where none is near enough."""
    asked, articles = searcher.asked(query)
    most = PASSAGES_OF_PLACES if kind.places(query.text) else PASSAGES
    found = searcher.fused(asked, articles, Clock())[:most]
    loaded = searcher.store.passages([one.number for one in found])
    found = _of_article(found, loaded, kind.article(query.text))
    practices = searcher.recommender.practices(asked, articles)
    candidates = [one for one in found if one.number in loaded]
    read = _candidates(searcher, query, candidates, loaded, asked.vector)
    confidence = searcher.confidence(asked, articles) if read else 0.0
    nearest = _topics([loaded[one.number] for one in candidates])
    if not read or confidence < EVEN_POINT:
        return Answer(query.text, True, round(confidence, 4), (), practices, nearest, _filtered(searcher, query))
    chosen = choose(query.text, read)
    told = tuple(_sentence(read, one.candidate, one.also, loaded, candidates) for one in chosen)
    return Answer(query.text, False, round(confidence, 4), told, practices, nearest)


def _of_article(found: list[Fused], loaded: dict[int, tuple[Passage, Article]], number: float | None) -> list[Fused]:
    """Where an article of a law is asked for by its number: the best passage that is it, and no other."""
    if number is None:
        return found
    named = [one for one in found if one.number in loaded and _number_of(loaded[one.number][0]) == number]
    return named[:1] or found


def _number_of(passage: Passage) -> float | None:
    return kind.article(passage.headings[-1]) if passage.headings else None


def _filtered(searcher: Searcher, query: Query) -> tuple[Topic, ...]:
    """Where the answer stands that the filters of the question shut out; nothing where there is none either."""
    if not query.filters:
        return ()
    found = answer(searcher, replace(query, filters=Filters()))
    topics = dict.fromkeys(
        Topic(one.quote.article_id, one.title, one.headings[-1] if one.headings else "") for one in found.sentences
    )
    return tuple(topics)[:MOST_TOPICS]


def _candidates(
    searcher: Searcher,
    query: Query,
    found: Sequence[Fused],
    loaded: dict[int, tuple[Passage, Article]],
    vector: np.ndarray[tuple[int, ...], np.dtype[np.float32]] | None,
) -> list[Candidate]:
    """Every sentence of the passages found that has a vector, or the passage where it is but one."""
    spans = searcher.store.sentences.of([one.number for one in found])
    terms = {token.term for token in searcher.segmenter.tokens(query.matching)}
    caches, told = searcher.caches, []
    for place, one in enumerate(found):
        passage, article = loaded[one.number]
        row = int(np.searchsorted(caches.dense.numbers, one.number))
        own = spans.get(one.number, [])
        vectors = caches.sentences.of(row)
        if len(own) != len(vectors) or not own:
            own, vectors = [_whole(passage)], caches.dense.vectors_of(np.array([one.number], dtype=np.int64))
        for span, sentence in zip(own, vectors, strict=True):
            text = article.text[span.start : span.end]
            line = article.text[article.text.rfind("\n", 0, span.start) + 1 : span.end]
            cosine = float(sentence @ vector) if vector is not None else 0.0
            score = weighed(one.score, passage.quality)
            told.append(
                Candidate(
                    place, score, span.start, span.end, text, line, cosine, overlap(text, terms), sentence,
                    article.region or article.title,
                )
            )  # fmt: skip
    return told


def _whole(passage: Passage) -> Span:
    """The one sentence of a passage, without the heading above it."""
    last = trimmed(passage.text, sentences(passage.text)[-1])
    return Span(passage.start + last.start, passage.start + last.end)


def _sentence(
    read: Sequence[Candidate],
    at: int,
    also: Sequence[int],
    loaded: dict[int, tuple[Passage, Article]],
    found: Sequence[Fused],
) -> AnswerSentence:
    def quoted(one: Candidate) -> Quote:
        return Quote(loaded[found[one.passage].number][1].id, one.start, one.end, one.text)

    one = read[at]
    passage, article = loaded[found[one.passage].number]
    flags = tuple(flag for flag in passage.flags if flag.start < one.end and flag.end > one.start)
    others = tuple(quoted(read[other]) for other in also)
    return AnswerSentence(quoted(one), article.title, passage.headings, article.region, others, flags)


def _topics(found: Sequence[tuple[Passage, Article]]) -> tuple[Topic, ...]:
    topics = dict.fromkeys(
        Topic(article.id, article.title, passage.headings[-1] if passage.headings else "") for passage, article in found
    )
    return tuple(topics)[:MOST_TOPICS]
