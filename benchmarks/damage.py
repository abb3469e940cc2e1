"""Damages sound text the way content farms do, so that the truth is known: bytes of GBK, unaligned replacement.

The mechanism is that of the study (`shared/damage/README.md`, section 3): glosses after keys of a list, a sign
before keys that are punctuation, both found anywhere in the bytes; then the decoder of the next farm. Every
byte remembers the character it came from, so that each damaged place is known with its truth.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.text.repair.gbk import tables

PUNCTUATION = ("；", "！", "，")
MORE_PUNCTUATION = ("；", "！", "，", "。", "、", "：", "？", "（", "”")
"""Keys of a site that has nearly all: of a character that ends in A3, both bytes are lost before 、 and 。."""

EVERY_PUNCTUATION = (*PUNCTUATION, "。", "、", "：", "？", "（", "）", "“", "”", "《", "》")
"""All keys that were seen on some site."""

INSERTED_SIGN = b"\x01"
"""What is inserted before a mark shows nowhere by itself; it is only seen where it tore a character."""

INSERTED, SHIFTED = -1, -2
"""Where a byte or a shown character comes from when it is not from a place of the true line."""


@dataclass(frozen=True, slots=True)
class Key:
    """What is looked for in the bytes of a page, and what is put before and after it."""

    sought: bytes
    before: bytes = b""
    after: bytes = b""


@dataclass(frozen=True, slots=True)
class Farm:
    """What one site does to a page: its keys, one after another over the whole."""

    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A damaged place: `start:end` of the damaged line is `true_start:true_end` of the true one."""

    start: int
    end: int
    true_start: int
    true_end: int


@dataclass(frozen=True, slots=True)
class Damaged:
    """A line, what became of it, and for each character the place of the true line that it is, or a mark."""

    true: str
    text: str
    origins: tuple[int, ...]

    def runs(self) -> Iterator[Span]:
        """The stretches that are shifted, with glosses that touch them."""
        for start, end in self._stretches():
            if SHIFTED in self.origins[start:end]:
                yield Span(start, end, self.true_at(start), self.true_until(end))

    def glosses(self) -> set[tuple[int, int]]:
        """The glosses that stand after a whole character."""
        return {(start, end) for start, end in self._stretches() if SHIFTED not in self.origins[start:end]}

    def true_at(self, place: int) -> int:
        """Where in the true line what follows the last sound character before a place begins."""
        return next((self.origins[at] + 1 for at in range(place - 1, -1, -1) if self.origins[at] >= 0), 0)

    def true_until(self, place: int) -> int:
        """Where in the true line the first sound character from a place on stands."""
        sound = (origin for origin in self.origins[place:] if origin >= 0)
        return next(sound, len(self.true))

    def _stretches(self) -> Iterator[tuple[int, int]]:
        start = -1
        for at, origin in enumerate((*self.origins, 0)):
            if origin < 0 and start < 0:
                start = at
            if origin >= 0 and start >= 0:
                yield start, at
                start = -1


