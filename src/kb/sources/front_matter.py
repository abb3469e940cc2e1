"""The YAML block at the head of a Markdown file, checked field by field."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from kb.errors import SourceError
from kb.types import Source

_BLOCK = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
PRACTICE_KIND = "实践"


def _plain(value: Any) -> Any:
    """YAML reads 2024-09-23 as a date and 1963 as a number; nothing (null) is an empty text."""
    if value is None:
        return ""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, int | float) else value


Text = Annotated[str, BeforeValidator(_plain)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(lambda value: value or ())]


class SourceEntry(BaseModel):
    """One entry of `sources`."""

    model_config = ConfigDict(extra="forbid")

    title: Text = Field(min_length=1)
    publisher: Text = ""
    date: Text = ""
    url: Text = ""
    note: Text = ""

    def value(self) -> Source:
        """As the rest of the package knows it."""
        return Source(self.title, self.publisher, self.date, self.url, self.note)


class FrontMatter(BaseModel):
    """What a Markdown file may state of itself; keys we do not know are left alone."""

    model_config = ConfigDict(extra="ignore")

    id: Text = ""
    title: Text = ""
    kind: Text = ""
    region: Text = ""
    date: Text = ""
    author: Text = ""
    source: Text = ""
    url: Text = ""
    category: Text = ""
    tags: Texts = ()
    sources: tuple[SourceEntry, ...] = ()
    name: Text = ""
    name_traditional: Text = ""
    aliases: Texts = ()
    since: Text = ""
    steps_basis: Text = ""
    related: Texts = ()


def read_front_matter(text: str, name: str) -> tuple[FrontMatter, str]:
    """The front matter (empty where there is none) and the body behind it.

    Raises:
        SourceError: the block is not YAML, or a field has the wrong form.
    """
    block = _BLOCK.match(text)
    if block is None:
        return FrontMatter(), text
    try:
        content = yaml.safe_load(block[1]) or {}
        if not isinstance(content, dict):
            raise SourceError(f"{name} 开头的前置信息不是“键: 值”的形式。请对照 docs/corpus.md 修改。")
        return FrontMatter.model_validate(content), text[block.end() :]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"第 {mark.line + 2} 行附近" if mark else ""
        raise SourceError(f"{name} 开头的前置信息{place}不是正确的 YAML。请检查引号、冒号和缩进。") from error
    except ValidationError as error:
        fields = "、".join(sorted({".".join(map(str, item["loc"])) for item in error.errors()}))
        raise SourceError(f"{name} 的前置信息中这些项写法不对：{fields}。请对照 docs/corpus.md 修改。") from error
