"""One knowledge base, several threads: who searches waits for no one who writes, who writes waits for the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from conftest import CharacterEncoder
from kb.config import Settings
from kb.knowledge import KnowledgeBase
from kb.knowledge.engine import Engine
from kb.models.encoder import FloatMatrix, TextKind
from kb.search.elsewhere import QUESTIONS
from kb.types import Filters, Upload

SECONDS = 30.0


class Halting(CharacterEncoder):
    """Waits where it is told to, for as long as it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.at: Callable[[Sequence[str], TextKind], bool] = lambda _texts, _kind: False
        self.reached, self.go = threading.Event(), threading.Event()

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Callable[[int], None] | None = None
    ) -> FloatMatrix:
        if self.at(texts, kind):
            self.reached.set()
            assert self.go.wait(SECONDS)
        return super().encode(texts, kind, progress)


def passages(_texts: Sequence[str], kind: TextKind) -> bool:
    """While the passages of what is added are embedded."""
    return kind is TextKind.PASSAGE


def settling(texts: Sequence[str], kind: TextKind) -> bool:
    """When the articles are stored, and the questions on other subjects are measured again."""
    return kind is TextKind.QUERY and len(texts) == len(QUESTIONS)


@pytest.fixture
def encoder() -> Halting:
    return Halting()


@pytest.fixture
def built(knowledge: KnowledgeBase, articles: Path) -> KnowledgeBase:
    knowledge.build([articles])
    return knowledge


@contextmanager
def underway(encoder: Halting, at: Any, work: Callable[[], Any]) -> Iterator[Future[Any]]:
    """`work` in another thread, halted there while the block lasts."""
    encoder.at = at
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        try:
            assert encoder.reached.wait(SECONDS)
            yield done
        finally:
            encoder.at = lambda _texts, _kind: False
            encoder.go.set()


def soon(work: Callable[[], Any]) -> Any:
    """What `work` gives; it must not wait for anybody."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(timeout=SECONDS / 3)


def written(folder: Path) -> Path:
    file = folder / "jinggai.txt"
    file.write_text("网格员发现井盖松动。", encoding="utf-8")
    return file


def adding(knowledge: KnowledgeBase, folder: Path) -> Callable[[], Any]:
    file = written(folder)
    return lambda: knowledge.add([file])


def keeping(knowledge: KnowledgeBase, _folder: Path) -> Callable[[], Any]:
    found = knowledge.preview([Upload("jinggai.txt", "网格员发现井盖松动。".encode())]).found
    return lambda: knowledge.keep(found)


@pytest.mark.parametrize("at", [passages, settling])
@pytest.mark.parametrize("way", [adding, keeping])
def test_searching_does_not_wait_for_adding(
    built: KnowledgeBase, encoder: Halting, tmp_path: Path, at: Any, way: Any
) -> None:
    built.search("物业")
    with underway(encoder, at, way(built, tmp_path)) as done:
        for _ in range(3):
            hits = soon(lambda: built.search("井盖松动", k=9)).hits
            assert "jinggai" not in {hit.article.id for hit in hits}
        assert soon(lambda: built.ask("没有物业的小区怎么办")).question
        assert len(soon(built.articles)) == (3 if at is passages else 4)
        assert not done.done()
    assert done.result().added == 1
    assert built.search("井盖松动", k=1).hits[0].article.id == "jinggai"


def test_the_files_in_use_are_not_opened_again_and_again_meanwhile(
    built: KnowledgeBase, encoder: Halting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    real = Engine.searcher

    def counted(engine: Engine, store: Any) -> Any:
        opened.append(1)
        return real(engine, store)

    monkeypatch.setattr(Engine, "searcher", counted)
    built.search("物业")
    with underway(encoder, settling, keeping(built, tmp_path)):
        for _ in range(5):
            built.search("物业")
        assert len(opened) == 1
    built.search("物业")
    built.search("物业")
    assert len(opened) == 2


def test_several_threads_add_and_none_is_sent_away(built: KnowledgeBase, tmp_path: Path) -> None:
    def add(number: int) -> None:
        file = tmp_path / f"n{number}.txt"
        file.write_text(f"第{number}条：楼道照明坏了{number}盏。", encoding="utf-8")
        if number % 2:
            built.add([file])
        else:
            built.keep(built.preview([Upload(file.name, file.read_bytes())]).found)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(add, range(6)))
    found = {hit.article.id for hit in built.search("楼道照明", k=20).hits}
    assert {f"n{number}" for number in range(6)} <= found


def test_what_another_process_left_half_done_is_caught_up(
    built: KnowledgeBase, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stored the article and died before the index files were made; nobody holds the lock."""
    built.search("物业")
    other = KnowledgeBase.open(settings=settings, encoder=CharacterEncoder())
    with monkeypatch.context() as patched:
        patched.setattr("kb.knowledge.caching.sync", lambda *_arguments: None)
        other.add([written(tmp_path)])
    other.close()
    assert built.search("井盖松动", k=1).hits[0].article.id == "jinggai"


