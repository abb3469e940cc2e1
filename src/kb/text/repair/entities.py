"""What is left of a web page: entities (&ldquo;), entities without `&` (ldquo;), tags and rests of tags (/p>)."""

from __future__ import annotations

import html
import re

from kb.text.repair.values import RepairKind, Step

_WHOLE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

HALF = {
    "ldquo": "“",
    "rdquo": "”",
    "lsquo": "‘",
    "rsquo": "’",
    "middot": "·",
    "mdash": "—",
    "ndash": "–",
    "hellip": "…",
    "nbsp": " ",
}
"""Entities met without their `&`, which a shifted run swallowed."""

HALF_PATTERN = rf"(?<![A-Za-z&])(?:{'|'.join(HALF)});"
_HALF = re.compile(HALF_PATTERN)

_TAG_NAMES = "p|br|div|span|strong|em|b|i|u|font|a|section|table|tbody|tr|td|th|ul|ol|li|img|h[1-6]"
_TAG = re.compile(rf"</?(?:{_TAG_NAMES})(?:\s[^<>\n]{{0,300}})?\s?/?>", re.IGNORECASE)
_BREAK = re.compile(r"</?br\b", re.IGNORECASE)
REST_PATTERN = rf"(?<![A-Za-z0-9<])/(?:{_TAG_NAMES})>"
_REST = re.compile(REST_PATTERN)


def restore_entities(text: str) -> list[Step]:
    """Whole entities become the character they name; names that HTML does not know are left."""
    if "&" not in text:
        return []
    steps = []
    for match in _WHOLE.finditer(text):
        character = _visible(html.unescape(match[0]))
        if character != match[0]:
            steps.append(Step(RepairKind.ENTITY, match.start(), match.end(), match[0], character))
    return steps


def restore_half_entities(text: str) -> list[Step]:
    """`ldquo;` without `&` is “, unless a letter stands before it."""
    if ";" not in text:
        return []
    return [
        Step(RepairKind.ENTITY, match.start(), match.end(), match[0], HALF[match[0][:-1]])
        for match in _HALF.finditer(text)
    ]


def remove_tags(text: str) -> list[Step]:
    """Tags, and what is left of one whose `<` was swallowed; a line break stays one."""
    if ">" not in text:
        return []
    found = sorted([*_TAG.finditer(text), *_REST.finditer(text)], key=re.Match.start)
    return [Step(RepairKind.TAG, m.start(), m.end(), m[0], "\n" if _BREAK.match(m[0]) else "") for m in found]


def _visible(character: str) -> str:
    """A plain space for a no-break one, nothing for what cannot be seen."""
    if character == "\u00a0":
        return " "
    return "".join(one for one in character if one.isprintable() or one == "\n")
