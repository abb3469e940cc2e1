"""Any sentence-transformers model, by name or folder."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from kb.errors import ModelError
from kb.models.encoder import FloatMatrix, TextKind, length_batches
from kb.models.loading import Loading, brief

BATCH_CHARACTERS = 12_800
"""32 passages of 400 characters: larger batches were no faster on 2 cores."""

_SAMPLE_BYTES = 1 << 20
_LARGE = frozenset({".safetensors", ".bin"})

_OPTIONS: dict[str, Any] = {"trust_remote_code": False, "model_kwargs": {"use_safetensors": True}}
"""A model is numbers: it brings no code of its own, and its weights are no pickles, which can hold any."""

_PICKLED = ("pytorch_model*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")

_QUIET = {
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
"""No bars in the middle of ours, and nothing reported to anyone; read by the libraries when they are imported."""


class SentenceEncoder:
    """A sentence-transformers model on torch; a GPU is used when there is one."""

    engine = "torch"

    def __init__(
        self,
        model: str,
        *,
        prefixes: tuple[str | None, str | None] = (None, None),
        threads: int = 0,
        identity: str = "",
    ) -> None:
        """
        Raises:
            ModelError: there is no such model, or it cannot be loaded.
        """
        self._model = _load(model, threads)
        self.dimension = int(self._model.get_embedding_dimension())
        known: dict[str, str] = getattr(self._model, "prompts", {}) or {}
        query, passage = prefixes
        self._prefixes = {
            TextKind.QUERY: query if query is not None else known.get("query", ""),
            TextKind.PASSAGE: passage if passage is not None else known.get("passage") or known.get("document", ""),
        }
        self.identity = identity or _identity(model, self._model, self._prefixes.values())

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Callable[[int], None] | None = None
    ) -> FloatMatrix:
        """See `kb.models.encoder.Encoder`; the prefix of the kind is put before every text."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for batch in length_batches([len(text) + 1 for text in texts], BATCH_CHARACTERS):
            vectors[batch] = self._model.encode(
                [self._prefixes[kind] + texts[index] for index in batch],
                prompt="",
                batch_size=len(batch),
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
            if progress is not None:
                progress(len(batch))
        return vectors


def _load(model: str, threads: int) -> Any:
    folder = Path(model).expanduser()
    local = folder.exists() or model.startswith((".", "/", "~"))
    if local and not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
        raise ModelError(f"{model} 不是模型文件夹（其中没有 config.json 或 modules.json）。请检查 KB_MODEL。")
    if local:
        _check_weights(folder)
    os.environ.update(_QUIET)
    import torch
    from sentence_transformers import SentenceTransformer

    if threads:
        torch.set_num_threads(threads)
    if local:
        with Loading(lambda error: _unusable(model, error)):
            return SentenceTransformer(str(folder), local_files_only=True, **_OPTIONS)
    try:
        return SentenceTransformer(model, local_files_only=True, **_OPTIONS)
    except (OSError, ValueError, RuntimeError, KeyError):
        _check_hub(model)
    with Loading(lambda error: _unusable(model, error)):
        return SentenceTransformer(model, **_OPTIONS)


def _check_weights(folder: Path) -> None:
    """
    Raises:
        ModelError: weights are there as a pickle only.
    """
    for pattern in _PICKLED:
        for file in sorted(folder.rglob(pattern)):
            if not any(file.parent.glob("*.safetensors")):
                raise ModelError(
                    f"模型文件 {file} 是 pickle 格式，里面可能有程序，不读。请换用 safetensors 格式的模型；"
                    "信得过的旧模型，可在别处用 sentence-transformers 打开后 save() 一次，存成 safetensors。"
                )


def _check_hub(model: str) -> None:
    """Tell at once that the hub is out of reach; the library itself would try again for minutes."""
    from huggingface_hub.constants import ENDPOINT

    try:
        socket.getaddrinfo(urlsplit(ENDPOINT).hostname, 443)
    except OSError as error:
        raise ModelError(
            f"本机没有模型 {model}，也连不上模型库 {ENDPOINT}。请把 KB_MODEL 改为本地模型文件夹，或留空用默认模型。"
        ) from error


def _unusable(model: str, error: BaseException) -> str:
    return f"无法加载模型 {model}：{brief(error)}。请检查 KB_MODEL 是否写对，或留空用默认模型。"


def _identity(model: str, loaded: Any, prefixes: Iterable[str]) -> str:
    """Name, and a digest of the configuration, the tokenizer, the weights (size and both ends of each file; what lies
    between tells itself by its vectors, `kb.knowledge.recognizing`) and the prefixes."""
    folder = Path(model).expanduser()
    digest = hashlib.sha256("\0".join(prefixes).encode())
    if not folder.is_dir():
        config = getattr(getattr(loaded[0], "auto_model", None), "config", None)
        digest.update(str(getattr(config, "_commit_hash", "")).encode())
        return f"{model}@{digest.hexdigest()[:12]}"
    for file in sorted(folder.rglob("*")):
        if file.suffix in {".json", ".safetensors", ".bin", ".model", ".txt"}:
            digest.update(f"{file.relative_to(folder)}:{file.stat().st_size}".encode())
            if file.suffix not in _LARGE:
                digest.update(file.read_bytes())
                continue
            with file.open("rb") as content:
                digest.update(content.read(_SAMPLE_BYTES))
                content.seek(max(0, file.stat().st_size - _SAMPLE_BYTES))
                digest.update(content.read(_SAMPLE_BYTES))
    return f"{folder.name}@{digest.hexdigest()[:12]}"
