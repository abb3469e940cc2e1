"""From a question to the sentences of the sources that answer it, or to saying that they do not.

fused passages -> their sentences -> chosen, merged, in reading order -> citations -> confidence
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kb.knowledge.searching import Clock, Query, Searcher, Sureness
from kb.models.encoder import FloatMatrix, TextKind
from kb.search import asked as kind
from kb.search.answer import Candidate, choose
from kb.search.doubt import EVEN_POINT
from kb.search.evidence import overlap, trimmed
from kb.search.fuse import Fused
from kb.search.soundness import weighed
from kb.text import other_names
from kb.text.normalize import normalize
from kb.text.sentences import sentences
from kb.types import Answer, AnswerSentence, Article, Filters, Passage, Quote, Span, Topic

PASSAGES, PASSAGES_OF_PLACES = 8, 30
"""Passages whose sentences are looked at; more where several places are asked for."""

MOST_TOPICS = 3


def answer(searcher: Searcher, query: Query) -> Answer:
    """The sentences that answer a question, each with its citation; refused where none is near enough."""
    asked, articles = searcher.asked(query)
    most = PASSAGES_OF_PLACES if kind.places(query.text) else PASSAGES
    found = searcher.fused(asked, articles, Clock())[:most]
    loaded = searcher.loaded([one.number for one in found])
    found = _of_article(found, loaded, kind.article(query.text))
    practices = searcher.recommender.practices(asked, articles)
    candidates = [one for one in found if one.number in loaded]
    read = _candidates(searcher, query, candidates, loaded, asked.vector)
    sure = searcher.sureness(asked, articles) if read else Sureness(0.0)
    nearest = _topics([loaded[one.number] for one in candidates])
    if sure.confidence < EVEN_POINT:
        outside = (sure.outside,) if sure.outside else ()
        return Answer(query.text, True, sure.confidence, (), practices, nearest, _filtered(searcher, query), outside)
    weights = {term: searcher.retriever.lexical.weight([term]) for term in asked.terms or ()}
    chosen = choose(query.text, read, weights)
    told = tuple(_sentence(read, one.candidate, one.also, loaded, candidates) for one in chosen)
    return Answer(query.text, False, sure.confidence, told, practices, nearest)


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
    """Every sentence of the passages found, or the passage where it is but one; no line of other names, which answers
    nothing."""
    spans = searcher.store.sentences.of([one.number for one in found])
    terms = {token.term for token in searcher.segmenter.tokens(query.matching)}
    retriever, told = searcher.retriever, []
    for place, one in enumerate(found):
        passage, article = loaded[one.number]
        own = spans.get(one.number, [])
        vectors = retriever.sentence_vectors(one.number)
        if not own:
            own, vectors = [_whole(passage)], retriever.vectors_of(np.array([one.number], dtype=np.int64))
        elif len(own) != len(vectors):
            vectors = _embedded(searcher, [article.text[span.start : span.end] for span in own])
        for span, sentence in zip(own, vectors, strict=True):
            text = article.text[span.start : span.end]
            if other_names.is_line(text):
                continue
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


def _embedded(searcher: Searcher, texts: Sequence[str]) -> FloatMatrix:
    """The vectors of sentences that the index keeps none of (`Settings.sentences`)."""
    if searcher.encoder is None:
        return np.zeros((len(texts), searcher.retriever.dimension), dtype=np.float32)
    return searcher.encoder.encode([normalize(text) for text in texts], TextKind.PASSAGE)


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
