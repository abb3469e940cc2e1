"""A basket as JSON, for a file, a browser's storage or a store; one version of the form is known."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from kb.course.basket import LONGEST_NOTE, LONGEST_TOPIC, MOST_ITEMS, Basket, Item, ItemKind
from kb.errors import QueryError
from kb.sources.content import encodable
from kb.types import Quote

FORMAT = "kb-basket"
VERSION = 1
MOST_CHARACTERS = 5_000_000
"""Of the JSON; a full basket of long passages stays far below it."""


def to_json(basket: Basket) -> str:
    """One JSON document, the same for the same basket."""
    return json.dumps(to_plain(basket), ensure_ascii=False, indent=2) + "\n"


def to_plain(basket: Basket) -> dict[str, Any]:
    """The document as plain data; keys are a contract (docs/course.md)."""
    return {"format": FORMAT, "version": VERSION, "topic": basket.topic, "items": [*map(_item, basket.items)]}


def _item(item: Item) -> dict[str, Any]:
    plain: dict[str, Any] = {"kind": item.kind.value, "title": item.title}
    if item.kind is ItemKind.PRACTICE:
        plain["practice"] = item.practice
    else:
        plain["quotes"] = [
            {"article_id": one.article_id, "start": one.start, "end": one.end, "text": one.text} for one in item.quotes
        ]
    return plain | {"note": item.note}


def from_json(text: str) -> Basket:
    """The basket that `to_json` wrote.

    Raises:
        QueryError: it is none, is damaged, or was written by another version.
    """
    if len(text) > MOST_CHARACTERS:
        raise QueryError(f"篮子文件太大（{len(text)} 字，最多 {MOST_CHARACTERS} 字）。")
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise QueryError("篮子文件不是 JSON，可能没有保存完整。请重新保存后再试。") from error
    return from_plain(plain)


def from_plain(plain: Any) -> Basket:
    """The basket that `to_plain` gave.

    Raises:
        QueryError: it is none, is damaged, or was written by another version.
    """
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise QueryError("这不是篮子文件：没有写 format 为 kb-basket。请选由本软件保存的篮子。")
    version = plain.get("version")
    if version != VERSION or isinstance(version, bool):
        raise QueryError(f"篮子文件的版本是 {version}，本版本只认 {VERSION}。请用保存它的那一版软件打开，或更新软件。")
    try:
        return _Basket.model_validate(plain).value()
    except ValidationError as error:
        fault = error.errors()[0]
        place = "的 ".join(f"第 {part + 1} 项" if isinstance(part, int) else str(part) for part in fault["loc"])
        reason = fault.get("ctx", {}).get("message", "缺少、多出或写法不对")
        raise QueryError(f"篮子文件有误：{place or '内容'}：{reason}。请重新保存后再试。") from error


def _fault(message: str) -> PydanticCustomError:
    return PydanticCustomError("basket", "{message}", {"message": message})


_Text = Annotated[str, BeforeValidator(lambda text: encodable(text) if isinstance(text, str) else text)]
"""JSON can hold half a character (`\\ud800`), which nothing that is made from a basket could be written with."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Quote(_Form):
    article_id: _Text = Field(min_length=1)
    start: int = Field(ge=0)
    end: int
    text: _Text

    @model_validator(mode="after")
    def _a_span(self) -> _Quote:
        if self.end <= self.start or len(self.text) not in (0, self.end - self.start):
            raise _fault("起止位置与文字不符")
        return self


class _Item(_Form):
    kind: ItemKind = Field(strict=False)
    title: _Text
    quotes: tuple[_Quote, ...] = Field((), strict=False)
    practice: _Text = ""
    note: _Text = Field("", max_length=LONGEST_NOTE)

    @model_validator(mode="after")
    def _of_its_kind(self) -> _Item:
        fits = {
            ItemKind.PASSAGE: len(self.quotes) == 1 and not self.practice,
            ItemKind.ANSWER: len(self.quotes) > 0 and not self.practice,
            ItemKind.PRACTICE: not self.quotes and bool(self.practice),
        }
        if not fits[self.kind]:
            raise _fault("段落应有一处引文，回答应有引文，实践应有编号")
        return self

    def value(self) -> Item:
        quotes = tuple(Quote(one.article_id, one.start, one.end, one.text) for one in self.quotes)
        return Item(self.kind, self.title, quotes, self.practice, self.note)


class _Basket(_Form):
    format: str
    version: int
    topic: _Text = Field("", max_length=LONGEST_TOPIC)
    items: tuple[_Item, ...] = Field((), max_length=MOST_ITEMS, strict=False)

    @model_validator(mode="after")
    def _each_once(self) -> _Basket:
        keys = [item.value().key for item in self.items]
        twice = next((at for at, key in enumerate(keys) if key in keys[:at]), None)
        if twice is not None:
            raise _fault(f"第 {twice + 1} 项和前面的一项相同")
        return self

    def value(self) -> Basket:
        return Basket(self.topic, tuple(item.value() for item in self.items))
