"""What a build does about damage: what can be made again is taken out, what has a source file is read again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from kb.errors import DamagedError
from kb.index import compacting
from kb.index.damage import Damage, Part, told
from kb.index.database import LINEAGE, new_lineage
from kb.index.manifests import newest_manifest
from kb.index.opening import CORRUPT
from kb.index.seals import SCHEMA, SHARED, count_again
from kb.index.store import Store
from kb.knowledge.adding import file_of

_MEASURED = ("doubt_generation", "links")
"""What tells in `meta` that something was measured or linked already: forgotten, it is done again."""

_PRACTICE = "实践"
"""Stands in the front matter of every practice's page."""


@dataclass(frozen=True, slots=True)
class Healed:
    """Ids of the articles that are to be stored again from their files, and what was found, for the report ("" for
    nothing)."""

    articles: frozenset[str] = frozenset()
    note: str = ""


def heal(store: Store) -> Healed:
    """Take out what is damaged and can be made again; articles stay until they are stored again.

    Raises:
        DamagedError: the file's structure is damaged beyond its own repair.
    """
    if store.integrity() != "ok":
        with store.translated():
            store.db.execute("REINDEX")  # Indexes hold nothing that the tables do not.
        if store.integrity() != "ok":
            raise DamagedError(f"{store.path}：{CORRUPT}")
    found = store.damages()
    if not found:
        return Healed()
    if any(damage.table == SCHEMA for damage in found):
        raise DamagedError(f"{store.path}：{CORRUPT}")
    with store.transaction():
        for damage in found:
            _take_out(store, damage)
        _without_owners(store)
        for table in (*SHARED, "article"):
            count_again(store.db, table)
        if any(damage.table == "meta" for damage in found):
            _measured_again(store)
    first = told(store.path, found[0]).split("，", maxsplit=1)[0]
    note = f"文章库有 {len(found)} 处损坏（{first}），能由原文件和其余内容重新得到的都已修复。"
    return Healed(_articles(store, found), note)


def is_large(store: Store) -> bool:
    """Whether to look at all of it takes so long that an addition does not."""
    return bool(store.one("SELECT count(*) FROM passage") > compacting.SIZES.anew)


def look_at(store: Store, files: Collection[Path]) -> Healed:
    """What is damaged of the articles that came from these files, and of nothing else: to look at all of a large store
    takes minutes, which a build and the doctor do. They are to be stored again; nothing is taken out."""
    origins = {str(file) for file in files}
    known = (one.id for one in store.known() if file_of(one.origin) in origins)
    return Healed(frozenset(key for key in known if _damaged(store, key)))


def _damaged(store: Store, key: str) -> bool:
    try:
        store.article(key)
        store.passages_of(key)
        numbers = store.rows("SELECT p.pk FROM passage p JOIN article a ON a.pk = p.article WHERE a.id = ?", key)
        store.sentences.of([row[0] for row in numbers])
    except DamagedError:
        return True
    return False


def left(store: Store, articles: Iterable[str]) -> tuple[str, ...]:
    """What to say of damaged articles whose files this build did not meet."""
    known = {known.id for known in store.known()}
    names = sorted(key for key in articles if key in known)
    if not names:
        return ()
    return (
        f"文章 {'、'.join(names[:5])}{' 等' if len(names) > 5 else ''}已损坏，这次没有读到原文件，没有修复。"
        "请对原文件运行 kb add，或用 kb restore 从备份恢复，或用 kb remove 移除。",
    )


def _articles(store: Store, found: Iterable[Damage]) -> frozenset[str]:
    """Ids of the articles whose rows, or whose practice's, are damaged or missing."""
    numbers, ids = set(), set()
    for damage in found:
        if damage.article and isinstance(damage.article, int):  # A damaged number may be of any kind.
            numbers.add(damage.article)
        elif damage.table == "practice" and damage.key:
            ids.add(str(damage.key[0]))
        if damage.table == "practice":  # A row that vanished does not say whose it was.
            ids.update(store.catalogue.stating(_PRACTICE))
    return frozenset(ids | store.catalogue.article_ids(sorted(numbers)))


def _take_out(store: Store, damage: Damage) -> None:
    if damage.part is Part.ARTICLE and damage.key:
        _legible(store, damage.article)
    elif damage.part is Part.VECTOR:
        store.db.execute("DELETE FROM vector WHERE rowid = ?", damage.key)
    elif damage.part is Part.LINK:
        store.db.execute("DELETE FROM link WHERE passage = ?", damage.key)
        store.db.execute("UPDATE passage SET linked = 0, links_seal = 0 WHERE pk = ?", damage.key)
    elif damage.part is Part.SHARED and damage.key:
        # By the number of its bytes: what is no text any more cannot be asked for as one.
        columns = SHARED[damage.table][: len(damage.key)]
        condition = " AND ".join(f"CAST({column} AS BLOB) = ?" for column in columns)
        values = [str(value).encode("utf-8", "surrogateescape") for value in damage.key]
        store.db.execute(f"DELETE FROM {damage.table} WHERE {condition}", values)


def _legible(store: Store, number: int) -> None:
    """What an article is known by is text again, be it the wrong one: else it could not be replaced."""
    for column in ("id", "title", "origin", "root", "digest"):
        kind, value = store.db.execute(
            f"SELECT typeof({column}), CAST({column} AS BLOB) FROM article WHERE pk = ?", (number,)
        ).fetchone()
        text = bytes(value or b"").decode("utf-8", "replace")
        if kind != "text" or text.encode() != value:
            store.db.execute(f"UPDATE article SET {column} = ? WHERE pk = ?", (text, number))


def _without_owners(store: Store) -> None:
    for table, owner, owners in (
        ("passage", "article", "article"), ("practice", "article", "article"),
        ("sentence", "passage", "passage"), ("link", "passage", "passage"),
    ):  # fmt: skip
        store.db.execute(f"DELETE FROM {table} WHERE {owner} NOT IN (SELECT pk FROM {owners})")


def _measured_again(store: Store) -> None:
    """What `meta` lost is set or measured again; a generation comes above all that index files may know."""
    for key in _MEASURED:
        store.db.execute("DELETE FROM meta WHERE key = ?", (key,))
    if not store.lineage():
        store.note(LINEAGE, new_lineage())
    made = newest_manifest(store.folder)
    store.note("generation", str(max(store.generation(), made.generation if made else 0) + 1))
