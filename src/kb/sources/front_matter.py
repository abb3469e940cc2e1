"""The YAML block at the head of a Markdown file, checked field by field."""

from __future__ import annotations

import re
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from kb.errors import SourceError
from kb.types import Source

_BLOCK = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
PRACTICE_KIND = "实践"

MAX_BLOCK = 200_000
"""Characters; the longest page at hand has 3,000, and PyYAML reads 100,000 a second."""

MOST_NAMED = 10
"""Fields that a message names; a list of a thousand wrong ones is wrong as a whole."""


class _Loader(yaml.BaseLoader):
    """YAML with every scalar as the text it is written as; only nothing (null) is None.

    The safe loader would read 007 as 7, and let errors through that are no YAMLError (ValueError on 2024-13-45).
    """


_NULL = "tag:yaml.org,2002:null"
_Loader.add_implicit_resolver(_NULL, re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_constructor(_NULL, lambda _loader, _node: None)


def _plain(value: Any) -> Any:
    """JSON knows numbers; nothing (null) is an empty text."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) else value


def _storable(value: str) -> str:
    """Refuses what escapes can write and SQLite does not keep whole: half a surrogate pair, and NUL."""
    if "\x00" in value:
        raise ValueError("NUL")
    value.encode()
    return value


Text = Annotated[str, BeforeValidator(_plain), AfterValidator(_storable)]
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


def wrong_fields(error: ValidationError) -> str:
    """The fields that are wrong, the first few of them, as text."""
    fields = sorted({".".join(map(str, item["loc"])) or "整行" for item in error.errors(include_input=False)})
    more = f" 等 {len(fields)} 项" if len(fields) > MOST_NAMED else ""
    return "、".join(fields[:MOST_NAMED]) + more


def read_front_matter(text: str, name: str) -> tuple[FrontMatter, str]:
    """The front matter (empty where there is none) and the body behind it.

    Raises:
        SourceError: the block is not YAML, or a field has the wrong form.
    """
    block = _BLOCK.match(text)
    if block is None:
        return FrontMatter(), text
    if len(block[1]) > MAX_BLOCK:
        raise SourceError(
            f"{name} 开头的前置信息有 {len(block[1])} 字，最多 {MAX_BLOCK} 字。请把正文移到前置信息之后。"
        )
    try:
        content = yaml.load(block[1], _Loader) or {}  # noqa: S506 - makes nothing but texts, lists and dicts
        if not isinstance(content, dict):
            raise SourceError(f"{name} 开头的前置信息不是“键: 值”的形式。请对照 docs/corpus.md 修改。")
        return FrontMatter.model_validate(content), text[block.end() :]
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"第 {mark.line + 2} 行附近" if mark else ""
        raise SourceError(f"{name} 开头的前置信息{place}不是正确的 YAML。请检查引号、冒号和缩进。") from error
    except ValidationError as error:
        fields = wrong_fields(error)
        raise SourceError(f"{name} 的前置信息中这些项写法不对：{fields}。请对照 docs/corpus.md 修改。") from error
