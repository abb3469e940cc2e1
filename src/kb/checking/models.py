"""The model: that it runs, and that it says of known texts what it said when the package was made."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from kb.config import Settings
from kb.errors import ModelError
from kb.models.encoder import Encoder, FloatMatrix, TextKind, open_encoder
from kb.types import Check

FILE = "known_vectors.json"
"""`model`: identity of the encoder; `texts`: [kind, text, float16 vector in base64] each, made by
`benchmarks/known_vectors.py`."""

SAME_VECTOR = 0.999
"""Cosine under which two vectors are not of the same text; engines differ in the fourth digit."""

_TRIED = ("枫桥经验", "老旧小区没有物业怎么办", "里長協助調解鄰里糾紛")
"""Of a model that is not ours nothing is known but what it says twice."""


@dataclass(frozen=True, slots=True)
class Known:
    """Texts of a kind with the vectors that the default model has for them, shape (texts, dimension)."""

    model: str
    texts: dict[TextKind, list[str]]
    vectors: dict[TextKind, FloatMatrix]


@lru_cache(maxsize=1)
def known() -> Known:
    """The known vectors of the default model."""
    made = json.loads(resources.files("kb.checking").joinpath(FILE).read_text(encoding="utf-8"))
    texts: dict[TextKind, list[str]] = {}
    vectors: dict[TextKind, list[FloatMatrix]] = {}
    for kind, text, vector in made["texts"]:
        texts.setdefault(TextKind(kind), []).append(text)
        vectors.setdefault(TextKind(kind), []).append(
            np.frombuffer(base64.b64decode(vector), dtype="<f2").astype(np.float32)
        )
    return Known(made["model"], texts, {kind: np.stack(rows) for kind, rows in vectors.items()})


def model(settings: Settings, notice: Callable[[str], None]) -> tuple[Encoder | None, list[Check]]:
    """The encoder of the settings where it can be used, and what there is to say of it."""
    try:
        encoder = open_encoder(
            model=settings.model, cache=settings.cache, engine=settings.engine, threads=settings.threads,
            prefixes=(settings.query_prefix, settings.passage_prefix), notice=notice,
        )  # fmt: skip
        vector = encoder.encode([_TRIED[0]], TextKind.QUERY)[0]
    except ModelError as error:
        return None, [Check("模型", False, str(error), "请检查 KB_MODEL 和 KB_CACHE。")]
    length = float(np.linalg.norm(vector))
    detail = f"{encoder.identity}，{encoder.dimension} 维，{encoder.engine}，{os.cpu_count()} 核"
    return encoder, [
        Check("模型", abs(length - 1.0) < 1e-3, detail, "模型输出异常。请删除 KB_CACHE 下的 models 后再试。"),
        _as_known(encoder) if encoder.identity == known().model else _as_itself(encoder),
    ]


def _as_known(encoder: Encoder) -> Check:
    texts, vectors = known().texts, known().vectors
    lowest = min(
        float((encoder.encode(texts[kind], kind) * vectors[kind]).sum(axis=1).min()) for kind in texts
    )  # fmt: skip
    count, well = sum(map(len, texts.values())), lowest >= SAME_VECTOR
    detail = f"{count} 段已知文字（简体、繁体）的向量与制作时{'相符' if well else '不符'}，最低余弦 {lowest:.5f}"
    advice = "请删除 KB_CACHE 下的 models 后再试；仍不符时请用 KB_ENGINE=torch，并重新安装（make install）。"
    return Check("模型的算法", well, detail, advice)


def _as_itself(encoder: Encoder) -> Check:
    """Of another model: the same text has the same vector, alone and among others, and other texts have others."""
    together = encoder.encode(_TRIED, TextKind.PASSAGE)
    alone = np.concatenate([encoder.encode([text], TextKind.PASSAGE) for text in _TRIED])
    same = float((together * alone).sum(axis=1).min())
    apart = float((together @ together.T)[~np.eye(len(_TRIED), dtype=bool)].max())
    well = bool(np.isfinite(together).all()) and same >= SAME_VECTOR and apart < SAME_VECTOR
    return Check(
        "模型的算法", well, f"不是自带的模型，只核对前后一致：同文余弦最低 {same:.5f}，异文余弦最高 {apart:.5f}",
        "这个模型的输出前后不一致，不能用来检索。请换一个 KB_MODEL，或留空用自带的模型。",
    )  # fmt: skip
