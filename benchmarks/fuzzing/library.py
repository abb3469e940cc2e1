"""Feeds a small library: questions, quotations, uploads, and backups that somebody else made."""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np

from benchmarks.fuzzing.checking import check_document, check_markup, check_refusal, check_strings, hold
from kb.archive.container import Archive, write
from kb.archive.manifest import Kind, Manifest
from kb.config import Settings, load_settings
from kb.errors import KBError, NotFoundError
from kb.index.database import FILE
from kb.index.store import Store
from kb.knowledge import KnowledgeBase
from kb.knowledge.engine import Engine
from kb.knowledge.packing import described, measured
from kb.knowledge.restoring import restore
from kb.models.encoder import FloatMatrix, TextKind
from kb.present import html, uploads
from kb.types import Filters, Mode, Upload

PAGES = {
    "wuye.md": "# 老旧小区没有物业怎么办\n\n没有物业的小区由社区先托底。业主可以组建自管会。\n",
    "fengqiao.md": "---\ntitle: 楓橋經驗\n---\n楓橋經驗講究就地化解矛盾。小事不出村，大事不出鎮。\n",
    "wangge.txt": "网格员每天巡查。发现问题就上报。一年走访1652个楼栋。\n",
}


class SmallEncoder:
    """Hashed pairs of characters, so that no model is loaded."""

    engine, dimension, identity = "fuzzing", 32, "pairs-v1"

    def encode(
        self,
        texts: Sequence[str],
        kind: TextKind,  # noqa: ARG002 - of the protocol
        progress: Callable[[int], None] | None = None,  # noqa: ARG002
    ) -> FloatMatrix:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for at in range(len(text)):
                vectors[
                    row, hashlib.blake2b(text[at : at + 2].encode(), digest_size=1).digest()[0] % self.dimension
                ] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        result: FloatMatrix = vectors / np.maximum(lengths, 1e-9)
        return result


@lru_cache(maxsize=1)
def _folder() -> Path:
    """A library of three articles, for the life of the process."""
    folder = Path(tempfile.mkdtemp(prefix="kb-fuzzing-"))
    for name, text in PAGES.items():
        (folder / name).write_text(text, encoding="utf-8")
    with _opened(folder / "index") as knowledge:
        knowledge.build([folder])
    return folder


def _opened(index: Path) -> KnowledgeBase:
    settings = Settings(index=index, cache=load_settings().cache)
    return KnowledgeBase.open(settings=settings, encoder=SmallEncoder())


@lru_cache(maxsize=1)
def _knowledge() -> KnowledgeBase:
    return _opened(_folder() / "index")


def asked(data: bytes) -> None:
    text = data.decode("utf-8", "surrogatepass")
    knowledge, chance = _knowledge(), random.Random(len(data))
    mode = chance.choice(list(Mode))
    with suppress(KBError):
        knowledge.search(text[:40], mode=mode, filters=Filters(region=text[:9], since=text[9:14]))
    found = knowledge.search(text, mode=mode)
    for hit in found.hits:
        hold(
            all(hit.passage.start <= one.start < one.end <= hit.passage.end for one in hit.highlights),
            "marks lie within",
        )
    answer = knowledge.ask(text)
    for sentence in answer.sentences:
        quote = sentence.quote
        hold(knowledge.article(quote.article_id).text[quote.start : quote.end] == quote.text, "an answer quotes")
    knowledge.segment(text[:500])


def verified(data: bytes) -> None:
    text = data.decode("utf-8", "surrogatepass")
    knowledge = _knowledge()
    with suppress(KBError):
        for place in knowledge.verify(text).places:
            check_strings(place)
    with suppress(KBError):
        knowledge.pick(text[:60])
    knowledge.verify_draft(text.encode("utf-8", "replace"), "稿.md")


def kept(data: bytes) -> None:
    """The way of an upload: read, shown, stored, read again, removed."""
    knowledge = _knowledge()
    name = data.decode("utf-8", "replace")[:30] + random.Random(len(data)).choice((".txt", ".md", ".html", ".jsonl"))
    found = knowledge.preview([Upload(name, data)])
    for failure in found.failures:
        check_refusal(failure.reason)
    for one in found.found:
        check_document(one.document)
        check_markup(
            uploads.card(one, {}, str), _CARD, ("class", "href", "target", "title", "aria-current", "role", "lang")
        )
        check_markup(html.escaped(uploads.facts(one)), ())
    report = knowledge.keep(found.found)
    for failure in report.failures:
        check_refusal(failure.reason)
    for one in found.found:
        with suppress(NotFoundError):
            held = knowledge.article(one.document.article.id)
            hold(held.text == one.document.article.text, "what is stored is what was previewed")
            knowledge.remove([held.id])


_CARD = {
    "bdi",
    "div",
    "h3",
    "a",
    "ul",
    "li",
    "p",
    "span",
    "small",
    "strong",
    "b",
    "details",
    "summary",
    "article",
    "mark",
    "footer",
}


# -- backups


@lru_cache(maxsize=1)
def containers() -> tuple[bytes, ...]:
    """A backup of the small library."""
    target = _folder() / "library.kb"
    if not target.exists():
        _knowledge().backup(target)
    return (target.read_bytes(),)


def contained(data: bytes) -> None:
    file = _folder() / "other.kb"
    file.write_bytes(data)
    opened = Archive.open(file, Kind.BACKUP)
    opened.check(_silent)
    hold(data == containers()[0], "a backup that is taken is the one that was made")


def _silent(_what: str, _done: int, _total: int) -> None:
    pass


@lru_cache(maxsize=1)
def stores() -> tuple[bytes, ...]:
    """The SQLite file of a backup."""
    with tempfile.TemporaryDirectory() as folder:
        containers()
        Archive.open(_folder() / "library.kb", Kind.BACKUP).extract(Path(folder), _silent)
        return ((Path(folder) / FILE).read_bytes(),)


def restored(data: bytes) -> None:
    """A store that was changed, in a backup whose records are right: refused, or whole."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "members").mkdir()
        (folder / "members" / FILE).write_bytes(data)
        made = measured(_manifest(), folder / "members")
        write(folder / "x.kb", made, folder / "members", _silent)
        settings = Settings(index=folder / "index", cache=load_settings().cache)
        engine = Engine(settings, lambda _text: None, SmallEncoder())
        restore(engine, folder / "x.kb", force=False, progress=_silent)
        with _opened(folder / "index") as knowledge:
            hold(knowledge.search("没有物业的小区怎么办").hits, "what was restored can be searched")


@lru_cache(maxsize=1)
def _manifest() -> Manifest:
    store = Store(_folder() / "index")
    try:
        return described(Kind.BACKUP, store, {})
    finally:
        store.close()
