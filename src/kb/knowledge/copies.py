"""Which articles of the store are copies, near copies or excerpts of one that is being added."""

from __future__ import annotations

from kb.index.store import Store
from kb.text.duplicates import Fingerprints
from kb.text.fingerprint import Fingerprint
from kb.types import Duplicate


class Copies:
    """The fingerprints of the store's articles, read when the first article is compared."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: Fingerprints | None = None
        self._titles: dict[str, str] = {}

    def of(self, key: str, title: str, print_: Fingerprint) -> tuple[Duplicate, ...]:
        """The articles that are like this one, most alike first; from now on it is among those compared."""
        known = self._loaded()
        found = tuple(
            Duplicate(match.key, self._titles[match.key], match.kind, match.similarity)
            for match in known.like(print_)
            if match.key != key
        )
        known.add(key, print_)
        self._titles[key] = title
        return found

    def _loaded(self) -> Fingerprints:
        if self._known is None:
            prints = {}
            for key, title, data in self._store.fingerprints():
                try:
                    prints[key] = Fingerprint.from_bytes(data)
                except ValueError:
                    continue  # Stored by another version: the next build of the article makes it anew.
                self._titles[key] = title
            self._known = Fingerprints(prints)
        return self._known
