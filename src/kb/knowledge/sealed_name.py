"""How a sealed library is told from an index folder, before anything that reads one is loaded."""

from __future__ import annotations

from pathlib import Path

SUFFIX = ".kbsealed"


def is_sealed(index: Path) -> bool:
    """A file, or what is named like one: a folder can be called anything."""
    return index.is_file() or (index.suffix == SUFFIX and not index.is_dir())
