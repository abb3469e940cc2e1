"""The lock of an index folder: held by the one process that writes; the system frees it when that process dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kb.errors import BusyError, IndexStateError

_LOCK = ".lock"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """While the block lasts.

    Raises:
        BusyError: another process holds it.
        IndexStateError: the folder cannot be written.
    """
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise BusyError(f"另一个 kb 正在写索引 {folder}。请等它完成后再试。") from error
    except OSError as error:
        raise IndexStateError(
            f"无法写入索引文件夹 {folder}（{error.strerror}）。请检查权限，或用 --index 指定别的文件夹。"
        ) from error
    try:
        yield
    finally:
        lock.release()