# -- what a reader sees


CHANGED = "---\ntitle: 老旧小区没有物业怎么办\n---\n物业的事由业主大会来定，街道派人指导。\n"


def passages_found(knowledge: KnowledgeBase) -> dict[str, str]:
    return {hit.article.id: hit.passage.text for hit in knowledge.search("没有物业的小区怎么办", k=9).hits}


@pytest.mark.parametrize("at", [passages, settling])
def test_who_searches_in_the_middle_finds_what_was_there_before(
    built: KnowledgeBase, encoder: Halting, settings: Settings, articles: Path, at: Any
) -> None:
    """An article is replaced, another one removed, and the index files are not made yet: all is found as before, by who
    was there and by who comes only now, with and without filters; then as after."""
    before = passages_found(built)
    filtered = built.search("物业", filters=Filters(region="湖北"), k=9).hits
    (articles / "wuye.md").write_text(CHANGED, encoding="utf-8")
    (articles / "fengqiao.md").unlink()
    late = KnowledgeBase.open(settings=settings, encoder=CharacterEncoder())
    with underway(encoder, at, lambda: built.build([articles])) as done, late:
        for knowledge in (built, late):
            assert passages_found(knowledge) == before
            assert [hit.article.text for hit in knowledge.search("物业", filters=Filters(region="湖北"), k=9).hits] == [
                hit.article.text for hit in filtered
            ]
            assert knowledge.ask("没有物业的小区怎么办").question
        assert not done.done()
    after = passages_found(built)
    assert "业主大会" in after["wuye"]
    assert "fengqiao" not in after
    assert not built.search("物业", filters=Filters(region="湖北"), k=9).hits


def test_what_was_displaced_is_gone_when_nobody_needs_it(
    built: KnowledgeBase, settings: Settings, articles: Path
) -> None:
    """The text of a removed article does not lie about."""
    (articles / "wuye.md").write_text(CHANGED, encoding="utf-8")
    built.build([articles])
    assert not list(settings.index.glob("displaced*"))
    built.remove(["wuye"])
    assert not list(settings.index.glob("displaced*"))


@pytest.mark.parametrize("content", [b"", b"no database" * 1_000])
def test_a_damaged_file_of_displaced_articles_keeps_nobody_from_building(
    built: KnowledgeBase, settings: Settings, articles: Path, content: bytes
) -> None:
    """As a power cut may leave it: what is in it is only needed until the index files are made."""
    (settings.index / "displaced.sqlite3").write_bytes(content)
    assert len(passages_found(built)) == 3
    (articles / "wuye.md").write_text(CHANGED, encoding="utf-8")
    assert built.build([articles]).changed == 1
    assert "业主大会" in passages_found(built)["wuye"]
    assert not list(settings.index.glob("displaced*"))
