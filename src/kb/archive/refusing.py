"""Why a file is not taken, in sentences that say what to do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kb.archive.manifest import Kind
from kb.errors import ArchiveError

NAMES = {Kind.BACKUP: "备份", Kind.SEALED: "封存库", Kind.DELTA: "封存库的更新"}
_USES = {
    Kind.BACKUP: "恢复请用 kb restore",
    Kind.SEALED: "查阅请用 kb --index 指定它",
    Kind.DELTA: "请用 kb apply 装上",
}


def other(path: Path, wanted: Sequence[Kind], kind: Kind | None = None) -> ArchiveError:
    """It is something else than what was asked for."""
    names = "或".join(NAMES[one] for one in wanted)
    if kind is None:
        return ArchiveError(f"{path} 不是 kb 的{names}。请检查文件名。")
    return ArchiveError(f"{path} 是{NAMES[kind]}，不是{names}。{_USES[kind]}。")


def newer(path: Path, detail: str) -> ArchiveError:
    """A newer kb made it."""
    return ArchiveError(f"{path} 由更新版本的 kb 制作（{detail}）。请升级 kb 再试。")


def incomplete(path: Path, there: int = 0, expected: int = 0) -> ArchiveError:
    """It ends too early."""
    sizes = f"（应有 {expected} 字节，只有 {there} 字节）" if expected else ""
    return ArchiveError(f"{path} 不完整{sizes}，没有使用。请重新复制，或换一份。")


def damaged(path: Path, what: str) -> ArchiveError:
    """Something in it is not what it was."""
    return ArchiveError(f"{path} 已损坏或被改动（{what} 与记录不符），没有使用。请重新复制，或换一份。")


def unreadable(path: Path, error: OSError) -> ArchiveError:
    """The system does not let us."""
    return ArchiveError(f"打不开 {path}（{error.strerror}）。请检查文件名和权限。")
