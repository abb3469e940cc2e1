"""The matching form of a text: one script, one width, one case, and exactly as long as the text.

`normalize` replaces character by character, so `len(normalize(s)) == len(s)` and every span found in the
matching form is valid in the text as written. Nothing that is shown or quoted ever passes through here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from kb.text.opencc_tables import read_table

VERSION = 2
"""Raised whenever the table changes; an index made with another version is rebuilt."""

# What OpenCC's traditional-to-simplified table leaves apart although it is one word in official texts of the
# mainland, Taiwan and Hong Kong, or in texts converted by machine ("s2t" writes 答覆, 瞭解, 憑藉 for 答复, 了解, 凭借).
VARIANTS: Mapping[str, str] = MappingProxyType({
    "著": "着",
    "覆": "复",
    "瞭": "了",
    "藉": "借",
    "揹": "背",
    "擡": "抬",
    "伕": "夫",
    "㕔": "厅",
    "祇": "只",
    "衹": "只",
    "牠": "它",
    "妳": "你",
    "馀": "余",
    "锺": "钟",
    "讬": "托",
    "谘": "咨",
    "钜": "巨",
    "缐": "线",
    "暱": "昵",
    "牴": "抵",
    "彷": "仿",
    "徵": "征",
    "錬": "炼",
    "幷": "并",
    "汙": "污",
    "戸": "户",
    "値": "值",
    "鄕": "乡",
    "啟": "启",
    "菸": "烟",
    "傢": "家",
    "喫": "吃",
    "牀": "床",
})  # fmt: skip

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
    """Code point -> replacement, one character each; about 4,800 entries."""
    table: dict[str, str] = {}
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
    # One more step, so that normalising twice changes nothing (薴 -> 苧 -> 苎).
    return {source: target.translate(folded) for source, target in folded.items()}


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
