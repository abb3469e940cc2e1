"""OpenCC's character tables as installed: the one reader of them in this room."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=8)
def read_table(name: str) -> Mapping[str, tuple[str, ...]]:
    """Source -> targets of `TSCharacters`, `STCharacters`, ...; the first target is the one OpenCC itself takes."""
    path = resources.files("opencc").joinpath("dictionary", f"{name}.txt")
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line)
    return {source: tuple(targets.split(" ")) for source, targets in rows}
