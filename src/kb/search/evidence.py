"""The sentence of a passage that bears most on a question."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence

from kb.text.normalize import normalize
from kb.types import Span

SHORTEST = 6
"""Characters; a shorter "sentence" is a heading or a rest."""

_LETTER = re.compile(r"[^\W_]")


def best_sentence(text: str, sentences: Sequence[Span], terms: Collection[str]) -> Span | None:
    """The sentence that holds most of the question's terms for its length; the first one where none holds any.

    `terms` are in matching form, longer ones counting more. None where the passage holds no sentence.
    """
    usable = [span for span in (trimmed(text, span) for span in sentences) if span.end - span.start >= SHORTEST]
    whole = [span for span in usable if not text[span.start : span.end].startswith("#")]
    if not whole:
        return None
    return max(whole, key=lambda span: (overlap(text[span.start : span.end], terms), -span.start))


def overlap(sentence: str, terms: Collection[str]) -> float:
    """Characters of the terms that occur, over the square root of the sentence's length."""
    matching = normalize(sentence)
    letters = len(_LETTER.findall(matching))
    return sum(len(term) for term in terms if term in matching) / math.sqrt(max(letters, 1))


def trimmed(text: str, span: Span) -> Span:
    """Without white space and list signs at the ends."""
    sentence = text[span.start : span.end]
    lead = re.match(r"\s*(?:[-*•]\s+|\d{1,2}[.、]\s*)?", sentence)
    start = span.start + (lead.end() if lead else 0)
    return Span(start, max(start, span.start + len(sentence.rstrip())))
