"""The files of a model exchanged, cut off, mixed up or lost between building and searching.

It is told in a sentence, vectors of two models are never compared, nothing is stored, words still find, and when the
files are put back everything is as before. The models are small ones of the default one's shape, run as it is run.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kb.config import Settings
from kb.errors import ModelError
from kb.index.seals import reseal
from kb.index.store import Store
from kb.knowledge import KnowledgeBase
from kb.knowledge.recognizing import SAMPLE
from kb.models import sentence
from kb.models.encoder import DEFAULT_MODEL
from kb.models.folder import LAYOUT
from kb.types import Mode
from small_corpus import rankings, write_articles
from small_model import write_model
from whole_index import digest

DEFAULT = f"{DEFAULT_MODEL}-v{LAYOUT}"


@pytest.fixture(autouse=True, scope="module")
def small_files(small_jieba: None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sentence, "_SAMPLE_BYTES", 1_000)  # So that a small file has something between its ends.
        yield


@dataclass(frozen=True)
class Ground:
    """An index, the cache with the model it was made with, another model, and what the index finds."""

    index: Path
    model: Path
    other: Path
    corpus: Path
    ranking: list[list[tuple[str, float]]]
    digest: str

    def settings(self, *, torch: bool) -> Settings:
        if torch:
            return Settings(index=self.index, model=str(self.model), cache=self.model.parents[1])
        return Settings(index=self.index, cache=self.model.parents[1])

    def moved(self, root: Path) -> Ground:
        """All of it once more, to be spoilt."""
        shutil.copytree(self.index, root / "index")
        shutil.copytree(self.model, root / "cache" / "models" / self.model.name)
        return Ground(
            root / "index", root / "cache" / "models" / self.model.name, self.other, self.corpus, self.ranking,
            self.digest,
        )  # fmt: skip


def made(root: Path, *, torch: bool) -> Ground:
    corpus, other, model = root / "corpus", root / "other" / "models" / DEFAULT, root / "cache" / "models" / DEFAULT
    write_articles(corpus, range(20))
    write_model(model, 1)
    write_model(other, 2)
    for folder in (model,) if torch else (other, model):  # OpenVINO writes files of its own beside the others.
        ground = Ground(root / folder.parents[1].name / "index", folder, other, corpus, [], "")
        with KnowledgeBase.open(settings=ground.settings(torch=torch)) as knowledge:
            knowledge.build([corpus])
            ranking = rankings(knowledge)
    return Ground(ground.index, model, other, corpus, ranking, digest(ground.index))


@pytest.fixture(scope="module")
def by_openvino(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return made(tmp_path_factory.mktemp("openvino"), torch=False)


@pytest.fixture(scope="module")
def by_torch(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return made(tmp_path_factory.mktemp("torch"), torch=True)


def halved(name: str) -> Callable[[Ground], None]:
    return lambda ground: os.truncate(ground.model / name, (ground.model / name).stat().st_size // 2)


def lost(name: str) -> Callable[[Ground], None]:
    return lambda ground: (ground.model / name).unlink()


def of_the_other(*names: str) -> Callable[[Ground], None]:
    def exchange(ground: Ground) -> None:
        for name in names:
            shutil.copy2(ground.other / name, ground.model / name)

    return exchange


def both(*steps: Callable[[Ground], None]) -> Callable[[Ground], None]:
    def spoil(ground: Ground) -> None:
        for step in steps:
            step(ground)

    return spoil


def turned(name: str) -> Callable[[Ground], None]:
    """Every piece of the tokenizer has its neighbour's number."""

    def spoil(ground: Ground) -> None:
        read = json.loads((ground.model / name).read_text(encoding="utf-8"))
        pieces = read["model"]["vocab"]
        read["model"]["vocab"] = pieces[:5] + pieces[6:] + pieces[5:6]
        (ground.model / name).write_text(json.dumps(read, ensure_ascii=False), encoding="utf-8")

    return spoil


def one_number(name: str) -> Callable[[Ground], None]:
    """A weight in the middle is another, as after training on; size and both ends are the same."""

    def spoil(ground: Ground) -> None:
        data = bytearray((ground.model / name).read_bytes())
        middle = len(data) // 2
        data[middle - 200_000 : middle + 200_000] = bytes(400_000)
        (ground.model / name).write_bytes(data)

    return spoil


def prefixed(ground: Ground) -> None:
    file = ground.model / "config_sentence_transformers.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"query: "', '"社区：社区："'), encoding="utf-8")


def compiled_by_the_other(ground: Ground) -> None:
    """The network as OpenVINO keeps it compiled, under the name that ours has."""
    (theirs,), (ours,) = ((one / COMPILED).glob("*.blob") for one in (ground.other, ground.model))
    ours.unlink()
    shutil.copy2(theirs, ours)


def not_compiled(*steps: Callable[[Ground], None]) -> Callable[[Ground], None]:
    """What was compiled from the right files is gone: it would go on giving right vectors."""
    return both(lambda ground: shutil.rmtree(ground.model / COMPILED), *steps)


GRAPH, WEIGHTS, WORDS, COMPILED = (f"openvino-v3{end}" for end in (".xml", ".bin", "-words.npy", "-compiled"))
SMALL, LARGE, NUMBERS = (f"openvino-v3-{end}" for end in ("han.json", "all.json", "han.npy"))
DIGESTS = "openvino-v3-digests.json"
OWN = (GRAPH, WEIGHTS, WORDS, SMALL, LARGE, NUMBERS, DIGESTS)

