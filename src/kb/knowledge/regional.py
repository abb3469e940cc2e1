"""The list of other names that a folder of articles brings along, kept with the index so that it goes where it goes."""

from __future__ import annotations

from pathlib import Path

from kb.errors import SourceError
from kb.index.store import Store
from kb.search.expand import parse_rows
from kb.sources.regional import read_regional
from kb.types import Failure


def take_regional(store: Store, root: str) -> tuple[Failure, ...]:
    """Keep the lists below `root` with the index; where one cannot be used it is told, and the former ones stay."""
    try:
        found = list(read_regional(Path(root)))
        for file, text in found:
            parse_rows(text, str(file))
    except SourceError as error:
        return (Failure(root, str(error)),)
    store.catalogue.set_regional(root, "\n".join(text for _file, text in found))
    return ()
