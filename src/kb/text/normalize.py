"""The matching form of a text: one script, one width, one case, and exactly as long as the text.

`normalize` replaces character by character, so `len(normalize(s)) == len(s)` and every span found in the
matching form is valid in the text as written. Nothing that is shown or quoted ever passes through here.
"""

from __future__ import annotations

from functools import lru_cache

from kb.text.opencc_tables import read_table
from kb.text.variants import VARIANTS, compatibility_forms, japanese_forms

__all__ = ["VARIANTS", "VERSION", "fold_table", "normalize"]

VERSION = 3
"""Raised whenever the table changes; an index made with another version is rebuilt."""

# TWVariantsRev and HKVariantsRev lead from regional forms to OpenCC's own standard, but these two entries
# would take a simplified character apart: 么 (什么) is not 幺 here, and 抬 is the simplified form of 擡.
_NOT_REGIONAL = frozenset("么抬")

_PUNCTUATION = {
    **dict.fromkeys("“”„‟「」『』〝〞＂", '"'),
    **dict.fromkeys("‘’‚‛＇", "'"),
    **dict.fromkeys("—–―‐‑－", "-"),
    **dict.fromkeys("　\u00a0\u2002\u2003\u2009\u202f\t", " "),
    **dict.fromkeys("•・‧", "·"),
}


def normalize(text: str) -> str:
    """The matching form of `text`, of the same length.

    >>> normalize("楓橋經驗：ＡＢＣ")
    '枫桥经验:abc'
    """
    return text.translate(fold_table())


@lru_cache(maxsize=1)
def fold_table() -> dict[int, str]:
    """Code point -> replacement, one character each; about 6,500 entries."""
    table = {**dict(japanese_forms()), **dict(compatibility_forms())}
    simplified = dict(_opencc("TSCharacters"))
    for name in ("TWVariantsRev", "HKVariantsRev"):
        for variant, standard in _opencc(name):
            if variant not in _NOT_REGIONAL:
                table[variant] = simplified.get(standard, standard)
    table.update(simplified)
    table.update(VARIANTS)
    table = {source: VARIANTS.get(target, target) for source, target in table.items()}
    table.update(_widths())
    table.update(_PUNCTUATION)
    folded = {ord(source): _lower(target) for source, target in {**_capitals(), **table}.items() if len(target) == 1}
    # Two more steps, so that normalising twice changes nothing (薴 -> 苧 -> 苎; 戱 -> 戯 -> 戲 -> 戏).
    return {source: target.translate(folded).translate(folded) for source, target in folded.items()}


def _opencc(name: str) -> list[tuple[str, str]]:
    """The single characters of one of OpenCC's tables, each with the target that OpenCC itself takes."""
    return [(source, targets[0]) for source, targets in read_table(name).items() if len(source) == 1]


def _widths() -> dict[str, str]:
    """Full-width forms (Unicode block FF00) to their half-width counterparts."""
    return {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}


def _capitals() -> dict[str, str]:
    """Capitals of every script below U+0600; further up, case does not occur in these texts."""
    return {chr(code): chr(code).lower() for code in range(0x0600) if chr(code) != chr(code).lower()}


def _lower(character: str) -> str:
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character
