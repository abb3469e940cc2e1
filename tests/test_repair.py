"""Repair: the cases of the damage study, what must not change, and the laws that let every step be looked at."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Container
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from benchmarks.damage import drop_lead
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.text.repair import Flag, FlagKind, Repaired, RepairKind, Step, apply_steps, repair
from kb.text.repair.gbk import tables
from kb.text.repair.glosses import reads, reads_without_tone
from kb.text.repair.quality import quality
from kb.text.repair.values import compose

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "repair.jsonl").read_text(encoding="utf-8").splitlines()
]
ACTIONS = {action: [case for case in CASES if case["action"] == action] for action in ("repair", "flag", "leave")}


def named(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in cases]


def comparable(text: str) -> str:
    """The rule of the study: NFKC, runs of spaces as one, ends trimmed."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()


def kinds(repaired: Repaired) -> set[str]:
    return {flag.kind.value for flag in repaired.flags}


SMALL = [case for case in ACTIONS["repair"] if not case["kind"].startswith("shift")]


@pytest.mark.parametrize("case", named(SMALL))
def test_repairs(case: dict[str, Any]) -> None:
    repaired = repair(case["input"])
    assert comparable(repaired.text) == comparable(case["expect"])
    assert all(step.certain for step in repaired.steps)
    assert set(case["flags"]) <= kinds(repaired)


SHIFTED = [case for case in ACTIONS["repair"] if case["kind"].startswith("shift")]
MARKS_OF_DOUBT = {"doubt", "lost", "garbled"}


@pytest.mark.parametrize("case", named(SHIFTED))
def test_no_run_is_wrong_without_a_mark(case: dict[str, Any]) -> None:
    repaired = repair(case["input"])
    assert comparable(repaired.text) == comparable(case["expect"]) or kinds(repaired) & MARKS_OF_DOUBT
    assert all(step.certain or step.doubtful or step.candidates for step in repaired.steps)


DETERMINED = [case for case in SHIFTED if not case["hard"]]
LEAST_EXACT = 0.9
"""The rest hangs on what the corpus of the day says of two likely readings; then the truth is one of them."""


def test_reads_the_runs_that_their_bytes_determine() -> None:
    inexact = [case for case in DETERMINED if comparable(repair(case["input"]).text) != comparable(case["expect"])]
    assert len(inexact) <= (1 - LEAST_EXACT) * len(DETERMINED)
    for case in inexact:
        assert comparable(case["expect"]) in all_readings(case["input"])


def all_readings(received: str) -> set[str]:
    """The repaired text with every reading that is given for one place."""
    repaired = repair(received)
    texts = {repaired.text}
    for at, step in enumerate(repaired.steps):
        for reading in step.candidates:
            others = [*repaired.steps[:at], replace(step, after=reading), *repaired.steps[at + 1 :]]
            texts.add(apply_steps(received, others))
    for flag in repaired.flags:
        texts |= {repaired.text[: flag.start] + reading + repaired.text[flag.end :] for reading in flag.readings}
    return {comparable(text) for text in texts}


@pytest.mark.parametrize("case", named(ACTIONS["flag"]))
def test_flags_and_leaves_the_text(case: dict[str, Any]) -> None:
    repaired = repair(case["input"])
    assert repaired.text == case["input"]
    assert not repaired.steps
    assert set(case["flags"]) <= kinds(repaired)


@pytest.mark.parametrize("case", named(ACTIONS["leave"]))
def test_leaves_sound_text_alone(case: dict[str, Any]) -> None:
    repaired = repair(case["input"])
    assert repaired == Repaired(case["input"], (), (), 1.0)


@pytest.mark.parametrize("case", named(CASES))
def test_the_laws_hold_for_every_case(case: dict[str, Any]) -> None:
    check_laws(case["input"])


def check_laws(received: str) -> None:
    """Steps turn the received text into the repaired one, and repairing twice is repairing once."""
    repaired = repair(received)
    assert apply_steps(received, repaired.steps) == repaired.text
    at = 0
    for step in repaired.steps:
        assert at <= step.start <= step.end
        assert received[step.start : step.end] == step.before
        assert all(0 <= offset < len(step.after) for offset in step.doubtful)
        at = step.end
    for flag in repaired.flags:
        assert 0 <= flag.start < flag.end <= len(repaired.text)
    assert 0.0 <= repaired.quality <= 1.0
    assert repair(repaired.text).text == repaired.text


DAMAGE = [case["input"] for case in CASES]
pieces = st.one_of(
    st.sampled_from(DAMAGE),
    st.sampled_from(
        ["&ldquo;", "&amp;", "ldquo;", "/p>", "<br>", "? ", "？", "\ufffd", "(huì)", "會", "一?背景", "\n", "&#63;"]
    ),
    st.text(alphabet=st.sampled_from("基層治理會開創新的一，。？?;&(<>/ \nā")),
)


@given(st.lists(pieces, max_size=4).map("".join))
@settings(deadline=None, max_examples=15)
def test_the_laws_hold_for_damage_of_every_kind_together(received: str) -> None:
    check_laws(received)


clean = st.text(
    alphabet=st.one_of(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), st.sampled_from("，。、“”（）；12"))
)


@given(clean)
@settings(deadline=None, max_examples=200)
def test_clean_text_stays_as_it_is(text: str) -> None:
    repaired = repair(text)
    assert (repaired.text, repaired.steps) == (text, ())


steps_of = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.text("甲乙", max_size=3)), max_size=4)


