"""What a trainer collects for a course: passages, answers, practices, in an order and with notes of one's own.

A basket is a value; every function here makes another one. It holds places of the store, not texts: the text kept with
a place is the one that was there when it was put in, so that a later change is noticed (`kb.course.quoting`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from kb.errors import NotFoundError, QueryError
from kb.types import Answer, Practice, Quote

MOST_ITEMS = 200
LONGEST_TOPIC = 200
LONGEST_NOTE = 2_000


class ItemKind(str, Enum):
    """What was put in."""

    PASSAGE = "passage"
    ANSWER = "answer"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing collected.

    A passage has one quote, an answer one or more, a practice none but its id. `title` is how it was called when it was
    put in: the article's title, the question, the practice's name. `note` is the trainer's own.
    """

    kind: ItemKind
    title: str
    quotes: tuple[Quote, ...] = ()
    practice: str = ""
    note: str = ""

    @property
    def key(self) -> str:
        """What tells it from the other items; notes and titles do not count."""
        if self.kind is ItemKind.PRACTICE:
            return f"practice:{self.practice}"
        places = ",".join(f"{quote.article_id}@{quote.start}-{quote.end}" for quote in self.quotes)
        asked = f"{self.title}:" if self.kind is ItemKind.ANSWER else ""
        return f"{self.kind.value}:{asked}{places}"


@dataclass(frozen=True, slots=True)
class Basket:
    """Everything collected for one course, in the trainer's order."""

    topic: str = ""
    items: tuple[Item, ...] = ()

    def __contains__(self, key: object) -> bool:
        return any(item.key == key for item in self.items)


def passage_item(quote: Quote, title: str, note: str = "") -> Item:
    """A place of an article."""
    return Item(ItemKind.PASSAGE, title, (quote,), note=note)


def answer_item(answer: Answer, note: str = "") -> Item:
    """The sentences of an answer.

    Raises:
        QueryError: the texts did not answer.
    """
    if not answer.sentences:
        raise QueryError(f"“{answer.question}”没有找到依据，没有句子可以放进篮子。请换个问法，或改放段落。")
    return Item(ItemKind.ANSWER, answer.question, tuple(one.quote for one in answer.sentences), note=note)


def practice_item(practice: Practice, note: str = "") -> Item:
    """A practice page."""
    return Item(ItemKind.PRACTICE, practice.name, practice=practice.id, note=note)


def titled(basket: Basket, topic: str) -> Basket:
    """The basket with another topic.

    Raises:
        QueryError: it is too long.
    """
    return replace(basket, topic=_short(" ".join(topic.split()), LONGEST_TOPIC, "课程主题"))


def add(basket: Basket, *items: Item) -> Basket:
    """The basket with these at its end; what is in it already stays where it is.

    Raises:
        QueryError: the basket would hold too many, or a note is too long.
    """
    kept = {item.key: item for item in basket.items}
    for item in items:
        _short(item.note, LONGEST_NOTE, "备注")
        kept.setdefault(item.key, item)
    if len(kept) > MOST_ITEMS:
        raise QueryError(f"篮子里最多放 {MOST_ITEMS} 项，现在有 {len(kept)} 项。请先移出一些。")
    return replace(basket, items=tuple(kept.values()))


def remove(basket: Basket, key: str) -> Basket:
    """The basket without the item.

    Raises:
        NotFoundError: it is not in it.
    """
    at = _place(basket, key)
    return replace(basket, items=basket.items[:at] + basket.items[at + 1 :])


def move(basket: Basket, key: str, to: int) -> Basket:
    """The basket with the item at place `to` (from 0); a place beyond either end is that end.

    Raises:
        NotFoundError: it is not in it.
    """
    items = list(basket.items)
    item = items.pop(_place(basket, key))
    items.insert(max(0, to), item)
    return replace(basket, items=tuple(items))


def annotate(basket: Basket, key: str, note: str) -> Basket:
    """The basket with this note on the item; an empty one takes the note away.

    Raises:
        NotFoundError: it is not in it.
        QueryError: the note is too long.
    """
    at = _place(basket, key)
    item = replace(basket.items[at], note=_short(note.strip(), LONGEST_NOTE, "备注"))
    return replace(basket, items=(*basket.items[:at], item, *basket.items[at + 1 :]))


def chosen(basket: Basket, kind: ItemKind) -> Sequence[Item]:
    """The items of one kind, in the order of the basket."""
    return [item for item in basket.items if item.kind is kind]


def _place(basket: Basket, key: str) -> int:
    for at, item in enumerate(basket.items):
        if item.key == key:
            return at
    raise NotFoundError(f"篮子里没有这一项：{key}。")


def _short(text: str, most: int, name: str) -> str:
    if len(text) > most:
        raise QueryError(f"{name}太长（{len(text)} 字，最多 {most} 字）。请缩短后再试。")
    return text
