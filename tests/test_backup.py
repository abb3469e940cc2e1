"""Backups: made in use, restored elsewhere, never half, never wrong."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conftest import CharacterEncoder
from kb import checking
from kb.access.tokens import Role, TokenFile
from kb.archive.container import Archive
from kb.archive.manifest import Kind
from kb.cli import main
from kb.config import Settings
from kb.errors import ArchiveError, BusyError, IndexStateError
from kb.index import manifests, schema
from kb.index.content import contents as content_of
from kb.index.database import FILE
from kb.index.seals import count_again, reseal
from kb.index.store import Store
from kb.knowledge import KnowledgeBase, engine, restoring
from kb.knowledge.engine import Engine
from kb.knowledge.progress import no_progress
from kb.knowledge.restoring import restore
from kb.text import segment
from kb.types import Check
from small_corpus import rankings, small_dictionary, write_articles

COUNT = 24


@pytest.fixture(autouse=True)
def small_jieba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "load_words", small_dictionary)
    monkeypatch.setattr(engine, "open_encoder", lambda **_settings: CharacterEncoder())
    monkeypatch.setattr(checking.models, "open_encoder", lambda **_settings: CharacterEncoder())
    monkeypatch.setattr(checking.network, "check", lambda _settings: Check("网络", True, ""))


def at(index: Path, tmp_path: Path) -> Settings:
    return Settings(index=index, cache=tmp_path / "cache")


def digest(index: Path) -> str:
    with closing(Store(index)) as store:
        return content_of(store).digest


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index with a term, a gap and a token."""
    write_articles(tmp_path / "corpus", range(COUNT))
    with KnowledgeBase.open(settings=at(tmp_path / "index", tmp_path)) as knowledge:
        knowledge.build([tmp_path / "corpus"])
        knowledge.add_terms(["议事协商"])
        knowledge.report_gap(knowledge.ask("火星上怎么种土豆"))
    TokenFile(tmp_path / "index").add("网站", Role.ADMIN)
    return tmp_path / "index"


def kb(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(one) for one in arguments], catch_exceptions=False)
    assert "Traceback" not in result.output
    return result


def put_back(file: Path, index: Path, tmp_path: Path, *, force: bool = False) -> None:
    restore(Engine(at(index, tmp_path), lambda _text: None, None), file, force, no_progress)


def green(index: Path, tmp_path: Path) -> bool:
    """Whether the doctor finds nothing; the size of this machine's disk is not the index's."""
    found = checking.check_all(at(index, tmp_path), lambda _text: None)
    return [check for check in found if not check.ok and check.name != "磁盘"] == []


# -- there and back


@pytest.mark.parametrize("with_caches", [False, True], ids=["store", "with index files"])
def test_restored_on_another_machine(index: Path, tmp_path: Path, with_caches: bool) -> None:
    """Another folder, another cache: the same content, rankings, scores, receipts, terms and gaps."""
    file, other = tmp_path / "library.kb", tmp_path / "elsewhere" / "index"
    with KnowledgeBase.open(settings=at(index, tmp_path)) as knowledge:
        made = knowledge.backup(file, with_caches=with_caches)
        expected = rankings(knowledge)
        articles, gaps, terms = knowledge.articles(), knowledge.gaps(), knowledge.terms()
        raw, receipt = knowledge.article("0003").raw, knowledge.receipt("0003")
    assert made.content == digest(index)
    settings = Settings(index=other, cache=tmp_path / "another cache")
    restore(Engine(settings, lambda _text: None, None), file, False, no_progress)
    assert digest(other) == made.content
    encoder, told = CharacterEncoder(), list[str]()
    with KnowledgeBase.open(settings=settings, encoder=encoder, notice=told.append) as knowledge:
        assert rankings(knowledge) == expected
        assert (knowledge.articles(), knowledge.gaps(), knowledge.terms()) == (articles, gaps, terms)
        assert (knowledge.article("0003").raw, knowledge.receipt("0003")) == (raw, receipt)
    assert (encoder.encoded, told) == ([], [])  # Nothing embedded anew, no index file made at the first question.
    assert green(other, tmp_path)
    assert sorted(path.name for path in other.iterdir() if "sqlite3-" not in path.name) == [".lock", "caches", FILE]


