"""Whether the model still is the one the index was made with, by what it makes of a few questions.

The identity of a model names it; files under that name can be exchanged, cut off or mixed up all the same. What the
model made of a few questions is kept with the index, and compared before its vectors are.
"""

from __future__ import annotations

import base64
import binascii

import numpy as np

from kb.errors import ModelError
from kb.index.store import Store
from kb.models.encoder import Encoder, FloatMatrix, TextKind
from kb.search.elsewhere import QUESTIONS
from kb.text.normalize import normalize

SAMPLE = "sample"
"""The key of `meta`: the model's identity, a blank, its vectors of the questions as float16 in base64."""

ASKED = 4
"""Questions that it is asked."""

SAME = 0.999
"""The lowest cosine of one question with itself; engines that run the same weights differ in the fourth digit."""


def keep_sample(store: Store, encoder: Encoder) -> None:
    """Put down what the model makes of the questions, unless that was done."""
    if not sample_of(store, encoder.identity):
        made = encoder.encode(_asked(), TextKind.QUERY).astype("<f2").tobytes()
        store.remember(SAMPLE, f"{encoder.identity} {base64.b64encode(made).decode('ascii')}")


def sample_of(store: Store, identity: str) -> str:
    """What was put down of the model with this identity; "" where nothing was, as in an index of an older version."""
    named, _blank, kept = store.meta(SAMPLE).rpartition(" ")
    return kept if named == identity else ""


class Recognizing:
    """Asks a model that is loaded once what each index it is used with asks of it."""

    def __init__(self) -> None:
        self._recognized = ""

    def __call__(self, store: Store, encoder: Encoder) -> None:
        """Nothing is asked where the index is of a model with another name.

        Raises:
            ModelError: the model makes something else of the questions than when the index was made.
        """
        kept = sample_of(store, encoder.identity)
        if not kept or kept == self._recognized:
            return
        if not _alike(kept, encoder.encode(_asked(), TextKind.QUERY)):
            raise ModelError(
                f"模型 {encoder.identity} 的文件与建立索引时不同（同样的话算出了不同的向量），不能混用。"
                "请放回原来的模型文件；自带的模型请删除 KB_CACHE 下的 models，会重新生成。"
            )
        self._recognized = kept


def _alike(kept: str, now: FloatMatrix) -> bool:
    try:
        then = np.frombuffer(base64.b64decode(kept), dtype="<f2").astype(np.float32)
    except (binascii.Error, ValueError):
        return False
    return then.size == now.size and bool((then.reshape(now.shape) * now).sum(axis=1).min() >= SAME)


def _asked() -> list[str]:
    return [normalize(question) for question in QUESTIONS[:ASKED]]
