"""The way in: read -> repair -> split -> embed -> store, article by article.

Articles are taken in groups, so that the model sees texts of similar length together; within a group the
vectors are stored first and then each article in a transaction of its own. An interruption at any moment
loses at most the vectors of one group, and the next build goes on behind it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from kb.errors import SourceError
from kb.index.schema import UPLOADED
from kb.index.store import Known, Store
from kb.knowledge.copies import Copies
from kb.knowledge.preparing import Prepared, digest_of, prepare, renamed
from kb.knowledge.progress import Progress
from kb.knowledge.receipts import OnReceipt, no_receipt
from kb.models.encoder import Encoder, TextKind
from kb.sources.read import BULK_SUFFIXES, read_file
from kb.types import BuildReport, Document, Failure

GROUP = 512
"""Passages embedded together: enough to sort by length, few enough to lose little (about 8 s on 2 cores)."""


@dataclass(slots=True)
class Adding:
    """One run of adding articles to a store; `run` may be called once a root.

    Articles in `again` are stored anew though nothing of them changed: what the store has of them is damaged.
    """

    store: Store
    encoder: Encoder
    progress: Progress
    on_receipt: OnReceipt = no_receipt
    with_sentences: bool = True
    again: set[str] = field(default_factory=set)
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    embedded: int = 0
    failures: list[Failure] = field(default_factory=list)
    _by_id: dict[str, Known] = field(default_factory=dict)
    _by_origin: dict[str, Known] = field(default_factory=dict)
    _seen: dict[str, str] = field(default_factory=dict)
    _group: list[Prepared] = field(default_factory=list)
    _copies: Copies = field(init=False)

    def __post_init__(self) -> None:
        self._copies = Copies(self.store)
        for known in self.store.known():
            self._remember(known)

    def run(self, files: Sequence[Path], root_of: dict[Path, str]) -> None:
        """Read and store these files. `root_of[file]` is the path given to the build, "" for additions by hand."""
        total = sum(count_articles(file) for file in files)
        done = 0
        for file in files:
            for item in read_file(file):
                if isinstance(item, Failure):
                    self.failures.append(placed(item))
                else:
                    self._take(item, root_of[file])
                done += 1
                self.progress("收录文章", min(done, total), total)
        self._flush()

    def take(self, prepared: Prepared) -> None:
        """Store one article that was read and prepared elsewhere."""
        known = prepared.document.article.id in self._by_id
        self._group.append(prepared)
        self._flush()
        self.changed, self.added = self.changed + known, self.added + (not known)

    def vanished(self, roots: Iterable[str]) -> list[str]:
        """Ids of articles that these roots brought earlier and no longer hold."""
        gone = set(roots) - {""}
        failed = {failure.origin for failure in self.failures}
        return [
            known.id
            for known in self._by_id.values()
            if known.root in gone
            and known.id not in self._seen
            and failed.isdisjoint({known.origin, file_of(known.origin)})
        ]

    @property
    def taken(self) -> int:
        """How many articles were read well."""
        return self.added + self.changed + self.unchanged

    def report(self, removed: int, passages: int) -> BuildReport:
        """What was done so far, together with what only the caller knows."""
        return BuildReport(
            self.added, self.changed, self.unchanged, removed, self.embedded, passages, tuple(self.failures)
        )

    def _take(self, document: Document, root: str) -> None:
        document = self._identified(document)
        article = document.article
        if article.id in self._seen:
            reason = f"编号 {article.id} 与 {self._seen[article.id]} 重复，没有收录。请改用不同的 id。"
            self.failures.append(Failure(article.origin, reason))
            return
        known = self._by_id.get(article.id)
        if known is not None and known.origin.startswith(UPLOADED):
            reason = f"编号 {article.id} 已属于上传的文章，没有收录。请改用不同的 id。"
            self.failures.append(Failure(article.origin, reason))
            return
        self._seen[article.id] = article.origin
        digest = digest_of(document)
        if known is not None and not root:
            root = known.root  # Adding by hand what a build brought: it still belongs to that build.
        if known == Known(article.id, article.origin, root, digest) and article.id not in self.again:
            self.unchanged += 1
            return
        try:
            prepared = prepare(document, digest, root)
        except SourceError as error:
            self.failures.append(Failure(article.origin, str(error)))
            return
        if known is None:
            self.added += 1
        else:
            self.changed += 1
        self._group.append(prepared)
        if sum(len(item.passages) for item in self._group) >= GROUP:
            self._flush()

    def _identified(self, document: Document) -> Document:
        """The id the file had before; where another file holds the same name, one with a mark of the path."""
        article = document.article
        if document.own_id:
            return document
        before = self._by_origin.get(article.origin)
        if before is not None and before.id.startswith(article.id):
            return renamed(document, before.id)
        known = self._by_id.get(article.id)
        taken = self._seen.get(article.id) or (known.origin if known else article.origin)
        free = not taken.startswith(UPLOADED) and not Path(file_of(taken)).exists()
        if taken == article.origin or free:
            return document
        mark = hashlib.sha256(article.origin.encode()).hexdigest()[:6]
        return renamed(document, f"{article.id}-{mark}")

    def _remember(self, known: Known) -> None:
        self._by_id[known.id] = known
        self._by_origin[known.origin] = known

    def _flush(self) -> None:
        """Embed what the group needs, then store its articles one by one."""
        group, self._group = self._group, []
        texts = {
            new.digest: text for item in group for new, text in zip(item.passages, item.texts, strict=True)
        }  # fmt: skip
        missing = sorted(self.store.vectors.missing(self.encoder.identity, texts))
        if missing:
            vectors = self.encoder.encode([texts[digest] for digest in missing], TextKind.PASSAGE)
            self.store.vectors.put(self.encoder.identity, missing, vectors)
            self.embedded += len(missing)
        if self.with_sentences:
            self._embed_sentences({digest: text for item in group for digest, text in item.sentences.items()})
        for item in group:
            title = item.document.article.title
            receipt = item.receipt(self._copies.of(item.document.article.id, title, item.fingerprint))
            self.store.put(
                item.document.article,
                item.passages,
                item.document.practice,
                receipt,
                root=item.root,
                digest=item.digest,
                added=item.added or datetime.now(UTC).isoformat(timespec="seconds"),
                fingerprint=item.fingerprint.to_bytes(),
            )
            article = item.document.article
            self._remember(Known(article.id, article.origin, item.root, item.digest))
            self.again.discard(article.id)
            self.on_receipt(receipt)

    def _embed_sentences(self, texts: Mapping[str, str]) -> None:
        missing = sorted(self.store.vectors.missing(self.encoder.identity, texts))
        if missing:
            vectors = self.encoder.encode([texts[digest] for digest in missing], TextKind.PASSAGE)
            self.store.vectors.put(self.encoder.identity, missing, vectors, half=True)


def count_articles(file: Path) -> int:
    """How many articles a file is expected to hold; bulk files one a line."""
    if file.suffix.lower() not in BULK_SUFFIXES:
        return 1
    try:
        with file.open("rb") as content:
            return sum(1 for line in content if line.strip())
    except OSError:
        return 1  # Only a guess for the progress bar: reading it will tell what is wrong.


def file_of(origin: str) -> str:
    """The file of an article; the origin of a line of a bulk file ends in its number."""
    file, _colon, line = origin.rpartition(":")
    return file if line.isdigit() and Path(file).suffix.lower() in BULK_SUFFIXES else origin


def placed(failure: Failure) -> Failure:
    """The failure with a reason that says of which file (and line) it speaks."""
    if file_of(failure.origin) in failure.reason:
        return failure
    return replace(failure, reason=f"{failure.origin}：{failure.reason}")


def all_failed(failures: Sequence[Failure]) -> str:
    """One sentence for one file; for several, the first and how many more."""
    more = f"（另有 {len(failures) - 1} 个文件也未能收录）" if len(failures) > 1 else ""
    return failures[0].reason + more
