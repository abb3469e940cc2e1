"""The matching form: cases by hand, and the laws that let its spans be used on the text as written."""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from case_files import load_cases
from kb.sources.front_matter import read_front_matter
from kb.text.normalize import VARIANTS, normalize
from kb.text.script import detect_script
from kb.types import Script

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
PAGES = sorted(CORPUS.glob("*/*.md"))
CONVERTERS = {name: opencc.OpenCC(name) for name in ("s2t", "s2tw", "s2hk")}

texts = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("楓橋經驗答覆瞭解ＡＢ，。“”　\t\nİß薴抬么𠮷")))


def characters_of(table: str) -> list[str]:
    """The characters that one of OpenCC's tables leads from."""
    lines = resources.files("opencc").joinpath("dictionary", f"{table}.txt").read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[0] for line in lines if "\t" in line]


@pytest.mark.parametrize(("written", "expected"), load_cases("normalize"))
def test_cases(written: str, expected: str) -> None:
    assert normalize(written) == expected


@given(texts)
@settings(deadline=None, max_examples=200)
def test_keeps_the_length_and_changes_nothing_the_second_time(text: str) -> None:
    folded = normalize(text)
    assert len(folded) == len(text)
    assert normalize(folded) == folded


@given(texts, texts)
@settings(deadline=None, max_examples=200)
def test_a_character_folds_the_same_wherever_it_stands(before: str, after: str) -> None:
    assert normalize(before + after) == normalize(before) + normalize(after)
    assert normalize(before) == "".join(map(normalize, before))


def test_the_laws_hold_for_every_code_point() -> None:
    everything = "".join(chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    folded = normalize(everything)
    assert len(folded) == len(everything)
    assert normalize(folded) == folded


def test_a_span_of_the_matching_form_is_the_span_of_the_text_as_written() -> None:
    written = "各地學習「楓橋經驗」，ＡＢＣ也在列。"
    at = normalize(written).index(normalize("枫桥经验"))
    assert (at, written[at : at + 4]) == (5, "楓橋經驗")
    at = normalize(written).index("abc")
    assert (at, written[at : at + 3]) == (11, "ＡＢＣ")


def test_equals_opencc_wherever_no_variant_is_named() -> None:
    convert = opencc.OpenCC("t2s").convert
    characters = characters_of("TSCharacters")
    # Twice, because OpenCC itself stops at 苧 on the way from 薴 to 苎.
    apart = {character for character in characters if normalize(character) != convert(convert(character))}
    assert {"覆", "瞭", "藉"} <= apart
    # What OpenCC makes of these two is a variant itself: 帐 of 账, 戯 of 戏.
    assert apart - set(VARIANTS) == set("帳戱")
    assert len(characters) > 4000


@pytest.mark.parametrize(("variant", "standard"), VARIANTS.items())
def test_a_named_variant_and_its_standard_form_are_one(variant: str, standard: str) -> None:
    assert normalize(variant) == normalize(standard) == standard


@pytest.mark.parametrize("configuration", CONVERTERS)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_and_its_conversion_by_machine_are_one(page: Path, configuration: str) -> None:
    written = page.read_text(encoding="utf-8")
    converted = CONVERTERS[configuration].convert(written)
    assert normalize(converted) == normalize(written)


@pytest.mark.parametrize(("simplified", "converted"), [("兼容并包", "兼容幷包"), ("党性锻炼", "黨性鍛鍊")])
def test_what_s2t_writes_in_rarer_forms_meets_again(simplified: str, converted: str) -> None:
    assert normalize(converted) == normalize(simplified)


def test_simplified_pages_change_only_in_named_variants() -> None:
    bodies = [read_front_matter(page.read_text(encoding="utf-8"), page.name)[1] for page in PAGES]
    simplified = "".join(body for body in bodies if detect_script(body) is Script.HANS)
    han = {character for character in simplified if "\u4e00" <= character <= "\u9fff"}
    assert {character for character in han if normalize(character) != character} <= set(VARIANTS)
