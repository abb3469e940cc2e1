"""Object stores: what lies under an address (s3://bucket/folder, gs://, file://) as files on this machine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kb.errors import MissingExtraError, SourceError

_ASIDE = ".part"

_VERSIONED = ("size", "ETag", "etag", "mtime", "LastModified", "created")
"""What the kinds of stores say of an object that changes when it does."""


def is_address(path: str) -> bool:
    """Whether a path is that of an object store."""
    return "://" in path


def mirrored(address: str, below: Path, progress: Callable[[int, int], None]) -> Path:
    """The folder in which every object under the address now lies as a file; what is there already is not fetched
    again, what is gone from the store goes here too.

    `progress` gets how many are done, and how many there are.

    Raises:
        SourceError: nothing is there, it cannot be read, or the name of an object leads elsewhere.
        MissingExtraError: the library of this kind of store is not installed.
    """
    folder = below / hashlib.sha256(address.encode()).hexdigest()[:16]
    try:
        store, root = _opened(address)
        objects: dict[str, dict[str, Any]] = store.find(root, detail=True)
        if not objects:
            raise SourceError(f"{address} 下没有对象。请检查地址。")
        wanted = {_target(folder, root, name): (name, details) for name, details in objects.items()}
        for done, (file, (name, details)) in enumerate(sorted(wanted.items()), start=1):
            _fetch(store, name, details, file)
            progress(done, len(wanted))
    except (OSError, ValueError) as error:
        raise SourceError(f"读不了 {address}（{error}）。请检查地址、网络和访问密钥。") from error
    kept = {*wanted, *map(_note_of, wanted)}
    for file in [path for path in folder.rglob("*") if path.is_file() and path not in kept]:
        file.unlink()
    return folder


def _opened(address: str) -> tuple[Any, str]:
    try:
        import fsspec
    except ImportError as error:
        raise MissingExtraError("读取对象存储需要另装几个库。请运行：pip install 'kb[bulk]'") from error
    try:
        store, root = fsspec.core.url_to_fs(address)
    except ImportError as error:
        raise MissingExtraError(
            f"读取 {address} 还要装这种存储的库（{error}）。例如 s3:// 要 pip install s3fs。"
        ) from error
    return store, root.rstrip("/")


def _target(folder: Path, root: str, name: str) -> Path:
    relative = name.removeprefix(root).lstrip("/") or name.rpartition("/")[2]
    if ".." in Path(relative).parts:
        raise ValueError(f"对象名 {name} 含有 ..")
    return folder / relative


def _note_of(file: Path) -> Path:
    """Hidden, so that it is no document: which version of the object the file is."""
    return file.with_name(f".{file.name}.version")


def _fetch(store: Any, name: str, details: dict[str, Any], file: Path) -> None:
    """Whole or not at all, and only where the object changed."""
    version = "|".join(
        str(details.get(key, "")) for key in ("size", "ETag", "etag", "mtime", "LastModified", "created")
    )
    note = _note_of(file)
    if file.is_file() and note.is_file() and note.read_text(encoding="utf-8") == version:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}{_ASIDE}")
    store.get_file(name, str(aside))
    aside.replace(file)
    note.write_text(version, encoding="utf-8")
