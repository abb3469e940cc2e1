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
    """The candidates for hidden bytes, by the byte that is known."""

    by_lead: Mapping[int, tuple[Form, ...]]
    by_trail: Mapping[int, tuple[Form, ...]]


@lru_cache(maxsize=2)
def candidate_forms(model: LanguageModel) -> Forms:
    """Every Han character and common mark that is not rare."""
    by_lead, by_trail = defaultdict(list), defaultdict(list)
    for (lead, trail), character in tables().pairs.items():
        folded = fold_character(character)
        if (is_han(character) and not model.is_rare(folded)) or character in PUNCTUATION:
            form = Form(character, folded, lead, trail)
            by_lead[lead].append(form)
            by_trail[trail].append(form)
    return Forms(_frozen(by_lead), _frozen(by_trail))


def is_han(character: str) -> bool:
    """Whether the character is Han."""
    return "\u3400" <= character <= "\u9fff"


class Fitness:
    """How well a character resting on a hidden byte suits a document: what it holds, and its script."""

    def __init__(self, text: str, held: Mapping[str, int]) -> None:
        """`text` tells the script; `held` is how often its clauses that seem sound hold each character."""
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
        if self.is_foreign(character):
            return UNFIT
        if character in self._held:
            return SEEN
        return UNFIT if is_secondary(character) else UNSEEN

    def is_foreign(self, character: str) -> bool:
        """Whether the document is clearly of the other script, or writes the character in another way.

        Seen or not: a clause of a long run can pass for sound.
        """
        if self._traditional:
            return is_simplified_only(character) or self._writes_otherwise(character)
        return self._simplified and is_traditional_only(character)

    def _writes_otherwise(self, character: str) -> bool:
        """Whether a traditional document writes the character in another way, though Big5 holds it.

        里 and 干 are traditional, too, and are doubted only where the document clearly prefers 裏 and 幹; 担 and 群
        are not by OpenCC, and are believed only where the document prefers them to 擔 and 羣.
        """
        if character != fold_character(character):
            return False
        forms = read_table("STCharacters").get(character, (character,))
        here, usual = self._held.get(character, 0), self._held.get(forms[0], 0)
        if character in forms:
            return character != forms[0] and usual >= CLEARLY * (1 + here)
        return here <= max(usual, 1)


@lru_cache(maxsize=1 << 14)
def is_secondary(character: str) -> bool:
    """Whether the character is not the first traditional form of its simplified one (OpenCC's STCharacters)."""
    return is_han(character) and character not in (fold_character(character), first_form(character))


@lru_cache(maxsize=1 << 14)
def first_form(character: str) -> str:
    """The first traditional form of the simplified one of a character."""
    base = fold_character(character)
    return read_table("STCharacters").get(base, (base,))[0]


@lru_cache(maxsize=1 << 14)
def is_simplified_only(character: str) -> bool:
    """Whether traditional script writes the character in another way: 传, but not 里 or 干, which Big5 holds."""
    if read_table("STCharacters").get(character, (character,))[0] == character:
        return False
    return not character.encode("big5", errors="ignore")


def _frozen(table: Mapping[int, list[Form]]) -> Mapping[int, tuple[Form, ...]]:
    return {key: tuple(forms) for key, forms in table.items()}
