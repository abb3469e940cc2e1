"""The soak's own eyes: what it must notice it notices, and its table says what was put down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks import soak
from benchmarks.soak import different, strays
from benchmarks.soak_report import report
from benchmarks.soak_state import Ledger, Log, State, marker, question, states, strange, text, unchanged

from kb.knowledge import KnowledgeBase


@pytest.fixture
def filled(knowledge: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KnowledgeBase:
    """An index with u00 in version 3 and u01 in version 4."""
    monkeypatch.setattr(soak, "CORPUS", [])
    for name, version in (("u00", 3), ("u01", 4)):
        (tmp_path / f"{name}.txt").write_text(text(name, version), encoding="utf-8")
        knowledge.add([tmp_path / f"{name}.txt"])
    return knowledge


def test_what_is_stored_is_held_against_what_was_written_down(filled: KnowledgeBase) -> None:
    right = {"u00": State(1, 3), "u01": State(2, 4), "u02": State(3, 0)}
    assert list(different(filled, right)) == []
    (missing,) = different(filled, right | {"u02": State(3, 5)})
    assert missing == "u02 is missing"
    (removed,) = different(filled, right | {"u01": State(2, 0)})
    assert removed == "u01 was removed or never added"
    (other,) = different(filled, right | {"u01": State(2, 5)})
    assert other.startswith("u01 holds another text")


def test_the_marker_finds_its_version_in_both_scripts(filled: KnowledgeBase) -> None:
    for hant in (False, True):
        for name, version, found in (("u00", 3, True), ("u00", 2, False), ("u01", 4, True)):
            hits = filled.search(question(name, version, hant=hant), mode="lexical").hits
            assert any(marker(name, version) in hit.passage.text for hit in hits) is found


def test_a_piece_of_a_version_that_is_gone_is_strange() -> None:
    before, after = {"u00": State(1, 3)}, {"u00": State(1, 3, moving=4)}
    for version, odd in ((3, False), (4, False), (2, True)):
        assert strange(before, after, "u00", 0, 20, text("u00", version)[:20]) is odd
    assert strange(before, after, "u00", 1, 21, text("u00", 3)[:20])
    assert not strange(before, after, "another", 0, 3, "一二三")
    assert unchanged(before, dict(before), "u00")
    assert not unchanged(before, after, "u00")
    assert not unchanged(after, dict(after), "u00")


def test_the_ledger_is_read_as_it_was_written(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, "sender", ["u00", "u01"])
    ledger.begin({"u00": 1})
    assert states(tmp_path)["u00"] == State(0, 0, 1)
    ledger.end({"u00": 1}, done=True)
    ledger.begin({"u00": 0, "u01": 2})
    ledger.end({"u00": 0, "u01": 2}, done=False)
    assert states(tmp_path) == {"u00": State(2, 1), "u01": State(3, 0)}


def test_files_that_nobody_needs_are_told(filled: KnowledgeBase, tmp_path: Path) -> None:
    index, work = tmp_path / "index", tmp_path / "work"
    (work / "tmp").mkdir(parents=True)
    assert strays(index, work) == []
    left = [index / "kb.sqlite3.bak", index / "caches" / ".making-x", work / "tmp" / "kb-x"]
    for path in left:
        path.mkdir()
    assert set(map(str, left)) <= set(strays(index, work))


def test_the_table_says_what_was_put_down(tmp_path: Path) -> None:
    log = Log(tmp_path, "main")
    looked = {"worker": {"memory": 100.0, "files": 7, "gone": 1, "cpu": 3.0}}
    log("minute", minute=1, processes=looked, files=20, mb=5.0, caches=1)
    start = json.loads((tmp_path / "log-main.jsonl").read_text(encoding="utf-8"))["t"] - 60
    more = [
        *({"t": start + 30, "kind": "search", "how": "hybrid", "ms": ms, "cpu": ms / 2} for ms in (10.0, 20.0, 30.0)),
        {"t": start + 31, "kind": "search", "how": "served hybrid", "ms": 40.0},
        {"t": start + 32, "kind": "write", "how": "send"},
        {"t": start + 33, "kind": "wrong", "message": "u00 found"},
        {"t": start + 34, "kind": "polite", "message": "请等"},
    ]
    text = "".join(json.dumps({"who": "reader", **line}) + "\n" for line in more)
    (tmp_path / "log-reader.jsonl").write_text(text, encoding="utf-8")
    made = report(tmp_path)
    assert "| 0–1 | 4 | 20 / 29 | 10 / 14 | 40 / 40 | 1 | 1 | 1 | 5.0 | 20 | 1 | 7 | 1 |" in made
    assert "| worker | 100 | 3 |" in made
    assert "- 1 次 wrong（reader）：u00 found" in made
    assert "错误和不符：1" in made
