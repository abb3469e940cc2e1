"""Sealed libraries: opened only where signed by somebody trusted, never changed, updated in signed steps."""

from __future__ import annotations

import base64
import json
import os
import shutil
import stat
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from conftest import PROJECT, CharacterEncoder
from kb import checking
from kb.access.tokens import Role, TokenFile
from kb.api.app import create_app
from kb.archive import keys
from kb.archive.container import Archive, write
from kb.archive.keys import PublicKey, SigningKey, check_signature, make_pair, read_private, read_public, read_trusted
from kb.archive.manifest import Kind
from kb.cli import main
from kb.config import Settings
from kb.errors import ArchiveError, IndexStateError, MissingExtraError, ModelError, QueryError
from kb.index.content import contents
from kb.index.database import FILE
from kb.index.seals import reseal
from kb.index.store import Store
from kb.knowledge import KnowledgeBase, engine, sealed_library
from kb.knowledge.engine import Engine
from kb.knowledge.packing import measured, opened
from kb.knowledge.progress import no_progress
from kb.knowledge.restoring import restore
from kb.text import segment
from kb.types import Check
from small_corpus import rankings, small_dictionary, write_articles

COUNT = 24
PRACTICE = PROJECT / "corpus" / "practices" / "fengqiao-jingyan.md"


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "load_words", small_dictionary)
    monkeypatch.setattr(engine, "open_encoder", lambda **_settings: CharacterEncoder())
    monkeypatch.setattr(checking.models, "open_encoder", lambda **_settings: CharacterEncoder())
    monkeypatch.setattr(checking.network, "check", lambda _settings: Check("网络", True, ""))


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    make_pair(tmp_path / "publisher")
    return read_private(tmp_path / "publisher")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index with a practice, a term, a lexicon of other names, a gap and a token."""
    write_articles(tmp_path / "corpus", range(COUNT))
    shutil.copy2(PRACTICE, tmp_path / "corpus")
    (tmp_path / "corpus" / "lexicon").mkdir()
    (tmp_path / "corpus" / "lexicon" / "regional.tsv").write_text("志工\t志愿者\n", encoding="utf-8")
    with KnowledgeBase.open(settings=Settings(index=tmp_path / "index", cache=tmp_path / "cache")) as knowledge:
        knowledge.build([tmp_path / "corpus"])
        knowledge.add_terms(["议事协商"])
        knowledge.report_gap(knowledge.ask("火星上怎么种土豆"))
    TokenFile(tmp_path / "index").add("网站", Role.ADMIN)
    return tmp_path / "index"


def base(index: Path, tmp_path: Path, *trusted: PublicKey) -> KnowledgeBase:
    settings = Settings(index=index, cache=tmp_path / "cache", trusted_keys=",".join(map(str, trusted)))
    return KnowledgeBase.open(settings=settings)


@pytest.fixture
def sealed(index: Path, tmp_path: Path, key: SigningKey) -> Path:
    file = tmp_path / "library.kbsealed"
    with base(index, tmp_path) as knowledge:
        knowledge.seal(file, key)
    return file


def refused(file: Path, tmp_path: Path, *trusted: PublicKey, cache: str = "another cache") -> str:
    settings = Settings(index=file, cache=tmp_path / cache, trusted_keys=",".join(map(str, trusted)))
    with KnowledgeBase.open(settings=settings) as knowledge, pytest.raises(ArchiveError) as told:
        knowledge.search("社区")
    return str(told.value)


def digest(folder: Path) -> str:
    with closing(Store(folder)) as store:
        return contents(store).digest


# -- keys


def test_a_private_key_is_its_owner_s_alone_and_never_shown(tmp_path: Path) -> None:
    made = kb("key", "new", tmp_path / "publisher")
    private, public = tmp_path / "publisher", tmp_path / "publisher.pub"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    secret = base64.b64decode(b"".join(private.read_bytes().splitlines()[1:-1]))[-32:]
    shown = made.output + kb("key", "show", private).output + kb("key", "show", public, "--json").output
    shown += repr(read_private(private)) + str(vars(read_private(private)).keys())
    forms = (base64.b64encode(secret).decode(), base64.urlsafe_b64encode(secret).decode(), secret.hex())
    assert not any(form.strip("=") in shown for form in forms)
    assert public.read_text() == f"{read_private(private).public}\n"
    assert read_private(private).public.fingerprint in made.stdout
    (listed,) = json.loads(kb("key", "show", public, "--json").stdout)
    fingerprint = read_private(private).public.fingerprint
    assert listed == {"file": str(public), "public": public.read_text().strip(), "fingerprint": fingerprint}


def test_a_key_is_never_overwritten(tmp_path: Path, key: SigningKey) -> None:
    before = (tmp_path / "publisher").read_bytes()
    again = kb("key", "new", tmp_path / "publisher")
    assert (again.exit_code, "已经存在" in again.stderr) == (1, True)
    (tmp_path / "publisher.pub").unlink()
    assert kb("key", "new", tmp_path / "publisher").exit_code == 1
    assert (tmp_path / "publisher").read_bytes() == before
    assert not (tmp_path / "publisher.pub").exists()


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path, key: SigningKey) -> None:
    (tmp_path / "publisher").chmod(0o640)
    with pytest.raises(QueryError, match="别的用户也能读。请先运行 chmod 600"):
        read_private(tmp_path / "publisher")


@pytest.mark.parametrize("data", [b"", b"secret", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x").write_bytes(data)
    (tmp_path / "x").chmod(0o600)
    with pytest.raises(QueryError, match="不是 Ed25519 私钥"):
        read_private(tmp_path / "x")
    with pytest.raises(QueryError, match="打不开私钥文件"):
        read_private(tmp_path / "nothing")


def test_a_key_of_openssl_is_one(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", tmp_path / "k"], check=True)
    (tmp_path / "k").chmod(0o600)
    assert str(read_private(tmp_path / "k").public).startswith("ed25519:")
    subprocess.run(["openssl", "genpkey", "-algorithm", "x25519", "-out", tmp_path / "other"], check=True)
    (tmp_path / "other").chmod(0o600)
    with pytest.raises(QueryError, match="不是 Ed25519 私钥"):
        read_private(tmp_path / "other")


def test_a_signature_is_that_of_rfc_8032() -> None:
    """Test 2 of its section 7.1: secret key, public key, message 72, signature."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    secret = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    key = SigningKey(Ed25519PrivateKey.from_private_bytes(secret))
    assert key.public.raw.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    written = key.sign(b"\x72")
    assert base64.b64decode(written.splitlines()[1]).hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert check_signature(Path("x"), b"\x72", written, [key.public]) == key.public
    for message, signature in ((b"\x73", written), (b"\x72", written.replace(b"\n", b"\n\n")), (b"\x72", b"")):
        with pytest.raises(ArchiveError, match="签名不对"):
            check_signature(Path("x"), message, signature, [key.public])


