"""Bring your own: files that come as bytes are looked at first, and stored only when somebody says so.

    preview(files)         read -> repair -> compare with what is there        nothing is stored
    keep(previews, edits)  edit -> split -> embed -> store                     one transaction an article
    edit(id, edits)        the same again for an article that is there; its text stays untouched

While articles are embedded the folder is locked against other writers; those who search go on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kb.errors import IndexStateError, KBError, NotFoundError, QueryError
from kb.index.database import FILE
from kb.index.holdings import Holdings
from kb.index.store import Store
from kb.knowledge.browsing import Browsing, warned
from kb.knowledge.progress import Progress, no_progress
from kb.knowledge.receipts import OnReceipt, no_receipt
from kb.models.encoder import Encoder
from kb.sources.limits import READING_SECONDS, reading_for
from kb.types import Article, BuildReport, Document, Edits, Failure, Preview, Previews, Upload

if TYPE_CHECKING:
    from kb.knowledge.adding import Adding


class Uploading(Browsing):
    """An index folder, open for files that come as bytes."""

    def preview(
        self, files: Sequence[Upload], progress: Progress = no_progress, *, seconds: float = READING_SECONDS
    ) -> Previews:
        """What keeping these files would store, each with its receipt; nothing is stored, no index is needed.

        What is not read after so many `seconds` is in the failures.

        Raises:
            IndexStateError: there is an index and it cannot be read.
        """
        from kb.knowledge.receiving import Receiving

        store = self._reading() if (self._engine.folder / FILE).is_file() else None
        with reading_for(seconds):
            return Receiving(store, progress).read(files)

    def keep(
        self,
        previews: Iterable[Preview],
        edits: Mapping[str, Edits] | None = None,
        *,
        replacing: Collection[str] = (),
        progress: Progress = no_progress,
        on_receipt: OnReceipt = no_receipt,
    ) -> BuildReport:
        """Store what was previewed, with the edits by key; those in `replacing` take the place of their namesake.

        What cannot be stored is in the report's failures by its key, the rest is stored; `on_receipt` is told of each.

        Raises:
            QueryError: an edit cannot be used; then nothing is stored.
            IndexStateError: another one is writing, or the folder cannot be written; then nothing is stored.
            ModelError: the model cannot be used or is not the index's; then nothing is stored.
        """
        from kb.knowledge.adding import Adding
        from kb.knowledge.editing import edited

        written = {one.key: edited(one.document, (edits or {}).get(one.key, Edits())) for one in previews}
        places = {one.key: one.namesake for one in previews if one.key in replacing and one.namesake}
        with self._changing() as store:
            encoder = self._encoder_for(store)
            adding = Adding(store, encoder, no_progress, on_receipt, self._engine.settings.sentences)
            for done, (key, document) in enumerate(written.items(), start=1):
                try:
                    _store(store, adding, document, places.get(key, ""))
                except KBError as error:
                    adding.failures.append(Failure(key, str(error)))
                progress("收录文章", done, len(written))
            return self._settled(store, adding, progress)

    def edit(self, key: str, edits: Edits) -> Article:
        """Write something else of an article that no build brought; its text and its citations stay.

        Raises:
            NotFoundError: there is no article with this id.
            QueryError: a value cannot be used, or the article is one of a folder or a practice's page.
            IndexStateError, ModelError: the index cannot be written, or the model cannot be used.
        """
        from kb.knowledge.adding import Adding
        from kb.knowledge.editing import edited
        from kb.knowledge.preparing import cut, digest_of

        with self._changing() as store:
            article, holding = store.article(key), Holdings(store).one(key)
            if article is None or holding is None:
                raise NotFoundError(f"索引中没有文章 {key}。它可能刚被移除。")
            if not holding.own:
                raise QueryError(f"{article.title} 来自文件 {article.origin}。请改文件开头的信息，再运行 kb build。")
            if holding.practice:
                raise QueryError(f"{article.title} 是实践页。请改好文件后重新上传。")
            document = edited(Document(article, receipt=store.receipt(key)), edits)
            if document.article == article:
                return article
            encoder = self._encoder_for(store)
            adding = Adding(store, encoder, no_progress, with_sentences=self._engine.settings.sentences)
            adding.take(replace(cut(document, digest_of(document), ""), added=holding.added))
            self._settled(store, adding, no_progress)
            return document.article

    def _encoder_for(self, store: Store) -> Encoder:
        """The index's model; that of the settings where the index is new."""
        with self._guard:
            return self._engine.encoder_of(store) if store.meta("model") else self._engine.encoder()

    def _settled(self, store: Store, adding: Adding, progress: Progress) -> BuildReport:
        """The report, all that follows from the articles brought up to date; where it cannot be, that is a warning:
        the articles are stored, and the next change or search makes up for it."""
        from kb.knowledge.settling import settle

        late: tuple[str, ...] = ()
        if adding.taken:
            try:
                settle(store, self._engine.keeping, adding, self._segmenter(store), progress)
            except IndexStateError as error:
                late = (str(error),)
        report = warned(adding.report(0, store.counts()[1]), store)
        return replace(report, warnings=(*late, *report.warnings))


def _store(store: Store, adding: Adding, document: Document, place: str) -> None:
    """One article, under the id it had, the id whose place it takes, or one that is free."""
    from kb.knowledge.preparing import cut, digest_of, renamed
    from kb.knowledge.receiving import free_id

    origin = document.article.origin
    held = {known.id: known.origin for known in store.known()}
    key = place or next((known for known, where in held.items() if where == origin), "")
    before = Holdings(store).one(key) if key else None
    own = before if before is not None and before.own else None
    document = renamed(document, own.id if own else free_id(document, held))
    adding.take(replace(cut(document, digest_of(document), ""), added=own.added if own else ""))
