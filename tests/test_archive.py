"""The one file: every byte of it counts, and nothing but what we would have written is taken."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.archive import blocks, container
from kb.archive.container import Archive, head_of, write
from kb.archive.manifest import Counts, Kind, Manifest, Member, ModelUsed, manifest_from
from kb.errors import ArchiveError

CONTENT = {
    "kb.sqlite3": bytes(range(256)) * 9 + b"end",
    "caches/00000001-ab/manifest.json": b"{}",
    "caches/00000001-ab/lexical/.managed.json": b"",
    "caches/00000001-ab/dense.faiss": b"\0" * 1024,
}


def silent(_what: str, _done: int, _total: int) -> None:
    pass


def manifest_for(content: dict[str, bytes], **other: Any) -> Manifest:
    return Manifest(
        kind=Kind.BACKUP, version=1, kb="0.1.0", made="2026-12-01T00:00:00+00:00", schema_version=3, content="0" * 64,
        counts=Counts(articles=1, passages=2, practices=0, characters=3, terms=0, gaps=0),
        model=ModelUsed(identity="characters-v1", dimension=64),
        members=tuple(Member(name=name, size=len(data), sha256=sha256(data).hexdigest())
                      for name, data in content.items()),
    ).model_copy(update=other)  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder, file = tmp_path / "members", tmp_path / "library.kb"
    for name, data in CONTENT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    write(file, manifest_for(CONTENT), folder, silent)
    return file


def taken(file: Path) -> dict[str, bytes]:
    """What is unpacked of a file, everything checked."""
    target = file.with_name("unpacked")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    opened = Archive.open(file, Kind.BACKUP)
    opened.extract(target, silent)
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}


def refused(file: Path) -> str:
    """The sentence with which it is refused, by checking and by unpacking alike."""
    with pytest.raises(ArchiveError) as told:
        Archive.open(file, Kind.BACKUP).check(silent)
    with pytest.raises(ArchiveError):
        taken(file)
    assert str(file) in str(told.value)
    return str(told.value)


def test_what_was_put_in_comes_out(archive: Path) -> None:
    assert taken(archive) == CONTENT
    assert Archive.open(archive, Kind.BACKUP).manifest == manifest_for(CONTENT)


def test_any_tar_reads_it(archive: Path, tmp_path: Path) -> None:
    with tarfile.open(archive) as tar:
        members = tar.getmembers()
        assert [one.name for one in members] == ["kb-backup", "manifest.json", *CONTENT]
        assert {(one.type, one.mode, one.mtime, one.uid) for one in members} == {(tarfile.REGTYPE, 0o644, 0, 0)}
        read = {one.name: tar.extractfile(one) for one in members}
        assert {name: data.read() for name, data in read.items() if data and name in CONTENT} == CONTENT
        head = read["kb-backup"]
        manifest = read["manifest.json"]
        assert head is not None
        assert manifest is not None
        assert head.read() == head_of(Kind.BACKUP, manifest.read())
    if shutil.which("tar"):
        subprocess.run(["tar", "xf", archive, "-C", tmp_path], check=True)
        assert (tmp_path / "kb.sqlite3").read_bytes() == CONTENT["kb.sqlite3"]


def test_the_header_is_that_of_the_standard_library() -> None:
    """POSIX ustar, field by field, and GNU's form of a size that has no room in eleven octal digits."""
    for name, size in (("kb.sqlite3", 0), ("a/b", 1), ("x" * 100, 8**11 - 1), ("kb.sqlite3", 8**11), ("k", 2**40)):
        info = tarfile.TarInfo.frombuf(blocks.header(name, size), "ascii", "strict")
        assert (info.name, info.size, info.type, info.mode) == (name, size, tarfile.REGTYPE, 0o644)
        assert len(blocks.header(name, size)) == 512


def test_every_byte_counts(archive: Path) -> None:
    """One bit of every byte of the file is turned, one after the other; each is noticed, and where it was is told."""
    chance, size = random.Random(8), archive.stat().st_size
    with archive.open("r+b", buffering=0) as file:
        for place in range(size):
            before = os.pread(file.fileno(), 1, place)
            os.pwrite(file.fileno(), bytes([before[0] ^ 1 << chance.randrange(8)]), place)
            with pytest.raises(ArchiveError):
                Archive.open(archive, Kind.BACKUP).check(silent)
            os.pwrite(file.fileno(), before, place)
    assert taken(archive) == CONTENT


