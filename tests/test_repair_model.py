"""The language model of the repair, how it is kept, and the damage that it is measured on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from benchmarks.damage import PUNCTUATION, Farm, Key, damage, drop_lead, encode, make_farm, sound
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.text.repair import repair
from kb.text.repair.counts import Counts, fold
from kb.text.repair.forms import Fitness
from kb.text.repair.gbk import tables
from kb.text.repair.grams import Grams, Lookup, number
from kb.text.repair.language import Document, DocumentModel, LanguageModel, default_model, tables_of
from kb.text.repair.stored import load, save
from kb.text.repair.train import body, count_laws, is_held_out

TEXT = (
    "社區治理要創新，居民議事廳每月開會。\n街道辦事處依法履行職責；應當公開辦事程序。\n鎮綜治中心整合力量，化解矛盾。"
)


@pytest.fixture(scope="module")
def small() -> LanguageModel:
    counts = Counts()
    counts.add_text(TEXT)
    return LanguageModel(tables_of(counts), tables_of(count_laws(["街道办事处应当公开办事程序。"])))


contexts = st.text(st.sampled_from("^社区治理街道办事处，a"), min_size=2, max_size=2)


@given(contexts, st.floats(0, 1))
@settings(deadline=None)
def test_one_character_is_as_likely_as_among_all(small: LanguageModel, before: str, share: float) -> None:
    every = small.after(before, share)
    assert every.min() > 0
    assert every.sum() <= 1 + 1e-9
    for place, letter in enumerate(small.letters.tolist()):
        assert every[place] == pytest.approx(small.probability(before + chr(letter), share))


@given(contexts)
@settings(deadline=None)
def test_a_document_adds_what_it_says_itself(small: LanguageModel, before: str) -> None:
    counts = Counts()
    counts.add_text("治理街道")
    model = DocumentModel(small, Document(counts))
    logs = model.logs(before)
    for place, letter in enumerate(small.letters.tolist()):
        assert logs[place] == pytest.approx(model.log(before, chr(letter)))


def test_a_law_is_told_from_other_text() -> None:
    model = default_model()
    law = fold("公民、法人或者其他组织认为行政机关的具体行政行为侵犯其合法权益的，有权向人民法院提起诉讼。")
    talk = fold("社区干部挨家挨户走访，把大伙的烦心事一件一件记在本子上，回来再商量怎么办。")
    assert model.share_of_law([law]) > 0.5 > model.share_of_law([talk])


def test_counts_are_kept(tmp_path: Path) -> None:
    counts = Counts()
    counts.add_text(TEXT, 1.5)
    save(counts, tmp_path / "a.npz")
    save(counts, tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    kept, made = load(tmp_path / "a.npz"), tables_of(counts)
    for name in ("ones", "twos", "threes"):
        assert getattr(kept, name).keys.tolist() == getattr(made, name).keys.tolist()
        assert np.allclose(getattr(kept, name).weights, getattr(made, name).weights, rtol=0.03)


grams = st.dictionaries(st.text(st.sampled_from("甲乙丙丁"), min_size=2, max_size=2), st.floats(0.1, 9))


@given(grams, grams)
def test_groups_are_found_and_added(first: dict[str, float], second: dict[str, float]) -> None:
    both = Lookup(Grams.of(first).added(Grams.of(second)))
    for gram in {*first, *second, "戊己"}:
        assert both.weight(number(gram)) == pytest.approx(first.get(gram, 0) + second.get(gram, 0))


@pytest.mark.parametrize(("name", "expected"), [
    ("中华人民共和国村民委员会组织法", True), ("中华人民共和国民法典", True), ("中华人民共和国公路法", False),
    ("全国人民代表大会常务委员会关于修改《中华人民共和国村民委员会组织法》的决定", True),
])  # fmt: skip
def test_what_is_measured_is_not_trained_on(name: str, expected: bool) -> None:
    assert is_held_out(name) is expected


def test_the_body_of_a_page_is_running_text() -> None:
    assert body("---\ntitle: x\n---\n## 做法[1]\n- **议事**") == "做法\n议事"


@given(st.integers(0, 50))
@settings(deadline=None, max_examples=20)
def test_every_damaged_place_is_known_with_its_truth(seed: int) -> None:
    farm = make_farm(TEXT, seed, marks=PUNCTUATION, share=0.6)
    for line in TEXT.split("\n"):
        for damaged in (damage(line, farm), drop_lead(line, 3), drop_lead(line, 3, long=True), sound(line)):
            assert len(damaged.text) == len(damaged.origins)
            for place, origin in enumerate(damaged.origins):
                assert origin < 0 or damaged.true[origin] == damaged.text[place]
            for run in damaged.runs():
                assert damaged.true_at(run.start) == run.true_start <= run.true_end
    assert sound(TEXT).text == sound(TEXT).true


def test_a_question_mark_may_be_one_of_the_shifted_bytes() -> None:
    line = "各部門應當做好監督管理的相關工作。縣級以上人民政府應當加強組織領導。"
    damaged = damage(line, make_farm(line, 1, marks=["？"], share=0.0))
    assert "??h" in damaged.text
    assert repair(damaged.text).text == damaged.true


def test_a_line_before_a_list_ends_in_a_colon() -> None:
    line = "公民應當維護公共秩序，自覺遵守以下文明行爲規範："
    key = Key(encode("懸"), after=encode("(xuán)"))  # 懸 is made of bytes of 爲 and 規
    damaged = damage(line, Farm((key,)))
    assert damaged.text.endswith("幑牐?")
    before_list = repair(damaged.text + "\n（一）遵守公共秩序，有序排隊；").text
    assert before_list.split("\n")[0].endswith("規範：")


def test_a_document_is_read_in_the_forms_that_it_writes() -> None:
    fitness = Fitness("承擔責任，擔當作爲，裏面，黨組織" * 2, Counter("承擔責任，擔當作爲，裏面，黨組織"))
    assert [one for one in "担擔里裏党黨为責" if fitness.is_foreign(one)] == ["担", "为"]
    assert fitness("担") < fitness("保") < fitness("擔")
    often = Fitness("黨組織擔責爲民" * 3, Counter("群群擔黨組織裏裏裏裏裏"))
    assert not often.is_foreign("群")
    assert often.is_foreign("里")
    assert Fitness("党组织担责为民" * 3, Counter("党")).is_foreign("擔")


def test_every_row_has_characters_that_width_folding_rewrites() -> None:
    compatible = tables().compatible
    assert (0xA6, 0xE1) in compatible[")"]
    assert compatible["郎"] == ((0xFD, 0x9C),)
