"""The index files beside the store: which folder is the current one, and how a new one takes its place.

A generation of caches is a folder `caches/<stamp>/` with a folder for each segment of vectors, the lexical index, and a
manifest that says what they were made from, and what the checksum of each file is. It is written aside and renamed, so
a reader sees a whole one or none; readers that still use an older folder keep their open files. A folder in which a
byte changed is as good as none: the store makes a new one.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.arrays import read_array
from kb.index.dense import FloatMatrix, Numbers, Ranked
from kb.index.disk import checksum, to_disk
from kb.index.lexical import LexicalIndex
from kb.index.manifests import (
    FOLDER,
    MANIFEST,
    SEAL,
    Manifest,
    damaged_files,
    manifests,
    seal_of_manifest,
)
from kb.index.nearness import with_best_sentences
from kb.index.segments import Segment, Segments

_GONE = "gone.npy"
"""The numbers of passages that segments hold and the store no more."""

_ASIDE = ".making-"


@dataclass(frozen=True, slots=True)
class Caches:
    """Both search indexes of one generation.

    `folder` holds the files; None for caches that are only in memory.
    """

    manifest: Manifest
    segments: Segments
    lexical: LexicalIndex
    folder: Path | None

    @property
    def lineage(self) -> str:
        """The store that these were made from."""
        return self.manifest.lineage

    @property
    def generation(self) -> int:
        """The state of that store."""
        return self.manifest.generation

    @property
    def dimension(self) -> int:
        """Numbers in one vector."""
        return self.manifest.dimension

    def by_meaning(self, query: npt.NDArray[np.float32], k: int, articles: Numbers | None) -> Ranked:
        """The k passages nearest to `query`, ordered by their own cosine and their best sentence's."""
        ranked = self.segments.search(query, k, self.segments.within(articles))
        return with_best_sentences(ranked, self.segments.best_sentences(query, ranked.numbers, ranked.scores))

    def nearest(self, query: npt.NDArray[np.float32], articles: Numbers | None) -> float | None:
        """The cosine of the nearest passage; None where there is no passage."""
        return self.segments.nearest(query, self.segments.within(articles))

    def passages_of(self, articles: Numbers) -> tuple[Numbers, Numbers]:
        """The numbers of all passages of these articles, ascending, and the article of each."""
        return self.segments.passages_of(articles)

    def vectors_of(self, numbers: Numbers) -> FloatMatrix:
        """The vectors of these passages, shape (len(numbers), dimension)."""
        return self.segments.vectors_of(numbers)

    def sentence_vectors(self, number: int) -> FloatMatrix:
        """The vectors of one passage's sentences, shape (n, dimension); none where the passage is one sentence."""
        return self.segments.sentence_vectors(number)


def current(folder: Path, lineage: str, model: str, segmenter: str) -> Caches | None:
    """The newest whole caches of this store made with this model and these terms, or None."""
    wanted = (lineage, model, segmenter)
    return next(_whole(folder, lambda made: (made.lineage, made.model, made.segmenter) == wanted), None)


def newest(folder: Path, lineage: str, rules: str) -> Caches | None:
    """The newest whole caches of this store made by these rules, with any terms and model: their lexical index can be
    updated."""
    return next(_whole(folder, lambda made: (made.lineage, made.rules) == (lineage, rules)), None)


def _whole(folder: Path, fits: Callable[[Manifest], bool]) -> Iterator[Caches]:
    """Newest first; a folder that is damaged is passed over: the store can always make a new one."""
    for path, manifest in sorted(manifests(folder), key=lambda found: -found[1].generation):
        if fits(manifest) and not damaged_files(path, manifest):
            try:
                gone = read_array(path / _GONE)
                segments = Segments([Segment.open(path / made.name, gone) for made in manifest.segments])
                caches = Caches(manifest, segments, LexicalIndex.open(path), path)
            except (OSError, EOFError, ValueError, RuntimeError):
                continue
            if len(segments) == len(caches.lexical) == manifest.passages:
                yield caches


class Making:
    """New caches being written aside; `finish` puts them in place, leaving the block early throws them away."""

    def __init__(self, folder: Path) -> None:
        self._parent = folder / FOLDER
        self._parent.mkdir(parents=True, exist_ok=True)
        for left in self._parent.glob(f"{_ASIDE}*"):
            shutil.rmtree(left, ignore_errors=True)  # Only the one process that holds the lock comes here.
        self.path = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=self._parent))

    def __enter__(self) -> Making:
        return self

    def __exit__(self, *_exception: object) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def copy_lexical(self, old: Path) -> LexicalIndex:
        """The old lexical index under our path; its finished segments are shared by hard link where possible."""
        shutil.copytree(old / "lexical", self.path / "lexical", copy_function=_link)
        return LexicalIndex.open(self.path)

    def copy_segment(self, old: Path, name: str) -> None:
        """A segment of the old index under our path, shared by hard link where possible."""
        shutil.copytree(old / name, self.path / name, copy_function=_link)

    def finish(self, manifest: Manifest, gone: Numbers, known: Mapping[str, int]) -> None:
        """Write what the caches were made from, put them in place, take older ones away. `gone` are the passages that
        are masked, `known` the checksums of files that were taken over.

        All of it is on the disk before the name is: after a power cut a folder in place is a whole one.
        """
        np.save(self.path / _GONE, gone, allow_pickle=False)
        files = {
            name: known[name] if name in known else checksum(path)
            for name, path in ((path.relative_to(self.path).as_posix(), path) for path in sorted(self.path.rglob("*")))
            if path.is_file() and path.suffix != ".lock"
        }
        made = {**asdict(manifest), "files": files}
        made |= {SEAL: seal_of_manifest(made)}
        (self.path / MANIFEST).write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")
        self.path.chmod(0o755)
        for path in (*self.path.rglob("*"), self.path):
            to_disk(path)
        target = self._parent / f"{manifest.generation:08d}-{os.urandom(4).hex()}"
        self.path.rename(target)
        to_disk(self._parent)
        sweep(target)


def sweep(current: Path) -> None:
    """Take away all index files but these. Only the one process that holds the lock comes here."""
    for old in current.parent.iterdir():
        if old != current:
            shutil.rmtree(old, ignore_errors=True)


def _link(source: str, target: str) -> str:
    """Segments never change once written; what tantivy rewrites (meta files, locks) is copied."""
    name = Path(source).name
    if name.startswith(".") or name.endswith((".json", ".lock")):
        return str(shutil.copy2(source, target))
    try:
        os.link(source, target)
        return target
    except OSError:
        return str(shutil.copy2(source, target))
