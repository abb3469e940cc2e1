"""Bytes to text, or a clear refusal: the encoding is decided by the whole file, and nothing is lost in silence.

Every encoding that Chinese files are written in is tried; each reading that survives is weighed by how likely it is
as a Chinese text (`kb.sources.plausible`), and the likeliest wins. A byte order mark decides alone; what the file
declares of itself counts as evidence, no more, since pages that say gb2312 and are UTF-8 are common.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from itertools import islice

from kb.errors import SourceError
from kb.sources.plausible import LOST, likelihood, mean_weight
from kb.sources.private_use import settle_big5hkscs, settle_gb18030

MAX_LOST_SHARE = 0.001
"""A file with a larger share of bytes that mean nothing in its encoding is refused."""

MIN_MARGIN = 2.0
"""By how much (natural logarithm) the best reading must beat the next one; below it the file is refused."""

MIN_PLAUSIBLE = ((40, -9.0), (0, -12.0))
"""From so many letters beyond Latin on, the least mean weight: policy prose has -6.5, a list of names -8, Korean or
Japanese read as Chinese -9.5, random bytes -13 and less; short texts vary more."""

UTF8_PRIOR = 10.0
"""Other encodings hardly ever happen to be valid UTF-8, and most files are UTF-8."""

DECLARED_PRIOR = 6.0
"""What a declared charset is worth: enough to decide between readings that are about as likely."""

CERTAIN_UTF8 = 4
"""So many characters of three or four bytes that are valid UTF-8 are no accident."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CODECS = {
    "utf-8": "utf-8",
    "gb18030": "gb18030",
    "big5": "cp950",  # Big5 as Windows and browsers have it; Python's own "big5" makes • of ‧ and ∼ of ～
    "big5hkscs": "big5hkscs",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
}
_LIKE_ASCII = frozenset({"gb18030", "big5", "big5hkscs"})  # They read ASCII as UTF-8 does.
_SETTLE = {"gb18030": settle_gb18030, "big5hkscs": settle_big5hkscs}
_FAMILY = {"big5hkscs": "big5"}
_DECLARED = re.compile(
    rb"""(?:<meta[^>]{0,200}?charset|<\?xml[^>]{0,100}?encoding)\s*=\s*["']?\s*([\w-]{1,20})""", re.I
)
_DECLARED_NAMES = {
    "utf8": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "xgbk": "gb18030",
    "cp936": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "cp950": "big5",
    "xxbig5": "big5",
    "big5hkscs": "big5hkscs",
}
_DECLARED_WITHIN = 4096

_SAMPLE = 65536
HOPELESS_SHARE = 0.02
"""An encoding that loses so much of the head or the tail of a file is not tried on the whole of it: time is bounded."""

_LOST_BYTE = "\udcff"
"""Stands for a lost byte until it is counted: half a surrogate pair, which no strict reading gives."""

