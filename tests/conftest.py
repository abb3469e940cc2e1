"""What the tests share: a small deterministic encoder, small texts, and the places of real data."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from kb.config import Settings
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder, FloatMatrix, TextKind, open_encoder
from kb.text import segment
from kb.text.dictionary import Words
from nursery import Nursery
from small_corpus import small_dictionary

PROJECT = Path(__file__).resolve().parents[1]


class CharacterEncoder:
    """Hashed counts of neighbouring characters, unit length: deterministic, and similar texts are near."""

    engine = "test"
    dimension = 64

    def __init__(self, identity: str = "characters-v1") -> None:
        self.identity = identity
        self.encoded: list[str] = []
        self.sentences: list[str] = []

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Callable[[int], None] | None = None
    ) -> FloatMatrix:
        if kind is TextKind.PASSAGE:  # A passage has its title above it, a sentence stands alone.
            self.encoded += [text for text in texts if "\n" in text]
            self.sentences += [text for text in texts if "\n" not in text]
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for at in range(len(text)):
                bucket = hashlib.blake2b(text[at : at + 2].encode(), digest_size=2).digest()
                vectors[row, int.from_bytes(bucket) % self.dimension] += 1.0
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        result: FloatMatrix = vectors / np.maximum(lengths, 1e-9)
        return result


@pytest.fixture
def encoder() -> CharacterEncoder:
    return CharacterEncoder()


@pytest.fixture(scope="session")
def cache() -> Path:
    """The real cache folder of this machine, so that the default model is made once and not for every run."""
    from kb.config import load_settings

    return load_settings().cache


@pytest.fixture
def settings(tmp_path: Path, cache: Path) -> Settings:
    return Settings(index=tmp_path / "index", cache=cache)


@pytest.fixture
def knowledge(settings: Settings, encoder: CharacterEncoder) -> Iterator[KnowledgeBase]:
    with KnowledgeBase.open(settings=settings, encoder=encoder) as opened:
        yield opened


@pytest.fixture(scope="session")
def dictionary(cache: Path) -> Words:
    """jieba's words as the package loads them."""
    return segment.load_words(cache)


@pytest.fixture(scope="module")
def small_jieba() -> Iterator[None]:
    """Every segmenter of the module knows the words of `small_corpus` alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segment, "load_words", small_dictionary)
        yield


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Where `kb` starts at once, to be killed: one for all, since what it forks has everything to itself."""
    if not hasattr(os, "fork"):
        pytest.skip("processes are forked")
    with Nursery(KB_CACHE=tmp_path_factory.getbasetemp() / "cache of the nursery", KB_RATE_LIMIT=0) as started:
        yield started


@pytest.fixture(autouse=True)
def _nothing_kept_by_the_app() -> Iterator[None]:
    """What the app keeps for its server's life would else be kept for all tests: a dictionary and an index for each."""
    yield
    streamlit = sys.modules.get("streamlit")
    if streamlit is not None and hasattr(streamlit, "cache_resource"):
        streamlit.cache_resource.clear()
        streamlit.cache_data.clear()


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder with three small articles, one of them in traditional script."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "wuye.md").write_text(
        "---\ntitle: 老旧小区没有物业怎么办\nregion: 湖北省武汉市\n"
        "date: '2023-05-01'\nsource: 社区报\ncategory: 社区服务\n---\n"
        "# 老旧小区没有物业怎么办\n\n没有物业的小区由社区先托底。业主可以组建自管会。\n",
        encoding="utf-8",
    )
    (folder / "fengqiao.md").write_text(
        "---\ntitle: 楓橋經驗\nregion: 浙江省紹興市\ndate: '2024'\nsource: 平安報\ncategory: 矛盾化解\n---\n"
        "楓橋經驗講究就地化解矛盾。小事不出村，大事不出鎮。\n",
        encoding="utf-8",
    )
    (folder / "wangge.txt").write_text("网格员每天巡查。发现问题就上报。\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def real_encoder(cache: Path) -> Encoder:
    """The default model as users get it."""
    return open_encoder(cache=cache, notice=print)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The measuring data beside the project; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("KB_SHARED") or PROJECT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"measuring data not found at {folder} (set KB_SHARED)")
    return folder
