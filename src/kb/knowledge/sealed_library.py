"""A sealed library as an engine holds it: where it was unpacked to, who signed it, which model it is of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kb.archive.container import READING, Archive
from kb.archive.keys import PublicKey, read_trusted
from kb.archive.manifest import Manifest
from kb.config import Settings
from kb.errors import IndexStateError, ModelError
from kb.knowledge.progress import Progress
from kb.knowledge.unsealing import library_of, read_sealed
from kb.models.hashes import model_files

MOST_SILENT = 64
"""Megabytes that are unpacked without a word; more takes a second and is told."""


@dataclass(frozen=True, slots=True)
class Library:
    """`folder` holds the store and the index files of the file `archive`; `stated` is what was signed."""

    folder: Path
    archive: Archive
    stated: Manifest
    signer: PublicKey

    def check_model(self, model: str) -> None:
        """`model` is the setting.

        Raises:
            ModelError: the model's files are not those that the library was sealed with.
        """
        sealed = self.stated.model
        found = model_files(sealed.identity, model) if sealed.files else {}
        odd = sorted(name for name in found.keys() | sealed.files.keys() if found.get(name) != sealed.files.get(name))
        if odd:
            raise ModelError(
                f"模型文件 {odd[0]} 与封存时的不同，不能按语义检索这个封存库。"
                f"请用 kb {self.stated.kb} 打开它，或向发布者要一份新封存的；只按字面检索不受影响。"
            )


def open_library(path: Path, settings: Settings, notice: Callable[[str], None]) -> Library:
    """
    Raises:
        ArchiveError: it is damaged, changed, or not of a trusted signer.
        IndexStateError: there is no such file, or the cache cannot be written.
        QueryError: a trusted key of the settings is none.
    """
    if not path.exists():
        raise IndexStateError(f"找不到封存库 {path}。请检查文件名。")
    sealed = read_sealed(path, trusted_keys(settings))
    folder = library_of(sealed, settings.cache, _told(notice))
    return Library(folder, sealed.archive, sealed.stated, sealed.signer)


def trusted_keys(settings: Settings) -> tuple[PublicKey, ...]:
    """The keys of the settings.

    Raises:
        QueryError: one is none.
    """
    return read_trusted(settings.trusted_keys.split(","))


def _told(notice: Callable[[str], None]) -> Progress:
    """Says once that it takes a moment."""
    told: list[int] = []

    def progress(what: str, _done: int, total: int) -> None:
        if what in READING and total > MOST_SILENT and not told:
            told.append(total)
            notice(f"正在核对封存库（{total} MB），只在第一次打开或文件有变动时做……")

    return progress
