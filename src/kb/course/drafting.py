"""What every section of a plan is written from: the basket held against the store, and the numbers given so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.course.basket import Basket, Item, ItemKind
from kb.course.material import Material, Numbers
from kb.course.pages import Pages
from kb.course.quoting import where_now
from kb.course.values import Missing
from kb.types import Practice, Quote

GONE = "文章已从库中移除"
CHANGED = "文章已改动，放入时的文字现在没有了"
PRACTICE_GONE = "实践已从库中移除"


@dataclass(frozen=True, slots=True)
class Draft:
    """`practices` in the order of the basket with the notes on them by id; `excerpts` are the passages and answers with
    those of their quotes that are still there."""

    material: Material
    numbers: Numbers
    pages: Pages
    practices: tuple[Practice, ...]
    notes: Mapping[str, str]
    excerpts: tuple[tuple[Item, tuple[Quote, ...]], ...]
    missing: tuple[Missing, ...]

    def of_kind(self, kind: ItemKind) -> list[tuple[Item, tuple[Quote, ...]]]:
        """The excerpts of one kind."""
        return [(item, quotes) for item, quotes in self.excerpts if item.kind is kind]


def draft(basket: Basket, material: Material) -> Draft:
    """The basket held against the store."""
    practices: list[Practice] = []
    notes: dict[str, str] = {}
    excerpts: list[tuple[Item, tuple[Quote, ...]]] = []
    missing: list[Missing] = []
    for item in basket.items:
        if item.kind is not ItemKind.PRACTICE:
            found, lost = _there(item, material)
            missing += lost
            excerpts += [(item, found)] if found else []
        elif item.practice in material.practices:
            practices.append(material.practices[item.practice])
            notes[item.practice] = item.note
        else:
            missing.append(Missing(item, PRACTICE_GONE))
    numbers = Numbers(material)
    return Draft(material, numbers, Pages(material, numbers), tuple(practices), notes, tuple(excerpts), tuple(missing))


def _there(item: Item, material: Material) -> tuple[tuple[Quote, ...], list[Missing]]:
    """The quotes of an item where they stand now, and those that are gone."""
    found, lost = [], []
    for quote in item.quotes:
        article = material.articles.get(quote.article_id)
        now = where_now(article, quote) if article else None
        if now is not None:
            found.append(now)
        else:
            lost.append(Missing(item, CHANGED if article else GONE, quote))
    return tuple(found), lost
