"""The index files beside the store: which folder is the current one, and how a new one takes its place.

A generation of caches is a folder `caches/<stamp>/` with the dense and the lexical index and a
manifest that says what they were made from, and what the checksum of each file is. It is written aside and renamed, so
a reader sees a whole one or none; readers that still use an older folder keep their open files. A folder in which a
byte changed is as good as none: the store makes a new one.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.index.dense import DenseIndex, Numbers, Ranked
from kb.index.disk import checksum, to_disk
from kb.index.lexical import LexicalIndex
from kb.index.sentences import SentenceIndex

SENTENCE_SHARE = 0.5
"""How much of a passage's nearness is its best sentence's (`benchmarks/attempts.md`: 0.3 to 0.5 are alike)."""

_FOLDER = "caches"
_MANIFEST = "manifest.json"
_ARTICLES = "articles.npy"
_SEAL = "seal"
_ASIDE = ".making-"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation of caches was made from.

    `segmenter` is the fingerprint of rules and terms together, `rules` and `terms` are the two apart. `retired`
    passages were taken out of the lexical index since it was made anew (see `LexicalIndex.update`). `lineage` is the
    store's: generations and numbers of passages mean nothing for another one that lay in the same folder. `files` are
    the checksums of all files beside it but locks, by path; {} where an older version made it.
    """

    generation: int
    model: str
    dimension: int
    segmenter: str
    rules: str
    terms: tuple[str, ...]
    passages: int
    retired: int
    lineage: str = ""
    files: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Caches:
    """Both search indexes of one generation; `articles[i]` is the article of passage `dense.numbers[i]`.

    `folder` holds the files; None for caches that are only in memory.
    """

    manifest: Manifest
    dense: DenseIndex
    sentences: SentenceIndex
    lexical: LexicalIndex
    articles: Numbers
    folder: Path | None

    def with_sentences(self, query: npt.NDArray[np.float32], ranked: Ranked) -> Ranked:
        """The same passages by their own cosine and, at SENTENCE_SHARE, their best sentence's.

        A passage speaks of several things, its vector of all at once; the sentence that answers is nearer to the
        question.
        """
        rows = np.searchsorted(self.dense.numbers, ranked.numbers).astype(np.int64)
        best = self.sentences.best(query, rows, ranked.scores)
        scores = ranked.scores * np.float32(1.0 - SENTENCE_SHARE) + best * np.float32(SENTENCE_SHARE)
        order = np.lexsort((ranked.numbers, -scores))
        return Ranked(ranked.numbers[order], scores[order])

    def passages_of(self, articles: Numbers) -> Numbers:
        """The numbers of all passages of these articles, ascending."""
        return self.dense.numbers[np.isin(self.articles, articles)]


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
    for path, manifest in sorted(_manifests(folder), key=lambda found: -found[1].generation):
        if fits(manifest) and not damaged_files(path, manifest):
            try:
                articles = np.load(path / _ARTICLES, allow_pickle=False)
                caches = Caches(
                    manifest, DenseIndex.open(path), SentenceIndex.open(path), LexicalIndex.open(path), articles, path
                )
            except (OSError, EOFError, ValueError, RuntimeError):
                continue
            if len(caches.dense) == len(caches.lexical) == len(articles) == manifest.passages:
                yield caches


def damaged_files(folder: Path, manifest: Manifest) -> list[str]:
    """The index files of a folder that are not what was written; all of them where that cannot be told.

    Every file is read whole: a byte that changed in one would change the ranking, and nothing else would notice.
    """
    return (
        [name for name, crc in manifest.files.items() if not _is(folder / name, crc)] if manifest.files else [_MANIFEST]
    )


def _is(file: Path, crc: int) -> bool:
    try:
        return checksum(file) == crc
    except OSError:
        return False


def seal_of_manifest(made: Mapping[str, Any]) -> int:
    """The checksum of a manifest without its own `seal`."""
    return zlib.crc32(json.dumps(made, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass"))


def newest_manifest(folder: Path, lineage: str | None = None) -> Manifest | None:
    """What the newest index files (of one store, or of any) were made from, or None where there are none."""
    made = (manifest for _path, manifest in _manifests(folder) if lineage in (None, manifest.lineage))
    return max(made, key=lambda manifest: manifest.generation, default=None)


def _manifests(folder: Path) -> list[tuple[Path, Manifest]]:
    found = []
    for file in (folder / _FOLDER).glob(f"[!.]*/{_MANIFEST}"):
        try:
            made = json.loads(file.read_text(encoding="utf-8"))
            if made.pop(_SEAL, None) in (None, seal_of_manifest(made)):
                found.append((file.parent, Manifest(**{**made, "terms": tuple(made["terms"])})))
        except (OSError, ValueError, TypeError, KeyError):
            continue  # Made by an older version, half removed by another process, or damaged: not a candidate.
    return found


class Making:
    """New caches being written aside; `finish` puts them in place, leaving the block early throws them away."""

    def __init__(self, folder: Path) -> None:
        self._parent = folder / _FOLDER
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

    def finish(self, manifest: Manifest, articles: Numbers) -> None:
        """Write what the caches were made from, put them in place, take older ones away.

        All of it is on the disk before the name is: after a power cut a folder in place is a whole one.
        """
        np.save(self.path / _ARTICLES, articles, allow_pickle=False)
        files = {
            path.relative_to(self.path).as_posix(): checksum(path)
            for path in sorted(self.path.rglob("*"))
            if path.is_file() and path.suffix != ".lock"
        }
        made = {**asdict(manifest), "files": files}
        made |= {_SEAL: seal_of_manifest(made)}
        (self.path / _MANIFEST).write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")
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
