"""Tells simplified from traditional script by the characters that occur in only one of them."""

from __future__ import annotations

from functools import lru_cache

from kb.text.opencc_tables import read_table
from kb.types import Script

MINORITY = 0.1
"""Up to this share of the telling characters may be of the other script: quotations, names, conversion slips."""


def detect_script(text: str) -> Script:
    """The script of a text; simplified where no character tells."""
    simplified_only, traditional_only = telling_characters()
    simplified = sum(character in simplified_only for character in text)
    traditional = sum(character in traditional_only for character in text)
    if traditional <= MINORITY * (simplified + traditional):
        return Script.HANS
    if simplified <= MINORITY * (simplified + traditional):
        return Script.HANT
    return Script.MIXED


@lru_cache(maxsize=1)
def telling_characters() -> tuple[frozenset[str], frozenset[str]]:
    """(only simplified, only traditional) by OpenCC's tables; characters that both scripts use tell nothing.

    群, 床, 户 are such: OpenCC's own standard writes 羣, 牀, 戶, but Taiwan or Hong Kong print them.
    """
    to_traditional = read_table("STCharacters")
    to_simplified = read_table("TSCharacters")
    simplified = {character for character, targets in to_traditional.items() if character not in targets}
    traditional = {character for character, targets in to_simplified.items() if character not in targets}
    printed = {form for name in ("TWVariants", "HKVariants") for forms in read_table(name).values() for form in forms}
    return frozenset(simplified - traditional - printed), frozenset(traditional - simplified)
