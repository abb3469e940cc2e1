"""Display in the reader's script: only for what we say ourselves, quotations stay as they were written."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

ReaderScript = Literal["hans", "hant"]


def in_script(text: str, script: ReaderScript) -> str:
    """A message of ours, written in simplified script, in the reader's script.

    OpenCC writes 考覈, 審覈 for 考核, 审核; no region uses that form today.
    """
    return text if script == "hans" else str(_converter().convert(text)).replace("覈", "核")


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")
