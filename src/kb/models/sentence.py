"""Any sentence-transformers model, by name or folder."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kb.errors import ModelError
from kb.models.encoder import FloatMatrix, TextKind, length_batches

BATCH_CHARACTERS = 12_800
"""32 passages of 400 characters: larger batches were no faster on 2 cores."""

_SAMPLE_BYTES = 1 << 20


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
        marks = "".join(f"|{prefix}" for prefix in self._prefixes.values())
        self.identity = identity or _identity(model, self._model) + marks

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
    looks_local = folder.exists() or model.startswith((".", "/", "~"))
    if looks_local and not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
        raise ModelError(f"{model} 不是模型文件夹（其中没有 config.json 或 modules.json）。请检查 KB_MODEL。")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    logging.getLogger("transformers").setLevel(logging.ERROR)
    import torch
    from sentence_transformers import SentenceTransformer

    if threads:
        torch.set_num_threads(threads)
    try:
        return SentenceTransformer(str(folder) if looks_local else model, trust_remote_code=False)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        reason = str(error).strip().splitlines()[0][:200]
        raise ModelError(
            f"无法加载模型 {model}：{reason}。请检查 KB_MODEL 是否写对；"
            "没有网络时请填本地模型文件夹，或留空用默认模型。"
        ) from error


def _identity(model: str, loaded: Any) -> str:
    """Name and a digest of configuration and weights (size and both ends of each file)."""
    folder = Path(model).expanduser()
    digest = hashlib.sha256()
    if folder.is_dir():
        for file in sorted(folder.rglob("*")):
            if file.suffix in {".json", ".safetensors", ".bin", ".model", ".txt"}:
                digest.update(f"{file.relative_to(folder)}:{file.stat().st_size}".encode())
                with file.open("rb") as content:
                    digest.update(content.read(_SAMPLE_BYTES))
                    content.seek(max(0, file.stat().st_size - _SAMPLE_BYTES))
                    digest.update(content.read(_SAMPLE_BYTES))
        return f"{folder.name}@{digest.hexdigest()[:12]}"
    revision = getattr(getattr(loaded[0], "auto_model", None), "config", None)
    return f"{model}@{getattr(revision, '_commit_hash', None) or 'unknown'}"
