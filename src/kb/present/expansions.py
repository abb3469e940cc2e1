"""What a search looked for besides the question's own words, told so that the reader can take it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb.types import Expansion


def grouped(expansions: Iterable[Expansion]) -> dict[str, list[Expansion]]:
    """The other names by the word of the question they stand for, in its order."""
    groups: dict[str, list[Expansion]] = {}
    for expansion in expansions:
        groups.setdefault(expansion.term, []).append(expansion)
    return groups


def line(expansions: Sequence[Expansion]) -> str:
    """One line: 另查：志工＝志愿者、義工；資訊＝信息。

    >>> line([Expansion("志工", "志愿者", "大陆说法"), Expansion("志工", "義工", "香港说法")])
    '另查：志工＝志愿者、義工'
    """
    told = (f"{term}＝{'、'.join(one.added for one in found)}" for term, found in grouped(expansions).items())
    return "另查：" + "；".join(told)
