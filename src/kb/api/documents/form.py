"""What all documents share."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kb.types import FlagKind


class Form(BaseModel):
    """A document with these fields and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Position = Annotated[int, Field(ge=0, description="文章的第几个字，从 0 数")]
ArticleId = Annotated[str, Field(description="文章编号", examples=["wuye"])]


class Flag(Form):
    """文章里要当心的一处：推断的字、缺字、乱码等"""

    kind: FlagKind
    start: Position
    end: Position
    note: str = Field(description="原因")
    readings: list[str] = Field(description="可能的写法，最可能的在前")


def _usable(text: str) -> str:
    text.encode()  # Half a character, which JSON can bring as \ud800, is a ValueError here and a failure later.
    if "\x00" in text:
        raise ValueError("NUL")
    return text


def _all_usable(found: Any) -> Any:
    json.dumps(found, ensure_ascii=False).encode()
    return found


Text = Annotated[str, AfterValidator(_usable)]
"""A text of a request: whole characters, none of them NUL, which stands in no text and ends strings elsewhere."""

Whole = AfterValidator(_all_usable)
"""For a document whose texts are looked at one by one only later."""
