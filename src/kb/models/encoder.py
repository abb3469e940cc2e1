"""What the rest of the package knows of an embedding model, and the choice of the one to use."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from enum import Enum
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

FloatMatrix = npt.NDArray[np.float32]


DEFAULT_MODEL = "multilingual-e5-small-q4"
"""How the identity of the model that comes with the package begins."""


class TextKind(str, Enum):
    """Retrieval models embed questions and passages differently."""

    QUERY = "query"
    PASSAGE = "passage"


class Encoder(Protocol):
    """Turns texts into vectors.

    `identity` names model and weights: vectors of encoders with the same identity may be compared, others never.
    """

    identity: str
    engine: str
    dimension: int

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Callable[[int], None] | None = None
    ) -> FloatMatrix:
        """float32 of shape (len(texts), dimension), rows of unit length; `progress` gets the number just done."""
        ...


def open_encoder(
    *,
    model: str = "",
    cache: Path,
    engine: Literal["auto", "openvino", "torch"] = "auto",
    threads: int = 0,
    shared: bool = False,
    many: bool = False,
    prefixes: tuple[str | None, str | None] = (None, None),
    notice: Callable[[str], None],
) -> Encoder:
    """The encoder for a setting: "" is the default model, else a sentence-transformers name or folder.

    The default model runs on OpenVINO where that is installed (about twice as fast on the same CPU), else
    on torch; any other model runs as sentence-transformers runs it. `shared` is for many who ask at once; `many` for
    thousands of texts, which a graphics card embeds where there is one (a single question is done sooner without).

    Raises:
        ModelError: the model cannot be found, made or loaded.
    """
    from kb.models.folder import prepare_default

    if model:
        from kb.models.sentence import SentenceEncoder

        return SentenceEncoder(model, prefixes=prefixes, threads=threads)
    folder = prepare_default(cache, notice)
    if engine != "torch" and not (many and engine == "auto" and _graphics(notice)):
        if find_spec("openvino"):
            from kb.models.openvino import OpenVinoEncoder

            return OpenVinoEncoder(folder, threads=threads, shared=shared)
        notice("未安装 openvino，改用 torch 计算，速度较慢。")
    from kb.models.sentence import SentenceEncoder

    return SentenceEncoder(str(folder), prefixes=(None, None), threads=threads, identity=folder.name)


def _graphics(notice: Callable[[str], None]) -> bool:
    from kb.models import graphics

    if not graphics.has_driver():
        return False
    if graphics.usable():
        return True
    notice("本机有显卡，但装的 torch 用不了它，改用处理器计算。要用显卡，请安装与驱动相配的 torch。")
    return False


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def length_batches(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Indices grouped by similar length, longest first, each group at most `budget` when padded."""
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    batches: list[list[int]] = []
    for index in order:
        if batches and (len(batches[-1]) + 1) * lengths[batches[-1][0]] <= budget:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches
