"""What is on the disk before the index files take their place: a power cut must not leave half of them there."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from kb.knowledge import KnowledgeBase
from kb.text.dictionary import Words

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the name of an open file is read from /proc"),
]


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files and folders that were forced to disk, in order."""
    found: list[Path] = []
    fsync = os.fsync

    def recorded(descriptor: int) -> None:
        found.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", recorded)
    return found


def test_every_index_file_is_on_the_disk_before_its_folder_takes_its_place(
    knowledge: KnowledgeBase, articles: Path, synced: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    renamed: list[tuple[set[Path], set[Path]]] = []
    rename = Path.rename

    def recorded(path: Path, target: Any) -> Path:
        if ".making-" in path.name:
            renamed.append(({path, *path.rglob("*")}, set(synced)))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", recorded)
    knowledge.build([articles])
    ((written, on_disk),) = renamed
    assert {path.name for path in written} >= {"dense.faiss", "dense-numbers.npy", "lexical", "manifest.json"}
    assert written <= on_disk
    assert synced[-1].name == "caches"  # the new name itself


def test_the_dictionary_is_on_the_disk_before_it_has_its_name(tmp_path: Path, synced: list[Path]) -> None:
    Words.load(tmp_path, "1")
    assert (tmp_path / "jieba-1.words").is_file()
    assert [one.parent for one in synced] == [tmp_path]