def test_every_shortening_is_told_as_such(archive: Path) -> None:
    whole = archive.read_bytes()
    for length in sorted({*range(0, len(whole), 61), len(whole) - 1, len(whole) - 512, len(whole) - 1024}):
        archive.write_bytes(whole[:length])
        assert ("不完整" in refused(archive)) or length < 100, length
    archive.write_bytes(whole[:-1])
    assert f"应有 {len(whole)} 字节，只有 {len(whole) - 1} 字节" in refused(archive)


def test_nothing_may_stand_behind_it(archive: Path) -> None:
    whole = archive.read_bytes()
    for more in (b"\0", b"\0" * 512, whole):
        archive.write_bytes(whole + more)
        assert "已损坏或被改动" in refused(archive)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "不是 kb 的备份"),
        (b"SQLite format 3\0" + b"\0" * 4096, "不是 kb 的备份"),
        (b"PK\3\4" + b"\0" * 4096, "不是 kb 的备份"),
        (b"\x1f\x8b" + b"\0" * 4096, "不是 kb 的备份"),
        ("一篇文章。".encode() * 1000, "不是 kb 的备份"),
    ],
)
def test_other_files_are_told_as_such(tmp_path: Path, data: bytes, sentence: str) -> None:
    (tmp_path / "x").write_bytes(data)
    assert sentence in refused(tmp_path / "x")


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(ArchiveError, match=rf"^打不开 {path}"):
            Archive.open(path, Kind.BACKUP)


def test_a_file_of_another_kind_says_what_it_is_for(tmp_path: Path) -> None:
    for kind, use in ((Kind.SEALED, "查阅请用 kb --index"), (Kind.DELTA, "kb apply")):
        made = manifest_for({}, kind=kind)
        write(tmp_path / kind.value, made, tmp_path, silent, lambda _head: b"signature")
        with pytest.raises(ArchiveError, match=f"不是备份。.*{use}"):
            Archive.open(tmp_path / kind.value, Kind.BACKUP)
        assert Archive.open(tmp_path / kind.value, kind).signature == b"signature"


# -- files that somebody else made


def forged(file: Path, manifest: bytes, parts: list[bytes], head: bytes | None = None) -> Path:
    """A file whose beginning agrees with itself, whatever the manifest says."""
    with file.open("wb") as out:
        blocks.put(out, "kb-backup", head or head_of(Kind.BACKUP, manifest))
        blocks.put(out, "manifest.json", manifest)
        for part in parts:
            out.write(part)
        out.write(blocks.END)
    return file


def changed(change: Callable[[dict[str, Any]], None], members: dict[str, bytes] | None = None) -> bytes:
    plain = json.loads(manifest_for(members or {}).to_bytes())
    change(plain)
    return json.dumps(plain).encode()


def test_a_newer_version_is_told_as_such(tmp_path: Path) -> None:
    manifest = changed(lambda plain: plain.update(something="new"))
    head = head_of(Kind.BACKUP, manifest, 2)
    assert "由更新版本的 kb 制作（格式 2，本版本认得 1）。请升级 kb" in refused(
        forged(tmp_path / "x", manifest, [], head)
    )


@pytest.mark.parametrize(
    "name",
    [
        "../outside", "/etc/outside", "a/../../outside", "..", ".", "", "a//b", "a/", "a\\..\\b", "C:/x", "a/./b",
        "nul\0byte", "中文", "a b", "x" * 101, "caches/\n",
    ],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    data = b"evil"
    member = {"name": name, "size": len(data), "sha256": sha256(data).hexdigest()}
    manifest = changed(lambda plain: plain.update(members=[member]))
    header = blocks.header("placeholder", len(data))
    raw = name.encode()[:100]
    header = raw.ljust(100, b"\0") + header[100:]
    refused(forged(tmp_path / "in" / "x", manifest, [header, data, blocks.padding(4)]))
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert not Path("/etc/outside").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_a_link_or_a_device_is_refused(tmp_path: Path, kind: bytes) -> None:
    """A member that the manifest names, as a link to another place."""
    member = {"name": "kb.sqlite3", "size": 0, "sha256": sha256(b"").hexdigest()}
    info = tarfile.TarInfo("kb.sqlite3")
    info.type, info.linkname, info.mode, info.size = kind, "/etc/passwd", 0o644, 0
    manifest = changed(lambda plain: plain.update(members=[member]))
    refused(forged(tmp_path / "x", manifest, [info.tobuf(tarfile.USTAR_FORMAT)]))
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))


