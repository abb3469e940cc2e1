"""How sure the reading of a run is: its distance to the nearest rival, and the characters that are open.

Each run is read once more in a window of its own, so that variants of other runs crowd out no rival of it
(README.md, section 5.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.text.repair import readings as cost
from kb.text.repair.beam import Search
from kb.text.repair.candidates import Candidates, Setting
from kb.text.repair.counts import fold, fold_character
from kb.text.repair.forms import PUNCTUATION
from kb.text.repair.readings import LineEnd, Node, Reading, moves_of
from kb.text.repair.tokens import Token, TokenKind

BLIND_GAP = 4.0
"""A run without visible evidence is never certain: `起?kuì)?、` tells one byte of 來."""

CERTAIN_GAP = 8.0
"""From this gap on a reading is certain: 754 of 755 were right (README.md, section 6)."""

DOUBT = 5.0
"""Where rivals this near differ from the best reading, its characters are doubtful."""

UNLIKELY, UNLIKELY_AFTER_DOUBT = -7.5, -4.5
"""In a run that is not certain, a character less likely than this is doubtful, too: where several places of a long
run are open, their combinations crowd out the rivals of one more."""

READABLE_GAP = 1.0
"""A run whose rival is nearer than this is left as it came and marked (README.md, section 7)."""

FOREIGN_GAP = 5.0
"""A run with a character that its document would not write is never certain: 承担火災 is 承保火災."""

SWALLOWED_GAP = 0.5

WINDOW_BEFORE, WINDOW_AFTER = 6, 7
"""Tokens around a run that is read by itself."""


@dataclass(frozen=True, slots=True)
class Line:
    """A damaged line, and what follows it."""

    tokens: Sequence[Token]
    end: LineEnd


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a line (`start:end`) and its best reading.

    `gap` is the distance to the nearest rival; `doubtful` are offsets in `after`; `swallowed` tells that a
    character of the text, often a digit, was lost at the end.
    """

    start: int
    end: int
    after: str
    gap: float
    doubtful: tuple[int, ...]
    candidates: tuple[str, ...]
    swallowed: bool


def search(setting: Setting, candidates: Candidates, line: Line, first: int, last: int) -> list[Reading]:
    """The readings of the tokens `first:last` of a line, best first."""
    before = context(line.tokens, first)
    end = line.end if last == len(line.tokens) else LineEnd.NOT_HERE
    return Search(setting, candidates, line.tokens[first:last], before, line_start=first == 0, line_end=end).run()


def context(tokens: Sequence[Token], at: int) -> str:
    """The last two folded characters before a token."""
    return ("^^" + fold("".join(token.text[:1] for token in tokens[max(0, at - 4) : at])))[-2:]


def confident(setting: Setting, candidates: Candidates, line: Line, offset: int, run: Sequence[Node]) -> Run:
    """The run with its confidence, from reading a window around it by itself."""
    tokens = line.tokens
    first, last = run[0].first + offset, run[-1].last + offset
    begin, end = _window(tokens, first, last)
    readings = search(setting, candidates, line, begin, end)
    after = "".join(move.shown for move in run)
    gap, doubtful, others = _compared(readings, after, first - begin, last - begin)
    if any(map(setting.fitness.is_foreign, after)):
        gap = min(gap, FOREIGN_GAP)
    if READABLE_GAP <= gap < CERTAIN_GAP:
        doubtful = _with_unlikely(setting, run, doubtful)
    swallowed = _is_swallowed(tokens, last)
    if tokens[last - 1].kind is TokenKind.MARK and not any(map(is_evidence, tokens[first:last])):
        gap, doubtful = min(gap, BLIND_GAP), tuple(range(len(after)))
    return Run(
        tokens[first].start, tokens[last - 1].end, after, min(gap, SWALLOWED_GAP) if swallowed else gap,
        doubtful, others, swallowed,
    )  # fmt: skip


def _with_unlikely(setting: Setting, run: Sequence[Node], doubtful: Sequence[int]) -> tuple[int, ...]:
    """The doubtful places of a run's text, and those of characters that are unlikely or foreign there."""
    found, at = set(doubtful), 0
    for move in run:
        least = UNLIKELY_AFTER_DOUBT if at - 1 in found else UNLIKELY
        if move.language < least or any(map(setting.fitness.is_foreign, move.shown)):
            found.update(range(at, at + len(move.shown)))
        at += len(move.shown)
    return tuple(sorted(found))


def _window(tokens: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """The tokens around a run, cut at neighbouring `?`."""
    begin, end = first, last
    while begin > max(0, first - WINDOW_BEFORE) and tokens[begin - 1].kind is TokenKind.CHARACTER:
        begin -= 1
    while end < min(len(tokens), last + WINDOW_AFTER) and tokens[end].kind is TokenKind.CHARACTER:
        end += 1
    return begin, end


def _is_swallowed(tokens: Sequence[Token], last: int) -> bool:
    """A run that ends in a `?` with text behind it lost a character of that text."""
    return tokens[last - 1].kind is TokenKind.MARK and last < len(tokens) and tokens[last].text[:1].isalnum()


def _compared(
    readings: Sequence[Reading], after: str, first: int, last: int
) -> tuple[float, tuple[int, ...], tuple[str, ...]]:
    """(gap to the nearest rival, doubtful offsets in `after`, rival texts of the run)."""
    cut = [(reading, *_cut(moves_of(reading), first, last)) for reading in readings]
    own = next((item for item in cut if item[2] == after), None)
    if own is None:
        return 0.0, tuple(range(len(after))), ()
    rivals = [(own[0].score - item[0].score, item) for item in cut if item[0].text != own[0].text]
    if not rivals:
        return cost.PRUNE, (), ()
    gap = min(distance for distance, _ in rivals)
    if gap >= CERTAIN_GAP:
        return gap, (), ()
    near = [item for distance, item in rivals if distance <= max(DOUBT, gap)]
    whole = own[1] + own[2] + own[3]
    doubtful = {at - len(own[1]) for item in near for at in _differing(whole, item[1] + item[2] + item[3])}
    inside = tuple(sorted(at for at in doubtful if 0 <= at < len(after)))
    return gap, inside, tuple(dict.fromkeys([after, *(item[2] for item in near)]))


def _cut(moves: Sequence[Node], first: int, last: int) -> tuple[str, str, str]:
    """What a reading shows before, in and after the tokens of a run."""
    head = "".join(move.shown for move in moves if move.last <= first and move.first < first)
    tail = "".join(move.shown for move in moves if move.first >= last)
    whole = "".join(move.shown for move in moves)
    return head, whole[len(head) : len(whole) - len(tail)], tail


def _differing(own: str, other: str) -> range:
    """The places of `own` between what both readings begin and end with."""
    begin = 0
    while begin < min(len(own), len(other)) and fold_character(own[begin]) == fold_character(other[begin]):
        begin += 1
    end, other_end = len(own), len(other)
    while end > begin and other_end > begin and fold_character(own[end - 1]) == fold_character(other[other_end - 1]):
        end, other_end = end - 1, other_end - 1
    return range(begin, max(end, begin + 1))


def is_evidence(token: Token) -> bool:
    """Whether a token shows bytes that sound text would hardly hold: no space, mark or digit."""
    if token.kind is not TokenKind.CHARACTER or token.text.isspace() or token.text in PUNCTUATION:
        return False
    return not token.text.isascii() or token.text.isalpha()
