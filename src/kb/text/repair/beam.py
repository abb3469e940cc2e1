"""Finds the likeliest readings of a damaged line: a beam search over its tokens (README.md, section 5.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nlargest
from operator import attrgetter

from kb.text.repair import readings as cost
from kb.text.repair.candidates import Candidates, Scored, Setting
from kb.text.repair.counts import fold_character
from kb.text.repair.gbk import ASCII_TRAILS, Pair, tables
from kb.text.repair.glosses import reads, reads_without_tone
from kb.text.repair.readings import LineEnd, Mode, Node, Reading, State
from kb.text.repair.tokens import Token, TokenKind, compatible_strings

_score = attrgetter("score")
_NOWHERE = float("-inf")

FULL_WIDTH_QUESTION: Pair = (0xA3, 0xBF)
"""The bytes of ？."""


class Search:
    """One search over the tokens of a line, or of a window of it."""

    def __init__(
        self,
        setting: Setting,
        candidates: Candidates,
        tokens: Sequence[Token],
        before: str,
        *,
        line_start: bool,
        line_end: LineEnd,
    ) -> None:
        """`before` are the last two folded characters ahead of the tokens."""
        self._log, self._rare = setting.model.log, setting.model.is_rare
        self._candidates, self._fitness = candidates, setting.fitness
        self._tokens, self._before = list(tokens), before
        self._line_start, self._line_end = line_start, line_end
        self._invisible = tables().invisible
        self._places: list[dict[State, list[Reading]]] = [{} for _ in range(len(tokens) + 1)]
        self._tops = [_NOWHERE] * (len(tokens) + 1)

    def run(self) -> list[Reading]:
        """The readings of the whole, best first."""
        self._keep(0, Reading(0.0, Mode.ALIGNED, 0, self._before, "", 0, None))
        for at in range(len(self._tokens)):
            self._open_invisible(at)
            for reading in self._beam(at):
                self._read(reading, at)
            self._places[at] = {}
        return sorted(filter(None, map(self._ended, self._beam(len(self._tokens)))), key=_score, reverse=True)

    def _ended(self, reading: Reading) -> Reading | None:
        if reading.mode in (Mode.HIDDEN, Mode.INVISIBLE):
            return None
        extra = 0.0
        if reading.mode is Mode.SHIFTED:
            extra = cost.END_SHIFTED
        elif self._line_end is not LineEnd.NOT_HERE:
            extra = max(self._log(reading.before, "$"), cost.END_FLOOR)
            if self._line_end is LineEnd.BEFORE_LIST and reading.before[1] != ":":
                extra += cost.NO_COLON
        return reading._replace(score=reading.score + extra)

    def _keep(self, at: int, reading: Reading) -> None:
        """Keep a reading if it is among the best different texts of its state."""
        if reading.score > self._tops[at]:
            self._tops[at] = reading.score
        kept = self._places[at].setdefault((reading.mode, reading.byte, reading.before, reading.depth), [])
        for place, other in enumerate(kept):
            if other.text == reading.text:
                if reading.score > other.score:
                    kept[place] = reading
                return
        kept.append(reading)
        if len(kept) > cost.KEPT:
            kept.remove(min(kept, key=_score))

    def _beam(self, at: int) -> list[Reading]:
        """The readings worth following at a place, best first."""
        floor = self._tops[at] - cost.PRUNE
        groups: dict[tuple[Mode, bool], list[list[Reading]]] = {}
        for (mode, _, _, depth), kept in self._places[at].items():
            kept.sort(key=_score, reverse=True)
            if kept[0].score >= floor:
                groups.setdefault((mode, depth > 1), []).append(kept)
        chosen: list[Reading] = []
        for (mode, deep), states in groups.items():
            width = cost.DEEP_WIDTH if deep else cost.WIDTH[mode]
            for kept in nlargest(width, states, key=lambda kept: kept[0].score):
                chosen += [reading for reading in kept if reading.score >= floor]
        return sorted(chosen, key=_score, reverse=True)

    def _read(self, reading: Reading, at: int) -> None:
        """Every way to read the next token."""
        token = self._tokens[at]
        if reading.mode is Mode.ALIGNED:
            self._read_aligned(reading, at, token)
        elif token.kind is TokenKind.CHARACTER:
            self._read_damaged(reading, at, token)
        else:
            if token.kind is TokenKind.MARK:  # it may also be a full-width ？ of the shifted bytes
                self._read_pair(reading, at, 1, FULL_WIDTH_QUESTION, 0.0)
            if reading.mode is not Mode.HIDDEN:
                self._read_end(reading, at, token)

    # Aligned: the characters are what they seem, until a `?`.

    def _read_aligned(self, reading: Reading, at: int, token: Token) -> None:
        if token.kind is TokenKind.TORN_GLOSS:
            self._torn_gloss(reading, at, token)
            self._as_written(reading, at, token, "a", cost.TORN_LITERAL)
            return
        if token.kind is TokenKind.MARK:
            self._silent(reading, at, Mode.HIDDEN, 0, cost.OPEN_HIDDEN)
        self._as_written(reading, at, token, fold_character(token.text), gloss_cost(token.text, token.letters))

    def _torn_gloss(self, reading: Reading, at: int, token: Token) -> None:
        """The gloss of a key made of the last byte before it and a hidden one, which waits for its trail."""
        if at == 0 or self._tokens[at - 1].kind is not TokenKind.CHARACTER:
            return
        for _, second in self._tokens[at - 1].pairs:
            for form in self._candidates.read_as((second,), token.letters):
                self._silent(reading, at, Mode.SHIFTED, form.trail, 0.0)

    # Damaged: every visible character is the end of one and the beginning of the next.

    def _read_damaged(self, reading: Reading, at: int, token: Token) -> None:
        for pair in token.pairs:
            # A gloss inside a run belongs to the visible character, which was a key there.
            self._read_pair(reading, at, 1, pair, gloss_cost(token.text, token.letters))
        for length, pair in compatible_strings(self._tokens, at):
            self._read_pair(reading, at, length, pair, 0.0)
        if token.trail >= 0:
            extra = cost.TO_ASCII if reading.mode is Mode.HIDDEN else 0.0
            for scored in self._ending(reading, token.trail):
                fits = ascii_gloss_cost(scored[2].character, token.letters)
                self._emit(reading, at, 1, scored, Mode.ALIGNED, 0, extra + fits)

    def _read_pair(self, reading: Reading, at: int, length: int, pair: Pair, extra: float) -> None:
        """A visible pair: its first byte ends a character, its second begins one or is an ASCII character."""
        first, second = pair
        is_hidden = reading.mode is Mode.HIDDEN
        for scored in self._ending(reading, first):
            more = extra + (cost.FULL_STOP if is_hidden and scored[2].character == "。" else 0.0)
            self._emit(reading, at, length, scored, Mode.SHIFTED, second, more)
            if second in ASCII_TRAILS:
                toll = cost.TO_ASCII if is_hidden else 0.0
                self._emit(reading, at, length, scored, Mode.ALIGNED, 0, more + toll, more_shown=chr(second))
        if is_hidden and first == 0xA1 and self._line_start and not reading.text:
            self._silent(reading, at, Mode.SHIFTED, second, cost.INDENT + extra, length)

    def _ending(self, reading: Reading, trail: int) -> list[Scored]:
        """The characters that end in a byte: any lead where it is hidden, the waiting one where it is known."""
        if reading.mode is Mode.HIDDEN:
            return self._candidates.ending_in(reading.before, trail)
        if reading.mode is Mode.INVISIBLE:
            return self._candidates.ending_after_invisible(reading.before, reading.byte, trail)
        form = self._candidates.known(reading.byte, trail)
        if form is None:
            return []
        toll = cost.RARE_SHIFTED if self._rare(form.folded) else self._fitness.unfit(form.character)
        return [(self._log(reading.before, form.folded), toll, form)]

    def _read_end(self, reading: Reading, at: int, token: Token) -> None:
        """A `?` or a torn gloss ends the shift: the waiting lead byte lost its trail."""
        shifted = reading.mode is Mode.SHIFTED
        leads: Iterable[int] = (reading.byte,) if shifted else self._invisible[reading.byte]
        if token.kind is TokenKind.TORN_GLOSS:
            for form in self._candidates.read_as(leads, token.letters):
                self._emit(reading, at, 1, self._candidates.scored(reading.before, form), Mode.ALIGNED, 0, 0.0)
            return
        for scored in self._candidates.trail_lost(reading.before, leads, reading.byte if shifted else -reading.byte):
            self._emit(reading, at, 1, scored, Mode.ALIGNED, 0, cost.TRAIL_LOST)

    # Invisible pairs: a character whose trail begins a pair that left no trace.

    def _open_invisible(self, at: int) -> None:
        """Before a token is read, try that an invisible pair stood there, or two in a row."""
        for depth in (0, 1):
            floor = self._tops[at] - cost.PRUNE_INVISIBLE
            for reading in self._beam(at):
                if reading.score < floor:
                    break
                if reading.mode is not Mode.ALIGNED and reading.depth == depth:
                    for scored in self._opening(reading):
                        byte = scored[2].trail
                        self._emit(reading, at, 0, scored, Mode.INVISIBLE, byte, cost.OPEN_INVISIBLE, depth=depth + 1)

    def _opening(self, reading: Reading) -> list[Scored]:
        if reading.mode is Mode.SHIFTED:
            return self._candidates.opening_invisible(reading.before, reading.byte)
        return self._candidates.likely_opening(reading.before, reading.byte if reading.mode is Mode.INVISIBLE else -1)

    # Moves.

    def _emit(
        self, reading: Reading, at: int, length: int, scored: Scored, mode: Mode, byte: int, extra: float,
        *, more_shown: str = "", depth: int = 0,
    ) -> None:  # fmt: skip
        """Read a character off the bytes, and an ASCII character that the same token shows."""
        language, fitness, form = scored
        score = reading.score + language + fitness + extra
        if score < self._tops[at + length] - cost.PRUNE:
            return
        before, text = reading.before[1] + form.folded, reading.text + form.folded
        if more_shown:
            folded = fold_character(more_shown)
            more = max(self._log(before, folded), cost.ASCII_FLOOR) if folded else cost.ASCII_FLOOR
            score, language = score + more, language + more
            before, text = (before + folded)[-2:], text + folded
        node = Node(reading.node, at, at + length, form.character + more_shown, mode, language)
        self._keep(at + length, Reading(score, mode, byte, before, text, depth, node))

    def _silent(self, reading: Reading, at: int, mode: Mode, byte: int, extra: float, length: int = 1) -> None:
        """Read tokens that show nothing by themselves."""
        node = Node(reading.node, at, at + length, "", mode, 0.0)
        self._keep(at + length, Reading(reading.score + extra, mode, byte, reading.before, reading.text, 0, node))

    def _as_written(self, reading: Reading, at: int, token: Token, folded: str, extra: float) -> None:
        """Read a token as it stands."""
        language, before = extra, reading.before
        if folded:
            if token.kind is not TokenKind.TORN_GLOSS:
                language += max(self._log(before, folded), cost.LITERAL_FLOOR)
            before = before[1] + folded
        node = Node(reading.node, at, at + 1, token.text, Mode.ALIGNED, language)
        text = reading.text + folded
        self._keep(at + 1, Reading(reading.score + language, Mode.ALIGNED, 0, before, text, 0, node))


def gloss_cost(character: str, letters: str) -> float:
    """What a gloss after a visible character costs."""
    if not letters or reads(character, letters):
        return 0.0
    return cost.GLOSS_NEAR if reads_without_tone(character, letters) else cost.GLOSS_WRONG


def ascii_gloss_cost(character: str, letters: str) -> float:
    """What a gloss says of the character whose last byte shows as the ASCII character before it."""
    if not letters:
        return 0.0
    if reads(character, letters):
        return cost.GLOSS_EXACT
    return cost.GLOSS_SHIFTED_NEAR if reads_without_tone(character, letters) else cost.GLOSS_WRONG