def some_marks(seed: int) -> tuple[str, ...]:
    """The keys of a farm that has half of all marks."""
    return tuple(random.Random(f"marks {seed}").sample(EVERY_PUNCTUATION, len(EVERY_PUNCTUATION) // 2))


def make_farm(text: str, seed: int, *, marks: Sequence[str] = PUNCTUATION, share: float = 0.25, most: int = 76) -> Farm:
    """A farm that glosses a share of the traditional characters of a text, as the farms of the seeds do."""
    from kb.text.repair.glosses import is_traditional_only

    chooser = random.Random(seed)
    bytes_of = tables().bytes_of
    characters = sorted({one for one in text if is_traditional_only(one) and one in bytes_of})
    chosen = chooser.sample(characters, min(most, int(share * len(characters))))
    keys = [Key(encode(one), after=encode(f"({letters})")) for one in chosen if (letters := first_reading(one))]
    keys += [Key(encode(mark), before=INSERTED_SIGN) for mark in marks]
    chooser.shuffle(keys)
    return Farm(tuple(keys))


def first_reading(character: str) -> str:
    """The commonest reading of a character, as a gloss program would take it."""
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.TONE)[0][0]
    return found if found != character else ""


def sound(line: str) -> Damaged:
    """A line that went through NFKC and nothing else."""
    return _decode(line, *_encode(line))


def damage(line: str, farm: Farm) -> Damaged:
    """What is left of a line that went through a farm and through NFKC."""
    raw, origins = _encode(line)
    for key in farm.keys:
        raw, origins = _insert(raw, origins, key)
    return _decode(line, raw, origins)


def drop_lead(line: str, at: int, *, long: bool = False) -> Damaged:
    """The other mechanism: the lead byte of the character at `at` became `?`.

    The shift ends at the next mark, or if it is `long`, at the next ASCII character.
    """
    if long:
        end = next((place for place in range(at + 1, len(line)) if line[place].isascii()), len(line))
    else:
        end = next((place for place in range(at + 1, len(line)) if line[place] in PUNCTUATION), len(line))
    before, after = (encode(part) for part in (line[:at], line[:end]))
    raw, origins = _encode(line)
    sign = b"" if long else INSERTED_SIGN
    torn = raw[: len(before)] + b"?" + raw[len(before) + 1 : len(after)] + sign + raw[len(after) :]
    places = [*origins[: len(before)], SHIFTED, *origins[len(before) + 1 : len(after)]]
    return _decode(line, torn, [*places, *[INSERTED] * len(sign), *origins[len(after) :]])


def encode(text: str) -> bytes:
    """GBK, without what it does not hold."""
    return text.encode("gbk", errors="ignore")


def _encode(line: str) -> tuple[bytes, list[int]]:
    """The bytes of a line, and for each the place of its character."""
    pieces = [encode(character) for character in line]
    return b"".join(pieces), [place for place, piece in enumerate(pieces) for _ in piece]


def _insert(raw: bytes, origins: list[int], key: Key) -> tuple[bytes, list[int]]:
    """Like `bytes.replace`: every occurrence from the left, wherever in a character it begins."""
    pieces, places, at = list[bytes](), list[int](), 0
    while (found := raw.find(key.sought, at)) >= 0:
        end = found + len(key.sought)
        pieces += [raw[at:found], key.before, raw[found:end], key.after]
        places += [*origins[at:found], *[INSERTED] * len(key.before), *origins[found:end]]
        places += [INSERTED] * len(key.after)
        at = end
    return b"".join([*pieces, raw[at:]]), [*places, *origins[at:]]


def _decode(line: str, raw: bytes, origins: Sequence[int]) -> Damaged:
    """Read bytes as the farms' decoder does, and write the true line and what is read in NFKC."""
    whole = [unicodedata.normalize("NFKC", one) if encode(one) else "" for one in line]
    starts = [0]
    for piece in whole:
        starts.append(starts[-1] + len(piece))
    shown, places = list[str](), list[int]()
    for start, end, character in _characters(raw):
        text = unicodedata.normalize("NFKC", character)
        origin = _origin(origins[start:end], line, character)
        shown.append(text)
        places += [starts[origin] + more if origin >= 0 else origin for more in range(len(text))]
    return Damaged("".join(whole), "".join(shown), tuple(places))


def _origin(origins: Sequence[int], line: str, character: str) -> int:
    """Whence a character: a place of the line if it is the character of that place, whole."""
    if all(one == INSERTED for one in origins):
        return INSERTED
    first = origins[0]
    return first if first >= 0 and len(set(origins)) == 1 and line[first] == character else SHIFTED


def _characters(raw: bytes) -> Iterator[tuple[int, int, str]]:
    """(first byte, last, what is shown): a lead byte before what is no trail is `?` and takes that byte along."""
    pairs = tables().pairs
    at = 0
    while at < len(raw):
        lead = raw[at]
        if lead < 0x80:
            yield at, at + 1, chr(lead) if lead != INSERTED_SIGN[0] else ""
            at += 1
        elif lead in (0x80, 0xFF):
            yield at, at + 1, "€" if lead == 0x80 else ""
            at += 1
        elif at + 1 >= len(raw) or raw[at + 1] < 0x40 or raw[at + 1] in (0x7F, 0xFF):
            yield at, min(at + 2, len(raw)), "?"
            at += 2
        else:
            yield at, at + 2, pairs.get((lead, raw[at + 1]), "")
            at += 2