def test_a_plain_tar_of_anybody_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x", "w") as tar:
        info = tarfile.TarInfo("kb-backup")
        info.size = 4
        tar.addfile(info, io.BytesIO(b"1234"))
    refused(tmp_path / "x")


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain["members"].append(dict(plain["members"][0])),
        lambda plain: plain["members"].append({**plain["members"][0], "name": "KB.SQLITE3"}),
        lambda plain: plain["members"][0].update(size=-1),
        lambda plain: plain["members"][0].update(size=2**63),
        lambda plain: plain["members"][0].update(size="9"),
        lambda plain: plain["members"][0].update(sha256="z" * 64),
        lambda plain: plain.update(kind="kb-sealed"),
        lambda plain: plain.update(kind="else"),
        lambda plain: plain.update(counts={}),
        lambda plain: plain.pop("model"),
        lambda plain: plain.update(extra=1),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    data = CONTENT["kb.sqlite3"]
    manifest = changed(change, {"kb.sqlite3": data})
    part = blocks.header("kb.sqlite3", len(data)) + data + blocks.padding(len(data))
    refused(forged(tmp_path / "x", manifest, [part, part]))


@pytest.mark.parametrize("manifest", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 100_000, b'{"a":' * 50_000, b"1e999"])
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, manifest: bytes) -> None:
    assert "manifest.json" in refused(forged(tmp_path / "x", manifest, []))


def test_a_file_that_claims_to_hold_much_takes_no_room(tmp_path: Path) -> None:
    """Nothing is compressed, so what is unpacked is never more than the file is long."""
    member = {"name": "kb.sqlite3", "size": 2**50, "sha256": "0" * 64}
    manifest = changed(lambda plain: plain.update(members=[member]))
    assert "不完整" in refused(forged(tmp_path / "x", manifest, [blocks.header("kb.sqlite3", 2**50)]))
    head = head_of(Kind.BACKUP, b"")
    with (tmp_path / "y").open("wb") as file:
        blocks.put(file, "kb-backup", head)
        file.write(blocks.header("manifest.json", 2**40))
    assert "manifest.json" in refused(tmp_path / "y")


def test_too_many_members_are_refused() -> None:
    member = {"name": "a", "size": 0, "sha256": "0" * 64}
    members = [{**member, "name": f"a{number}"} for number in range(10_001)]
    with pytest.raises(ValueError, match="members"):
        manifest_from(changed(lambda plain: plain.update(members=members)))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_whatever_is_done_to_a_file_it_is_taken_whole_or_refused(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Pieces cut out, put in, doubled, moved: either the content comes out unchanged or `ArchiveError` does."""
    folder = tmp_path_factory.mktemp("fuzz")
    for name, content in CONTENT.items():
        (folder / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "in" / name).write_bytes(content)
    file = folder / "x"
    write(file, manifest_for(CONTENT), folder / "in", silent)
    whole = file.read_bytes()
    for _ in range(data.draw(st.integers(1, 3))):
        begin = data.draw(st.integers(0, len(whole)))
        end = data.draw(st.integers(begin, min(len(whole), begin + 2048)))
        piece = data.draw(st.one_of(st.binary(max_size=64), st.just(whole[begin:end]), st.just(bytes(512))))
        at = data.draw(st.integers(0, len(whole)))
        whole = whole[:begin] + whole[end:]
        whole = whole[:at] + piece + whole[at:]
    file.write_bytes(whole)
    try:
        found = taken(file)
    except ArchiveError:
        return
    assert found == CONTENT


def test_pieces_are_read_across_their_ends(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "CHUNK", 100)
    assert taken(archive) == CONTENT
    steps: list[tuple[int, int]] = []
    Archive.open(archive, Kind.BACKUP).check(lambda _what, done, total: steps.append((done, total)))
    assert steps[-1][0] == steps[-1][1]
    assert steps == sorted(steps)