def test_what_is_left_out(index: Path, tmp_path: Path) -> None:
    """Tokens and the audit log are this machine's."""
    (index / "audit-2026-11.jsonl").write_text('{"who": "somebody"}\n', encoding="utf-8")
    file = tmp_path / "library.kb"
    with KnowledgeBase.open(settings=at(index, tmp_path)) as knowledge:
        knowledge.backup(file, with_caches=True)
    names = [member.name for member in Archive.open(file, Kind.BACKUP).manifest.members]
    assert names[0] == FILE
    assert {name.split("/")[0] for name in names} == {FILE, "caches"}
    assert b"somebody" not in file.read_bytes()
    (token,) = TokenFile(index).all()
    assert token.digest.encode() not in file.read_bytes()


def test_tokens_outlive_a_restore(index: Path, tmp_path: Path) -> None:
    """Those of the folder that is restored to: whoever was let in is, and nobody else."""
    with KnowledgeBase.open(settings=at(index, tmp_path)) as knowledge:
        knowledge.backup(tmp_path / "library.kb")
    put_back(tmp_path / "library.kb", index, tmp_path, force=True)
    assert [one.name for one in TokenFile(index).all()] == ["网站"]


def test_a_removed_article_is_not_in_the_backup(index: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(settings=at(index, tmp_path)) as knowledge:
        text = knowledge.article("0007").text
        knowledge.remove(["0007"])
        knowledge.backup(tmp_path / "library.kb")
    put_back(tmp_path / "library.kb", tmp_path / "other", tmp_path)
    with KnowledgeBase.open(settings=at(tmp_path / "other", tmp_path)) as knowledge:
        assert "0007" not in {one.id for one in knowledge.articles()}
        assert not [hit for hit in knowledge.search(text[:20]).hits if hit.article.id == "0007"]


# -- what is there already


def test_an_index_is_not_overwritten_unless_told(index: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "library.kb", tmp_path / "other"
    with KnowledgeBase.open(settings=at(index, tmp_path)) as knowledge:
        knowledge.backup(file)
    write_articles(tmp_path / "more", range(100, 105))
    with KnowledgeBase.open(settings=at(other, tmp_path)) as knowledge:
        knowledge.add([tmp_path / "more"])
    before = digest(other)
    with pytest.raises(IndexStateError, match=rf"^文件夹 {other} 里已有索引，没有恢复。要用备份换掉它请加 --force"):
        put_back(file, other, tmp_path)
    assert digest(other) == before
    put_back(file, other, tmp_path, force=True)
    assert digest(other) == digest(index)
    assert green(other, tmp_path)


def test_those_who_have_it_open_see_the_restored_library(index: Path, tmp_path: Path) -> None:
    """A server goes on with its open files and answers the next question from the new library, with numbers of
    passages and generations that never were."""
    file, other = tmp_path / "library.kb", tmp_path / "other"
    write_articles(tmp_path / "more", range(100, 160))
    with (
        KnowledgeBase.open(settings=at(other, tmp_path)) as reader,
        KnowledgeBase.open(settings=at(index, tmp_path)) as knowledge,
    ):
        reader.add([tmp_path / "more"])
        knowledge.backup(file)
        assert rankings(reader) != rankings(knowledge)
        with closing(Store(other)) as store:
            numbers, generation, lineage = {*store.passage_numbers()[0].tolist()}, store.generation(), store.lineage()
        put_back(file, other, tmp_path, force=True)
        assert rankings(reader) == rankings(knowledge)
        assert reader.articles() == knowledge.articles()
        with closing(Store(other)) as store:
            assert not numbers & {*store.passage_numbers()[0].tolist()}
            assert store.generation() > generation
            assert store.lineage() != lineage
        write_articles(tmp_path / "more", range(160, 162))
        reader.add([tmp_path / "more"])
        assert len(reader.articles()) == COUNT + 62
    assert green(other, tmp_path)


def test_index_files_of_another_library_are_never_used(tmp_path: Path) -> None:
    """A store was deleted by hand and another one built in its place: its generations are the same numbers again."""
    index, fresh = tmp_path / "index", tmp_path / "fresh"
    write_articles(tmp_path / "first", range(COUNT))
    write_articles(tmp_path / "second", range(200, 200 + COUNT))
    generations = []
    for folder, corpus in ((index, "first"), (index, "second"), (fresh, "second")):
        for file in folder.glob(f"{FILE}*"):
            file.unlink()
        with KnowledgeBase.open(settings=at(folder, tmp_path)) as knowledge:
            knowledge.build([tmp_path / corpus])
            found = rankings(knowledge)
            generations.append((knowledge._reading().generation(), found))
    assert len({generation for generation, _found in generations}) == 1
    assert generations[1][1] == generations[2][1] != generations[0][1]


@pytest.mark.parametrize("damage", ["truncated", "overwritten", "no database"])
def test_a_damaged_index_is_replaced_and_kept(index: Path, tmp_path: Path, damage: str) -> None:
    file, store = tmp_path / "library.kb", index / FILE
    with KnowledgeBase.open(settings=at(index, tmp_path)) as knowledge:
        knowledge.backup(file)
    expected = digest(index)
    with closing(sqlite3.connect(store)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = store.read_bytes()
    broken = {
        "truncated": whole[: len(whole) // 3],
        "overwritten": whole[:8192] + b"\xff" * (len(whole) - 8192),
        "no database": b"this is no database" * 1000,
    }[damage]
    store.write_bytes(broken)
    put_back(file, index, tmp_path, force=True)
    assert digest(index) == expected
    assert green(index, tmp_path)
    kept = list(index.glob(f"damaged-*/{FILE}"))
    assert [one.read_bytes() for one in kept] in ([broken], [])  # Where SQLite itself could still replace it, nothing.


# -- refused


def test_another_writer_is_waited_for(index: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(settings=at(index, tmp_path)) as knowledge:
        knowledge.backup(tmp_path / "library.kb")
        with knowledge._engine.lock(), pytest.raises(BusyError, match="另一个 kb 正在写索引"):
            put_back(tmp_path / "library.kb", index, tmp_path, force=True)


def test_a_file_is_not_overwritten_unless_told(index: Path, tmp_path: Path) -> None:
    file = tmp_path / "library.kb"
    file.write_text("precious")
    with KnowledgeBase.open(settings=at(index, tmp_path)) as knowledge:
        with pytest.raises(ArchiveError, match=rf"^{file} 已经存在。请换一个文件名，或加 --force 换掉它。$"):
            knowledge.backup(file)
        assert file.read_text() == "precious"
        knowledge.backup(file, force=True)
        Archive.open(file, Kind.BACKUP).check(no_progress)
        with pytest.raises(ArchiveError, match="是文件夹"):
            knowledge.backup(tmp_path)
        with pytest.raises(ArchiveError, match=r"写不了 .*没有写成，原有文件没有改动"):
            knowledge.backup(tmp_path / "nowhere" / "library.kb")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "index", "library.kb"]


@pytest.mark.parametrize(("sealed", "told"), [(False, "的段落在 .*里已损坏"), (True, "的段落位置不对")])
def test_a_damaged_index_gives_no_backup(index: Path, tmp_path: Path, sealed: bool, told: str) -> None:
    """A flipped byte in the store is found before it gets into a backup and in the place of a good one."""
    with closing(sqlite3.connect(index / FILE)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("UPDATE passage SET start = start + 1 WHERE n = 1")
        if sealed:
            reseal(db)
        db.commit()
    with KnowledgeBase.open(settings=at(index, tmp_path)) as knowledge, pytest.raises(IndexStateError, match=told):
        # The passage is moved behind its own sentence: its seal tells, or else our own proof.
        knowledge.backup(tmp_path / "library.kb")
    assert not (tmp_path / "library.kb").exists()


def forged(index: Path, tmp_path: Path, *statements: str) -> Path:
    """A backup whose digests are right and whose store somebody changed."""
    from kb.archive.container import write
    from kb.knowledge.packing import measured

    folder, file = tmp_path / "forged", tmp_path / "forged.kb"
    folder.mkdir()
    with KnowledgeBase.open(settings=at(index, tmp_path)) as knowledge:
        manifest = knowledge.backup(tmp_path / "sound.kb", force=True)
    Archive.open(tmp_path / "sound.kb", Kind.BACKUP).extract(folder, no_progress)
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as db:
        for statement in statements:
            db.executescript(statement)
        with suppress(sqlite3.Error, ValueError):  # Who changes a store on purpose puts its seals right as well.
            reseal(db)
    write(file, measured(manifest, folder), folder, no_progress)
    return file


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER evil AFTER INSERT ON gap BEGIN DELETE FROM article; END",
        "CREATE VIEW evil AS SELECT 1",
        "CREATE TABLE evil (a)",
        "CREATE VIRTUAL TABLE evil USING fts5(a)",
        "ALTER TABLE gap ADD COLUMN evil GENERATED ALWAYS AS (1)",
        "DROP TABLE link",
        "UPDATE passage SET \"end\" = 1000000 WHERE pk = 1",
        "UPDATE passage SET start = -5 WHERE pk = 1",
        "UPDATE passage SET headings = '{' WHERE pk = 1",
        "UPDATE article SET tags = 'none' WHERE pk = 1",
        "UPDATE article SET script = 'klingon' WHERE pk = 1",
        "UPDATE article SET receipt = '[]' WHERE pk = 1",
        "UPDATE article SET title = 'something else' WHERE pk = 1",
        "UPDATE meta SET value = 'many' WHERE key = 'dimension'",
        "UPDATE meta SET value = 'many' WHERE key = 'generation'",
        "UPDATE vector SET value = x'00'",
        "DELETE FROM article WHERE pk = 1",
        "DELETE FROM vector",
        "UPDATE gap SET nearest = '7'",
        "PRAGMA writable_schema = ON;"
        " UPDATE sqlite_master SET name = CAST(name AS BLOB) WHERE name = 'sentence_by_digest'",
    ],
)  # fmt: skip
def test_a_store_that_is_none_of_ours_is_refused(index: Path, tmp_path: Path, statement: str) -> None:
    file = forged(index, tmp_path, statement)
    before = digest(index)
    with pytest.raises(ArchiveError, match=f"^没有恢复 {file}：.*原有索引没有改动。$"):
        put_back(file, index, tmp_path, force=True)
    assert digest(index) == before
    with pytest.raises(ArchiveError):
        put_back(file, tmp_path / "other", tmp_path)
    assert not (tmp_path / "other" / FILE).exists()


def test_a_store_of_a_newer_version_is_told_as_such(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with KnowledgeBase.open(settings=at(index, tmp_path)) as knowledge:
        knowledge.backup(tmp_path / "library.kb")
    monkeypatch.setattr(schema, "VERSION", 2)
    with pytest.raises(ArchiveError, match=r"由更新版本的 kb 制作（文章库格式 4，本版本用 2）。请升级 kb 再试。$"):
        put_back(tmp_path / "library.kb", tmp_path / "other", tmp_path)


def test_every_flipped_byte_is_noticed_before_anything_is_touched(index: Path, tmp_path: Path) -> None:
    """Spread over a real backup; `test_archive.py` turns every byte of a small one."""
    file = tmp_path / "library.kb"
    with KnowledgeBase.open(settings=at(index, tmp_path)) as knowledge:
        knowledge.backup(file, with_caches=True)
    size, before = file.stat().st_size, digest(index)
    with file.open("r+b", buffering=0) as content:
        for place in sorted({*range(0, size, 4_001), *range(0, 4_096, 16), size - 1, size - 1025}):
            was = os.pread(content.fileno(), 1, place)
            os.pwrite(content.fileno(), bytes([was[0] ^ 4]), place)
            with pytest.raises(ArchiveError):
                restoring.check_backup(file, no_progress)
            if place % 37 == 0:
                with pytest.raises(ArchiveError):
                    put_back(file, index, tmp_path, force=True)
            os.pwrite(content.fileno(), was, place)
    assert digest(index) == before
    assert [path for path in index.iterdir() if path.name.startswith(".restoring")] == []
    put_back(file, index, tmp_path, force=True)


# -- while others are at it


def searching(index: Path, tmp_path: Path, ended: threading.Event) -> None:
    with KnowledgeBase.open(settings=at(index, tmp_path)) as reader:
        while not ended.is_set():
            for hit in reader.search("社区物业怎么调解", k=5).hits:
                assert hit.passage.text == hit.article.text[hit.passage.start : hit.passage.end]


def adding(index: Path, tmp_path: Path) -> None:
    with KnowledgeBase.open(settings=at(index, tmp_path)) as writer:
        for file in sorted((tmp_path / "more").iterdir()):
            writer.add([file])


def test_four_read_and_one_writes_while_it_is_made(index: Path, tmp_path: Path) -> None:
    """Every backup holds the articles that were added up to one moment, each whole."""
    write_articles(tmp_path / "more", range(1_000, 1_020))
    ended, files = threading.Event(), list[Path]()
    with ThreadPoolExecutor(5) as pool:
        readers = [pool.submit(searching, index, tmp_path, ended) for _ in range(4)]
        writer = pool.submit(adding, index, tmp_path)
        with KnowledgeBase.open(settings=at(index, tmp_path)) as knowledge:
            while not writer.done() and len(files) < 6:
                files.append(tmp_path / f"{len(files)}.kb")
                knowledge.backup(files[-1], with_caches=len(files) % 2 == 0)
        writer.result()
        ended.set()
        for reader in readers:
            reader.result()
    held = [prefix_held_by(file, tmp_path) for file in files]
    assert held == sorted(held)
    assert len(set(held)) > 1


def prefix_held_by(file: Path, tmp_path: Path) -> int:
    """How many of the added articles a backup holds, all of them the first ones; restored, the doctor is content."""
    other = tmp_path / f"restored-{file.stem}"
    put_back(file, other, tmp_path)
    with KnowledgeBase.open(settings=at(other, tmp_path)) as knowledge:
        held = knowledge.articles()
    added = sorted(int(one.id) for one in held if int(one.id) >= 1_000)
    assert added == list(range(1_000, 1_000 + len(added)))
    assert len(held) == COUNT + len(added)
    assert green(other, tmp_path)
    return len(added)


# -- the command line


@pytest.fixture
def commands(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KB_INDEX", str(index))
    monkeypatch.setenv("KB_CACHE", str(tmp_path / "cache"))
    return index


def test_the_commands(commands: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "library.kb", tmp_path / "other"
    made = kb("backup", file, "--json")
    assert made.exit_code == 0
    plain = json.loads(made.stdout)
    assert plain == {
        "file": str(file), "bytes": file.stat().st_size, "kind": "backup", "content": digest(commands),
        "articles": COUNT, "passages": plain["passages"], "practices": 0, "characters": plain["characters"],
        "terms": 1, "gaps": 1, "model": "characters-v1", "made": plain["made"], "kb": plain["kb"], "caches": False,
    }  # fmt: skip
    again = kb("backup", file)
    assert (again.exit_code, again.stderr.splitlines()[-1]) == (
        1, f"{file} 已经存在。请换一个文件名，或加 --force 换掉它。"
    )  # fmt: skip
    assert "写完又从头读过一遍，完好" in kb("backup", file, "--force").stdout
    assert json.loads(kb("backup", file, "--force", "--with-caches", "--json").stdout)["caches"] is True
    assert "完好：24 篇文章" in kb("restore", file, "--check").stdout
    assert f"已从 {file} 恢复到 {other}" in kb("--index", other, "restore", file).stdout
    refused = kb("--index", other, "restore", file)
    assert (refused.exit_code, "已有索引" in refused.stderr) == (1, True)
    assert json.loads(kb("--index", other, "restore", file, "--force", "--json").stdout)["articles"] == COUNT
    whole = file.read_bytes()
    file.write_bytes(whole[:-700])
    assert "不完整" in kb("restore", file, "--check").stderr
    assert kb("restore", file, "--check").exit_code == 1


def test_only_its_owner_reads_what_is_in_the_making(index: Path, tmp_path: Path) -> None:
    modes: set[int] = set()

    def seen(_what: str, _done: int, _total: int) -> None:
        modes.update(stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob(".library.kb.*"))

    with KnowledgeBase.open(settings=at(index, tmp_path)) as knowledge:
        knowledge.backup(tmp_path / "library.kb", progress=seen)
    assert modes == {0o700}


def test_what_an_interrupted_backup_left_behind_goes(index: Path, tmp_path: Path) -> None:
    """A user's interruption leaves nothing; what a killed process left goes with the next backup of that name, but
    not what one that is still at work has."""
    file = tmp_path / "library.kb"

    def interrupted(_what: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with KnowledgeBase.open(settings=at(index, tmp_path)) as knowledge:
        with pytest.raises(KeyboardInterrupt):
            knowledge.backup(file, progress=interrupted)
        assert list(tmp_path.glob(".library*")) == []
        shutil.copytree(index, tmp_path / ".library.kb.making-dead")

        def other(_what: str, _done: int, _total: int) -> None:
            if not file.exists():
                knowledge.backup(file)

        knowledge.backup(file, force=True, progress=other)
    assert list(tmp_path.glob(".library*")) == []


def test_an_old_index_without_lineage_keeps_its_index_files(index: Path, tmp_path: Path) -> None:
    """What an older version made is not made again only because it tells no lineage."""
    with closing(sqlite3.connect(index / FILE)) as db:
        db.execute("DELETE FROM meta WHERE key = 'lineage'")
        count_again(db, "meta")
        db.commit()
    (file,) = (index / "caches").glob("*/manifest.json")
    plain = json.loads(file.read_text(encoding="utf-8"))
    del plain["lineage"], plain["seal"]
    plain["seal"] = manifests.seal_of_manifest(plain)
    file.write_text(json.dumps(plain), encoding="utf-8")
    with KnowledgeBase.open(settings=at(index, tmp_path)) as knowledge:
        assert knowledge.search("社区物业").hits
    assert [file] == list((index / "caches").glob("*/manifest.json"))
    assert manifests.newest_manifest(index, "") is not None
