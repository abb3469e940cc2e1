"""What must hold of whatever comes out: text that can be stored, refusals in a sentence, places within the text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from enum import Enum
from html.parser import HTMLParser
from typing import Any

from kb.errors import KBError
from kb.knowledge.preparing import Prepared
from kb.types import Document, Failure

_HAN = re.compile("[\u4e00-\u9fff]")
LONGEST_MESSAGE = 6_000
"""Characters of a refusal; some name what is wrong, none may be as long as the file."""


class BrokenLawError(AssertionError):
    """A law that does not hold."""


def hold(condition: object, law: str) -> None:
    """
    Raises:
        BrokenLawError: it does not.
    """
    if not condition:
        raise BrokenLawError(law)


def check_refusal(error: KBError | str) -> None:
    """One or a few sentences in Chinese that a terminal can print."""
    message = str(error)
    hold(_HAN.search(message), "a refusal is told in Chinese")
    hold("Traceback" not in message, "a refusal is no traceback")
    hold(len(message) <= LONGEST_MESSAGE, "a refusal is short")


def check_strings(value: Any, where: str = "") -> None:
    """Every text within a value can be stored and written."""
    if isinstance(value, str) and not isinstance(value, Enum):
        hold("\x00" not in value, f"no NUL in {where}")
        hold(_encodes(value), f"no half of a surrogate pair in {where}")
    elif is_dataclass(value):
        for field in fields(value):
            check_strings(getattr(value, field.name), f"{where}.{field.name}")
    elif isinstance(value, tuple | list | frozenset):
        for one in value:
            check_strings(one, where)
    elif isinstance(value, dict):
        check_strings([*value.keys(), *value.values()], where)


def _encodes(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_document(item: Document | Failure) -> None:
    """What was read can be stored; what was not is told."""
    if isinstance(item, Failure):
        check_refusal(item.reason)
        return
    hold(item.article.id, "an article has an id")
    hold(item.article.title, "an article has a title")
    hold(item.article.text.strip(), "an article has a text")
    check_strings(item)


def check_prepared(prepared: Prepared) -> None:
    """Passages in order within the text, sentences and flags within their passages."""
    text, last = prepared.document.article.text, 0
    for passage in prepared.passages:
        hold(last <= passage.start < passage.end <= len(text), "passages lie in order within the text")
        hold(
            all(passage.start <= one.start < one.end <= passage.end for one in passage.sentences),
            "sentences lie within",
        )
        hold(all(passage.start <= one.start < one.end <= passage.end for one in passage.flags), "flags lie within")
        last = passage.end
    check_strings(prepared.document)


class Markup(HTMLParser):
    """The tags, the attributes and the text of what is shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _value in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:  # noqa: ARG002 - called by name
        self.tags.add("!--")


def check_markup(shown: str, tags: Iterable[str], attributes: Iterable[str] = ("class", "title", "id")) -> Markup:
    """Nothing but our own tags and attributes."""
    found = Markup()
    found.feed(shown)
    found.close()
    hold(found.tags <= set(tags), f"only our tags, not {sorted(found.tags - set(tags))}")
    hold(found.attributes <= set(attributes), f"only our attributes, not {sorted(found.attributes - set(attributes))}")
    return found
