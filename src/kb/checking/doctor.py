"""Every finding of the doctor, in the order in which things build on each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from kb.checking import engine, machine, network, stored, vectors
from kb.checking.models import model
from kb.config import Settings
from kb.errors import ArchiveError, IndexStateError
from kb.index.store import Store
from kb.knowledge.distributed import Distributed
from kb.knowledge.keeping import Keeping, keeping_of
from kb.knowledge.sealed_library import open_library
from kb.knowledge.sealed_name import is_sealed
from kb.models.encoder import Encoder
from kb.types import Check

_RESTORE = "运行 kb build 修复；不行就从备份恢复（kb restore），或删除索引文件夹后运行 kb build。"


def check_all(settings: Settings, notice: Callable[[str], None]) -> list[Check]:
    """Look at the machine, the model and the index."""
    found = [machine.python(), *machine.packages(), machine.disk(settings)]
    encoder, checks = model(settings, notice)
    found += checks
    folder, sealed = Path(settings.index), is_sealed(Path(settings.index))
    try:
        if sealed:
            folder, check = _sealed(folder, settings, notice)
            found.append(check)
        store = Store(folder)
    except ArchiveError as error:
        return [*found, Check("封存库", False, str(error), "请向发布者重新要一份，或核对 --trust 和 KB_TRUSTED_KEYS。")]
    except IndexStateError as error:
        return [*found, Check("索引", False, str(error), "运行 kb build 建立索引。")]
    try:
        found += _index(store, encoder, None if sealed else keeping_of(settings), sealed=sealed)
    finally:
        store.close()
    return [*found, network.check(settings)]


def _sealed(file: Path, settings: Settings, notice: Callable[[str], None]) -> tuple[Path, Check]:
    """The folder that a sealed library is read from; the file itself is read to its end.

    Raises:
        ArchiveError: it is damaged, changed, or not of a trusted signer.
    """
    library = open_library(file, settings, notice)
    library.archive.check(lambda _what, _done, _total: None)
    made = f"{library.stated.made[:10]} 签署，指纹 {library.signer.fingerprint}，内容 {library.stated.content[:16]}"
    return library.folder, Check("封存库", True, made, "")


def _index(store: Store, encoder: Encoder | None, keeping: Keeping | None, *, sealed: bool) -> list[Check]:
    """Each look by itself: what is damaged for one of them does not hide what the others find."""
    looks: list[tuple[str, Callable[[], Iterable[Check]]]] = [
        ("文章库", lambda: stored.file(store)),
        ("校验", lambda: stored.seals(store)),
        ("段落位置", lambda: stored.places(store)),
        ("与实践的联系", lambda: [stored.links(store)]),
        ("实践目录", lambda: [stored.catalogue(store)]),
        ("向量", lambda: [vectors.lengths(store)]),
    ]
    if encoder is not None:
        looks.append(("模型与索引", lambda: [vectors.same_model(store, encoder)]))
    if isinstance(keeping, Distributed):
        looks.append(("检索引擎", lambda: engine.engine_files(keeping.engine, store)))
    else:
        looks.append(("索引文件", lambda: vectors.index_files(store, sealed=sealed)))
    found: list[Check] = []
    for name, look in looks:
        try:
            found += look()
        except IndexStateError as error:
            found.append(Check(name, False, str(error), _RESTORE))
    return found
