"""A backup: one file with all that cannot be made again, written while the index is in use.

    store -> snapshot -> proven -> manifest -> file -> read again -> its name

The last step alone changes what stands under that name.
"""

from __future__ import annotations

from pathlib import Path

from kb.archive.container import Archive, write
from kb.archive.manifest import Kind, Manifest
from kb.errors import ModelError
from kb.index.store import Store
from kb.knowledge.aside import making, put_in_place
from kb.knowledge.engine import Engine
from kb.knowledge.packing import add_caches, copy_of, described, measured, opened
from kb.knowledge.progress import Progress
from kb.models.hashes import model_files


def back_up(engine: Engine, file: Path, *, with_caches: bool, force: bool, progress: Progress) -> Manifest:
    """Write the library as it is committed now into `file`; what stands there says that it was read again and is whole.

    Tokens and the audit log are left out: they belong to this machine, not to the library.

    Raises:
        ArchiveError: the file is there already (without `force`), or cannot be written.
        IndexStateError: there is no index, or it is damaged.
    """
    with making(file, force=force) as aside:
        library, made = aside / "library", aside / "file"
        library.mkdir()
        store = Store(engine.folder)
        try:
            copy_of(store, library, progress)
        finally:
            store.close()
        with opened(library) as copy:
            if with_caches:
                add_caches(copy, engine.folder, engine.new_segmenter(copy), progress)
            manifest = described(Kind.BACKUP, copy, files_of_model(engine, copy))
        manifest = measured(manifest, library)
        write(made, manifest, library, progress)
        Archive.open(made, Kind.BACKUP).check(progress)
        put_in_place(made, file)
    return manifest


def files_of_model(engine: Engine, store: Store) -> dict[str, str]:
    """The digests of what the library's model comes from; none where it is not here."""
    try:
        return model_files(store.meta("model"), engine.settings.model)
    except ModelError:
        return {}
