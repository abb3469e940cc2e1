"""A damaged line as the tokens the search reads: glosses without their bracket, lone marks, characters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from kb.text.repair.entities import HALF, HALF_PATTERN, REST_PATTERN
from kb.text.repair.gbk import ASCII_TRAILS, Pair, tables
from kb.text.repair.glosses import LETTERS, SPACE

MARKS = "[?？\ufffd]"

_PINYIN = rf"{SPACE}([{LETTERS}]{{1,7}}){SPACE}[)）]"
_TOKEN = re.compile(
    rf"(?P<torn>{MARKS}{_PINYIN})"
    rf"|(?P<mark>{MARKS}(?:{REST_PATTERN.replace('(?<![A-Za-z0-9<])', '')})?)"
    rf"|(?P<entity>{HALF_PATTERN})"
    rf"|(?P<glossed>[\x40-\x7e\u3400-\u9fff][(（]{_PINYIN})"
    rf"|(?P<glossed_wide>[\x40-\x7e\u3400-\u9fff]{SPACE}[(（]{_PINYIN})"
    r"|.",
    re.DOTALL,
)


class TokenKind(str, Enum):
    """`?shù)`; any other `?`; a character, with the gloss that follows it."""

    TORN_GLOSS = "torn gloss"
    MARK = "mark"
    CHARACTER = "character"


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is the character (or mark), `letters` the pinyin it carries; the place is counted in the line.

    `pairs` are the two bytes that it may stand for, `trail` the one byte, or -1.
    """

    kind: TokenKind
    text: str
    start: int
    end: int
    letters: str = ""
    pairs: tuple[Pair, ...] = ()
    trail: int = -1


def tokenize(line: str) -> list[Token]:
    """The tokens of a line; together they cover it."""
    tokens = []
    for match in _TOKEN.finditer(line):
        if match["torn"]:
            tokens.append(Token(TokenKind.TORN_GLOSS, match[0], match.start(), match.end(), _letters(match)))
        elif match["mark"]:
            tokens.append(Token(TokenKind.MARK, "?", match.start(), match.end()))
        elif match["entity"]:
            tokens.append(_character(HALF[match[0][:-1]], "", match))
        else:
            carried = match["glossed"] or match["glossed_wide"]
            tokens.append(_character(match[0][0], _letters(match) if carried else "", match))
    return tokens


def _letters(match: re.Match[str]) -> str:
    """The pinyin of whichever alternative matched."""
    found = re.search(rf"([{LETTERS}]+){SPACE}[)）]$", match[0])
    return found[1] if found else ""


def _character(text: str, letters: str, match: re.Match[str]) -> Token:
    table = tables()
    own = table.bytes_of.get(text)
    pairs = ((own,) if own else ()) + table.compatible.get(text, ())
    trail = ord(text) if ord(text) in ASCII_TRAILS else 0x80 if text == "€" else -1
    return Token(TokenKind.CHARACTER, text, match.start(), match.end(), letters, pairs, trail)


LONGEST_COMPATIBLE = 4
"""`(10)` is ⑽."""


def compatible_strings(tokens: list[Token], at: int) -> list[tuple[int, Pair]]:
    """(number of tokens, two bytes) of characters that NFKC wrote out as several: ㈠ as (一), ⒈ as 1., … as ..."""
    found: list[tuple[int, Pair]] = []
    text = ""
    for length, token in enumerate(tokens[at : at + LONGEST_COMPATIBLE], start=1):
        if token.kind is not TokenKind.CHARACTER or token.letters:
            break
        text += token.text
        if length > 1:
            found += [(length, pair) for pair in tables().compatible.get(text, ())]
    return found
