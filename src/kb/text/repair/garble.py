"""Stretches that no language model would write: shifted runs that bear no mark, or that were not found.

The mean logarithm of the probability of eight characters below -11.5 is found in 0 % of clean lines of this
field and in 81 % of lines with a long run (README.md, section 6). To ask the model of every character would
take longer than everything else, so it is only asked where uncommon characters stand close together.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from kb.text.repair.counts import fold
from kb.text.repair.gbk import tables
from kb.text.repair.glosses import simplified
from kb.text.repair.language import LanguageModel
from kb.text.repair.values import Flag, FlagKind

WINDOW, LEAST_MEAN = 8, -11.5
"""So many characters whose logarithms are lower than this on average are garbled."""

CLOSE, NEARBY = 3, 2
"""So many uncommon characters, with at most so many others between two of them, make a stretch suspicious."""

_LEVEL_ONE = range(0xB0, 0xD8)
"""Rows of GB 2312 that hold its 3,755 common characters."""


def find_garbled(text: str, model: Callable[[], LanguageModel]) -> list[Flag]:
    """Flags for garbled stretches; the model is only asked for where a stretch is suspicious."""
    suspects = [match.span() for match in _suspicious().finditer(text)]
    if not suspects:
        return []
    return [Flag(FlagKind.GARBLED, start, end, "疑为乱码") for start, end in _windows(text, suspects, model())]


@lru_cache(maxsize=1)
def _suspicious() -> re.Pattern[str]:
    bytes_of = tables().bytes_of
    common = {one for one, (lead, _) in bytes_of.items() if lead in _LEVEL_ONE}
    rare = "".join(one for one in bytes_of if "\u3400" <= one <= "\u9fff" and simplified(one) not in common)
    return re.compile(rf"[{rare}](?:[^\n]{{0,{NEARBY}}}[{rare}]){{{CLOSE - 1},}}")


def _windows(text: str, suspects: list[tuple[int, int]], model: LanguageModel) -> Iterator[tuple[int, int]]:
    """The stretches about the suspects that are garbled, joined where they touch."""
    begin = end = -1
    for first, last in suspects:
        for start in range(max(end, first - WINDOW, 0), last):
            stop = start + WINDOW
            if "\n" not in text[start:stop] and stop <= len(text) and _mean(text[start:stop], model) < LEAST_MEAN:
                if begin >= 0 and start > end:
                    yield begin, end
                    begin = -1
                begin, end = (start if begin < 0 else begin), stop
    if begin >= 0:
        yield begin, end


def _mean(text: str, model: LanguageModel) -> float:
    folded = fold(text)
    if len(folded) < WINDOW:
        return 0.0
    padded = "^^" + folded
    return sum(math.log(model.probability(padded[at : at + 3])) for at in range(len(folded))) / len(folded)