def test_trusted_keys_are_keys_or_files_of_them(tmp_path: Path, key: SigningKey) -> None:
    other = make_pair(tmp_path / "other")
    (tmp_path / "list").write_text(f"# 发布者\n{key.public}\n\n{other}  # 备用\n", encoding="utf-8")
    assert read_trusted([str(tmp_path / "list")]) == (key.public, other)
    assert read_trusted([str(key.public), " ", str(tmp_path / "other.pub"), str(other)]) == (key.public, other)
    assert read_public(str(other)) == other
    for wrong in ("ed25519:AAAA", "ed25519:", "ed25519:" + "A" * 43 + "!"):
        with pytest.raises(QueryError, match="不是公钥"):
            read_trusted([wrong])
    (tmp_path / "list").write_text("你好\n", encoding="utf-8")
    for wrong in (str(tmp_path / "list"), str(tmp_path / "publisher")):
        with pytest.raises(QueryError, match="不是公钥"):
            read_trusted([wrong])
    with pytest.raises(QueryError, match="打不开公钥文件"):
        read_trusted([str(tmp_path / "nothing.pub")])


def test_without_the_library_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sealed: Path, key: SigningKey
) -> None:
    monkeypatch.setattr(keys, "find_spec", lambda _name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'kb\[seal\]'"):
        make_pair(tmp_path / "new")
    with base(sealed, tmp_path, key.public) as knowledge, pytest.raises(MissingExtraError):
        knowledge.articles()


# -- opened


def test_it_answers_as_the_index_does(index: Path, sealed: Path, tmp_path: Path, key: SigningKey) -> None:
    """The same articles, rankings, scores, terms and other names, from its own index files, without a notice."""
    told: list[str] = []
    settings = Settings(index=sealed, cache=tmp_path / "another cache", trusted_keys=str(key.public))
    with base(index, tmp_path) as knowledge, KnowledgeBase.open(settings=settings, notice=told.append) as read:
        assert rankings(read) == rankings(knowledge)
        assert read.articles() == knowledge.articles()
        assert read.article("0003").raw == knowledge.article("0003").raw
        assert read.practices() == knowledge.practices()
        assert read._reading().catalogue.regional() == knowledge._reading().catalogue.regional() != ""
        assert read.info().path == str(sealed)
    assert told == []
    assert stat.S_IMODE((tmp_path / "another cache" / "sealed").stat().st_mode) & 0o022 == 0


def test_it_tells_nothing_of_the_machine_it_was_made_on(sealed: Path, index: Path, tmp_path: Path) -> None:
    """No folder, no question that somebody asked, no token; of an index folder all of it is there."""
    data = sealed.read_bytes()
    (token,) = TokenFile(index).all()
    for private in (str(tmp_path), tmp_path.name, "火星上怎么种土豆", token.digest, "网站"):
        assert private.encode() not in data
    with base(index, tmp_path) as knowledge:
        knowledge.backup(tmp_path / "library.kb")
    assert str(tmp_path).encode() in (tmp_path / "library.kb").read_bytes()


def test_a_removed_article_left_no_trace_in_it(index: Path, tmp_path: Path, key: SigningKey) -> None:
    with base(index, tmp_path) as knowledge:
        text = knowledge.article("0007").text
        knowledge.remove(["0007"])
        knowledge.seal(tmp_path / "without.kbsealed", key)
    assert text[:30].encode() not in (tmp_path / "without.kbsealed").read_bytes()


def test_two_seals_of_one_index_say_the_same(index: Path, tmp_path: Path, key: SigningKey) -> None:
    with base(index, tmp_path) as knowledge:
        one, other = (knowledge.seal(tmp_path / f"{name}.kbsealed", key) for name in "ab")
    assert one.content == other.content


def test_it_is_unpacked_once(sealed: Path, tmp_path: Path, key: SigningKey, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read to its end the first time, and again when the file is another one; a changed copy in the cache is thrown
    away."""
    read: list[str] = []
    parts = Archive._parts

    def counted(archive: Archive, what: str, progress: Any) -> Any:
        read.append(what)
        return parts(archive, what, progress)

    def opening(file: Path) -> list[str]:
        read.clear()
        with base(file, tmp_path, key.public) as knowledge:
            assert "甲0003乙" in knowledge.article("0003").text
        return list(read)

    shutil.rmtree(tmp_path / "cache", ignore_errors=True)
    monkeypatch.setattr(Archive, "_parts", counted)
    assert [opening(sealed), opening(sealed)] == [["展开文件"], []]
    os.utime(sealed)
    copy = tmp_path / "copy.kbsealed"
    shutil.copy2(sealed, copy)
    assert [opening(file) for file in (sealed, copy, sealed, copy)] == [["核对文件"], ["核对文件"], [], []]
    (store,) = (tmp_path / "cache" / "sealed").glob(f"*/library/{FILE}")
    whole = store.read_bytes()
    store.write_bytes(whole.replace("甲0003乙".encode(), "甲0004乙".encode()))
    assert (opening(sealed), store.read_bytes()) == (["展开文件"], whole)


def test_an_unknown_signer_is_refused_and_told_what_to_do(sealed: Path, tmp_path: Path, key: SigningKey) -> None:
    stranger = make_pair(tmp_path / "stranger")
    for trusted in ((), (stranger,)):
        told = refused(sealed, tmp_path, *trusted)
        assert f"由公钥 {key.public}（指纹 {key.public.fingerprint}）签署，它不在信任名单里" in told
        assert "--trust" in told
        assert "KB_TRUSTED_KEYS" in told
    assert not (tmp_path / "another cache" / "sealed").exists()  # Not one byte of it was unpacked.


def test_every_flipped_byte_is_noticed(sealed: Path, tmp_path: Path, key: SigningKey) -> None:
    """By one who never opened it, and by one who has its copy in the cache already."""
    with base(sealed, tmp_path, key.public) as knowledge:
        knowledge.articles()
    size = sealed.stat().st_size
    with sealed.open("r+b", buffering=0) as content:
        for place in sorted({*range(0, size, 9_973), *range(0, 6_000, 41), size - 1, size - 1025}):
            was = os.pread(content.fileno(), 1, place)
            os.pwrite(content.fileno(), bytes([was[0] ^ 16]), place)
            for cache in ("cache", "another cache"):
                refused(sealed, tmp_path, key.public, cache=cache)
            os.pwrite(content.fileno(), was, place)
    assert list((tmp_path / "another cache" / "sealed").glob("[!.]*/library")) == []
    with base(sealed, tmp_path, key.public) as knowledge:
        knowledge.articles()


def resigned(sealed: Path, file: Path, folder: Path, signature: bytes, **changes: Any) -> Path:
    """The same library with another manifest and a signature of somebody's choice."""
    archive = Archive.open(sealed, Kind.SEALED)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    archive.extract(folder, no_progress)
    file.unlink(missing_ok=True)
    write(file, archive.manifest.model_copy(update=changes), folder, no_progress, lambda _head: signature)
    return file


def test_a_signature_of_something_else_is_refused(sealed: Path, tmp_path: Path, key: SigningKey) -> None:
    """Another manifest under the same signature, a stranger's signature under the publisher's name, none at all."""
    make_pair(tmp_path / "stranger")
    stranger, other = read_private(tmp_path / "stranger"), tmp_path / "other.kbsealed"
    genuine = Archive.open(sealed, Kind.SEALED)
    forgeries = (
        genuine.signature,
        f"{key.public}\n".encode() + stranger.sign(genuine.head).splitlines(keepends=True)[1],
        b"",
        b"\xff\n\xff\n",
        key.sign(b"kb-sealed 1\n"),
        key.sign(genuine.head.replace(b"kb-sealed", b"kb-delta")),
    )
    for signature in forgeries:
        resigned(sealed, other, tmp_path / "in", signature, made="2027-01-01T00:00:00+00:00")
        assert "签名不对" in refused(other, tmp_path, key.public)
    resigned(sealed, other, tmp_path / "in", genuine.signature)
    with base(other, tmp_path, key.public) as knowledge:
        assert len(knowledge.articles()) == COUNT + 1


def test_other_files_are_refused(index: Path, tmp_path: Path, key: SigningKey) -> None:
    with base(index, tmp_path) as knowledge:
        knowledge.backup(tmp_path / "library.kb")
    assert "是备份，不是封存库。恢复请用 kb restore" in refused(tmp_path / "library.kb", tmp_path, key.public)
    (tmp_path / "x.kbsealed").write_bytes(b"SQLite format 3\0" * 100)
    assert "不是 kb 的封存库" in refused(tmp_path / "x.kbsealed", tmp_path, key.public)
    with (
        base(tmp_path / "nothing.kbsealed", tmp_path) as knowledge,
        pytest.raises(IndexStateError, match="找不到封存库"),
    ):
        knowledge.articles()
    assert not (tmp_path / "nothing.kbsealed").exists()


def test_the_model_must_be_the_one_it_was_sealed_with(
    sealed: Path, tmp_path: Path, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = resigned_by(key, sealed, tmp_path / "x.kbsealed", tmp_path, {"weights.safetensors": "0" * 64})
    for found, alike in (({"weights.safetensors": "0" * 64}, True), ({"weights.safetensors": "1" * 64}, False)):
        monkeypatch.setattr(sealed_library, "model_files", lambda _identity, _model, found=found: found)
        with base(file, tmp_path, key.public) as knowledge:
            assert knowledge.search("社区物业", mode="lexical").hits
            if alike:
                assert knowledge.search("社区物业").hits
            else:
                with pytest.raises(ModelError, match=r"weights.safetensors 与封存时的不同"):
                    knowledge.search("社区物业")


def resigned_by(key: SigningKey, sealed: Path, file: Path, tmp_path: Path, files: dict[str, str]) -> Path:
    archive = Archive.open(sealed, Kind.SEALED)
    model = archive.manifest.model.model_copy(update={"files": files})
    folder = tmp_path / "unpacked"
    folder.mkdir()
    archive.extract(folder, no_progress)
    write(file, archive.manifest.model_copy(update={"model": model}), folder, no_progress, key.sign)
    return file


def test_the_default_model_is_known_by_its_files() -> None:
    from kb.models.hashes import model_files

    found = model_files("multilingual-e5-small-q4-v2", "")
    assert sorted(found) == ["adapter.safetensors", "e5-small-q4.bin"]
    assert all(len(value) == 64 for value in found.values())
    assert model_files("characters-v1", "") == {}


def test_a_backup_of_it_can_be_changed(sealed: Path, tmp_path: Path, key: SigningKey) -> None:
    """The way from a sealed library to an index of one's own."""
    index = tmp_path / "own"
    with base(sealed, tmp_path, key.public) as knowledge:
        made = knowledge.backup(tmp_path / "own.kb", with_caches=True)
    assert made.content == Archive.open(sealed, Kind.SEALED).manifest.content
    restore(
        Engine(Settings(index=index, cache=tmp_path / "cache"), print, None), tmp_path / "own.kb", False, no_progress
    )
    write_articles(tmp_path / "more", range(90, 92))
    with base(index, tmp_path) as knowledge:
        assert knowledge.add([tmp_path / "more"]).added == 2
        assert knowledge.remove(["0003"]) == 1
        assert len(knowledge.articles()) == COUNT + 2


def test_an_update_needs_a_base_of_this_version(
    index: Path, sealed: Path, tmp_path: Path, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the digest is taken otherwise than it was then, the base cannot be told from another library."""
    monkeypatch.setattr("kb.index.content.COUNTING", frozenset())
    with base(index, tmp_path) as knowledge, pytest.raises(ArchiveError, match="由另一版本的 kb 封存"):
        knowledge.seal(tmp_path / "up", key, since=sealed)


# -- never changed


WRITING = (
    ("build", "{corpus}"), ("add", "{corpus}"), ("remove", "0003"), ("terms", "add", "网格员"),
    ("terms", "remove", "议事协商"), ("gaps", "remove", "火星上怎么种土豆"),
    ("restore", "{backup}", "--force"),
)  # fmt: skip


@pytest.mark.parametrize("command", WRITING, ids=[" ".join(command[:2]) for command in WRITING])
def test_every_writing_command_is_refused_in_one_sentence(
    command: tuple[str, ...], index: Path, sealed: Path, tmp_path: Path, key: SigningKey
) -> None:
    with base(index, tmp_path) as knowledge:
        knowledge.backup(tmp_path / "library.kb")
    before = sealed.read_bytes()
    places = {"corpus": tmp_path / "corpus", "backup": tmp_path / "library.kb"}
    result = kb(
        "--trust", key.public, "--index", sealed, *(word.format(**places) for word in command), cache=tmp_path / "cache"
    )
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == (
        f"{sealed.name} 是封存库，只能查阅，不能改动。要改动请找发布者，或用 kb apply 装上发布者的更新。"
    )
    assert sealed.read_bytes() == before
    with base(sealed, tmp_path, key.public) as knowledge:
        assert len(knowledge.articles()) == COUNT + 1


def test_what_other_faces_write_is_refused_too(sealed: Path, tmp_path: Path, key: SigningKey) -> None:
    from kb.types import Edits, Upload

    with base(sealed, tmp_path, key.public) as knowledge:
        found = knowledge.preview([Upload("新.txt", "社区物业由居民商量着办。".encode())]).found
        asked = knowledge.ask("火星上怎么种土豆")
        for write_it in (
            lambda: knowledge.keep(found),
            lambda: knowledge.edit("0003", Edits(title="别的")),
            lambda: knowledge.report_gap(asked),
        ):
            with pytest.raises(QueryError, match="是封存库，只能查阅"):
                write_it()


def test_the_api_serves_it_and_refuses_to_write(sealed: Path, tmp_path: Path, key: SigningKey) -> None:
    settings = Settings(
        index=sealed, cache=tmp_path / "cache", trusted_keys=str(key.public), anonymous_read=True, rate_limit=0
    )
    token = {"Authorization": f"Bearer {TokenFile(tmp_path).add('网站', Role.EDITOR)}"}
    with TestClient(create_app(settings)) as client:
        assert client.get("/v1/search", params={"query": "社区物业", "k": 3}).json()["hits"]
        answers = [
            client.delete("/v1/articles/0003", headers=token),
            client.post("/v1/articles", files={"files": ("a.txt", "社区物业商量着办。".encode())}, headers=token),
        ]
    for answer in answers:
        assert answer.status_code == 400
        assert answer.json()["detail"].startswith("library.kbsealed 是封存库，只能查阅，不能改动。")
        assert str(tmp_path) not in answer.text
    assert list(tmp_path.glob("audit-*.jsonl"))


def test_tokens_of_a_served_library_lie_beside_it(sealed: Path, tmp_path: Path) -> None:
    given = kb("--index", sealed, "token", "add", "网站")
    assert given.exit_code == 0
    assert TokenFile(tmp_path).find(given.stdout.strip()) is not None


# -- signed updates


@pytest.fixture
def changed(index: Path, sealed: Path, tmp_path: Path) -> Path:
    """The index some changes later: new, changed and removed articles, a practice gone, a new term."""
    write_articles(tmp_path / "corpus", range(5, 8), version=2)
    write_articles(tmp_path / "corpus", range(COUNT, COUNT + 4))
    (tmp_path / "corpus" / "0011.txt").unlink()
    (tmp_path / "corpus" / PRACTICE.name).unlink()
    with base(index, tmp_path) as knowledge:
        knowledge.build([tmp_path / "corpus"])
        knowledge.add_terms(["楼长议事"])
    return index


def test_an_update_is_what_changed_and_gives_the_whole(
    changed: Path, sealed: Path, tmp_path: Path, key: SigningKey
) -> None:
    delta, new, full = (tmp_path / name for name in ("up.kbdelta", "new.kbsealed", "full.kbsealed"))
    with base(changed, tmp_path) as knowledge:
        told = knowledge.seal(delta, key, since=sealed)
        whole = knowledge.seal(full, key)
        expected = rankings(knowledge)
    assert (told.kind, told.changed, told.gone) == (Kind.DELTA, 7, ("0011", "fengqiao-jingyan"))
    assert told.content == whole.content
    brought = {number for number in range(COUNT + 4) if f"甲{number:04}乙".encode() in delta.read_bytes()}
    assert brought == {5, 6, 7, *range(COUNT, COUNT + 4)}
    assert str(tmp_path).encode() not in delta.read_bytes()
    with base(sealed, tmp_path, key.public) as old:
        old.apply(delta, new)
    for file in (new, full):
        with base(file, tmp_path, key.public) as knowledge:
            assert rankings(knowledge) == expected
            assert digest(knowledge._engine.folder) == whole.content
            assert len(knowledge.articles()) == COUNT + 3
            assert "志工" in knowledge._reading().catalogue.regional()
    with base(sealed, tmp_path, key.public) as old:
        assert len(old.articles()) == COUNT + 1  # The old file stays what it was.
    settings = Settings(index=new, cache=tmp_path / "cache", trusted_keys=str(key.public))
    found = checking.check_all(settings, lambda _text: None)
    assert [check for check in found if not check.ok and check.name != "磁盘"] == []


def test_updates_follow_each_other(changed: Path, sealed: Path, tmp_path: Path, key: SigningKey) -> None:
    """The second one is made from the full library of that day and put onto the one that came out of the first."""
    one, two, full, after, last = (
        tmp_path / name for name in ("1.d", "2.d", "full.kbsealed", "a.kbsealed", "b.kbsealed")
    )
    with base(changed, tmp_path) as knowledge:
        knowledge.seal(one, key, since=sealed)
        knowledge.seal(full, key)
        knowledge.remove(["0002"])
        told = knowledge.seal(two, key, since=full)
        expected = rankings(knowledge)
    assert (told.changed, told.gone) == (0, ("0002",))
    with base(sealed, tmp_path, key.public) as knowledge:
        with pytest.raises(ArchiveError, match=r"不是给 .* 的更新：它要的是内容为"):
            knowledge.apply(two, last)
        assert not last.exists()
        knowledge.apply(one, after)
    with base(after, tmp_path, key.public) as knowledge:
        with pytest.raises(ArchiveError, match=r"不是给 .* 的更新"):
            knowledge.apply(one, last)
        knowledge.apply(two, last)
    with base(last, tmp_path, key.public) as knowledge:
        assert rankings(knowledge) == expected
        assert digest(knowledge._engine.folder) == told.content


def test_an_update_of_a_stranger_is_refused(changed: Path, sealed: Path, tmp_path: Path, key: SigningKey) -> None:
    stranger = make_pair(tmp_path / "stranger")
    with base(changed, tmp_path, key.public) as knowledge:
        knowledge.seal(tmp_path / "up", read_private(tmp_path / "stranger"), since=sealed)
    with base(sealed, tmp_path, key.public) as knowledge, pytest.raises(ArchiveError, match=stranger.fingerprint):
        knowledge.apply(tmp_path / "up", tmp_path / "new.kbsealed")
    with base(changed, tmp_path) as knowledge, pytest.raises(ArchiveError, match="不在信任名单里"):
        knowledge.seal(tmp_path / "up2", read_private(tmp_path / "stranger"), since=sealed)
    assert not (tmp_path / "new.kbsealed").exists()


def test_every_flipped_byte_of_an_update_is_noticed(
    changed: Path, sealed: Path, tmp_path: Path, key: SigningKey
) -> None:
    delta, new = tmp_path / "up", tmp_path / "new.kbsealed"
    with base(changed, tmp_path) as knowledge:
        knowledge.seal(delta, key, since=sealed)
    size = delta.stat().st_size
    with base(sealed, tmp_path, key.public) as knowledge, delta.open("r+b", buffering=0) as content:
        for place in sorted({*range(0, size, 1_999), *range(0, 4_000, 61), size - 1}):
            was = os.pread(content.fileno(), 1, place)
            os.pwrite(content.fileno(), bytes([was[0] ^ 2]), place)
            with pytest.raises(ArchiveError):
                knowledge.apply(delta, new)
            os.pwrite(content.fileno(), was, place)
        assert not new.exists()
        knowledge.apply(delta, new)


def test_a_library_that_only_claims_to_come_out_of_an_update_is_refused(
    changed: Path, sealed: Path, tmp_path: Path, key: SigningKey
) -> None:
    """What comes out of an update is not signed itself: its content is compared with what the update was signed for."""
    delta, new, forged = (tmp_path / name for name in ("up", "new.kbsealed", "forged.kbsealed"))
    with base(changed, tmp_path) as knowledge:
        knowledge.seal(delta, key, since=sealed)
    with base(sealed, tmp_path, key.public) as knowledge:
        knowledge.apply(delta, new)
    archive = Archive.open(new, Kind.SEALED)
    for number, statement in enumerate(
        (
            "UPDATE article SET text = replace(text, '甲0003', '甲0004') WHERE id = '0003'",
            "UPDATE vector SET value = zeroblob(length(value)) WHERE rowid = 1",
            "UPDATE article SET source = '别处' WHERE id = '0003'",
            "DELETE FROM article WHERE id = '0003'",
            "INSERT INTO term VALUES ('社区物业', '', 0)",
        )
    ):
        folder = tmp_path / f"forging-{number}"
        folder.mkdir()
        archive.extract(folder, no_progress)
        with opened(folder) as store:
            store.db.execute(statement)
            reseal(store.db)  # Who changes a library on purpose puts its seals right as well.
        forged.unlink(missing_ok=True)
        write(forged, measured(archive.manifest, folder), folder, no_progress)
        assert "不是签署过的内容" in refused(forged, tmp_path, key.public)
    claims = archive.manifest.model_copy(update={"content": "0" * 64})
    forged.unlink()
    write(forged, claims, folder, no_progress)
    assert "已损坏或被改动" in refused(forged, tmp_path, key.public)


def test_nothing_changed_gives_no_update(index: Path, sealed: Path, tmp_path: Path, key: SigningKey) -> None:
    with base(index, tmp_path) as knowledge, pytest.raises(QueryError, match="没有变化，没有写更新"):
        knowledge.seal(tmp_path / "up", key, since=sealed)
    assert not (tmp_path / "up").exists()
    with base(index, tmp_path) as knowledge, pytest.raises(QueryError, match="是索引文件夹，不是封存库"):
        knowledge.apply(tmp_path / "up", tmp_path / "new.kbsealed")


# -- the command line


def kb(*arguments: object, cache: Path | None = None) -> Result:
    environment = {"KB_CACHE": str(cache)} if cache else {}
    result = CliRunner(env=environment).invoke(main, [str(one) for one in arguments], catch_exceptions=False)
    assert "Traceback" not in result.output
    return result


def test_the_commands(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_CACHE", str(tmp_path / "cache"))
    private, file, delta, new = (tmp_path / name for name in ("k", "a.kbsealed", "u.kbdelta", "b.kbsealed"))
    public = json.loads(kb("key", "new", private, "--json").stdout)
    sealed = json.loads(kb("--index", index, "seal", file, "--key", private, "--json").stdout)
    assert (sealed["kind"], sealed["articles"], sealed["gaps"], sealed["caches"]) == ("sealed", COUNT + 1, 0, True)
    there = ("--trust", tmp_path / "k.pub", "--index", file)
    expected = json.loads(kb("--index", index, "search", "社区物业", "--json").stdout)
    assert json.loads(kb(*there, "search", "社区物业", "--json").stdout) == expected
    assert kb("--index", file, "list").exit_code == 1
    monkeypatch.setenv("KB_TRUSTED_KEYS", public["public"])
    assert kb("--index", file, "list").exit_code == 0
    kb("--index", index, "remove", "0001")
    told = json.loads(kb("--index", index, "seal", delta, "--key", private, "--since", file, "--json").stdout)
    assert (told["kind"], told["base"], told["gone"]) == ("delta", sealed["content"], ["0001"])
    applied = kb("--index", file, "apply", delta, "-o", new)
    assert "移除 1 篇，现有24 篇文章" in applied.stdout
    assert kb("--index", new, "info").stdout.startswith(f"索引位置：{new}\n")
    again = kb("--index", file, "apply", delta, "-o", new)
    assert (again.exit_code, "已经存在" in again.stderr) == (1, True)
    assert kb("--index", file, "apply", delta, "-o", new, "--force").exit_code == 0
    assert kb("--index", file, "apply", delta, "-o", file, "--force").exit_code == 0  # In place of the old one.
    assert json.loads(kb("--index", file, "info", "--json").stdout)["articles"] == COUNT
    checks = json.loads(kb("--index", new, "doctor", "--json").stdout)["checks"]
    assert [one["ok"] for one in checks if one["name"] == "封存库"] == [True]
    assert public["fingerprint"] in next(one["detail"] for one in checks if one["name"] == "封存库")
