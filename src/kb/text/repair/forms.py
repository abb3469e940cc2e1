"""Which characters a hidden byte may belong to, and how well a form suits the document it stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from kb.text.opencc_tables import read_table
from kb.text.repair.counts import fold_character
from kb.text.repair.gbk import tables
from kb.text.repair.glosses import is_traditional_only
from kb.text.repair.language import LanguageModel

PUNCTUATION = frozenset("。，、；：？！“”‘’（）《》—…·〈〉〔〕【】％")

SEEN, UNSEEN, UNFIT = 0.5, -0.5, -4.0
"""Added for a form that the document holds, for one it does not, and for one that does not suit it
(README.md, section 5.3): hidden variants inherit the frequency of the common form, 燬 that of 毁."""

CLEARLY = 5
"""A document is of one script if it has five times as many characters of it as of the other."""


@dataclass(frozen=True, slots=True)
class Form:
    """A character with its bytes, and as the model counts it."""

    character: str
    folded: str
    lead: int
    trail: int


@dataclass(frozen=True, slots=True)
class Forms:
    """The candidates for hidden bytes, by the byte that is known, or by the folded character."""

    by_lead: Mapping[int, tuple[Form, ...]]
    by_trail: Mapping[int, tuple[Form, ...]]
    by_folded: Mapping[str, tuple[Form, ...]]


@lru_cache(maxsize=2)
def candidate_forms(model: LanguageModel) -> Forms:
    """Every Han character and common mark that is not rare."""
    by_lead, by_trail, by_folded = defaultdict(list), defaultdict(list), defaultdict(list)
    for (lead, trail), character in tables().pairs.items():
        folded = fold_character(character)
        if (is_han(character) and not model.is_rare(folded)) or character in PUNCTUATION:
            form = Form(character, folded, lead, trail)
            by_lead[lead].append(form)
            by_trail[trail].append(form)
            by_folded[folded].append(form)
    return Forms(_frozen(by_lead), _frozen(by_trail), _frozen(by_folded))


def is_han(character: str) -> bool:
    """Whether the character is Han."""
    return "\u3400" <= character <= "\u9fff"


class Fitness:
    """How well a character resting on a hidden byte suits a document: what it holds, and its script."""

    def __init__(self, text: str, held: frozenset[str]) -> None:
        """`text` tells the script; `held` are the characters of its undamaged clauses."""
        self._held = held
        traditional = sum(map(is_traditional_only, text))
        others = sum(map(is_simplified_only, text))
        self._traditional = traditional > CLEARLY * others
        self._simplified = others > CLEARLY * traditional
        self._memory: dict[str, float] = {}

    def __call__(self, character: str) -> float:
        """The term added to a reading's score."""
        known = self._memory.get(character)
        if known is None:
            known = self._memory[character] = self._term(character)
        return known

    def unfit(self, character: str) -> float:
        """The term of a character whose bytes are both known: only what the document would not write counts."""
        return min(0.0, self(character) - UNSEEN)

    def _term(self, character: str) -> float:
        if not is_han(character):
            return 0.0
        if character in self._held:
            return SEEN
        wrong_script = (self._traditional and is_simplified_only(character)) or (
            self._simplified and is_traditional_only(character)
        )
        return UNFIT if wrong_script or is_secondary(character) else UNSEEN


@lru_cache(maxsize=1 << 14)
def is_secondary(character: str) -> bool:
    """Whether the character is not the first traditional form of its simplified one (OpenCC's STCharacters)."""
    base = fold_character(character)
    return (
        is_han(character) and character != base and character not in read_table("STCharacters").get(base, (base,))[:1]
    )


@lru_cache(maxsize=1 << 14)
def is_simplified_only(character: str) -> bool:
    """Whether traditional script writes the character in another way: 传, but not 里 or 干, which Big5 holds."""
    if read_table("STCharacters").get(character, (character,))[0] == character:
        return False
    return not character.encode("big5", errors="ignore")


def _frozen(table: Mapping[int, list[Form]] | Mapping[str, list[Form]]) -> dict:  # type: ignore[type-arg]
    return {key: tuple(forms) for key, forms in table.items()}
