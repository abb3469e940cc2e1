"""Texts to numbers of pieces, as the default model's tokenizer cuts them (Unigram; Kudo 2018).

The model knows 250,000 pieces, most of them of alphabets and languages that Chinese texts do not use, and loading them
takes most of a second. Two vocabularies are made of them: one without other alphabets, and a fifth of that, without
Latin letters, for texts that hold none. A piece that cannot stand in a text plays no part in how it is cut, so each
gives the numbers that the whole one would give.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.arrays import read_array

OTHER_SCRIPTS = ((0x0100, 0x1FFF), (0xAC00, 0xD7FF))
"""Code points whose pieces this engine leaves out: letters of other alphabets and Hangul. Chinese, kana, Latin, digits
and signs stay."""

_LATIN = re.compile("[A-Za-z\u00aa\u00ba\u00c0-\u00ff]")

_NO_LATIN = re.compile(
    r"[\n !\"#$%&'()*+,\-./0-9:;<=>?@\[\\\]_{|}\u3000-\u3030\u3041-\u3096\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u00b7\uff01-\uff20\uff3b\uff3d\uff3f\uff5b-\uff60]*"
)
"""Characters of which the tokenizer's own table makes no Latin letter (it makes some of ㎡ and ℃)."""

Numbers = npt.NDArray[np.int64]


class Pieces:
    """The tokenizers of a folder that `write_pieces` wrote; the larger one is loaded when a text needs it."""

    def __init__(self, folder: Path, name: str) -> None:
        """
        Raises:
            OSError, ValueError, KeyError: a file is missing or damaged.
        """
        self._folder, self._name = folder, name
        self._digests = json.loads((folder / f"{name}-digests.json").read_text(encoding="utf-8"))
        self._small = self._loaded("han")
        self._numbers: Numbers = read_array(folder / f"{name}-han.npy")
        self._large: Any = None
        self._loading = threading.Lock()

    @property
    def most(self) -> int:
        """The highest number of a piece that may come out of the smaller vocabulary."""
        return int(self._numbers.max())

    def numbers(self, prefix: str, texts: Sequence[str]) -> list[list[int]]:
        """The numbers of each text's pieces with the prefix before it; rows of the table of words."""
        if all(map(_NO_LATIN.fullmatch, texts)):
            found = self._small.encode_batch([prefix + text for text in texts])
            return [self._numbers[encoding.ids].tolist() for encoding in found]
        with self._loading:
            if self._large is None:
                self._large = self._loaded("all")
        return [encoding.ids for encoding in self._large.encode_batch([prefix + text for text in texts])]

    def _loaded(self, part: str) -> Any:
        """Checked first: what `tokenizers` raises for a damaged file is a bare Exception."""
        from tokenizers import Tokenizer

        content = (self._folder / f"{self._name}-{part}.json").read_bytes()
        if hashlib.sha256(content).hexdigest() != self._digests[part]:
            raise ValueError(f"{self._name}-{part}.json is damaged")
        return Tokenizer.from_buffer(content)


def write_pieces(tokenizer: Path, folder: Path, name: str, prefixes: Sequence[str]) -> Numbers:
    """Write both vocabularies into `folder`; which pieces of the whole tokenizer the larger one keeps, by number.

    `prefixes` are what stands before texts: the pieces in them stay in the smaller one, whatever their letters.
    """
    whole = json.loads(tokenizer.read_text(encoding="utf-8"))
    vocabulary = whole["model"]["vocab"]
    kept = [number for number, (piece, _score) in enumerate(vocabulary) if not _foreign(piece)]
    large = [vocabulary[number] for number in kept]
    small = _small(large, 1 + int(whole["model"]["unk_id"]), prefixes)
    np.save(folder / f"{name}-han.npy", np.array(small, dtype=np.int64), allow_pickle=False)
    digests = {}
    for part, pieces in (("all", large), ("han", [large[number] for number in small])):
        whole["model"]["vocab"] = pieces
        content = json.dumps(whole, ensure_ascii=False).encode()
        digests[part] = hashlib.sha256(content).hexdigest()
        (folder / f"{name}-{part}.json").write_bytes(content)
    (folder / f"{name}-digests.json").write_text(json.dumps(digests), encoding="utf-8")
    return np.array(kept, dtype=np.int64)


def _small(pieces: Sequence[Sequence[Any]], special: int, prefixes: Sequence[str]) -> list[int]:
    """Numbers of the pieces for texts without Latin letters: the `special` ones at the head, those in the prefixes,
    those without a letter, and the least likely of all, from whose score that of unknown characters is made."""
    ahead = ["▁" + prefix.replace(" ", "▁") for prefix in prefixes]
    least = min(range(special, len(pieces)), key=lambda number: pieces[number][1])

    def needed(number: int, piece: str) -> bool:
        return number < special or number == least or not _LATIN.search(piece) or any(piece in one for one in ahead)

    return [number for number, (piece, _score) in enumerate(pieces) if needed(number, piece)]


def _foreign(piece: str) -> bool:
    return any(first <= ord(character) <= last for character in piece for first, last in OTHER_SCRIPTS)