def some_steps(text: str, parts: list[tuple[int, int, str]]) -> list[Step]:
    """Ascending steps that do not overlap, out of gaps, lengths and texts."""
    made, at = [], 0
    for gap, length, after in parts:
        start, end = min(at + gap, len(text)), min(at + gap + length, len(text))
        made.append(Step(RepairKind.GLOSS, start, end, text[start:end], after))
        at = end
    return made


@given(st.text("abcdef", max_size=12), steps_of, steps_of)
@settings(deadline=None, max_examples=300)
def test_two_rounds_of_steps_are_one_round(
    text: str, first: list[tuple[int, int, str]], second: list[tuple[int, int, str]]
) -> None:
    early = some_steps(text, first)
    between = apply_steps(text, early)
    late = some_steps(between, second)
    composed = compose(text, early, late)
    assert apply_steps(text, composed) == apply_steps(between, late)
    assert all(text[step.start : step.end] == step.before for step in composed)


def test_a_step_counts_in_the_text_as_received() -> None:
    repaired = repair("&ldquo;一門（mén）式&rdquo;")
    assert repaired.text == "“一門式”"
    assert repaired.steps == (
        Step(RepairKind.ENTITY, 0, 7, "&ldquo;", "“"),
        Step(RepairKind.GLOSS, 9, 14, "（mén）", ""),
        Step(RepairKind.ENTITY, 15, 22, "&rdquo;", "”"),
    )


def test_an_entity_of_an_entity_is_one_step() -> None:
    assert repair("&amp;ldquo;").steps == (Step(RepairKind.ENTITY, 0, 11, "&amp;ldquo;", "“"),)


@pytest.mark.parametrize(("character", "letters", "toned", "toneless"), [
    ("創", "chuàng", True, True), ("會", "huì", True, True), ("會", "kuài", True, True), ("個", "ge", False, True),
    ("還", "huán", True, True), ("會", "kāi", False, False), ("剛", "ɡānɡ", True, True),
])  # fmt: skip
def test_readings(character: str, letters: str, toned: bool, toneless: bool) -> None:
    assert (reads(character, letters), reads_without_tone(character, letters)) == (toned, toneless)


def test_a_gloss_without_tone_needs_five_with_one() -> None:
    assert repair("一個(ge)").text == "一個(ge)"
    verified = "會(huì)創(chuàng)門(mén)車(chē)開(kāi)"
    assert repair(verified + "一個(ge)").text == "會創門車開一個"


def test_the_bytes_that_leave_no_trace_are_those_of_the_study() -> None:
    invisible = tables().invisible
    assert all(invisible[lead] >= set(range(0xA1, 0xFF)) for lead in (*range(0xAA, 0xB0), *range(0xF8, 0xFE)))
    assert all(invisible[lead] >= {*range(0x40, 0x7F), *range(0x80, 0xA1)} for lead in range(0xA1, 0xA7))
    assert tables().bytes_of["數"] == (0x94, 0xB5)
    assert (0xA3, 0xBB) in tables().compatible[";"]


@pytest.mark.parametrize(
    ("name", "glosses", "headings", "runs"), [("000", 339, 0, range(6, 9)), ("001", 0, 3, {0}), ("002", 0, 0, {0})]
)
def test_the_real_texts(shared: Path, name: str, glosses: int, headings: int, runs: Container[int]) -> None:
    text = next((shared / "seeds").glob(f"{name}_*.txt")).read_text(encoding="utf-8")
    repaired = repair(text)
    made = [step.kind for step in repaired.steps]
    assert (made.count(RepairKind.GLOSS), made.count(RepairKind.HEADING)) == (glosses, headings)
    assert made.count(RepairKind.SHIFT) in runs


def test_flags_name_their_place() -> None:
    repaired = repair("居民議事會每月開一次?停車問題先談。")
    assert [(flag.kind, flag.start, flag.end) for flag in repaired.flags] == [(FlagKind.LOST, 10, 11)]
    assert repaired.quality == pytest.approx(1 - 2 / 18)


@pytest.mark.parametrize("case", named(SHIFTED))
def test_a_run_that_is_left_carries_its_readings(case: dict[str, Any]) -> None:
    left = [flag for flag in repair(case["input"]).flags if flag.kind is FlagKind.GARBLED]
    assert all(flag.readings and all(flag.readings) for flag in left)


def test_shifted_text_without_a_mark_is_flagged() -> None:
    lines = ("街道办事处组织居民议事协商推动老旧小区改造", "村民委员会每季度公布一次集体资产收支情况")
    shifted = [drop_lead(line, 0, long=True).text.replace("?", "") for line in lines]
    assert all(FlagKind.GARBLED in {flag.kind for flag in repair(f"他說，{text}。").flags} for text in shifted)


def test_a_question_at_the_end_of_a_line_is_no_loss() -> None:
    assert not repair("這件事誰來辦?\n街道來辦。\n村規民約寫了哪些\n先看積分?\n再看貢獻。").flags


def test_quality_counts_the_lost_the_doubtful_and_the_glossed() -> None:
    flags = (Flag(FlagKind.LOST, 0, 2, ""), Flag(FlagKind.DOUBT, 4, 6, ""), Flag(FlagKind.GARBLED, 6, 9, ""))
    assert quality("?\ufffd 個(ge)甲乙丙丁戊", flags) == pytest.approx(1 - (2 + 1 + 0.5 * 2 + 3 + 0.1 * 4) / 12)
