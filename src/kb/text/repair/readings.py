"""The state of the search through a damaged line, and the costs of its moves (README.md, section 5.3)."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Mode(str, Enum):
    """Where the bytes stand.

    ALIGNED: as they should. HIDDEN: just after a `?` that hides a lead byte. SHIFTED: one off, the lead byte known
    and waiting for its trail. INVISIBLE: one off, inside a pair that left no trace, its first byte known.
    """

    ALIGNED = "aligned"
    HIDDEN = "hidden"
    SHIFTED = "shifted"
    INVISIBLE = "invisible"


WIDTH = {Mode.ALIGNED: 12, Mode.HIDDEN: 20, Mode.SHIFTED: 20, Mode.INVISIBLE: 16}
"""States kept at each place; INVISIBLE is counted apart for the first and for the second pair."""

DEEP_WIDTH = 30
"""States kept that are inside a second invisible pair in a row."""

KEPT = 3
"""Different texts kept in one state: the gap to the second is the measure of confidence."""

PRUNE, PRUNE_INVISIBLE = 16.0, 8.0
"""What is this far below the best is dropped; the second before an invisible pair is opened. The study took 30
and 18: on its cases and the real texts that finds the same and takes six times as long."""

LITERAL_FLOOR = -13.0
"""No visible character of undamaged text costs more: names and rare words are not damage."""

GLOSS_NEAR, GLOSS_WRONG = -3.0, -14.0
"""A gloss that fits its character but for the tone, and one that does not fit."""

TORN_LITERAL = -16.0
"""`?shù)` taken as written."""

ASCII_FLOOR = -8.0
"""A visible ASCII sign inside a run, [ or _, is there: that it is rare says little against the run."""

OPEN_HIDDEN = -3.0
FULL_STOP = 1.0
"""The commonest hidden character: 。 before a quotation mark or 基, 化, 回 (A1A3 + A3A1, BBxx)."""

INDENT = -1.5
TO_ASCII = -2.0
OPEN_INVISIBLE = -2.0
RARE_SHIFTED = -5.0
TRAIL_LOST = -1.0
GLOSS_EXACT = 2.0
GLOSS_SHIFTED_NEAR = -2.0
END_SHIFTED = -6.0
END_FLOOR = -9.0

NO_COLON = -8.0
"""Before a line that begins a list with （一）, of official texts: 678 of 693 that end in ： stand there, and 3 of
13,100 others."""


class LineEnd(Enum):
    """What follows the tokens: more of the line, the next line, or a line that begins a list."""

    NOT_HERE = "not here"
    PLAIN = "plain"
    BEFORE_LIST = "before a list"


State = tuple[Mode, int, str, int]
"""Mode, byte, the last two characters, depth: readings in one state continue alike."""


class Node(NamedTuple):
    """One move of a reading: the tokens `first:last` became `shown`. A tuple, because very many are made."""

    parent: Node | None
    first: int
    last: int
    shown: str
    mode: Mode
    language: float


class Reading(NamedTuple):
    """A way to read the line up to here.

    `byte` is the one that waits for its other half, `before` the last two folded characters, `depth` how many
    invisible pairs stand in a row; `text` is folded and tells readings apart.
    """

    score: float
    mode: Mode
    byte: int
    before: str
    text: str
    depth: int
    node: Node | None


def moves_of(reading: Reading) -> list[Node]:
    """The moves that led to a reading, first to last."""
    moves, node = [], reading.node
    while node is not None:
        moves.append(node)
        node = node.parent
    return moves[::-1]
