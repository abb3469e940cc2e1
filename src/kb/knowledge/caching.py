"""From the store to the index files: what is missing is added, what is gone is taken out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kb.errors import IndexStateError, out_of_memory
from kb.index import caches, compacting
from kb.index.caches import Caches, Making
from kb.index.compacting import Planned
from kb.index.dense import Numbers
from kb.index.lexical import LexicalIndex
from kb.index.manifests import MadeSegment, Manifest
from kb.index.segments import Segments
from kb.index.store import Store
from kb.knowledge.freeing import give_back_large_pieces
from kb.knowledge.progress import Progress
from kb.knowledge.proving import proven
from kb.knowledge.segmenting import Segmenting, planned
from kb.text.normalize import normalize
from kb.text.segment import Segmenter

SMALL = 2_000
MOST_RETIRED, MOST_RETIRED_OF_MANY = 0.05, 0.2
"""Passages taken out of the lexical index go on counting in its statistics. So it is made anew whenever it has
up to SMALL passages (about 2 s), and a larger one when more than this share was taken out: scores of small
indexes are those of a fresh one, scores of large ones near them. Where nothing but terms of ours came or went, the
passages that are cut differently are exchanged in a small one too, up to this share, until the next article comes.
MOST_RETIRED_OF_MANY holds from `Sizes.anew` on: to cut a million passages into words again takes an hour, and what is
taken out of many holds the same words as what stays."""

MOST_TERMS = 2_000
"""When more terms than this come or go (a whole lexicon), looking for each in every text takes longer than cutting."""


LONGEST_ABOVE = 300
"""Characters of a title or a heading that are searched with every passage below it; either may be as long as a file."""


def searchable_text(title: str, headings: tuple[str, ...], text: str) -> str:
    """What both legs search: title and headings give a passage the context that its own words lack."""
    return normalize(" ".join(above[:LONGEST_ABOVE] for above in (title, *headings)) + "\n" + text)


def sync(store: Store, model: str, segmenter: Segmenter, progress: Progress) -> None:
    """Make the index files agree with the store; the old ones serve readers until the new ones are whole.

    Raises:
        DamagedError: something that they are made from is not what was stored.
        IndexStateError: the folder cannot be written.
    """
    generation = store.generation()
    known = caches.current(store.folder, store.lineage(), model, segmenter.fingerprint)
    if known is not None and known.manifest.generation == generation:
        if known.folder is not None:
            caches.sweep(known.folder)  # Who put them in place may have died before the older ones were gone.
        store.displaced.clear()
        return
    old = known or caches.newest(store.folder, store.lineage(), segmenter.rules)
    numbers, articles = proven(store, old)
    give_back_large_pieces()
    try:
        with Making(store.folder) as making:
            start = _begun(store, numbers, old, segmenter, making)
            _fill(store, numbers, segmenter, start, progress)
            wanted = planned(numbers, old, model, compacting.SIZES)
            made = Segmenting(store, model, compacting.SIZES, progress).put(wanted, articles, old, making)
            manifest = _manifest(store, generation, model, segmenter, len(numbers), tuple(made), start.retired)
            making.finish(manifest, _masked(wanted, old), _unchanged(wanted, old))
            store.displaced.clear()
    except OSError as error:
        if out_of_memory(error):
            raise MemoryError(str(error)) from error
        reason = f"（{error.strerror}）" if error.strerror else ""
        raise IndexStateError(
            f"无法写入索引文件夹 {store.folder}{reason}。文章已存好，原有索引仍可用；"
            "请检查磁盘空间、内存和权限后再运行 kb build。"
        ) from error


def _masked(wanted: Sequence[Planned], old: Caches | None) -> Numbers:
    """The passages that segments which stay still hold, and the store no more."""
    gone = [np.zeros(0, dtype=np.int64)]
    for one in wanted:
        if one.stays and old is not None:
            (part,) = (part for part in old.segments.parts if part.name == one.stays)
            gone.append(np.setdiff1d(part.dense.numbers, one.numbers, assume_unique=True))
    return np.concatenate(gone)


def _unchanged(wanted: Sequence[Planned], old: Caches | None) -> dict[str, int]:
    """The checksums of the files that are taken over as they are: of segments that stay, and of the lexical index all
    but those that tantivy writes again."""
    stay = {one.stays for one in wanted if one.stays}
    if old is None:
        return {}
    return {
        name: crc
        for name, crc in old.manifest.files.items()
        if name.split("/")[0] in stay or (name.startswith("lexical/") and not name.endswith(".json"))
    }


@dataclass(frozen=True, slots=True)
class _Start:
    """A lexical index to go on from: the passages it holds, those of them that are cut differently now, and how many
    will have been taken out of it."""

    lexical: LexicalIndex
    before: Numbers
    recut: frozenset[int] = frozenset()
    retired: int = 0


def _begun(store: Store, numbers: Numbers, old: Caches | None, segmenter: Segmenter, making: Making) -> _Start:
    """A copy of the newest lexical index where updating it is worth it, else an empty one."""
    if old is not None and old.folder is not None:
        before = old.segments.numbers
        retired = old.manifest.retired + len(np.setdiff1d(before, numbers))
        small = len(numbers) <= SMALL and not np.array_equal(before, numbers)
        share = MOST_RETIRED if len(numbers) <= compacting.SIZES.anew else MOST_RETIRED_OF_MANY
        most = 0 if small else int(share * len(numbers))
        if retired <= most:
            cut = recut(store, np.intersect1d(before, numbers), old.manifest.terms, segmenter)
            if cut is not None and retired + len(cut) <= most:
                return _Start(making.copy_lexical(old.folder), before, frozenset(cut), retired + len(cut))
    return _Start(LexicalIndex.create(making.path), np.zeros(0, dtype=np.int64))


def recut(store: Store, numbers: Numbers, before: Sequence[str], segmenter: Segmenter) -> dict[int, int] | None:
    """The passages among these that are cut differently than with the terms `before`, with their articles.

    Only a passage that holds a term which came or went can be (`kb.text.segment`). None: too many came or went.
    """
    changed = {*before} ^ {*segmenter.terms}
    if not changed:
        return {}
    if len(changed) > MOST_TERMS:
        return None
    former = segmenter.with_terms(before)
    found = {}
    for passage in store.texts(numbers.tolist()):
        text = searchable_text(passage.title, passage.headings, passage.text)
        if any(term in text for term in changed) and former.tokens(text) != segmenter.tokens(text):
            found[passage.pk] = passage.article
    return found


def in_memory(store: Store, model: str, segmenter: Segmenter, progress: Progress) -> Caches:
    """The same without writing a file, as one segment: for an index on a read-only disk whose index files are
    missing."""
    numbers, articles = proven(store, None)
    start = _Start(LexicalIndex.create(None), np.zeros(0, dtype=np.int64))
    _fill(store, numbers, segmenter, start, progress)
    segment = Segmenting(store, model, compacting.SIZES, progress).in_memory(numbers, articles)
    made = _manifest(store, store.generation(), model, segmenter, len(numbers), (), 0)
    return Caches(made, Segments([segment] if segment else []), start.lexical, None)


def _manifest(
    store: Store,
    generation: int,
    model: str,
    segmenter: Segmenter,
    passages: int,
    segments: tuple[MadeSegment, ...],
    retired: int,
) -> Manifest:
    return Manifest(
        generation=generation,
        model=model,
        dimension=int(store.meta("dimension") or 0),
        segmenter=segmenter.fingerprint,
        rules=segmenter.rules,
        terms=segmenter.terms,
        passages=passages,
        retired=retired,
        lineage=store.lineage(),
        segments=segments,
    )


def _fill(store: Store, numbers: Numbers, segmenter: Segmenter, start: _Start, progress: Progress) -> None:
    """Bring the lexical index from where it starts to the passages of the store."""
    new = {*np.setdiff1d(numbers, start.before).tolist(), *start.recut}
    gone = {*np.setdiff1d(start.before, numbers).tolist(), *start.recut}
    start.lexical.update(sorted(gone), _terms(store, segmenter, new, progress))


def _terms(
    store: Store, segmenter: Segmenter, wanted: set[int], progress: Progress
) -> Iterator[tuple[int, int, list[str]]]:
    for done, passage in enumerate(store.texts(wanted), start=1):
        tokens = segmenter.tokens(searchable_text(passage.title, passage.headings, passage.text))
        yield passage.pk, passage.article, [token.term for token in tokens]
        if done % 256 == 0 or done == len(wanted):
            progress("分词索引", done, len(wanted))
