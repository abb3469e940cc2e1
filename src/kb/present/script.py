"""Display in the reader's script. Only for what we say ourselves; quotations stay in the script they were written in."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

ReaderScript = Literal["hans", "hant"]


def in_script(text: str, script: ReaderScript) -> str:
    """A message of ours, written in simplified script, in the reader's script."""
    return text if script == "hans" else str(_converter().convert(text))


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")
