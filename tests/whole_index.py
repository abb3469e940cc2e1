"""Whether an index that met with a fault is whole, and which articles it holds: the old ones, the new ones."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from conftest import CharacterEncoder
from kb.config import Settings
from kb.index import content
from kb.index.database import FILE
from kb.index.store import Store
from kb.knowledge import KnowledgeBase

Articles = Mapping[str, str]
"""Id -> one digest over all that is stored of an article."""


def articles(index: Path) -> Articles:
    """The links between passages and practices, which come when all articles are there, are left out.

    Raises:
        IndexStateError: there is a file, and no table in it yet.
    """
    if not (index / FILE).exists():
        return {}
    with pytest.MonkeyPatch.context() as patch, closing(Store(index)) as store:
        patch.setattr(content, "_WITHIN", {"sentence": "s.n"})
        # A new index tells its model only when all articles are there.
        patch.setattr(store, "meta", lambda key: CharacterEncoder().identity if key == "model" else "")
        assert store.integrity() == "ok"
        assert store.rows("PRAGMA foreign_key_check") == []
        return dict(content.contents(store).articles)


def holding(stored: Articles, before: Articles, after: Articles) -> str:
    """Every article is whole, as it was or as it is to be; none that was there in both is missing."""
    for key, found in stored.items():
        assert found in (before.get(key), after.get(key)), key
    assert set(stored) >= set(before) & set(after)
    if stored in (before, after):
        return "as before" if stored == before else "as after"
    return "some old, some new"


def digest(index: Path) -> str:
    """Of all that an answer can depend on."""
    with closing(Store(index)) as store:
        return content.contents(store).digest


def opened(index: Path) -> KnowledgeBase:
    return KnowledgeBase.open(settings=Settings(index=index), encoder=CharacterEncoder())


def searched(index: Path) -> None:
    """A search finds 20 passages, each at its place in its article.

    Raises:
        IndexStateError: it says why it cannot.
    """
    with opened(index) as knowledge:
        hits = knowledge.search("社区物业怎么调解", k=20).hits
    assert len(hits) == 20
    for hit in hits:
        assert hit.passage.text == hit.article.text[hit.passage.start : hit.passage.end]
