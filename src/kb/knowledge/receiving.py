"""Files that come as bytes with a name: read, repaired, compared with what is there. Nothing is stored here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from kb.errors import SourceError
from kb.index.schema import UPLOADED
from kb.index.store import Store
from kb.knowledge.copies import Copies
from kb.knowledge.editing import visible
from kb.knowledge.preparing import digest_of, prepare, renamed
from kb.knowledge.progress import Progress
from kb.search.practices import PracticeNames
from kb.sources.limits import MAX_UPLOADED_ARTICLES, MAX_UPLOADED_BYTES, MAX_UPLOADS
from kb.sources.read import read_upload, slug
from kb.text.normalize import normalize
from kb.types import Document, Failure, Preview, Previews, Upload

LONGEST_NAME, LONGEST_PATH, LONGEST_ID, LONGEST_TITLE, LONGEST_REASON = 120, 300, 80, 200, 600
DIGEST_LENGTH = 16
UNNAMED = "未命名"


def given_name(name: str) -> str:
    """The file's own name, without folders and characters that are not seen; a long one is cut before its suffix."""
    own = visible(name.replace("\\", "/").rpartition("/")[2]).strip(". ") or UNNAMED
    suffix = PurePosixPath(own).suffix
    return own if len(own) <= LONGEST_NAME else own[: LONGEST_NAME - len(suffix)] + suffix


def file_name(origin: str) -> str:
    """What an article's file was called when it was uploaded; the origin as it is for all others."""
    return origin.partition("/")[2] if origin.startswith(UPLOADED) else origin


def content_of(origin: str) -> str:
    """The part of an upload's origin that tells its bytes."""
    return origin.partition("/")[0]


@dataclass(slots=True)
class Receiving:
    """One reading of uploaded files; `store` is None where there is no index yet."""

    store: Store | None
    progress: Progress
    found: list[Preview] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    _ids: dict[str, str] = field(default_factory=dict)
    _by_origin: dict[str, str] = field(default_factory=dict)
    _by_content: dict[str, str] = field(default_factory=dict)
    _by_name: dict[str, str] = field(default_factory=dict)
    _bytes: int = 0
    _names: PracticeNames | None = None
    _copies: Copies | None = None

    def __post_init__(self) -> None:
        if self.store is not None:
            self._ids = {known.id: known.origin for known in self.store.known()}
            own = {origin: key for key, origin in self._ids.items() if origin.startswith(UPLOADED)}
            self._by_origin = own
            self._by_content = {content_of(origin): key for origin, key in own.items()}
            self._by_name = {file_name(origin): key for origin, key in own.items()}
            self._names = PracticeNames(self.store.catalogue.practices())
            self._copies = Copies(self.store)

    def read(self, files: Sequence[Upload]) -> Previews:
        """Every document of these files, or why it cannot be read."""
        for done, file in enumerate(files):
            self.progress("读取文件", done, len(files))
            name = given_name(file.name)
            if done >= MAX_UPLOADS:
                self._fail(name, f"一次最多 {MAX_UPLOADS} 个文件，{name} 没有读取。请分几次上传。")
                continue
            for item in read_upload(file.data, name):
                if not self._take(item, name):
                    break
        self.progress("读取文件", len(files), len(files))
        return Previews(tuple(self.found), tuple(self.failures))

    def _take(self, item: Document | Failure, name: str) -> bool:
        """False where the rest of the file is not read."""
        if isinstance(item, Failure):
            self._fail(item.origin, item.reason)
            return True
        self._bytes += len(item.article.raw)
        if len(self.found) >= MAX_UPLOADED_ARTICLES or self._bytes > MAX_UPLOADED_BYTES:
            self._fail(
                name,
                f"一次最多 {MAX_UPLOADED_ARTICLES} 篇、合计 {MAX_UPLOADED_BYTES // 1024**2} MB，"
                f"{visible(item.article.origin)} 起没有读取。请分几次上传。",
            )
            return False
        try:
            preview = self._preview(item)
        except SourceError as error:
            self._fail(item.article.origin, str(error))
            return True
        if any(preview.key == other.key for other in self.found):
            self._fail(item.article.origin, f"{visible(item.article.origin)} 选了两次，只读一次。")
        else:
            self.found.append(preview)
        return True

    def _fail(self, origin: str, reason: str) -> None:
        self.failures.append(Failure(visible(origin)[:LONGEST_PATH], visible(reason)[:LONGEST_REASON]))

    def _preview(self, document: Document) -> Preview:
        document = originated(document)
        origin = document.article.origin
        present = self._by_content.get(content_of(origin), "")
        namesake = "" if present else self._by_name.get(file_name(origin), "")
        document = renamed(document, self._by_origin.get(origin) or free_id(document, self._ids))
        prepared = prepare(document, digest_of(document), "")
        article = prepared.document.article
        article = replace(article, title=visible(article.title)[:LONGEST_TITLE] or Path(file_name(origin)).stem)
        copies = self._copies.of(article.id, article.title, prepared.fingerprint) if self._copies else ()
        receipt = replace(prepared.receipt(copies), practices=self._practices(article.title, article.text))
        receipt = replace(receipt, title=article.title, origin=file_name(origin))
        self._ids.setdefault(article.id, origin)
        return Preview(replace(prepared.document, article=article, receipt=receipt), receipt, present, namesake)

    def _practices(self, title: str, text: str) -> tuple[str, ...]:
        """The practices that are named, those named most often first."""
        if self._names is None:
            return ()
        counts: dict[str, int] = {}
        for key, _span in self._names.find(normalize(f"{title}\n{text}")):
            counts[key] = counts.get(key, 0) + 1
        return tuple(sorted(counts, key=lambda key: -counts[key]))


def originated(document: Document) -> Document:
    """The document with an origin that no file of a folder can have, made of its bytes and its name; and a sound id."""
    article = document.article
    digest = hashlib.sha256(article.raw).hexdigest()[:DIGEST_LENGTH]
    origin = f"{UPLOADED}{digest}/{visible(article.origin)[-LONGEST_PATH:]}"
    document = replace(document, article=replace(article, origin=origin))
    return renamed(document, slug(visible(article.id)[:LONGEST_ID]))


def free_id(document: Document, held: Mapping[str, str]) -> str:
    """The document's id, or that with a mark where another article has it; `held` is id -> origin."""
    article = document.article
    if held.get(article.id, article.origin) == article.origin:
        return article.id
    return f"{article.id}-{hashlib.sha256(article.origin.encode()).hexdigest()[:6]}"
