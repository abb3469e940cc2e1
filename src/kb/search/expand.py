"""Other names of what a question speaks of: 志工 and 義工 for 志愿者, 里長 for 居委会主任, 打官司 for 诉讼.

The lists are `regional.tsv` (places) and `plain.tsv` (plain speech) beside this module; their heads say how they are
written. A folder of articles may bring its own (`lexicon/regional.tsv`), whose lines take the place of ours wherever
they share a word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from kb.errors import SourceError
from kb.text.normalize import normalize
from kb.types import Expansion

REGIONS = ("大陆", "台湾", "香港")
PLAIN = "口语"
COLUMNS = (*REGIONS, PLAIN)
SHIPPED = ("regional.tsv", "plain.tsv")


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a thing: where it is said, and whether it calls up the others and is called up by them."""

    word: str
    column: str
    calls: bool
    called: bool


Row = tuple[Name, ...]
"""The names of one thing."""

MAINLAND, WRITTEN, ALSO = "大陆说法", "书面说法", "又称"


def parse_rows(text: str, origin: str) -> list[Row]:
    """The lines of a list of other names.

    Raises:
        SourceError: a line has more columns than there are.
    """
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) > len(COLUMNS):
            columns = "、".join(COLUMNS)
            raise SourceError(
                f"{origin} 第 {number} 行有 {len(cells)} 列，最多 {len(COLUMNS)} 列（{columns}）。请改正。"
            )
        rows.append(tuple(name for column, cell in zip(COLUMNS, cells, strict=False) for name in _names(cell, column)))
    return rows


def _names(cell: str, column: str) -> list[Name]:
    names = []
    for written in filter(None, (word.strip() for word in cell.split("、"))):
        word = written.strip("（）()")
        names.append(Name(word, column, calls=word == written, called=column != PLAIN))
    return names


class OtherNames:
    """Finds in a question what has other names."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows: dict[str, list[Row]] = {}
        for row in rows:
            for name in row:
                if name.calls:
                    self._rows.setdefault(normalize(name.word), []).append(row)
        self._longest = max(map(len, self._rows), default=0)

    def find(self, text: str, breaks: Collection[int], without: Collection[str] = ()) -> tuple[Expansion, ...]:
        """What is looked for as well, in the order of the question; `breaks` are the places between its words.

        A name is found only where whole words begin and end (no 志工 in 同志工作), the longest one at a place.
        Nothing is added that stands in the question already, or that `without` names.
        """
        matching = normalize(text)
        left_out = {normalize(word) for word in without}
        found: dict[str, Expansion] = {}
        at = 0
        while at < len(matching):
            end = self._end(matching, at, breaks)
            for name, why in self._called(matching[at:end]):
                key = normalize(name.word)
                if key not in left_out and key not in matching:
                    found.setdefault(key, Expansion(text[at:end], name.word, why))
            at = max(end, at + 1)
        return tuple(found.values())

    def _end(self, matching: str, at: int, breaks: Collection[int]) -> int:
        if at in breaks:
            for end in range(min(len(matching), at + self._longest), at, -1):
                if end in breaks and matching[at:end] in self._rows:
                    return end
        return at

    def _called(self, word: str) -> Iterator[tuple[Name, str]]:
        """The other names of `word`, each with whose it is."""
        for row in self._rows.get(word, ()):
            said = {name.column for name in row if normalize(name.word) == word}
            for name in row:
                if name.called and normalize(name.word) != word:
                    yield name, _why(said, name.column)


def _why(said: Collection[str], column: str) -> str:
    if said == {PLAIN}:
        return WRITTEN
    return ALSO if column in said else f"{column}说法"


def usual_wording(text: str, expansions: Iterable[Expansion]) -> str:
    """`text` in matching form as mainland texts would write it: the words of Taiwan and Hong Kong, of plain speech and
    short names (业委会) replaced, each by the first other name that it has."""
    wording = normalize(text)
    done: set[str] = set()
    for expansion in expansions:
        if expansion.why in {MAINLAND, WRITTEN, ALSO} and expansion.term not in done:
            done.add(expansion.term)
            wording = wording.replace(normalize(expansion.term), normalize(expansion.added))
    return wording


@lru_cache(maxsize=4)
def other_names(own: str = "") -> OtherNames:
    """The names of the package, and those of a list of one's own in their place where they share a word."""
    mine = parse_rows(own, "lexicon/regional.tsv")
    taken = {normalize(name.word) for row in mine for name in row}
    kept = [row for row in _shipped() if taken.isdisjoint(normalize(name.word) for name in row)]
    return OtherNames([*mine, *kept])


def _shipped() -> list[Row]:
    files = [resources.files("kb.search").joinpath(name) for name in SHIPPED]
    return [row for file in files for row in parse_rows(file.read_text(encoding="utf-8"), str(file))]
