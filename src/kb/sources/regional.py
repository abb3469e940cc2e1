"""Reads `lexicon/regional.tsv`: other names of what questions speak of (`kb.search.expand` says how it is written)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kb.sources.decode import decode
from kb.sources.read import LEXICON_FOLDER, read_bytes

FILE = "regional.tsv"


def read_regional(root: Path) -> Iterator[tuple[Path, str]]:
    """Every such file under a folder with its text, in a fixed order.

    Raises:
        SourceError: one cannot be read.
    """
    for file in sorted(root.rglob(f"{LEXICON_FOLDER}/{FILE}")) if root.is_dir() else ():
        data = read_bytes(file)
        yield file, decode(data, str(file)) if data.strip() else ""
