"""A folder beside the file that is being made: what is unfinished never has the file's name."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kb.errors import ArchiveError

_LOCK = "lock"


@contextmanager
def making(file: Path, *, force: bool) -> Iterator[Path]:
    """A folder to make `file` in; it goes when the block is left. What a killed process left behind goes too.

    Raises:
        ArchiveError: the file is there already (without `force`), or its folder cannot be written.
    """
    if file.is_dir():
        raise ArchiveError(f"{file} 是文件夹。请写一个文件名。")
    if file.exists() and not force:
        raise ArchiveError(f"{file} 已经存在。请换一个文件名，或加 --force 换掉它。")
    try:
        _sweep(file)
        folder, lock = _locked(file)
    except OSError as error:
        raise unwritable(file, error) from error
    try:
        yield folder
    except OSError as error:
        raise unwritable(file, error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def unwritable(file: Path, error: OSError) -> ArchiveError:
    """Nothing was made, and what was there is as it was."""
    return ArchiveError(
        f"写不了 {file}（{error.strerror or error}）。没有写成，原有文件没有改动。请检查磁盘空间和权限。"
    )


def put_in_place(made: Path, file: Path) -> None:
    """Give the finished file its name, in place of the one that has it, and wait until the name is on the disk."""
    made.replace(file)
    if os.name != "nt":
        folder = os.open(file.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _locked(file: Path) -> tuple[Path, FileLock]:
    """A new folder, locked. One that was swept between the two steps is made again."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f".{file.name}.making-", dir=file.absolute().parent))
        lock = FileLock(folder / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        if (folder / _LOCK).exists():
            return folder, lock
        lock.release()


def _sweep(file: Path) -> None:
    """Folders of processes that died; one that is still at work holds its lock."""
    for left in file.absolute().parent.glob(f".{_escaped(file.name)}.making-*"):
        lock = FileLock(left / _LOCK)
        try:
            lock.acquire(timeout=0)
        except (Timeout, OSError):
            continue
        shutil.rmtree(left, ignore_errors=True)
        lock.release()


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
