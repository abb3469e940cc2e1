"""Arrays that `np.save` wrote, read from any thread.

`np.load` takes the header apart with `ast`, whose state Python 3.11 keeps once for all threads: two that load at once
can end in a SystemError (https://github.com/python/cpython/issues/106905). A model loads beside index files, and a
server's threads beside each other, so headers are read by a pattern here. Nothing but plain numbers passes it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_HEAD = re.compile(
    rb"\{'descr': '(<[fiu]\d|\|[iu]1)', 'fortran_order': False, 'shape': \((\d+),(?: (\d+))?\), \} *\n\Z"
)
_MAGIC = b"\x93NUMPY\x01\x00"
_BEFORE_HEAD = len(_MAGIC) + 2
"""Bytes before the header: the magic string, and the header's length in two."""


def read_array(path: Path, *, mapped: bool = False) -> Any:
    """An array of one or two dimensions; `mapped` reads only the pages that are touched, and is not to be written to.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is none of ours, or cut off.
    """
    import numpy as np

    with path.open("rb") as file:
        before = file.read(_BEFORE_HEAD)
        head = _HEAD.match(file.read(int.from_bytes(before[-2:], "little"))) if before.startswith(_MAGIC) else None
        if head is None:
            raise ValueError(f"{path.name} is no array")
        dtype, shape = np.dtype(head[1].decode()), tuple(int(size) for size in head.groups()[1:] if size)
        if mapped:
            return np.memmap(file, dtype, "r", file.tell(), shape)
        return np.fromfile(file, dtype).reshape(shape)
