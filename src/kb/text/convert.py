"""Writes a text in the other script or region, character for character, and says where the choice was open.

OpenCC's own tables, longest phrase first from left to right. Every entry used keeps the length, so that every span of
the text is the same span of what is shown (the law of `kb.text.normalize`, for display); and none changes a word: the
tables of Taiwan's vocabulary (社区 -> 社群, 程序 -> 程式) are not read.

A line in traditional script goes to simplified by phrases, to another region by character; a line in simplified
script the other way round. Only what is of the line's own script is converted by phrases: 里 of 里長 is no 裡.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from kb.text.normalize import normalize
from kb.text.opencc_tables import read_table
from kb.text.phrases import DOUBTFUL, HONG_KONG, LEFT_OUT, NOT_MARKS, SINGLE, TAIWAN, TO_TRADITIONAL
from kb.text.script import detect_script, telling_characters
from kb.text.variants import VARIANTS
from kb.types import Script


class Region(str, Enum):
    """Whose printed forms are wanted."""

    MAINLAND = "cn"
    TAIWAN = "tw"
    HONG_KONG = "hk"


@dataclass(frozen=True, slots=True)
class Choice:
    """A character for which the tables know several and no phrase decided; `candidates` holds the chosen one first."""

    at: int
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Converted:
    """A text of the same length as the one it was made from."""

    text: str
    choices: tuple[Choice, ...] = ()


class Phrases:
    """Phrases by their first two characters, each with its lengths, longest first."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self._entries = entries
        lengths: dict[str, set[int]] = {}
        for phrase in entries:
            lengths.setdefault(phrase[:2], set()).add(len(phrase))
        self._lengths = {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}

    def at(self, text: str, place: int) -> str:
        """The longest phrase that begins here, or nothing."""
        for length in self._lengths.get(text[place : place + 2], ()):
            if text[place : place + length] in self._entries:
                return text[place : place + length]
        return ""

    def __getitem__(self, phrase: str) -> str:
        return self._entries[phrase]


@dataclass(frozen=True, slots=True)
class Tables:
    """One direction: phrases, and single characters with all their candidates, the one that is taken first."""

    phrases: Phrases
    singles: Mapping[str, tuple[str, ...]]


def convert(text: str, region: Region, script: Script | None = None, terms: Iterable[str] = ()) -> Converted:
    """`text` as `region` prints it.

    `script` is that of the whole text (told from it when not given), for lines that do not tell their own. `terms`
    are names in both scripts: each is converted as one piece, to its other written form where that is among them.
    """
    own = script or detect_script(text)
    names = _names(tuple(sorted(set(terms))), region)
    parts, choices, at = [], [], 0
    for line in text.splitlines(keepends=True):
        tables = _tables(_script_of(line, own), region)
        done = _line(line, tables, names)
        parts.append(done.text)
        choices += [Choice(at + choice.at, choice.candidates) for choice in done.choices]
        at += len(line)
    return Converted("".join(parts), tuple(choices))


def _script_of(line: str, own: Script) -> Script:
    simplified, traditional = telling_characters()
    if any(character in simplified or character in traditional for character in line):
        return detect_script(line)
    return own


def _line(line: str, tables: Tables, names: Phrases) -> Converted:
    parts: list[str] = []
    choices: list[Choice] = []
    at = 0
    while at < len(line):
        found = names.at(line, at)
        if found:
            parts.append(names[found])
        else:
            found = _phrase(line, at, tables.phrases, names)
            parts.append(tables.phrases[found] if found else _single(line[at], at, tables, choices))
        at += len(found) or 1
    return Converted("".join(parts), tuple(choices))


def _phrase(line: str, at: int, phrases: Phrases, names: Phrases) -> str:
    """The phrase that begins here, unless a longer one or a name begins inside it."""
    found = phrases.at(line, at)
    inside = range(at + 1, at + len(found))
    if any(names.at(line, place) or len(phrases.at(line, place)) > len(found) for place in inside):
        return ""
    return found


def _single(character: str, at: int, tables: Tables, choices: list[Choice]) -> str:
    candidates = tables.singles.get(character, (character,))
    if len(candidates) > 1 and character in DOUBTFUL:
        choices.append(Choice(at, candidates))
    return candidates[0]


@lru_cache(maxsize=8)
def _names(terms: tuple[str, ...], region: Region) -> Phrases:
    """Name -> how it is written in `region`: as one of `terms` has it, else converted by itself."""
    written: dict[tuple[str, bool], str] = {}
    simplified, traditional = telling_characters()
    for term in terms:
        for telling, is_traditional in ((simplified, False), (traditional, True)):
            if not telling.isdisjoint(term):
                written.setdefault((normalize(term), is_traditional), term)
    entries = {}
    for term in terms:
        other = written.get((normalize(term), region is not Region.MAINLAND), term)
        script = Script.HANT if not traditional.isdisjoint(other) else Script.HANS
        entries[term] = _line(other, _tables(script, region), Phrases({})).text
    return Phrases({term: shown for term, shown in entries.items() if len(term) > 1 and len(shown) == len(term)})


