"""A question is embedded once, however often it is asked and searched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from conftest import CharacterEncoder
from kb.config import Settings
from kb.knowledge import KnowledgeBase
from kb.knowledge.remembering import MOST_QUESTIONS, Remembering
from kb.models.encoder import FloatMatrix, TextKind


class CountingEncoder(CharacterEncoder):
    """Tells which questions it embedded."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Callable[[int], None] | None = None
    ) -> FloatMatrix:
        if kind is TextKind.QUERY:
            self.asked += texts
        return super().encode(texts, kind, progress)


def test_asking_and_searching_embed_a_question_once(settings: Settings, articles: Path) -> None:
    encoder = CountingEncoder()
    with KnowledgeBase.open(settings=settings, encoder=encoder) as knowledge:
        knowledge.build([articles])
        encoder.asked.clear()
        knowledge.ask("没有物业的小区")
        first = knowledge.search("没有物业的小区")
        assert encoder.asked.count("没有物业的小区") == 1
        assert [hit.score for hit in knowledge.search("没有物业的小区").hits] == [hit.score for hit in first.hits]
        assert encoder.asked.count("没有物业的小区") == 1


def test_vectors_are_those_of_the_encoder() -> None:
    plain, remembering = CharacterEncoder(), Remembering(CharacterEncoder())
    texts = ["网格", "枫桥", "网格"]
    for _time in range(2):
        assert np.array_equal(remembering.encode(texts, TextKind.QUERY), plain.encode(texts, TextKind.QUERY))
    assert remembering.encode([], TextKind.QUERY).shape == (0, 64)


def test_old_questions_are_forgotten() -> None:
    counting = CountingEncoder()
    remembering = Remembering(counting)
    for number in range(MOST_QUESTIONS + 1):
        remembering.encode([f"问题{number}"], TextKind.QUERY)
    remembering.encode([f"问题{MOST_QUESTIONS}"], TextKind.QUERY)
    remembering.encode(["问题0"], TextKind.QUERY)
    assert counting.asked.count(f"问题{MOST_QUESTIONS}") == 1
    assert counting.asked.count("问题0") == 2


def test_several_threads_may_ask() -> None:
    plain, remembering = CharacterEncoder(), Remembering(CharacterEncoder())
    texts = [f"问题{number % 300}" for number in range(2000)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: remembering.encode([text], TextKind.QUERY)[0], texts))
    assert np.array_equal(np.stack(found), plain.encode(texts, TextKind.QUERY))
