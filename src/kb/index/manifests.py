"""What a generation of index files was made from, and whether its files are still what was written."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kb.index.disk import checksum

FOLDER = "caches"
"""Beside the store; each folder in it holds one generation."""

MANIFEST = "manifest.json"
_NAME = re.compile(r"[0-9]{10,19}-[0-9]{10,19}")
"""Of a segment: the numbers of its first and its last passage."""

SEAL = "seal"
"""The name under which a manifest holds its own checksum."""


@dataclass(frozen=True, slots=True)
class MadeSegment:
    """What a segment is: `rows` passages, the vectors of all but `unembedded` of their sentences; where it is searched
    by lists, how many are looked into and the recall@10 against exact search that was measured with them, else 0."""

    name: str
    rows: int
    unembedded: int = 0
    probes: int = 0
    recall: float = 0.0


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
    segments: tuple[MadeSegment, ...] = ()


def damaged_files(folder: Path, manifest: Manifest) -> list[str]:
    """The index files of a folder that are not what was written; all of them where that cannot be told.

    Every file is read whole: a byte that changed in one would change the ranking, and nothing else would notice.
    """
    if not manifest.files:
        return [MANIFEST]
    return [name for name, crc in manifest.files.items() if not _is(folder / name, crc)]


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
    made = (manifest for _path, manifest in manifests(folder) if lineage in (None, manifest.lineage))
    return max(made, key=lambda manifest: manifest.generation, default=None)


def lowest_recall(folder: Path, lineage: str) -> float:
    """The lowest recall@10 that was measured for a segment of a store's newest index files; 1 where all are exact."""
    newest = newest_manifest(folder, lineage)
    return min((one.recall for one in newest.segments if one.probes), default=1.0) if newest is not None else 1.0


def manifests(folder: Path) -> list[tuple[Path, Manifest]]:
    """Every folder of index files that has a sound manifest, with it."""
    found = []
    for file in (folder / FOLDER).glob(f"[!.]*/{MANIFEST}"):
        try:
            made = json.loads(file.read_text(encoding="utf-8"))
            if made.pop(SEAL, None) in (None, seal_of_manifest(made)):
                segments = tuple(_segment(one) for one in made["segments"])
                found.append((file.parent, Manifest(**{**made, "terms": tuple(made["terms"]), "segments": segments})))
        except (OSError, ValueError, TypeError, KeyError):
            continue  # Made by an older version, half removed by another process, or damaged: not a candidate.
    return found


def _segment(made: Mapping[str, Any]) -> MadeSegment:
    """
    Raises:
        ValueError, TypeError: it is none, or its name could lead out of the folder: a backup may come from anybody.
    """
    segment = MadeSegment(**made)
    if not _NAME.fullmatch(segment.name):
        raise ValueError(segment.name)
    return segment
