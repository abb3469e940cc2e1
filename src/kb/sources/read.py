"""Finds the files under a path and reads each into documents; the only room that opens the user's files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from kb.errors import SourceError
from kb.sources.bulk import read_lines
from kb.sources.decode import decode
from kb.sources.front_matter import PRACTICE_KIND, read_front_matter
from kb.sources.practice_page import read_practice
from kb.text.script import detect_script
from kb.types import Article, Document, Failure

LEXICON_FOLDER = "lexicon"
"""A folder of this name holds word lists, not articles."""

TEXT_SUFFIXES = frozenset({".txt", ".md", ".markdown"})
BULK_SUFFIXES = frozenset({".jsonl", ".ndjson"})
UNREADABLE_SUFFIXES = frozenset(
    {".doc", ".docx", ".pdf", ".html", ".htm", ".rtf", ".wps", ".odt", ".zip", ".ppt", ".pptx", ".xls", ".xlsx"}
)
"""Files that hold text but are not read yet: named in the report, never passed over in silence."""

MAX_FILE_BYTES = 200 * 1024 * 1024
TITLE_LENGTH = 60

_SLUG = re.compile(r"[^\w.-]+")
_FIRST_HEADING = re.compile(r"^#[ \t]+(.+?)[ \t#]*$", re.MULTILINE)


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files to read under the given files and folders, in a fixed order, each once.

    Raises:
        SourceError: a path does not exist, or nothing readable is under any of them.
    """
    paths = list(paths)
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise SourceError(f"找不到 {path}。请检查路径。")
        candidates = sorted(path.rglob("*")) if path.is_dir() else [path]
        found.update(dict.fromkeys(file for file in candidates if file == path or _is_document(file, path)))
    if not found:
        raise SourceError(f"{'、'.join(map(str, paths))} 里没有可收录的文件（.txt、.md、.jsonl）。")
    return list(found)


def _is_document(file: Path, below: Path) -> bool:
    parts = file.relative_to(below).parts
    hidden = any(part.startswith(".") for part in parts)
    in_lexicon = LEXICON_FOLDER in parts[:-1]
    known = file.suffix.lower() in TEXT_SUFFIXES | BULK_SUFFIXES | UNREADABLE_SUFFIXES
    return file.is_file() and known and not hidden and not in_lexicon


def read_terms(paths: Iterable[Path]) -> list[str]:
    """Our own terms: the lines of every `lexicon/*.txt` under the given folders; `#` starts a comment."""
    terms: dict[str, None] = {}
    for path in paths:
        for file in sorted(path.rglob(f"{LEXICON_FOLDER}/*.txt")) if path.is_dir() else ():
            lines = (line.split("#")[0].strip() for line in decode(file.read_bytes(), str(file)).splitlines())
            terms.update(dict.fromkeys(filter(None, lines)))
    return list(terms)


def read_file(path: Path) -> Iterator[Document | Failure]:
    """The documents of one file; what cannot be read is a `Failure`, so that the others go on."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES and path.suffix.lower() not in BULK_SUFFIXES:
            raise SourceError(f"文件 {path} 超过 {MAX_FILE_BYTES // 1024**2} MB。请拆分后再试。")
        if path.suffix.lower() in BULK_SUFFIXES:
            yield from read_lines(path)
        elif path.suffix.lower() in TEXT_SUFFIXES:
            yield read_text(path.read_bytes(), path)
        else:
            raise SourceError(f"暂不支持 {path.suffix or '这种'} 文件：{path}。请转换成 .txt 或 .md。")
    except SourceError as error:
        yield Failure(str(path), str(error))
    except OSError as error:
        yield Failure(str(path), f"读不了文件 {path}：{error.strerror}。请检查权限。")


def read_text(data: bytes, path: Path) -> Document:
    """One .txt or .md file.

    Raises:
        SourceError: it cannot be decoded, or its front matter or practice page is malformed.
    """
    text = decode(data, str(path))
    head, body = read_front_matter(text, str(path))
    if not body.strip():
        raise SourceError(f"文件 {path} 只有前置信息，没有正文。")
    body = body.lstrip("\n")
    identifier = head.id or slug(path.stem)
    practice = None
    if head.kind == PRACTICE_KIND:
        practice = read_practice(head.model_copy(update={"id": identifier}), body, str(path))
    article = Article(
        id=identifier,
        title=head.title or head.name or _title(body, path),
        text=body,
        raw=data,
        script=detect_script(body),
        source=head.source,
        url=head.url,
        date=head.date,
        region=head.region,
        author=head.author,
        category=head.category,
        tags=head.tags,
        sources=tuple(entry.value() for entry in head.sources),
        origin=str(path),
    )
    return Document(article, practice, own_id=bool(head.id))


def slug(stem: str) -> str:
    """A file's name as an id: letters of any script, digits, dot, dash and underline stay."""
    return _SLUG.sub("-", stem).strip("-.") or "article"


def _title(body: str, path: Path) -> str:
    """The first heading, else a short first line, else the file's name."""
    heading = _FIRST_HEADING.search(body)
    if heading:
        return heading[1]
    first = next(line.strip() for line in body.splitlines() if line.strip())
    return first if len(first) <= TITLE_LENGTH else path.stem
