"""From the store to the index files: what is missing is added, what is gone is taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kb.errors import IndexStateError, out_of_memory
from kb.index import caches
from kb.index.caches import Caches, Making
from kb.index.damage import Part
from kb.index.dense import DenseIndex, Numbers
from kb.index.lexical import LexicalIndex
from kb.index.manifests import Manifest
from kb.index.sentences import SentenceIndex
from kb.index.store import Store
from kb.knowledge.freeing import give_back_large_pieces
from kb.text.normalize import normalize
from kb.text.segment import Segmenter

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, how many are done, how many there are)."""

SMALL = 2_000
MOST_RETIRED = 0.05
"""Passages taken out of the lexical index go on counting in its statistics. So it is made anew whenever it has
up to SMALL passages (about 2 s), and a larger one when more than this share was taken out: scores of small
indexes are those of a fresh one, scores of large ones near them. Where nothing but terms of ours came or went, the
passages that are cut differently are exchanged in a small one too, up to this share, until the next article comes."""

MOST_TERMS = 2_000
"""When more terms than this come or go (a whole lexicon), looking for each in every text takes longer than cutting."""


LONGEST_ABOVE = 300
"""Characters of a title or a heading that are searched with every passage below it; either may be as long as a file."""

SEARCHED = (Part.SHARED, Part.ARTICLE, Part.TEXT, Part.PASSAGE, Part.SENTENCE, Part.VECTOR)
"""What index files are made from."""


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
    store.sound(*SEARCHED)
    give_back_large_pieces()
    try:
        with Making(store.folder) as making:
            start = _begun(store, segmenter, making)
            dense, articles = _fill(store, model, segmenter, start, progress)
            dense.save(making.path)
            _sentences(store, model, dense).save(making.path)
            made = _manifest(store, generation, model, segmenter, dense, start.retired)
            making.finish(made, articles)
            store.displaced.clear()
    except OSError as error:
        if out_of_memory(error):
            raise MemoryError(str(error)) from error
        reason = f"（{error.strerror}）" if error.strerror else ""
        raise IndexStateError(
            f"无法写入索引文件夹 {store.folder}{reason}。文章已存好，原有索引仍可用；"
            "请检查磁盘空间、内存和权限后再运行 kb build。"
        ) from error


@dataclass(frozen=True, slots=True)
class _Start:
    """A lexical index to go on from: the passages it holds, those of them that are cut differently now, and how many
    will have been taken out of it."""

    lexical: LexicalIndex
    before: Numbers
    recut: frozenset[int] = frozenset()
    retired: int = 0


def _begun(store: Store, segmenter: Segmenter, making: Making) -> _Start:
    """A copy of the newest lexical index where updating it is worth it, else an empty one."""
    old = caches.newest(store.folder, store.lineage(), segmenter.rules)
    if old is not None and old.folder is not None:
        numbers = np.array([row.pk for row in store.passage_rows()], dtype=np.int64)
        retired = old.manifest.retired + len(np.setdiff1d(old.dense.numbers, numbers))
        small = len(numbers) <= SMALL and not np.array_equal(old.dense.numbers, numbers)
        most = 0 if small else int(MOST_RETIRED * len(numbers))
        if retired <= most:
            cut = recut(store, np.intersect1d(old.dense.numbers, numbers).tolist(), old.manifest.terms, segmenter)
            if cut is not None and retired + len(cut) <= most:
                return _Start(making.copy_lexical(old.folder), old.dense.numbers, frozenset(cut), retired + len(cut))
    return _Start(LexicalIndex.create(making.path), np.zeros(0, dtype=np.int64))


def recut(store: Store, numbers: Sequence[int], before: Sequence[str], segmenter: Segmenter) -> dict[int, int] | None:
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
    for passage in store.texts(numbers):
        text = searchable_text(passage.title, passage.headings, passage.text)
        if any(term in text for term in changed) and former.tokens(text) != segmenter.tokens(text):
            found[passage.pk] = passage.article
    return found


def in_memory(store: Store, model: str, segmenter: Segmenter, progress: Progress) -> Caches:
    """The same without writing a file: for an index on a read-only disk whose index files are missing."""
    store.sound(*SEARCHED)
    start = _Start(LexicalIndex.create(None), np.zeros(0, dtype=np.int64))
    dense, articles = _fill(store, model, segmenter, start, progress)
    made = _manifest(store, store.generation(), model, segmenter, dense, 0)
    return Caches(made, dense, _sentences(store, model, dense), start.lexical, articles, None)


def _sentences(store: Store, model: str, dense: DenseIndex) -> SentenceIndex:
    return SentenceIndex.build(dense.numbers, *store.vectors.load_sentences(model))


def _manifest(
    store: Store, generation: int, model: str, segmenter: Segmenter, dense: DenseIndex, retired: int
) -> Manifest:
    return Manifest(
        generation=generation,
        model=model,
        dimension=dense.dimension,
        segmenter=segmenter.fingerprint,
        rules=segmenter.rules,
        terms=segmenter.terms,
        passages=len(dense),
        retired=retired,
        lineage=store.lineage(),
    )


def _fill(
    store: Store, model: str, segmenter: Segmenter, start: _Start, progress: Progress
) -> tuple[DenseIndex, Numbers]:
    """Bring the lexical index from where it starts to the passages of the store; make the dense one anew."""
    rows = store.passage_rows()
    numbers = np.array([row.pk for row in rows], dtype=np.int64)
    having, vectors = store.vectors.load(model)
    if having != numbers.tolist():
        missing = len(numbers) - len(having)
        raise IndexStateError(f"索引 {store.folder} 中有 {missing} 个段落还没有向量。请运行 kb build 补齐。")
    new = {*np.setdiff1d(numbers, start.before).tolist(), *start.recut}
    gone = {*np.setdiff1d(start.before, numbers).tolist(), *start.recut}
    start.lexical.update(sorted(gone), _terms(store, segmenter, new, progress))
    return DenseIndex.build(having, vectors), np.array([row.article for row in rows], dtype=np.int64)


def _terms(
    store: Store, segmenter: Segmenter, wanted: set[int], progress: Progress
) -> Iterator[tuple[int, int, list[str]]]:
    for done, passage in enumerate(store.texts(wanted), start=1):
        tokens = segmenter.tokens(searchable_text(passage.title, passage.headings, passage.text))
        yield passage.pk, passage.article, [token.term for token in tokens]
        if done % 256 == 0 or done == len(wanted):
            progress("分词索引", done, len(wanted))
