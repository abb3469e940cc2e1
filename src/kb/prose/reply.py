"""What a language model answered, read: sentences with the numbers that they cite.

Asked for is JSON; models also wrap it in a fence, think aloud before it, or write plain text with marks such as [1][2].
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kb.errors import ModelError
from kb.text.sentences import sentences

MOST_SENTENCES = 20
"""More are not looked at: far more than was asked for."""

LONGEST_REPLY = 20_000
"""Characters that are looked at; what is asked for has a few hundred."""

LONGEST = 300
"""Characters of one sentence."""

_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_FENCE = re.compile(r"```(?:json)?\s*+(.*?)```", re.DOTALL | re.IGNORECASE)
_MARK = re.compile(
    r"(?<!\s)\s*+[\[［〔【(（]\s*+(?:资料)?+\s*+(\d{1,3}(?:\s*+[,，、;；]\s*+\d{1,3})*+)\s*+[\]］〕】)）]"
)
"""[1], 〔2〕, 【1、3】; in round brackets only behind a full stop, since (3) may be part of a name."""

_LIST_SIGN = re.compile(r"^\s*(?:[-*•]\s+|#{1,6}\s+|\d{1,2}[.、](?!\d)\s*)")

_ROUND = "(（"
_STOP = "。！？!?；;"


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence as the model wrote it, without its marks, and the numbers that it cites (whatever they are)."""

    text: str
    cites: tuple[int, ...]


def read_reply(content: str) -> tuple[Written, ...]:
    """The sentences of an answer.

    Raises:
        ModelError: it begins like JSON and is none, or holds no sentence.
    """
    content = _THOUGHT.sub("", content[:LONGEST_REPLY]).strip()
    fenced = _FENCE.search(content)
    document = (fenced[1] if fenced else content).strip()
    if document.startswith(("{", "[{")):
        found = list(_from_json(document))
    elif (start := content.find('{"sentences"')) >= 0:
        found = list(_from_json(content[start:]))
    else:
        found = list(_from_text(content))
    if not found:
        raise ModelError("模型没有写出句子")
    return tuple(found[:MOST_SENTENCES])


def _from_json(document: str) -> Iterator[Written]:
    try:
        read, _end = json.JSONDecoder().raw_decode(document)
    except (ValueError, RecursionError):
        raise ModelError("模型的回答不是约定的格式") from None
    rows = read.get("sentences") if isinstance(read, dict) else read
    if not isinstance(rows, list):
        raise ModelError("模型的回答不是约定的格式")
    for row in rows:
        if isinstance(row, dict) and isinstance(row.get("text"), str):
            yield from _written(row["text"], _numbers(row.get("cites")))


def _numbers(cites: Any) -> tuple[int, ...]:
    """Numbers, also as texts ("[2]") and alone; what is none of these counts as 0, which no sentence has."""
    given = cites if isinstance(cites, list) else [] if cites is None else [cites]
    return tuple(_number(one) for one in given[:MOST_SENTENCES])


def _number(cite: Any) -> int:
    if isinstance(cite, int) and not isinstance(cite, bool):
        return cite
    found = re.fullmatch(r"\D{0,3}(\d{1,3})\D{0,3}", cite) if isinstance(cite, str) else None
    return int(found[1]) if found else 0


def _from_text(content: str) -> Iterator[Written]:
    for line in content.splitlines():
        yield from _written(line, ())


def _written(text: str, cites: tuple[int, ...]) -> Iterator[Written]:
    """One for every sentence of a text, each with the numbers given for all and those that stand in or behind it."""
    for part in _parts(text):
        own: list[int] = []
        bare = _without_marks(_LIST_SIGN.sub("", part), own).strip()
        if re.search(r"\w", bare):
            yield Written(bare[: LONGEST + 1], tuple(dict.fromkeys((*cites, *own))))


def _parts(text: str) -> Iterator[str]:
    """The sentences of a text; marks behind the full stop belong to the sentence before them."""
    parts: list[str] = []
    for span in sentences(text):
        part = text[span.start : span.end]
        lead = re.match(rf"(?:{_MARK.pattern})+", part)
        if parts and lead:
            parts[-1] += lead[0]
            part = part[lead.end() :]
        if part.strip():
            parts.append(part)
    yield from parts


def _without_marks(part: str, own: list[int]) -> str:
    """The text without its marks, whose numbers are added to `own`."""

    def taken(found: re.Match[str]) -> str:
        behind_stop = found.string[: found.start()].rstrip()[-1:] in _STOP
        at_end = not re.search(r"\w", found.string[found.end() :])
        if found[0].strip()[0] in _ROUND and not (behind_stop or at_end):
            return found[0]
        own.extend(int(number) for number in re.findall(r"\d+", found[1]))
        return ""

    return _MARK.sub(taken, part)
