"""The library that a server opens before anybody asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kb.config import Settings, load_settings
from kb.errors import IndexStateError
from kb.knowledge import KnowledgeBase
from kb.ui import ahead

pytestmark = pytest.mark.usefixtures("small_jieba")


@pytest.fixture
def warmed(monkeypatch: pytest.MonkeyPatch) -> list[KnowledgeBase]:
    """Every library that was told to load what a question waits for; none does."""
    found: list[KnowledgeBase] = []

    def warm(knowledge: KnowledgeBase) -> None:
        found.append(knowledge)

    monkeypatch.setattr(KnowledgeBase, "warm", warm)
    return found


@pytest.fixture(autouse=True)
def _of_this_test(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setenv("KB_INDEX", str(settings.index))
    monkeypatch.setattr(ahead, "_opened", [])


def test_the_first_visitor_gets_the_one_that_was_opened(warmed: list[KnowledgeBase]) -> None:
    ahead.open_ahead()
    asked = load_settings()
    with ahead.opened(asked) as first, ahead.opened(asked) as second:
        assert [first] == warmed
        assert second is not first


def test_other_settings_get_a_library_of_their_own(warmed: list[KnowledgeBase], tmp_path: Path) -> None:
    ahead.open_ahead()
    with ahead.opened(load_settings(index=tmp_path / "other")) as other:
        assert other is not warmed[0]
        with pytest.raises(IndexStateError, match="other"):
            other.articles()


def test_where_there_is_no_library_the_server_starts_all_the_same(settings: Settings) -> None:
    ahead.open_ahead()
    assert not settings.index.exists()


def test_settings_that_cannot_be_used_are_left_to_the_one_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_THREADS", "many")
    ahead.open_ahead()


def test_the_process_of_the_server_takes_the_flags_of_streamlit() -> None:
    done = subprocess.run([sys.executable, "-m", "kb.ui.server", "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "server.port" in done.stdout