_LONG = re.compile("[\u0800-\U0010ffff]")
_BEYOND_LATIN = re.compile("[\u0250-\U0010ffff]")
_HAN = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and how sure its encoding is.

    `margin` is the difference of natural logarithms between this reading and the runner-up's; `undecodable` counts the
    bytes that have no meaning in the encoding, each kept as U+FFFD in the text.
    """

    text: str
    encoding: str
    runner_up: str = ""
    margin: float = 0.0
    undecodable: int = 0


@dataclass(frozen=True, slots=True)
class _Reading:
    text: str
    encoding: str
    lost: int
    score: float


def decode(data: bytes, name: str) -> str:
    """The text of a file, line breaks as "\\n".

    Raises:
        SourceError: empty, binary, or in no encoding we can tell.
    """
    return detect(data, name).text


def detect(data: bytes, name: str) -> Decoded:
    """The text of a file with its encoding and how sure it is; line breaks as "\\n".

    Raises:
        SourceError: empty, binary, or in no encoding we can tell.
    """
    if not data.strip():
        raise SourceError(f"文件 {name} 是空的，没有可收录的文字。")
    found = _marked(data) or _certain_utf8(data) or _weighed(data, name)
    if "\x00" in found.text:
        raise _binary(name)
    if found.undecodable > MAX_LOST_SHARE * len(data):
        raise SourceError(
            f"文件 {name} 有 {found.undecodable} 个字节（{found.undecodable / len(data):.2%}）无法识别，"
            f"最像 {found.encoding} 编码，但已损坏。请另存为 UTF-8 后再试。"
        )
    text = found.text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise SourceError(f"文件 {name} 只有空白，没有可收录的文字。")
    return Decoded(text, found.encoding, found.runner_up, found.margin, found.undecodable)


def decode_strictly(data: bytes, encoding: str) -> str:
    """A part of a file whose encoding is known, as `detect` names it.

    Raises:
        UnicodeDecodeError: it holds bytes without a meaning.
    """
    text = data.decode(_CODECS.get(encoding, encoding))
    settle = _SETTLE.get(encoding)
    return settle(text) if settle else text


def count_han(text: str) -> int:
    """How many Chinese characters a text holds."""
    return sum(found.end() - found.start() for found in _HAN.finditer(text))


def _marked(data: bytes) -> Decoded | None:
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    if encoding is None:
        return None
    text, lost = _read(data, encoding)
    return Decoded(text, encoding, undecodable=lost)


def _certain_utf8(data: bytes) -> Decoded | None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    long = len(list(islice(_LONG.finditer(text), CERTAIN_UTF8)))
    return Decoded(text, "utf-8") if long >= CERTAIN_UTF8 else None


def _weighed(data: bytes, name: str) -> Decoded:
    """The likeliest reading, if it is likely at all and no other is about as likely."""
    readings = sorted(_readings(data), key=lambda reading: -reading.score)
    if not readings or not _plausible(readings[0].text):
        raise _binary(name) if b"\x00" in data else _unknown(name)
    best = readings[0]
    others = [other for other in readings[1:] if _family(other) != _family(best) and other.text != best.text]
    runner_up, margin = (others[0].encoding, best.score - others[0].score) if others else ("", 0.0)
    if others and margin < MIN_MARGIN:
        raise SourceError(
            f"文件 {name} 的编码看不准：按 {best.encoding} 和按 {runner_up} 都读得通。请另存为 UTF-8 后再试。"
        )
    return Decoded(best.text, best.encoding, runner_up, round(margin, 1), best.lost)


def _readings(data: bytes) -> list[_Reading]:
    declared, ascii_only = _declared(data), data.isascii()
    readings = []
    for encoding in _CODECS:
        if (ascii_only and encoding in _LIKE_ASCII) or _hopeless(data, encoding):
            continue
        text, lost = _read(data, encoding)
        prior = UTF8_PRIOR if encoding == "utf-8" else 0.0
        if declared and _FAMILY.get(declared, declared) == _FAMILY.get(encoding, encoding):
            prior += DECLARED_PRIOR
        score = likelihood(text.replace("\ufffd", "")) + LOST * lost + prior
        readings.append(_Reading(text, encoding, lost, score))
    return readings


def _hopeless(data: bytes, encoding: str) -> bool:
    if encoding.startswith("utf-16") and len(data) % 2:
        return True
    allowed = HOPELESS_SHARE * min(len(data), _SAMPLE) + 8  # a character may be cut at either end of a sample
    return any(_read(sample, encoding)[1] > allowed for sample in (data[:_SAMPLE], data[-_SAMPLE:]))


def _read(data: bytes, encoding: str) -> tuple[str, int]:
    """The text with U+FFFD for every byte that means nothing, and how many those are."""
    codec = _CODECS.get(encoding, encoding)
    try:
        text, lost = data.decode(codec), 0
    except UnicodeDecodeError:
        codecs.register_error("kb.lost", _lose)
        text = data.decode(codec, "kb.lost")
        lost = text.count(_LOST_BYTE)
        text = text.replace(_LOST_BYTE, "\ufffd")
    settle = _SETTLE.get(encoding)
    return (settle(text) if settle else text), lost


def _lose(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _LOST_BYTE * (error.end - error.start), error.end


def _declared(data: bytes) -> str:
    match = _DECLARED.search(data[:_DECLARED_WITHIN])
    name = re.sub(r"[-_]", "", match[1].decode("ascii").lower()) if match else ""
    return _DECLARED_NAMES.get(name, "")


def _plausible(text: str) -> bool:
    letters = len(list(islice(_BEYOND_LATIN.finditer(text), MIN_PLAUSIBLE[0][0])))
    return mean_weight(text) >= next(least for count, least in MIN_PLAUSIBLE if letters >= count)


def _family(reading: _Reading) -> str:
    return _FAMILY.get(reading.encoding, reading.encoding)


def _binary(name: str) -> SourceError:
    return SourceError(f"文件 {name} 是二进制文件，不是文字。请转换成 .txt 或 .md 后再试。")


def _unknown(name: str) -> SourceError:
    return SourceError(
        f"文件 {name} 的编码认不出来：不是 UTF-8、GB18030、Big5 或 UTF-16 的中文。请另存为 UTF-8 后再试。"
    )
