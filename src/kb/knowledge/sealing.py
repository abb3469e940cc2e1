"""A library sealed into one signed file, and signed updates from one such file to the next.

    seal:    store -> snapshot -> without places -> compacted -> index files -> manifest -> signed file
    since:   that library - an older sealed one = articles that changed or went -> tried -> signed update
    apply:   an older sealed library + an update made from exactly it -> proven -> file with the update's signature

A file is read again, and an update put in once, before it has its name.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from kb.archive.container import Archive, write
from kb.archive.keys import PublicKey, SigningKey, check_signature
from kb.archive.manifest import Applied, Kind, Manifest
from kb.errors import ArchiveError, QueryError
from kb.index import schema
from kb.index.content import contents
from kb.index.database import FILE
from kb.index.difference import cut, put
from kb.index.handing_on import without_places
from kb.index.store import Store
from kb.knowledge.aside import making, put_in_place
from kb.knowledge.backing_up import files_of_model
from kb.knowledge.engine import Engine
from kb.knowledge.packing import add_caches, compacted, copy_of, described, measured, opened, proven
from kb.knowledge.progress import Progress
from kb.knowledge.sealed_library import trusted_keys
from kb.knowledge.unsealing import Sealed, library_of, read_sealed


def seal(engine: Engine, file: Path, key: SigningKey, *, force: bool, progress: Progress) -> Manifest:
    """Write the library as it is committed now into one signed file, with its index files.

    Folders of this machine, the list of gaps, tokens and the audit log are left out.

    Raises:
        ArchiveError: the file is there already (without `force`), or cannot be written.
        IndexStateError: there is no index, or it is damaged.
    """
    with making(file, force=force) as aside:
        library = _gathered(engine, aside / "library", progress)
        with opened(library) as store:
            add_caches(store, engine.folder, engine.new_segmenter(store), progress)
            manifest = described(Kind.SEALED, store, files_of_model(engine, store))
        manifest = measured(manifest, library)
        _written(aside / "file", manifest, library, key, progress)
        put_in_place(aside / "file", file)
    return manifest


def seal_since(
    engine: Engine, file: Path, key: SigningKey, since: Path, *, force: bool, progress: Progress
) -> Manifest:
    """Write what changed since an older sealed library into a signed update, which was tried on it.

    Raises:
        ArchiveError: the older one is damaged or not of this key or a trusted one, or the file cannot be written.
        QueryError: nothing changed.
        IndexStateError: there is no index, or it is damaged.
    """
    old = read_sealed(since, (key.public, *trusted_keys(engine.settings)))
    base = library_of(old, engine.settings.cache, progress)
    with making(file, force=force) as aside:
        library, delta = _gathered(engine, aside / "library", progress), aside / "delta"
        with opened(library) as ours, opened(delta) as difference:
            manifest = _differing(ours, old, base, difference, files_of_model(engine, ours))
        compacted(delta)
        manifest = measured(manifest, delta)
        _written(aside / "file", manifest, delta, key, progress)
        _put(base, delta, manifest, aside / "tried", progress)
        put_in_place(aside / "file", file)
    return manifest


def apply(engine: Engine, delta: Path, file: Path, *, force: bool, progress: Progress) -> Manifest:
    """Write the sealed library that comes out of the engine's one and an update into `file`.

    Nobody but the publisher can sign, so it carries the update's signature, which names its content; index files are
    made when it is searched first.

    Raises:
        ArchiveError: one of the two is damaged, changed, not trusted, or the update is of another library.
        QueryError: the engine's index is no sealed library.
    """
    keys, cache = trusted_keys(engine.settings), engine.settings.cache
    if engine.index.is_dir():
        raise QueryError(
            f"{engine.index} 是索引文件夹，不是封存库。更新只能装到封存库上：kb --index 库.kbsealed apply ……"
        )
    old = read_sealed(engine.index, keys)
    update = _update(delta, old, keys)
    with making(file, force=force) as aside:
        update.extract(aside / "delta", progress)
        library = _put(library_of(old, cache, progress), aside / "delta", update.manifest, aside / "library", progress)
        stated = Applied(manifest=update.manifest_bytes.decode(), signature=update.signature.decode())
        manifest = update.manifest.model_copy(
            update={"kind": Kind.SEALED, "applied": stated, "base": None, "changed": 0, "gone": ()}
        )
        manifest = measured(manifest, library)
        write(aside / "file", manifest, library, progress)
        Archive.open(aside / "file", Kind.SEALED).check(progress)
        put_in_place(aside / "file", file)
    return update.manifest


def _gathered(engine: Engine, folder: Path, progress: Progress) -> Path:
    """The store as it is handed on, in a folder of its own."""
    folder.mkdir()
    store = Store(engine.folder)
    try:
        copy_of(store, folder, progress)
    finally:
        store.close()
    with opened(folder) as copy:
        without_places(copy)
    compacted(folder)
    return folder


def _differing(ours: Store, old: Sealed, base: Path, difference: Store, model_files: dict[str, str]) -> Manifest:
    theirs = Store(base)
    try:
        now, then = contents(ours), contents(theirs)
        if then.digest != old.stated.content:
            raise ArchiveError(f"{old.archive.path} 由另一版本的 kb 封存，不能在它的基础上做更新。请重新封存完整的库。")
        if now.digest == then.digest:
            raise QueryError(f"和 {old.archive.path} 相比没有变化，没有写更新。")
        changed = [key for key, digest in now.articles.items() if then.articles.get(key) != digest]
        gone = sorted(then.articles.keys() - now.articles.keys())
        cut(ours, theirs, changed, difference)
    finally:
        theirs.close()
    manifest = described(Kind.DELTA, ours, model_files)
    return manifest.model_copy(update={"base": then.digest, "changed": len(changed), "gone": tuple(gone)})


def _put(base: Path, delta: Path, manifest: Manifest, folder: Path, progress: Progress) -> Path:
    """A copy of the base with the update put in, proven to be the library that the update speaks of."""
    folder.mkdir()
    shutil.copyfile(base / FILE, folder / FILE)
    with opened(folder) as store:
        put(store, delta, manifest.gone)
        proven(store, progress)
        if contents(store).digest != manifest.content:
            raise ArchiveError("装上更新之后的内容与更新里写明的不符，没有使用。请向发布者重新要一份。")
    compacted(folder)
    return folder


def _update(path: Path, old: Sealed, trusted: Sequence[PublicKey]) -> Archive:
    """An update whose signature is good and that was made from exactly this library."""
    update = Archive.open(path, Kind.DELTA)
    check_signature(path, update.head, update.signature, trusted)
    manifest = update.manifest
    if manifest.base != old.stated.content:
        raise ArchiveError(
            f"{path} 不是给 {old.archive.path} 的更新：它要的是内容为 {str(manifest.base)[:12]} 的封存库，"
            f"这一个是 {old.stated.content[:12]}。请先装上中间的更新，或向发布者要完整的封存库。"
        )
    if not manifest.schema_version == old.stated.schema_version == schema.VERSION:
        raise ArchiveError(f"{path} 与 {old.archive.path} 由不同版本的 kb 制作，不能装上。请向发布者要完整的封存库。")
    return update


def _written(made: Path, manifest: Manifest, folder: Path, key: SigningKey, progress: Progress) -> None:
    """Written, signed, read again."""
    write(made, manifest, folder, progress, key.sign)
    archive = Archive.open(made, manifest.kind)
    archive.check(progress)
    check_signature(made, archive.head, archive.signature, (key.public,))
