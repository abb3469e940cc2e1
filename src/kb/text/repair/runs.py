"""Runs of byte-shifted GBK: found, and weighed against the text as written.

`難點?;鶎狱h組織` is 難點。基層黨組織: software that worked on bytes inserted a sign inside a character, and every
byte after it was paired one off (README.md, sections 3 and 5.4).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from kb.text.repair import readings as cost
from kb.text.repair.beam import gloss_cost
from kb.text.repair.candidates import Candidates, Setting
from kb.text.repair.confidence import Line, Run, confident, context, is_evidence, search
from kb.text.repair.counts import fold_character
from kb.text.repair.document import is_half_width, setting_of
from kb.text.repair.language import LanguageModel, default_model
from kb.text.repair.marks import has_mark
from kb.text.repair.readings import LineEnd, Mode, Node, moves_of
from kb.text.repair.tokens import Token, TokenKind, tokenize

LEAST_GAIN = 10.0
LEAST_GAIN_ALONE = 14.0
"""A repair must be this much likelier than the text as written; more where one visible character bears it."""

LEAST_MEAN, LEAST_MEAN_TORN = -9.0, -13.0
"""Mean logarithm of a run's characters; a torn gloss (`?shù)`) is damage for sure, so what it hides may be rare."""

LEAD_IN = 8
"""Tokens before the first `?` from which a line is read."""

MOST_SEARCHED = 20_000
"""Characters behind marks: each takes two to five thousandths of a second. A text with more of them, a book in which
every page is damaged, is not searched: its marks are flagged as lost characters."""

_MARKS = "?？\ufffd"
_ROW = re.compile(f"[{_MARKS}]{{10}}")
"""A shift hides single bytes: so many lost characters in a row are no run, and each makes the search longer."""

_LINE = re.compile(r"[^\n]+")
_LIST = re.compile(r"\s*\n\s*(?:[（(][一1][)）]|①)")


def find_runs(text: str, model: LanguageModel | None = None) -> list[Run]:
    """The runs of a text that are likelier than what is written, places counted in the text; none of a text with too
    much to search (`MOST_SEARCHED`)."""
    damaged = [line for line in _LINE.finditer(text) if has_mark(line[0]) and not _ROW.search(line[0])]
    if not damaged or sum(map(_behind_mark, damaged)) > MOST_SEARCHED:
        return []
    setting = setting_of(text, model or default_model())
    candidates = Candidates(setting)
    half_width = is_half_width(text)
    found = []
    for line in damaged:
        end = LineEnd.BEFORE_LIST if _LIST.match(text, line.end()) else LineEnd.PLAIN
        runs = line_runs(Line(tokenize(line[0]), end), setting, candidates)
        found += [_placed(run, line.start(), half_width) for run in runs]
    return found


def _behind_mark(line: re.Match[str]) -> int:
    """How many characters of a line are searched: those from its first mark on, unless that ends it."""
    first = min(at for at in map(line[0].find, _MARKS) if at >= 0)
    return len(line[0]) - first if line[0][first:].strip(_MARKS + " 　”’」』)）】》") else 0


def line_runs(line: Line, setting: Setting, candidates: Candidates) -> list[Run]:
    """The runs of one line, places counted in the line."""
    tokens = line.tokens
    marks = [at for at, token in enumerate(tokens) if token.kind is not TokenKind.CHARACTER]
    if not marks or not _can_hold_run(tokens[marks[0] :]):
        return []
    first = max(0, marks[0] - LEAD_IN)
    readings = search(setting, candidates, line, first, len(tokens))
    if not readings:
        return []
    moves = moves_of(readings[0])
    runs = []
    for begin, end in _stretches(moves):
        run = moves[begin:end]
        if is_likelier(setting, tokens, moves, (begin, end), first):
            runs.append(confident(setting, candidates, line, first, run))
    return runs


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
    evidence = sum(map(is_evidence, tokens[first:last]))
    torn = tokens[first].kind is TokenKind.TORN_GLOSS
    if not evidence and not torn:
        return False
    gain = sum(move.language for move in moves[begin : end + 2]) - _as_written(setting, tokens, first, last + 2)
    characters = sum(len(move.shown) for move in run)
    mean = sum(move.language for move in run) / max(1, characters)
    if mean < (LEAST_MEAN_TORN if torn else LEAST_MEAN):
        return False
    return gain >= (LEAST_GAIN_ALONE if evidence <= 1 and not torn else LEAST_GAIN)


def _as_written(setting: Setting, tokens: Sequence[Token], first: int, last: int) -> float:
    """The score of tokens taken literally."""
    before, total = context(tokens, first), 0.0
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
    return any(token.kind is TokenKind.TORN_GLOSS or is_evidence(token) for token in tokens)


def _placed(run: Run, offset: int, half_width: bool) -> Run:
    """The run at its place in the text, in the width its document is written in."""
    after = "".join(_narrow(character) for character in run.after) if half_width else run.after
    return Run(run.start + offset, run.end + offset, after, run.gap, run.doubtful, run.candidates, run.swallowed)


def _narrow(character: str) -> str:
    narrow = unicodedata.normalize("NFKC", character)
    return narrow if len(narrow) == 1 and narrow.isprintable() else character
