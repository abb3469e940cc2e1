"""The doctor proves the store sound: each fault is found by the look that is for it, and says what to do.

Faults come with right seals, unless it is the seals that are to find them: what is looked at is whether rows agree.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from conftest import CharacterEncoder
from kb import checking
from kb.checking import models
from kb.config import Settings
from kb.index import manifests
from kb.index.database import FILE
from kb.index.disk import checksum
from kb.index.seals import reseal
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder, FloatMatrix, TextKind
from kb.types import Check
from test_flips import write_corpus

pytestmark = pytest.mark.usefixtures("small_jieba")


@pytest.fixture(autouse=True)
def small_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "open_encoder", lambda **_settings: CharacterEncoder())
    monkeypatch.setattr(checking.network, "check", lambda _settings: Check("网络", True, ""))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doctor")
    write_corpus(folder / "corpus")
    settings = Settings(index=folder / "index", cache=folder / "cache")
    with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder()) as knowledge:
        knowledge.build([folder / "corpus"])
    return folder / "index"


@pytest.fixture
def index(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "index")
    return tmp_path / "index"


def found(index: Path) -> dict[str, Check]:
    settings = Settings(index=index, cache=index.parent / "cache")
    return {check.name: check for check in checking.check_all(settings, lambda _text: None)}


def wrong(index: Path) -> dict[str, str]:
    """The looks that found something, and what; every one of them says what to do."""
    checks = [check for check in found(index).values() if not check.ok and check.name != "磁盘"]
    assert all(check.advice for check in checks)
    return {check.name: check.detail for check in checks}


def changed(index: Path, *statements: str, sealed: bool = True) -> None:
    with closing(sqlite3.connect(index / FILE, isolation_level=None)) as db:
        for statement in statements:
            assert db.execute(statement).rowcount > 0
        if sealed:
            reseal(db)


def test_a_sound_index(index: Path) -> None:
    assert wrong(index) == {}
    assert set(found(index)) >= {
        "模型的算法", "文章库", "内容", "校验", "段落位置", "句子位置", "与实践的联系", "实践目录", "向量",
        "模型与索引", "索引文件", "索引文件的内容", "网络",
    }  # fmt: skip


def test_every_damaged_row_is_named(index: Path) -> None:
    changed(
        index,
        "UPDATE article SET text = replace(text, '季度', '年度') WHERE id = 'told'",
        "UPDATE article SET raw = x'00' WHERE id = '0000'",
        "UPDATE vector SET value = zeroblob(length(value)) WHERE rowid = 3",
        "UPDATE term SET root = 'elsewhere' WHERE term = '就地化解'",
        sealed=False,
    )
    told = wrong(index)["校验"]
    assert told.startswith("4 处损坏：")
    for name in ("文章 told（一次调解）的正文", "文章 0000的收到的原件", "第 3 号向量", "词表"):
        assert name in told


@pytest.mark.parametrize(
    ("statement", "look", "told"),
    [
        ("UPDATE passage SET start = start + 1 WHERE n = 1 AND article = 1", "段落位置", "1 篇与切分规则不符，如 00"),
        ("UPDATE passage SET digest = 'x' WHERE n = 1 AND article = 1", "段落位置", "1 篇与切分规则不符，如 0000"),
        ('UPDATE sentence SET "end" = "end" - 1 WHERE n = 1', "句子位置", "篇与切分规则不符"),
        ("DELETE FROM sentence WHERE n = 2", "句子位置", "篇与切分规则不符"),
        ("UPDATE link SET start = 0, \"end\" = 10000", "与实践的联系", "处的依据不在段落里，0 处的实践不在目录里"),
        ("UPDATE OR REPLACE link SET practice = 'nobody' WHERE practice = 'zhuji'", "与实践的联系", "0 处的依据不在"),
        ("UPDATE vector SET value = zeroblob(256) WHERE length(value) = 256", "向量", "个向量不是单位长度"),
        ("UPDATE vector SET value = zeroblob(128) WHERE length(value) = 128", "向量", "个向量不是单位长度"),
        ("DELETE FROM vector WHERE length(value) = 256", "向量", "0 / "),
        ("UPDATE vector SET value = (SELECT value FROM vector WHERE digest = (SELECT digest FROM passage WHERE pk = 1))"
         " WHERE digest IN (SELECT digest FROM passage)", "模型与索引", "最低余弦 0."),
        ("UPDATE meta SET value = '99' WHERE key = 'generation'", "索引文件", "代"),
        ("UPDATE practice SET data = replace(data, '浦江经验', '枫桥经验（诸暨）')", "实践目录", "都叫"),
    ],
)  # fmt: skip
def test_rows_that_do_not_agree(index: Path, statement: str, look: str, told: str) -> None:
    changed(index, statement)
    assert told in wrong(index)[look]


def other_file(index: Path, name: str, change: Callable[[Path], None]) -> None:
    """Another content of an index file, with the right checksum in the manifest."""
    (manifest,) = (index / "caches").glob("*/manifest.json")
    change(manifest.parent / name)
    made = json.loads(manifest.read_text(encoding="utf-8"))
    del made["seal"]
    made["files"][name] = checksum(manifest.parent / name)
    manifest.write_text(json.dumps({**made, "seal": manifests.seal_of_manifest(made)}), encoding="utf-8")


def test_index_files_that_hold_something_else(index: Path) -> None:
    def reversed_rows(file: Path) -> None:
        np.save(file, np.load(file)[::-1], allow_pickle=False)

    for name, told in (("sentences.npy", "句子的向量"), ("articles.npy", "段落所属的文章")):
        (file,) = (index / "caches").glob(f"*/*/{name}")
        other_file(index, f"{file.parent.name}/{name}", reversed_rows)
        assert told in wrong(index)["索引文件的内容"]


def test_a_byte_of_an_index_file(index: Path) -> None:
    (file,) = (index / "caches").glob("*/*/dense.faiss")
    content = bytearray(file.read_bytes())
    content[-2] ^= 1
    file.write_bytes(content)
    assert wrong(index) == {"索引文件的内容": "有文件缺失，或与校验值不符"}


# -- the model


class Other(CharacterEncoder):
    """Says that it is our model."""

    dimension = 384

    def __init__(self) -> None:
        super().__init__(models.known().model)


class Fickle(CharacterEncoder):
    """Says something else every time."""

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Callable[[int], None] | None = None
    ) -> FloatMatrix:
        made = np.random.default_rng(len(self.encoded)).normal(size=(len(texts), self.dimension)).astype(np.float32)
        self.encoded += texts
        vectors: FloatMatrix = made / np.linalg.norm(made, axis=1, keepdims=True)
        return vectors


@pytest.mark.parametrize(
    ("encoder", "well", "told"),
    [
        (CharacterEncoder(), True, "不是自带的模型，只核对前后一致：同文余弦最低 1.00000"),
        (Fickle(), False, "同文余弦最低"),
        (Other(), False, "10 段已知文字（简体、繁体）的向量与制作时不符"),
    ],
)
def test_a_model_is_held_against_what_is_known(
    encoder: Encoder, well: bool, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "open_encoder", lambda **_settings: encoder)
    check = found(tmp_path / "nothing")["模型的算法"]
    assert (check.ok, told in check.detail) == (well, True)


def test_the_default_model_says_what_it_said(real_encoder: Encoder) -> None:
    assert models._as_known(real_encoder).ok


def test_known_texts_are_in_both_scripts() -> None:
    texts = [text for kind in models.known().texts.values() for text in kind]
    assert len(texts) == len(set(texts)) == 10
    assert any("经验" in text for text in texts)
    assert any("經驗" in text for text in texts)
