"""Memory that was freed goes back to the system."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """To be called after index files were made, which takes tens of megabytes in threads of their own.

    glibc keeps what a thread freed for the next thread that gets the same arena, so a process that adds an article now
    and then grew by some hundred megabytes before it stayed level (docs/promises.md). Elsewhere nothing is done.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's; other libraries have none.
        if trim is not None:
            trim(ctypes.c_size_t(0))
