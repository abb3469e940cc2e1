"""A file's content as a document: what it states of itself, its body, its receipt."""

from __future__ import annotations

import re
from pathlib import Path

from kb.errors import SourceError
from kb.sources.content import Content, storable
from kb.sources.decode import count_han
from kb.sources.front_matter import PRACTICE_KIND, FrontMatter, read_front_matter
from kb.sources.metadata import Found, find_metadata, first
from kb.sources.practice_page import read_practice
from kb.text.script import detect_script
from kb.types import Article, Document, Receipt, Stated

TITLE_LENGTH = 60

_MARKDOWN = "md"
_SLUG = re.compile(r"[^\w.-]+")
_FIRST_HEADING = re.compile(r"^#[ \t]+(.+)$", re.MULTILINE)
_PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]+")
_STATED_BY_FRONT_MATTER = ("title", "date", "source", "author", "region", "category", "url")


def assemble(content: Content, data: bytes, path: Path) -> Document:
    """The document that a file's content makes; front matter wins over what the text states.

    Raises:
        SourceError: the front matter or the practice page is malformed, or there is no text behind it.
    """
    head, body = FrontMatter(), content.text
    if content.format in {_MARKDOWN, "txt"}:
        head, body = read_front_matter(content.text, str(path))
    if not body.strip():
        raise SourceError(f"文件 {path} 只有前置信息，没有正文。")
    found = Found(body, (), ()) if content.format == _MARKDOWN else find_metadata(body, content.aside)
    body = found.body.lstrip("\n")
    identifier = head.id or slug(path.stem)
    practice = None
    if head.kind == PRACTICE_KIND:
        practice = read_practice(head.model_copy(update={"id": identifier}), body, str(path))
    stated = (*_of_front_matter(head), *found.stated, *content.stated)
    article = Article(
        id=identifier,
        title=storable(head.title or head.name or first(stated, "title") or _title(body, path)),
        text=body,
        raw=data,
        script=detect_script(body),
        source=first(stated, "source"),
        url=first(stated, "url"),
        date=first(stated, "date"),
        region=first(stated, "region"),
        author=first(stated, "author"),
        category=first(stated, "category"),
        tags=head.tags,
        sources=tuple(entry.value() for entry in head.sources),
        origin=storable(str(path)),  # A name in another encoding than the system's holds halves of surrogate pairs.
    )
    receipt = _receipt(content, article, stated, found.boilerplate)
    return Document(article, practice, own_id=bool(head.id), receipt=receipt)


def slug(stem: str) -> str:
    """A file's name as an id: letters of any script, digits, dot, dash and underline stay."""
    return _SLUG.sub("-", stem).strip("-.") or "article"


def _of_front_matter(head: FrontMatter) -> tuple[Stated, ...]:
    pairs = ((name, getattr(head, name)) for name in _STATED_BY_FRONT_MATTER)
    return tuple(Stated(name, value, "前置信息") for name, value in pairs if value)


def _receipt(content: Content, article: Article, stated: tuple[Stated, ...], boilerplate: tuple[str, ...]) -> Receipt:
    return Receipt(
        origin=article.origin,
        format=content.format,
        bytes=len(article.raw),
        encoding=content.encoding,
        runner_up=content.runner_up,
        han_received=count_han(content.text) if content.received is None else content.received,
        han_characters=count_han(article.text),
        undecodable=content.undecodable,
        private_use=sum(found.end() - found.start() for found in _PRIVATE_USE.finditer(article.text)),
        metadata=stated,
        boilerplate=boilerplate,
    )


def _title(body: str, path: Path) -> str:
    """The first heading, else a short first line, else the file's name."""
    heading = _FIRST_HEADING.search(body)
    if heading:
        return heading[1].rstrip(" \t#") or heading[1][:1]
    first_line = next(line.strip() for line in body.splitlines() if line.strip())
    return first_line if len(first_line) <= TITLE_LENGTH else path.stem
