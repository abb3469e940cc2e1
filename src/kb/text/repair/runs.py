"""Runs of byte-shifted GBK: found, weighed against the text as written, and given a confidence.

`難點?;鶎狱h組織` is 難點。基層黨組織: software that worked on bytes inserted a sign inside a character, and every
byte after it was paired one off (README.md, sections 3, 5.4 and 5.5).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from kb.text.repair import readings as cost
from kb.text.repair.beam import Search, gloss_cost
from kb.text.repair.candidates import Candidates, Setting
from kb.text.repair.counts import fold, fold_character
from kb.text.repair.document import is_half_width, setting_of
from kb.text.repair.forms import PUNCTUATION
from kb.text.repair.language import LanguageModel, default_model
from kb.text.repair.marks import has_mark
from kb.text.repair.readings import Mode, Node, Reading, moves_of
from kb.text.repair.tokens import Token, TokenKind, tokenize

LEAST_GAIN = 10.0
LEAST_GAIN_ALONE = 14.0
"""A repair must be this much likelier than the text as written; more where one visible character bears it."""

LEAST_MEAN = -9.0
"""Natural logarithm of the probability of a character of the repaired run, on average."""

CERTAIN_GAP = 8.0
"""From this gap on a reading is certain: 754 of 755 were right (README.md, section 6)."""

DOUBT = 5.0
"""Where rivals this near differ from the best reading, its characters are doubtful."""

SWALLOWED_GAP = 0.5

LEAD_IN, WINDOW_BEFORE, WINDOW_AFTER = 8, 6, 7
"""Tokens before the first `?` from which a line is read, and around a run that is read by itself."""

_LINE = re.compile(r"[^\n]+")


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


def find_runs(text: str, model: LanguageModel | None = None) -> list[Run]:
    """The runs of a text that are likelier than what is written, places counted in the text."""
    if not has_mark(text):
        return []
    setting = setting_of(text, model or default_model())
    candidates = Candidates(setting)
    half_width = is_half_width(text)
    found = []
    for line in _LINE.finditer(text):
        if has_mark(line[0]):
            found += [_placed(run, line.start(), half_width) for run in line_runs(line[0], setting, candidates)]
    return found


def line_runs(line: str, setting: Setting, candidates: Candidates) -> list[Run]:
    """The runs of one line, places counted in the line."""
    tokens = tokenize(line)
    marks = [at for at, token in enumerate(tokens) if token.kind is not TokenKind.CHARACTER]
    if not marks or not _can_hold_run(tokens[marks[0] :]):
        return []
    first = max(0, marks[0] - LEAD_IN)
    readings = _search(setting, candidates, tokens, first, len(tokens))
    if not readings:
        return []
    moves = moves_of(readings[0])
    runs = []
    for begin, end in _stretches(moves):
        run = moves[begin:end]
        if is_likelier(setting, tokens, moves, (begin, end), first):
            runs.append(_confident(setting, candidates, tokens, first, run))
    return runs


def _search(setting: Setting, candidates: Candidates, tokens: Sequence[Token], first: int, last: int) -> list[Reading]:
    before = _context(tokens, first)
    search = Search(
        setting, candidates, tokens[first:last], before, line_start=first == 0, line_end=last == len(tokens)
    )
    return search.run()


def _context(tokens: Sequence[Token], at: int) -> str:
    return ("^^" + fold("".join(token.text[:1] for token in tokens[max(0, at - 4) : at])))[-2:]


def _stretches(moves: Sequence[Node]) -> list[tuple[int, int]]:
    """The maximal stretches of moves that leave alignment and come back to it."""
    found, begin = [], -1
    for at, move in enumerate(moves):
        if move.mode is not Mode.ALIGNED and begin < 0:
            begin = at
        if move.mode is Mode.ALIGNED and begin >= 0:
            found.append((begin, at + 1))
            begin = -1
    return [*found, (begin, len(moves))] if begin >= 0 else found


def is_likelier(
    setting: Setting, tokens: Sequence[Token], moves: Sequence[Node], stretch: tuple[int, int], offset: int
) -> bool:
    """Whether a stretch read as a run is likely enough against the text as written."""
    begin, end = stretch
    run = moves[begin:end]
    first, last = run[0].first + offset, run[-1].last + offset
    evidence = sum(map(_is_evidence, tokens[first:last]))
    torn = tokens[first].kind is TokenKind.TORN_GLOSS
    if not evidence and not (torn and tokens[last - 1].kind is TokenKind.TORN_GLOSS):
        return False
    gain = sum(move.language for move in moves[begin : end + 2]) - _as_written(setting, tokens, first, last + 2)
    characters = sum(len(move.shown) for move in run)
    mean = sum(move.language for move in run) / max(1, characters)
    return mean >= LEAST_MEAN and gain >= (LEAST_GAIN_ALONE if evidence <= 1 and not torn else LEAST_GAIN)


def _as_written(setting: Setting, tokens: Sequence[Token], first: int, last: int) -> float:
    """The score of tokens taken literally."""
    before, total = _context(tokens, first), 0.0
    for token in tokens[first:last]:
        if token.kind is TokenKind.TORN_GLOSS:
            total += cost.TORN_LITERAL
            before = before[1] + "a"
            continue
        folded = fold_character(token.text)
        if folded:
            total += max(setting.model.log(before, folded), cost.LITERAL_FLOOR)
            before = before[1] + folded
        total += gloss_cost(token.text, token.letters)
    return total


def _can_hold_run(tokens: Sequence[Token]) -> bool:
    """Whether anything after the first `?` could bear a run out; a question that ends its line needs no search."""
    return any(token.kind is TokenKind.TORN_GLOSS or _is_evidence(token) for token in tokens)


def _is_evidence(token: Token) -> bool:
    if token.kind is not TokenKind.CHARACTER or token.text.isspace() or token.text in PUNCTUATION:
        return False
    return not token.text.isascii() or token.text.isalpha()


def _confident(
    setting: Setting, candidates: Candidates, tokens: Sequence[Token], offset: int, run: Sequence[Node]
) -> Run:
    """The run with its confidence, from reading a window around it by itself."""
    first, last = run[0].first + offset, run[-1].last + offset
    begin, end = _window(tokens, first, last)
    readings = _search(setting, candidates, tokens, begin, end)
    after = "".join(move.shown for move in run)
    gap, doubtful, others = _compared(readings, after, first - begin, last - begin)
    swallowed = _is_swallowed(tokens, last)
    return Run(
        tokens[first].start, tokens[last - 1].end, after, min(gap, SWALLOWED_GAP) if swallowed else gap,
        doubtful, others, swallowed,
    )  # fmt: skip


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
    if tokens[last - 1].kind is not TokenKind.MARK or last >= len(tokens):
        return False
    following = tokens[last].text[:1]
    return following.isalnum()


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


def _placed(run: Run, offset: int, half_width: bool) -> Run:
    """The run at its place in the text, in the width its document is written in."""
    after = "".join(_narrow(character) for character in run.after) if half_width else run.after
    return Run(run.start + offset, run.end + offset, after, run.gap, run.doubtful, run.candidates, run.swallowed)


def _narrow(character: str) -> str:
    narrow = unicodedata.normalize("NFKC", character)
    return narrow if len(narrow) == 1 and narrow.isprintable() else character
