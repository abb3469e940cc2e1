"""Which articles of many are copies, near copies or excerpts of a text, or it of them, by their fingerprints.

Among hundreds of thousands the few that may be are found by their anchors, the smallest thirty-second of the hashes,
which lie sorted in one array; those few are then compared sketch by sketch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.text.fingerprint import Fingerprint, Hashes, Overlap, below, overlap
from kb.types import DuplicateKind

ANCHOR_HALVINGS = 5
"""One hash in 32 is an anchor: two copies of 200 characters share none in one case of five hundred."""

ANCHOR_SHARE = 0.2
"""Of the fewer anchors so many must be shared; copies with a tenth of edits share more than a half."""

COVERED = 0.91
"""Both texts covered so far by each other are near copies. Measured (`benchmarks/duplicates.py`): copies with a tenth
of their characters changed have 0.95 and more in 19 of 20 cases; a law and the local rules that repeat it article by
article have 0.90 at most, other statutes of one genre 0.71."""

CONTAINED = 0.97
"""One text covered so far by the other is an excerpt of it; of a law the rules that repeat it hold 0.966 at most."""

ALMOST = 0.8
"""Where one is an excerpt of the other and the other so far covered too, they are near copies."""

LEAST_IN_COMMON = 0.5
"""The share of shingles of the shorter text that a copy or an excerpt has in common with the other."""

LEAST_JACCARD = 0.25
SHORTEST = 60
"""Of a text with fewer characters only exact copies are told: half of it may be one set phrase."""


@dataclass(frozen=True, slots=True)
class Match:
    """A text like the one asked about.

    `kind` says what that one is to this: "contained" means that it is an excerpt of this. `similarity` is how much of
    it (for near copies: of the text less covered) is in the other, in stretches of two sentences, in [0, 1].
    """

    key: str
    kind: DuplicateKind
    similarity: float


def compare(of: Fingerprint, other: Fingerprint) -> tuple[DuplicateKind, float] | None:
    """What a text is to another and how much of it is there; None for two different texts."""
    if of.digest == other.digest:
        return DuplicateKind.EXACT, 1.0
    if min(of.size, other.size) < SHORTEST:
        return None
    return _judge(overlap(of, other))


def _judge(found: Overlap) -> tuple[DuplicateKind, float] | None:
    both = min(found.first_covered, found.second_covered)
    inside = found.first_covered >= CONTAINED and found.first_in_second >= LEAST_IN_COMMON
    around = found.second_covered >= CONTAINED and found.second_in_first >= LEAST_IN_COMMON
    least = ALMOST if inside or around else COVERED
    if both >= least and found.jaccard >= LEAST_JACCARD:
        return DuplicateKind.NEAR, both
    if inside:
        return DuplicateKind.CONTAINED, found.first_covered
    return (DuplicateKind.CONTAINS, found.second_covered) if around else None


def duplicates(of: Fingerprint, among: Mapping[str, Fingerprint]) -> tuple[Match, ...]:
    """The texts among these that are copies, near copies or excerpts of one, or it of them; most alike first.

    For many questions make one `Fingerprints` and ask it.
    """
    return Fingerprints(among).like(of)


class Fingerprints:
    """Many fingerprints, ready to be asked; new ones may be added at any time.

    `among` is read whole once and then only asked for the few that may be alike, so it may load them from a store.
    """

    def __init__(self, among: Mapping[str, Fingerprint]) -> None:
        self._among = among
        self._added: dict[str, Fingerprint] = {}
        self._keys: list[str] = []
        self._exact: dict[bytes, list[int]] = {}
        self._counts: list[int] = []
        self._fresh: list[tuple[Hashes, int]] = []
        self._fresh_anchors = 0
        self._anchors: Hashes = np.zeros(0, dtype=np.uint32)
        self._owners: npt.NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        for key, one in among.items():
            self._take(key, one)
        self._settle()

    def __len__(self) -> int:
        return len(set(self._keys))

    def add(self, key: str, one: Fingerprint) -> None:
        """From now on among those asked; in place of an earlier one with this key."""
        self._added[key] = one
        self._take(key, one)
        if self._fresh_anchors > 1000 + len(self._anchors) // 8:
            self._settle()

    def like(self, of: Fingerprint) -> tuple[Match, ...]:
        """Those that are copies, near copies or excerpts of a text, or it of them; most alike first."""
        found: dict[str, Match] = {}
        known: dict[bytes, tuple[DuplicateKind, float] | None] = {}  # Of copies of one text only one is compared.
        for key in {self._keys[number] for number in self._candidates(of)}:
            one = self._added.get(key) or self._among[key]
            if one.digest not in known:
                known[one.digest] = compare(of, one)
            judged = known[one.digest]
            if judged is not None:
                found[key] = Match(key, judged[0], round(judged[1], 3))
        return tuple(sorted(found.values(), key=lambda match: (-_ORDER[match.kind], -match.similarity, match.key)))

    def _take(self, key: str, one: Fingerprint) -> None:
        number = len(self._keys)
        self._keys.append(key)
        anchors = _anchors(one)
        self._exact.setdefault(one.digest, []).append(number)
        self._counts.append(len(anchors))
        self._fresh.append((anchors, number))
        self._fresh_anchors += len(anchors)

    def _settle(self) -> None:
        """Sort the fresh anchors in with the others."""
        anchors, owners = self._all_fresh()
        anchors, owners = np.concatenate([self._anchors, anchors]), np.concatenate([self._owners, owners])
        order = np.argsort(anchors, kind="stable")
        self._anchors, self._owners = anchors[order], owners[order]
        self._fresh, self._fresh_anchors = [], 0

    def _all_fresh(self) -> tuple[Hashes, npt.NDArray[np.int32]]:
        anchors = [np.zeros(0, dtype=np.uint32), *(anchors for anchors, _number in self._fresh)]
        numbers = [number for _anchors, number in self._fresh]
        counts = [len(anchors) for anchors, _number in self._fresh]
        return np.concatenate(anchors), np.repeat(np.array(numbers, dtype=np.int32), counts)

    def _candidates(self, of: Fingerprint) -> list[int]:
        """Numbers of those that share enough anchors with a text, or all of its characters."""
        wanted = _anchors(of)
        first, last = np.searchsorted(self._anchors, wanted, "left"), np.searchsorted(self._anchors, wanted, "right")
        fresh, fresh_owners = self._all_fresh()
        owners = np.concatenate(
            [*(self._owners[begin:end] for begin, end in zip(first, last, strict=True)),
             fresh_owners[np.isin(fresh, wanted)]]
        )  # fmt: skip
        numbers, shared = np.unique(owners, return_counts=True)
        fewer = np.minimum(np.array(self._counts)[numbers] if len(numbers) else 0, len(wanted))
        return [*numbers[shared >= ANCHOR_SHARE * fewer].tolist(), *self._exact.get(of.digest, ())]


_ORDER = {DuplicateKind.EXACT: 3, DuplicateKind.NEAR: 2, DuplicateKind.CONTAINS: 1, DuplicateKind.CONTAINED: 1}


def _anchors(one: Fingerprint) -> Hashes:
    """The anchors of a text, each once."""
    return np.unique(below(one.hashes, ANCHOR_HALVINGS))
