"""A copy of a store made ready for others: it tells nothing of the machine it was made on, or of who asked what."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from kb.index.catalogue import ADDED, REGIONAL
from kb.index.rows import as_json
from kb.index.schema import UPLOADED
from kb.index.seals import reseal
from kb.index.store import Store


def without_places(store: Store) -> None:
    """Of files only their name stays, below the article's id; of folders their last part; the list of gaps goes.

    Two copies of the same store come out the same.

    Raises:
        IndexStateError: it cannot be written.
    """
    with store.transaction():
        for number, key, origin, receipt in store.db.execute("SELECT pk, id, origin, receipt FROM article").fetchall():
            if not origin.startswith(UPLOADED):
                told = f"{key}/{_last(origin)}"
                kept = as_json({**json.loads(receipt), "origin": told}) if receipt else ""
                store.db.execute("UPDATE article SET origin = ?, receipt = ? WHERE pk = ?", (told, kept, number))
        for root, told in _renamed(_roots(store)):
            store.db.execute("UPDATE article SET root = ? WHERE root = ?", (told, root))
            store.db.execute("UPDATE term SET root = ? WHERE root = ?", (told, root))
            store.db.execute("UPDATE meta SET key = ? WHERE key = ?", (REGIONAL + told, REGIONAL + root))
        store.db.execute("DELETE FROM gap")
        reseal(store.db)


def _roots(store: Store) -> list[str]:
    """Every path that a build was given."""
    rows = store.db.execute(
        "SELECT root FROM article UNION SELECT root FROM term"
        " UNION SELECT substr(key, ?) FROM meta WHERE substr(key, 1, ?) = ?",
        (len(REGIONAL) + 1, len(REGIONAL), REGIONAL),
    )
    return sorted(row[0] for row in rows.fetchall() if row[0] != ADDED)


def _renamed(roots: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(path, its last part), with a number behind those that would be the same."""
    taken: dict[str, int] = {}
    for root in roots:
        name = _last(root) or "library"
        taken[name] = taken.get(name, 0) + 1
        yield root, name if taken[name] == 1 else f"{name}-{taken[name]}"


def _last(path: str) -> str:
    return PurePosixPath(path.replace("\\", "/")).name
