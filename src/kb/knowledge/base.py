"""`KnowledgeBase`: the public face of an index folder."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kb.config import Settings, load_settings
from kb.errors import NotFoundError, SourceError
from kb.index.catalogue import ADDED
from kb.index.store import Store
from kb.knowledge.archiving import Archiving
from kb.knowledge.browsing import warned
from kb.knowledge.course import Teaching
from kb.knowledge.engine import Engine
from kb.knowledge.progress import Progress, no_progress
from kb.knowledge.receipts import OnReceipt, no_receipt
from kb.knowledge.reporting import Reporting
from kb.knowledge.searching import read_query
from kb.knowledge.stocktaking import Stocktaking
from kb.knowledge.uploading import Uploading
from kb.knowledge.verifying import Verifying
from kb.models.encoder import Encoder
from kb.types import (
    Answer,
    BuildReport,
    Filters,
    Mode,
    SearchResult,
    TermChange,
)

if TYPE_CHECKING:
    from kb.knowledge import terms
    from kb.sources.read import Terms


def _silent(_text: str) -> None:
    pass


class KnowledgeBase(Reporting, Teaching, Verifying, Uploading, Stocktaking, Archiving):
    """An index folder, open for searching and for adding.

    >>> with KnowledgeBase.open("index") as kb:                    # doctest: +SKIP
    ...     for hit in kb.search("老旧小区没有物业怎么办", k=3).hits:
    ...         print(hit.article.title, hit.passage.text)

    May be used from several threads; other processes may search the same folder meanwhile.
    """

    @classmethod
    def open(
        cls,
        index: str | Path | None = None,
        *,
        settings: Settings | None = None,
        notice: Callable[[str], None] = _silent,
        encoder: Encoder | None = None,
        shared: bool = False,
    ) -> KnowledgeBase:
        """The knowledge base in a folder (default: `KB_INDEX`, or ./index). Nothing is read before it is needed.

        `notice` is told what takes long or falls back; `encoder` replaces the model of the settings. `shared` is for
        a server: questions of many are embedded side by side, and none waits for an article that is being added.
        """
        chosen = settings or load_settings()
        if index is not None:
            chosen = chosen.model_copy(update={"index": Path(index)})
        return cls(Engine(chosen, notice, encoder, shared=shared))

    # -- adding

    def build(
        self, paths: Iterable[str | Path], progress: Progress = no_progress, on_receipt: OnReceipt = no_receipt
    ) -> BuildReport:
        """Make the index agree with these files and folders: new and changed articles in, vanished ones out.

        Articles that came from elsewhere stay. What cannot be read is in the report's failures; the rest goes in.
        `on_receipt` is told of every article that is stored anew.

        Raises:
            SourceError: a path does not exist, or nothing readable is there.
            IndexStateError, ModelError: the index cannot be written, or the model cannot be used.
        """
        from kb.sources.read import find_files, read_terms

        roots = [Path(path).resolve() for path in paths]
        root_of = {file: str(root) for root in roots for file in find_files([root])}
        return self._add(root_of, {str(root): read_terms([root]) for root in roots}, progress, on_receipt)

    def add(
        self, paths: Iterable[str | Path], progress: Progress = no_progress, on_receipt: OnReceipt = no_receipt
    ) -> BuildReport:
        """Add files, or all files of folders; what is there already under the same id is replaced.

        `on_receipt` is told of every article that is stored anew.

        Raises:
            SourceError: a path does not exist, or nothing readable is there.
            IndexStateError, ModelError: the index cannot be written, or the model cannot be used.
        """
        from kb.sources.read import find_files

        files = find_files([Path(path).resolve() for path in paths])
        return self._add(dict.fromkeys(files, ""), {}, progress, on_receipt)

    def _add(
        self, root_of: dict[Path, str], lexicons: dict[str, Terms], progress: Progress, on_receipt: OnReceipt
    ) -> BuildReport:
        from kb.knowledge.adding import Adding, all_failed
        from kb.knowledge.healing import heal, is_large, left, look_at
        from kb.knowledge.regional import take_regional
        from kb.knowledge.settling import settle

        with self._changing() as store:
            healed = heal(store) if lexicons or not is_large(store) else look_at(store, root_of)
            with self._guard:
                encoder = self._engine.encoder_for(store)
            adding = Adding(
                store, encoder, progress, on_receipt, self._engine.settings.sentences, again=set(healed.articles)
            )
            adding.run(list(root_of), root_of)
            if adding.failures and not adding.taken:
                raise SourceError(all_failed(adding.failures))
            for root, found in lexicons.items():
                store.catalogue.set_terms(root, found.terms)
                adding.failures += (*found.failures, *take_regional(store, root))
            gone = adding.vanished(root_of.values())
            store.remove(gone)
            settle(store, self._engine.keeping, adding, self._segmenter(store), progress)
            report = warned(adding.report(len(gone), store.counts()[1]), store)
            told = (healed.note, *left(store, adding.again), *report.warnings)
            return replace(report, warnings=tuple(one for one in told if one))

    def remove(self, ids: Iterable[str]) -> int:
        """Remove articles by id; how many.

        Raises:
            NotFoundError: one of them is not there; then none is removed.
        """
        wanted = list(dict.fromkeys(ids))
        self._reading()
        with self._changing() as store:
            known = {known.id for known in store.known()}
            missing = [key for key in wanted if key not in known]
            if missing:
                raise NotFoundError(f"索引中没有这些文章：{'、'.join(missing)}。用 kb list 查看编号。")
            removed = store.remove(wanted)
            self._sync(store)
        return removed

    # -- terms

    def add_terms(self, wanted: Iterable[str], *, dry_run: bool = False) -> TermChange:
        """Keep these terms whole from now on, in the articles that are there and in questions.

        With `dry_run` it is only told which articles would be cut differently. Nothing is embedded anew.

        Raises:
            QueryError: one of them cannot be a word; then none is added.
            IndexStateError: there is no index, or it cannot be written.
        """
        from kb.knowledge import terms

        return self._change_terms(terms.with_new, wanted, dry_run)

    def remove_terms(self, wanted: Iterable[str], *, dry_run: bool = False) -> TermChange:
        """Take terms away that were added by hand; with `dry_run` it is only told what would change.

        Raises:
            NotFoundError: one of them was not added by hand; then none goes.
            IndexStateError: there is no index, or it cannot be written.
        """
        from kb.knowledge import terms

        return self._change_terms(terms.without, wanted, dry_run)

    def _change_terms(self, choose: terms.Choose, wanted: Iterable[str], dry_run: bool) -> TermChange:
        store = self._reading()
        if dry_run:
            return self._planned(store, choose, wanted).change
        with self._changing() as store:
            planned = self._planned(store, choose, wanted)
            store.catalogue.set_terms(ADDED, planned.kept)
            self._sync(store)
        return planned.change

    def _planned(self, store: Store, choose: terms.Choose, wanted: Iterable[str]) -> terms.Plan:
        from kb.knowledge import terms

        kept, touched = choose(store.catalogue.added_terms(), wanted)
        before = self._segmenter(store)
        after = before.with_terms(self._engine.segmenter_with(store, kept).terms)
        terms.check((term for term in touched if term in kept), after)
        return terms.plan(store, before, after, kept, touched)

    # -- searching

    def search(
        self,
        query: str,
        *,
        k: int = 10,
        mode: Mode | str = Mode.HYBRID,
        filters: Filters | None = None,
        expand: bool = True,
        without: Collection[str] = (),
    ) -> SearchResult:
        """The passages and practices that fit a question, best first.

        With `expand` other names of its words are looked for as well (志工 for 志愿者); `without` leaves some of them
        out. The result tells them.

        Raises:
            QueryError: the question, the mode, k or a filter cannot be used.
            IndexStateError, ModelError: there is no index, or it was made with another model.
        """
        asked = read_query(query, mode, filters or Filters(), k, expand=expand, without=without)
        return self._found(asked.mode, lambda searcher: searcher.search(asked))

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        expand: bool = True,
        without: Collection[str] = (),
        prose: bool = False,
    ) -> Answer:
        """What the texts say to a question, in their own sentences with their places; or that they do not say it.

        `expand` and `without` are those of `search`, which embeds the same question no second time. With `prose`
        the language model of the settings sums the sentences up as well, and what it writes is checked.

        Raises:
            QueryError: the question or a filter cannot be used, or prose is wanted and no model is set.
            IndexStateError, ModelError: there is no index, or it was made with another model.
        """
        from kb.knowledge.answering import answer
        from kb.knowledge.prosing import chat_of, with_prose

        query = read_query(question, Mode.HYBRID, filters or Filters(), 1, expand=expand, without=without)
        chat = chat_of(self._engine.settings) if prose else None
        found = self._found(query.mode, lambda searcher: answer(searcher, query))
        return found if chat is None else with_prose(found, chat, self._ready(query.mode))