@lru_cache(maxsize=9)
def _tables(script: Script, region: Region) -> Tables:
    if region is Region.MAINLAND and script is Script.HANS:
        return Tables(Phrases({}), _stray(telling_characters()[1], "TSCharacters"))
    if region is Region.MAINLAND:
        return Tables(Phrases(_to_simplified()), _simplified_singles())
    if script is Script.HANT:
        forms = _regional(region, from_simplified=False)
        marks = {word: word for word in NOT_MARKS} if region is Region.HONG_KONG else {}
        return Tables(
            Phrases(marks),
            {one: (other,) for one, other in forms.items()}
            | _in_region(_stray(telling_characters()[0], "STCharacters"), forms),
        )
    forms = _regional(region, from_simplified=True)
    singles = {**read_table("STCharacters"), **{one: (other,) for one, other in SINGLE.items()}}
    traditional = {one: (other,) for one, other in forms.items() if one not in singles}
    return Tables(Phrases(_in_region_words(_to_traditional(), forms)), traditional | _in_region(singles, forms))


def _in_region(singles: Mapping[str, tuple[str, ...]], forms: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The candidates as the region prints them, each once."""
    return {
        one: tuple(dict.fromkeys(forms.get(candidate, candidate) for candidate in candidates))
        for one, candidates in singles.items()
    }


def _in_region_words(phrases: Mapping[str, str], forms: Mapping[str, str]) -> dict[str, str]:
    written = "\n".join(phrases.values()).translate({ord(one): other for one, other in forms.items()})
    return dict(zip(phrases, written.split("\n"), strict=True))


def _stray(telling: frozenset[str], table: str) -> Mapping[str, tuple[str, ...]]:
    """Single characters of the other script that got into a text."""
    return {one: targets for one, targets in read_table(table).items() if one in telling}


def _to_traditional() -> dict[str, str]:
    """OpenCC's phrases but those that leave the matching form (坐标 -> 座標) or catch halves of words, then ours."""
    kept = {one: targets[0] for one, targets in read_table("STPhrases").items() if one not in LEFT_OUT}
    folded = zip(normalize("\n".join(kept)).split("\n"), normalize("\n".join(kept.values())).split("\n"), strict=True)
    same = [before == after for before, after in folded]
    return {one: kept[one] for one, keep in zip(kept, same, strict=True) if keep} | dict(TO_TRADITIONAL)


def _to_simplified() -> dict[str, str]:
    phrases = {one: targets[0] for one, targets in read_table("TSPhrases").items()}
    return phrases | {word: "".join(read_table("TSCharacters").get(one, one)[0] for one in word) for word in NOT_MARKS}


def _simplified_singles() -> Mapping[str, tuple[str, ...]]:
    """To simplified: OpenCC's characters, Taiwan's and Hong Kong's own forms, and the variants beyond its tables."""
    standard = read_table("TSCharacters")
    regional: dict[str, tuple[str, ...]] = {"裡": ("里",), "著": ("着",)}
    for name in ("TWVariantsRev", "HKVariantsRev"):
        for one, targets in read_table(name).items():
            if len(one) == 1 and one not in standard and standard.get(targets[0], (one,)) != (one,):
                regional[one] = standard[targets[0]]
    variants = {one: (other,) for one, other in VARIANTS.items() if not one.encode("gb2312", errors="ignore")}
    return {**variants, **regional, **standard}


def _regional(region: Region, *, from_simplified: bool) -> dict[str, str]:
    """OpenCC's standard (and, in a text that is traditional already, the other region's forms) -> this region's."""
    taiwan = {one: targets[0] for one, targets in read_table("TWVariants").items()}
    hong_kong = {one: targets[0] for one, targets in read_table("HKVariants").items()}
    if region is Region.HONG_KONG:
        marks = {} if from_simplified else {"著": "着"}
        return {one: HONG_KONG.get(other, other) for one, other in hong_kong.items()} | dict(HONG_KONG) | marks
    # Of Hong Kong's forms only those that Taiwan does not print itself (説, 綫, 户).
    foreign = {other: taiwan.get(one, one) for one, other in hong_kong.items() if not _common_in_taiwan(other)}
    foreign = {**_rare_forms(), **foreign}
    if from_simplified:
        return foreign | {one: TAIWAN.get(other, other) for one, other in taiwan.items()} | dict(TAIWAN)
    # What Taiwan prints both ways (汙, 佔) stays as it was written.
    return foreign | {one: other for one, other in taiwan.items() if one not in TAIWAN}


def _rare_forms() -> dict[str, str]:
    """Traditional forms outside Taiwan's frequent characters whose simplified form leads to one of these: 産 -> 產."""
    to_traditional = read_table("STCharacters")
    forms = {}
    for one, (simplified, *_) in read_table("TSCharacters").items():
        targets = to_traditional.get(simplified, ())
        if len(targets) == 1 and targets[0] != one and not _common_in_taiwan(one) and _common_in_taiwan(targets[0]):
            forms[one] = targets[0]
    return forms


def _common_in_taiwan(character: str) -> bool:
    """Whether Big5 has it among its 5,401 frequently used characters (A440 to C67E)."""
    code = character.encode("big5", errors="ignore")
    return b"\xa4\x40" <= code <= b"\xc6\x7e"
