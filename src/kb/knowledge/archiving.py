"""What leaves an index as one file: a backup, a sealed library, an update of one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kb.knowledge.progress import Progress, no_progress
from kb.knowledge.reading import Reading

if TYPE_CHECKING:
    from kb.archive.keys import SigningKey
    from kb.archive.manifest import Manifest


class Archiving(Reading):
    """An index folder, open for being handed on."""

    def backup(
        self, file: str | Path, *, with_caches: bool = False, force: bool = False, progress: Progress = no_progress
    ) -> Manifest:
        """Write everything that is stored now into one file, while others search and write.

        Raises:
            ArchiveError: the file is there already (without `force`), or cannot be written.
            IndexStateError: there is no index, or it is damaged.
        """
        from kb.knowledge.backing_up import back_up

        return back_up(self._engine, Path(file), with_caches=with_caches, force=force, progress=progress)

    def seal(
        self,
        file: str | Path,
        key: SigningKey,
        *,
        since: str | Path | None = None,
        force: bool = False,
        progress: Progress = no_progress,
    ) -> Manifest:
        """Write the library into one signed file; with `since` only what changed since that sealed library.

        Raises:
            ArchiveError: the file is there already (without `force`) or cannot be written, or `since` is not trusted.
            QueryError: nothing changed since.
            IndexStateError: there is no index, or it is damaged.
        """
        from kb.knowledge import sealing

        if since is None:
            return sealing.seal(self._engine, Path(file), key, force=force, progress=progress)
        return sealing.seal_since(self._engine, Path(file), key, Path(since), force=force, progress=progress)

    def apply(
        self, delta: str | Path, file: str | Path, *, force: bool = False, progress: Progress = no_progress
    ) -> Manifest:
        """Write the sealed library that comes out of this one and an update of it into `file`.

        Raises:
            ArchiveError: one of the two is damaged, changed or not trusted, or the update is of another library.
            QueryError: this is no sealed library.
        """
        from kb.knowledge import sealing

        return sealing.apply(self._engine, Path(delta), Path(file), force=force, progress=progress)
