"""What index files are made from is held against its seals before: all of it in a small index, what is new in a large
one, where all of it would take minutes (`kb build` and `kb doctor` look at all of it)."""

from __future__ import annotations

import numpy as np

from kb.index import compacting
from kb.index.caches import Caches
from kb.index.damage import Damage, Part, named
from kb.index.database import chunks
from kb.index.dense import Numbers
from kb.index.store import Store

SEARCHED = (Part.SHARED, Part.ARTICLE, Part.TEXT, Part.PASSAGE, Part.SENTENCE, Part.VECTOR)
"""What index files are made from."""


def proven(store: Store, old: Caches | None) -> tuple[Numbers, Numbers]:
    """The number of every passage, ascending, and that of its article. `old` are index files to go on from: in a large
    index what they hold was proven when they were made.

    Raises:
        DamagedError: something is not what was stored, or is missing.
    """
    numbers, articles = store.passage_numbers()
    fresh = numbers if old is None else np.setdiff1d(numbers, old.segments.numbers)
    if old is None or len(numbers) <= compacting.SIZES.anew or len(fresh) > len(numbers) // 2:
        store.sound(*SEARCHED)
        return store.passage_numbers()
    store.sound(Part.SHARED)
    for chunk in chunks(fresh.tolist()):
        store.passages(chunk)  # Vectors are held against their seals wherever they are read.
        store.sentences.of(chunk)
    _nothing_vanished(store, old, numbers)
    return numbers, articles


def _nothing_vanished(store: Store, old: Caches, numbers: Numbers) -> None:
    """No article went without being counted, no passage without its article, which comes back under another number."""
    if store.one("SELECT (SELECT count(*) FROM article) <> (SELECT rows FROM total WHERE name = 'article')"):
        raise store.damaged(Damage(Part.ARTICLE, "article", (), "文章的目录"))
    gone = np.isin(old.segments.numbers, numbers, invert=True)
    for chunk in chunks(np.unique(old.segments.articles[gone]).tolist()):
        marks = ", ".join("?" * len(chunk))
        for number, key, title in store.rows(f"SELECT pk, id, title FROM article WHERE pk IN ({marks})", *chunk):
            raise store.damaged(Damage(Part.PASSAGE, "article", (number,), named(key, title), number))
