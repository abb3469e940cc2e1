"""The vectors of the last questions: a page that asks and searches embeds its question once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from kb.models.encoder import Encoder, FloatMatrix, TextKind

MOST_QUESTIONS = 256
"""384 numbers each: under half a megabyte."""


class Remembering:
    """An encoder that embeds a question again only after 256 others. May be used from several threads."""

    def __init__(self, encoder: Encoder) -> None:
        self.identity, self.engine, self.dimension = encoder.identity, encoder.engine, encoder.dimension
        self._encoder = encoder
        self._vectors: OrderedDict[str, FloatMatrix] = OrderedDict()
        self._guard = threading.Lock()

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Callable[[int], None] | None = None
    ) -> FloatMatrix:
        """As the encoder does; passages are not kept."""
        if kind is not TextKind.QUERY or not texts:
            return self._encoder.encode(texts, kind, progress)
        with self._guard:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            known |= dict(zip(missing, self._encoder.encode(missing, kind, progress), strict=True))
        with self._guard:
            for text in dict.fromkeys(texts):
                self._vectors[text] = known[text]
                self._vectors.move_to_end(text)
            while len(self._vectors) > MOST_QUESTIONS:
                self._vectors.popitem(last=False)
        rows: FloatMatrix = np.stack([known[text] for text in texts])
        return rows
