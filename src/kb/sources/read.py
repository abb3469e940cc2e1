"""Finds the files under a path and reads each into documents; the only room that opens the user's files."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.errors import KBError, SourceError
from kb.sources.assemble import assemble, slug
from kb.sources.bulk import parse_lines, read_lines
from kb.sources.content import Content, storable
from kb.sources.decode import decode, detect
from kb.sources.docx import read_docx
from kb.sources.html import read_html
from kb.sources.limits import MAX_UPLOAD_BYTES, check_time
from kb.sources.pdf import read_pdf
from kb.sources.picture import PICTURE_SUFFIXES, read_picture_file
from kb.sources.zip import Member, read_zip
from kb.types import LONGEST_TERM, Document, Failure

__all__ = ["Terms", "find_files", "read_file", "read_terms", "read_text", "slug"]

LEXICON_FOLDER = "lexicon"
"""A folder of this name holds word lists, not articles."""

TEXT_SUFFIXES = frozenset({".txt", ".md", ".markdown"})
BULK_SUFFIXES = frozenset({".jsonl", ".ndjson"})
ZIP_SUFFIX = ".zip"
READERS: dict[str, Callable[[bytes, str], Content]] = {
    ".html": read_html,
    ".htm": read_html,
    ".docx": read_docx,
    ".pdf": read_pdf,
    **dict.fromkeys(PICTURE_SUFFIXES, read_picture_file),
}
SAVED_PAGE_PARTS = ("_files", ".files", "_文件")
"""How browsers end the name of the folder in which they keep the pictures of a saved page: those are no documents."""

UNREADABLE_SUFFIXES = frozenset({".doc", ".rtf", ".wps", ".odt", ".ppt", ".pptx", ".xls", ".xlsx"})
"""Files that hold text but are not read yet: named in the report, never passed over in silence."""

READABLE_SUFFIXES = TEXT_SUFFIXES | BULK_SUFFIXES | READERS.keys() | {ZIP_SUFFIX}
KNOWN_SUFFIXES = READABLE_SUFFIXES | UNREADABLE_SUFFIXES

MAX_FILE_BYTES = 200 * 1024 * 1024

MAX_TEXT_BYTES = 60 * 1024 * 1024
"""Of one text: about 20 million characters, as much as a page or a PDF may hold; an encyclopaedia."""


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
        known = "、".join(sorted(READABLE_SUFFIXES))
        raise SourceError(f"{'、'.join(map(str, paths))} 里没有可收录的文件（{known}）。")
    return list(found)


def _is_document(file: Path, below: Path) -> bool:
    parts = file.relative_to(below).parts
    hidden = any(part.startswith(".") for part in parts)
    in_lexicon = LEXICON_FOLDER in parts[:-1]
    known = file.suffix.lower() in KNOWN_SUFFIXES and not (_is_picture(file) and of_saved_page(parts))
    return file.is_file() and known and not hidden and not in_lexicon


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in PICTURE_SUFFIXES


def of_saved_page(parts: Iterable[str]) -> bool:
    """Whether a path leads through the folder of a page saved by a browser."""
    return any(part.endswith(SAVED_PAGE_PARTS) for part in parts)


@dataclass(frozen=True, slots=True)
class Terms:
    """Our own terms, and the lexicons that could not be read, each with the reason."""

    terms: tuple[str, ...]
    failures: tuple[Failure, ...] = ()


def read_terms(paths: Iterable[Path]) -> Terms:
    """The lines of every `lexicon/*.txt` under the given folders; `#` starts a comment.

    A lexicon that cannot be read is told and the others are used: it makes some words be cut, no article be lost.
    An empty one holds no terms, which is no fault.
    """
    terms: dict[str, None] = {}
    failures: list[Failure] = []
    for path in paths:
        for file in sorted(path.rglob(f"{LEXICON_FOLDER}/*.txt")) if path.is_dir() else ():
            try:
                data = read_bytes(file)
                lines = decode(data, str(file)).splitlines() if data.strip() else []
            except SourceError as error:
                failures.append(Failure(str(file), f"词表没有用上：{error}"))
                continue
            found = [term for line in lines if (term := line.split("#", 1)[0].strip())]
            terms.update(dict.fromkeys(term for term in found if len(term) <= LONGEST_TERM))
            long = sum(len(term) > LONGEST_TERM for term in found)
            if long:
                told = f"词表 {file} 里有 {long} 行超过 {LONGEST_TERM} 字，不是词，没有用上。请一行写一个词。"
                failures.append(Failure(str(file), told))
    return Terms(tuple(terms), tuple(failures))


def read_file(path: Path) -> Iterator[Document | Failure]:
    """The documents of one file; what cannot be read is a `Failure`, so that the others go on."""
    suffix = path.suffix.lower()
    try:
        if path.stat().st_size > MAX_FILE_BYTES and suffix not in BULK_SUFFIXES:
            raise SourceError(f"文件 {path} 超过 {MAX_FILE_BYTES // 1024**2} MB。请拆分后再试。")
        if suffix in BULK_SUFFIXES:
            yield from read_lines(path)
        elif suffix == ZIP_SUFFIX:
            for member in read_zip(path.read_bytes(), str(path), KNOWN_SUFFIXES):
                yield from _read_member(member) if isinstance(member, Member) else [member]
        else:
            _check_suffix(path)
            yield read_text(path.read_bytes(), path)
    except KBError as error:
        yield Failure(storable(str(path)), storable(str(error)))
    except OSError as error:
        yield Failure(storable(str(path)), storable(f"读不了文件 {path}：{error.strerror}。请检查权限。"))


def read_upload(data: bytes, name: str) -> Iterator[Document | Failure]:
    """The documents of a file that came without a path; nothing is opened, `name` is only a name."""
    try:
        if len(data) > MAX_UPLOAD_BYTES:
            raise SourceError(f"文件 {name} 超过 {MAX_UPLOAD_BYTES // 1024**2} MB。请拆分，或用 kb add 收录。")
        zipped = Path(name).suffix.lower() == ZIP_SUFFIX
        for member in read_zip(data, name, KNOWN_SUFFIXES) if zipped else [Member(name, data)]:
            check_time(name)
            if isinstance(member, Failure):
                yield member
            elif Path(member.path).suffix.lower() in BULK_SUFFIXES:
                yield Failure(member.path, f"{member.path} 一行一篇文章，这里不读。请用 kb add 收录。")
            else:
                yield from _read_member(member)
    except KBError as error:
        yield Failure(name, str(error))


def _read_member(member: Member) -> Iterator[Document | Failure]:
    path = Path(member.path)
    if _is_picture(path) and of_saved_page(path.parts[:-1]):
        return
    try:
        if path.suffix.lower() in BULK_SUFFIXES:
            yield from parse_lines(io.BytesIO(member.data), member.path)
        else:
            _check_suffix(path)
            yield read_text(member.data, path)
    except KBError as error:
        yield Failure(member.path, str(error))


def read_bytes(path: Path) -> bytes:
    """The bytes of one file.

    Raises:
        SourceError: it cannot be opened, or is too large.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise SourceError(f"文件 {path} 超过 {MAX_FILE_BYTES // 1024**2} MB。请拆分后再试。")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise SourceError(f"找不到 {path}。请检查路径。") from error
    except OSError as error:
        raise SourceError(f"读不了文件 {path}：{error.strerror}。请检查路径和权限。") from error


def _check_suffix(path: Path) -> None:
    if path.suffix.lower() not in READABLE_SUFFIXES:
        raise SourceError(f"暂不支持 {path.suffix or '这种'} 文件：{path}。请转换成 .docx、.pdf、.txt 或 .md。")


def read_text(data: bytes, path: Path) -> Document:
    """One file that holds one article, whatever its format.

    Raises:
        SourceError: it cannot be read, or its front matter or practice page is malformed.
        MissingExtraError: it needs a part of the package that is not installed.
    """
    reader = READERS.get(path.suffix.lower())
    return assemble(reader(data, str(path)) if reader else _read_plain(data, path), data, path)


def _read_plain(data: bytes, path: Path) -> Content:
    if len(data) > MAX_TEXT_BYTES:
        raise SourceError(f"文件 {path} 超过 {MAX_TEXT_BYTES // 1024**2} MB，不像一篇文章。请拆分后再试。")
    decoded = detect(data, str(path))
    return Content(
        text=decoded.text,
        format="txt" if path.suffix.lower() == ".txt" else "md",
        encoding=decoded.encoding,
        runner_up=decoded.runner_up,
        undecodable=decoded.undecodable,
    )
