"""Fingerprints of texts, by which copies, near copies and excerpts are found without comparing the texts.

A text is the row of its shingles: every NGRAM neighbouring characters of the matching form, punctuation and white space
left out, so that script, width and layout do not count (Broder 1997, "On the resemblance and containment of
documents"). Of the hashed shingles those below a threshold are kept, the same ones of every text, in the order of the
text. Two such sketches tell
- what share of shingles two texts have in common (Jaccard), and what share of the shorter is in the longer;
- whether that holds all along: in how many stretches of STRETCH characters a good part is in the other text.
The second is what tells an edited copy, changed a little everywhere, from two statutes of one genre that share whole
articles and differ in others. A MinHash signature (datasketch and its like) has neither order nor containment, which is
why this is written out here, with numpy alone.

>>> fingerprint("网格员每天巡查，发现问题就上报。") == fingerprint("网格员每天巡查 发现问题就上报")
True
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

VERSION = 1
"""Raised whenever the same text gives another fingerprint; those of another version are made anew."""

NGRAM = 5
"""Characters of a shingle: with 3, texts of one field look alike; of 8, a tenth of edits leaves too few whole."""

FULL = 512
"""A text with up to so many shingles keeps them all, one with up to twice as many a half, a longer one a quarter."""

MOST = 32_768
"""Only a text of more than 130,000 characters keeps a smaller share than a quarter."""

STRETCH = 64
"""Characters over which two texts are compared, about two sentences."""

Hashes = npt.NDArray[np.uint32]

_HEAD = struct.Struct("<BB16s")
_NO_LETTER = re.compile(r"[\W_]+")
_NEITHER_HAN_NOR_DIGIT = re.compile(r"[^\u3007\u3400-\u9fff\U00020000-\U000323af0-9]+")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIXERS = ((np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)), (np.uint64(27), np.uint64(0x94D049BB133111EB)))


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`digest` of all characters; `sketch`: the hashes below 2 ** (32 - halvings), in order, little endian."""

    digest: bytes
    halvings: int
    sketch: bytes

    @property
    def hashes(self) -> Hashes:
        """The sketch as numbers."""
        return np.frombuffer(self.sketch, dtype="<u4")

    @property
    def size(self) -> int:
        """About how many characters the text has, punctuation left out."""
        return len(self.sketch) // 4 << self.halvings

    def to_bytes(self) -> bytes:
        """For the store."""
        return _HEAD.pack(VERSION, self.halvings, self.digest) + self.sketch

    @classmethod
    def from_bytes(cls, data: bytes) -> Fingerprint:
        """
        Raises:
            ValueError: made by another version, or damaged.
        """
        if len(data) < _HEAD.size or (len(data) - _HEAD.size) % 4 or data[0] != VERSION:
            raise ValueError("not a fingerprint of this version")
        _version, halvings, digest = _HEAD.unpack_from(data)
        return cls(digest, halvings, data[_HEAD.size :])


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two texts have in common, each share in [0, 1].

    `jaccard`: of all shingles of either, those of both. `first_in_second`: of the first text's, those in the second.
    `first_covered`: of the first text's stretches, those that are in the second for a quarter or more.
    """

    jaccard: float
    first_in_second: float
    second_in_first: float
    first_covered: float
    second_covered: float


def fingerprint(matching: str) -> Fingerprint:
    """The fingerprint of a text in matching form (`kb.text.normalize`)."""
    letters = _letters(matching)
    digest = blake2b(letters.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    hashes = _shingles(letters)
    halvings = 0
    while len(hashes) >> halvings > (FULL if halvings < 2 else MOST):
        halvings += 1
    return Fingerprint(digest, halvings, below(hashes, halvings).astype("<u4").tobytes())


def similarity(one: Fingerprint, other: Fingerprint) -> float:
    """The estimated share of shingles that both texts have, of those that either has (Jaccard), in [0, 1]."""
    return overlap(one, other).jaccard


def overlap(one: Fingerprint, other: Fingerprint) -> Overlap:
    """Estimated from the sketches, at the coarser of their scales."""
    if one.digest == other.digest:
        return Overlap(1.0, 1.0, 1.0, 1.0, 1.0)
    scale = max(one.halvings, other.halvings)
    first, second = below(one.hashes, scale), below(other.hashes, scale)
    first_shared, second_shared = np.isin(first, second), np.isin(second, first)
    shared = len(np.unique(first[first_shared]))
    distinct = len(np.unique(np.concatenate([first, second])))
    return Overlap(
        jaccard=shared / max(1, distinct),
        first_in_second=float(first_shared.sum()) / max(1, len(first)),
        second_in_first=float(second_shared.sum()) / max(1, len(second)),
        first_covered=_covered(first_shared, scale),
        second_covered=_covered(second_shared, scale),
    )


def below(hashes: Hashes, halvings: int) -> Hashes:
    """The hashes that a coarser scale keeps."""
    return hashes[hashes <= np.uint32((1 << (32 - halvings)) - 1)]


def _covered(shared: npt.NDArray[np.bool_], scale: int) -> float:
    """The share of stretches in which a quarter of the shingles is shared; edits of a tenth leave six in ten."""
    width = max(8, STRETCH >> scale)
    if not len(shared):
        return 0.0
    starts = np.arange(0, max(1, len(shared) - width // 2), width)
    counts = np.diff([*starts, len(shared)])
    return float(np.mean(np.add.reduceat(shared, starts, dtype=np.int64) * 4 >= counts))


def _letters(matching: str) -> str:
    """Han characters and digits; the letters of all scripts where those are less than half.

    So glosses (居(jū)民) and what a scan makes of rules and stamps do not count in a Chinese text.
    """
    letters = _NO_LETTER.sub("", matching)
    han = _NEITHER_HAN_NOR_DIGIT.sub("", letters)
    return han if 2 * len(han) >= len(letters) else letters


def _shingles(letters: str) -> Hashes:
    """A hash for every NGRAM neighbouring characters; a shorter text is one shingle."""
    codes = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    width = min(NGRAM, len(codes))
    if not width:
        return np.zeros(0, dtype=np.uint32)
    hashes = np.zeros(len(codes) - width + 1, dtype=np.uint64)
    for at in range(width):
        hashes = hashes * _MULTIPLIER + codes[at : len(hashes) + at]
    for shift, factor in _MIXERS:  # the finalizer of SplitMix64 (Steele, Lea & Flood 2014)
        hashes = (hashes ^ (hashes >> shift)) * factor
    return (hashes >> np.uint64(32)).astype(np.uint32)
