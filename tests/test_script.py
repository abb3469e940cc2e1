"""Which script a text is written in."""

from __future__ import annotations

from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.sources.front_matter import read_front_matter
from kb.text.script import detect_script
from kb.types import Script

to_simplified, to_traditional, to_taiwan = (opencc.OpenCC(name).convert for name in ("t2s", "s2t", "s2tw"))

PAGES = sorted((Path(__file__).resolve().parents[1] / "corpus").glob("*/*.md"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("基层治理的经验", Script.HANS, id="简体"),
        pytest.param("基層治理的經驗", Script.HANT, id="繁体"),
        pytest.param(
            "基層治理創(chuàng)新是加強(qiáng)和創(chuàng)新社會治理的重要環(huán)節", Script.HANT, id="夹拼音的繁体"
        ),
        pytest.param("基层治理的經驗", Script.MIXED, id="各一半"),
        pytest.param("人民中心工作", Script.HANS, id="两种字形都用的字"),
        pytest.param("皇后后里干戈", Script.HANS, id="一简多繁的字不作准"),
        pytest.param("臺灣群眾", Script.HANT, id="台湾也用的字不作准"),
        pytest.param("乾坤", Script.HANS, id="简体也用的繁体字不作准"),
        pytest.param("", Script.HANS, id="空"),
        pytest.param("hello, 123! 👍", Script.HANS, id="没有汉字"),
    ],
)
def test_cases(text: str, expected: Script) -> None:
    assert detect_script(text) is expected


@pytest.mark.parametrize(
    ("simplified", "traditional", "expected"),
    [
        (9, 1, Script.HANS),  # 1 of 10 is a tenth
        (8, 1, Script.MIXED),  # 1 of 9 is more
        (1, 9, Script.HANT),
        (1, 8, Script.MIXED),
        (27, 3, Script.HANS),
        (3, 27, Script.HANT),
        (89, 11, Script.MIXED),
        (90, 10, Script.HANS),
        (1, 1, Script.MIXED),
    ],
)
def test_up_to_a_tenth_may_be_of_the_other_script(simplified: int, traditional: int, expected: Script) -> None:
    assert detect_script("层" * simplified + "層" * traditional + "的" * 50) is expected


@given(st.text(alphabet="层经验層經驗的后里 a1。"), st.integers(1, 4))
@settings(deadline=None, max_examples=100)
def test_neither_order_nor_repetition_matters(text: str, times: int) -> None:
    assert detect_script(text[::-1]) is detect_script(text)
    assert detect_script(text * times) is detect_script(text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_converted_page_is_of_the_script_it_was_converted_to(page: Path) -> None:
    _, body = read_front_matter(page.read_text(encoding="utf-8"), page.name)
    assert detect_script(to_simplified(body)) is Script.HANS
    assert detect_script(to_traditional(body)) is Script.HANT
    assert detect_script(to_taiwan(body)) is Script.HANT
