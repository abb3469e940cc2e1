"""Memory that was freed goes back to the system."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_LARGE = 1_000_000
"""Bytes from which on a piece is asked of the system alone and given back when it is freed; as much may stay free at
the end of an arena. glibc raises both by itself, up to 32 and 64 MB. tantivy takes pages of a mebibyte, some fifteen of
them whenever it writes."""


@cache
def give_back_large_pieces() -> None:
    """To be called before index files are made; from the first time on it holds for the whole process.

    tantivy writes in threads of its own, and glibc keeps what a thread freed for the next one that happens to get the
    same arena: a process that adds an article now and then grew by 176 MB within 35 articles, with this by 28
    (docs/promises.md). Elsewhere than with glibc nothing is done.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_MMAP_THRESHOLD, _LARGE)
            mallopt(_M_TRIM_THRESHOLD, _LARGE)