BY_OPENVINO: dict[str, Callable[[Ground], None]] = {
    "the weights of another model": not_compiled(of_the_other(WEIGHTS)),
    "the words of another model": of_the_other(WORDS),
    "another model": not_compiled(of_the_other(*OWN, "model.safetensors")),
    "some weights": not_compiled(one_number(WEIGHTS)),
    "weights cut off": not_compiled(halved(WEIGHTS)),
    "no weights": not_compiled(lost(WEIGHTS)),
    "words cut off": halved(WORDS),
    "network cut off": not_compiled(halved(GRAPH)),
    "another tokenizer": turned(SMALL),
    "tokenizer cut off": halved(SMALL),
    "no tokenizer": lost(SMALL),
    "another prefix": prefixed,
    "no configuration": lost("config.json"),
    "configuration cut off": halved("config.json"),
    "safetensors cut off": both(lost(GRAPH), halved("model.safetensors")),
    "no safetensors": both(lost(GRAPH), lost("model.safetensors")),
    "safetensors of another model": not_compiled(lost(GRAPH), of_the_other("model.safetensors")),
}
BY_TORCH: dict[str, Callable[[Ground], None]] = {
    "another model": of_the_other("model.safetensors"),
    "some weights": one_number("model.safetensors"),
    "safetensors cut off": halved("model.safetensors"),
    "no safetensors": lost("model.safetensors"),
    "another tokenizer": turned("tokenizer.json"),
    "tokenizer cut off": halved("tokenizer.json"),
    "folder gone": lambda ground: shutil.rmtree(ground.model),
}


SELDOM = {
    "no weights", "words cut off", "another model", "no configuration", "configuration cut off", "no safetensors",
    "folder gone",
}  # fmt: skip
"""What is not tried every time, but with KB_MOMENTS: it ends as others do."""


def tried(changes: Iterable[str]) -> list[str]:
    return [change for change in changes if change not in SELDOM or "KB_MOMENTS" in os.environ]


def told(ground: Ground, tmp_path: Path, spoil: Callable[[Ground], None], *, torch: bool) -> str:
    """Spoil the model, look at all that must hold, put it back, look again; gives what was told."""
    spoilt = ground.moved(tmp_path)
    settings = spoilt.settings(torch=torch)
    spoil(spoilt)
    with KnowledgeBase.open(settings=settings) as knowledge:
        with pytest.raises(ModelError) as raised:
            knowledge.search("社区物业怎么调解")
        assert knowledge.search("社区物业怎么调解", mode=Mode.LEXICAL).hits
        if "建立的" not in str(raised.value):  # A model of another name would be taken for the index's new one.
            write_articles(tmp_path / "more", range(90, 92))
            with pytest.raises(ModelError):
                knowledge.add([tmp_path / "more"])
            assert digest(spoilt.index) == ground.digest
    shutil.rmtree(spoilt.model, ignore_errors=True)
    shutil.copytree(ground.model, spoilt.model)
    with KnowledgeBase.open(settings=settings) as knowledge:
        assert rankings(knowledge) == ground.ranking
    return str(raised.value)


@pytest.mark.parametrize("change", tried(BY_OPENVINO))
def test_a_changed_default_model_is_told_and_gives_no_wrong_answer(
    by_openvino: Ground, tmp_path: Path, change: str
) -> None:
    said = told(by_openvino, tmp_path, BY_OPENVINO[change], torch=False)
    assert re.search("与建立索引时不同|不完整", said)
    assert re.search("请放回|请删除", said)
    assert "\n" not in said


def test_a_compiled_network_of_another_model_is_told_or_made_anew(by_openvino: Ground, tmp_path: Path) -> None:
    spoilt = by_openvino.moved(tmp_path)
    compiled_by_the_other(spoilt)
    with KnowledgeBase.open(settings=spoilt.settings(torch=False)) as knowledge:
        try:
            found = rankings(knowledge)
        except ModelError:
            return
    assert found == by_openvino.ranking


@pytest.mark.model
@pytest.mark.parametrize("change", tried(BY_TORCH))
def test_a_changed_model_of_ones_own_is_told_and_gives_no_wrong_answer(
    by_torch: Ground, tmp_path: Path, change: str
) -> None:
    said = told(by_torch, tmp_path, BY_TORCH[change], torch=True)
    assert re.search("与建立索引时不同|两者不能混用|无法加载模型|不是模型文件夹", said)
    assert "\n" not in said


def test_an_index_of_an_older_version_learns_its_model(by_openvino: Ground, tmp_path: Path) -> None:
    """Nothing was put down of it then; the next addition does."""
    older = by_openvino.moved(tmp_path)
    store = Store(older.index, writable=True)
    with store.transaction():
        store.db.execute("DELETE FROM meta WHERE key = ?", (SAMPLE,))
        reseal(store.db)
    with KnowledgeBase.open(settings=older.settings(torch=False)) as knowledge:
        assert rankings(knowledge) == older.ranking
        assert store.meta(SAMPLE) == ""
        write_articles(tmp_path / "more", range(90, 91))
        knowledge.add([tmp_path / "more"])
    assert store.meta(SAMPLE).startswith(f"{DEFAULT} ")
    store.close()
