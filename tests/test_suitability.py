"""What a practice needs, read from its page: only sentences that state it, and no verdict without one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from case_files import FOLDER
from conftest import PROJECT
from kb.catalogue.needs import TABLE
from kb.catalogue.numerals import fold
from kb.catalogue.suitability import ranked, stated, suit
from kb.catalogue.values import Fit, Need, Place, Precondition, Setting, Verdict
from kb.sources.read import read_file
from kb.types import Document, Practice, Source, Statement

WORKERS = "给每个网格配网格员。"
TOWN = ("由街道牵头。", "小区有业委会。", "楼长由居民推选。")


def page(*texts: str, key: str = "jia", field: str = "mechanism") -> Practice:
    statements = tuple(Statement(text, (0,)) for text in texts)
    return Practice(key, "甲法", sources=(Source("条例"),), **{field: statements})  # type: ignore[arg-type]


def need(fit: Fit, wanted: Need) -> Precondition:
    (found,) = [one for one in fit.preconditions if one.need is wanted]
    return found


def judged() -> list[Any]:
    with (FOLDER / "needs.jsonl").open(encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    return [
        pytest.param(case["text"], set(case["needs"]), id=f"{case['practice']}: {case['text'][:12]}") for case in cases
    ]


def test_the_judgments_cover_twenty_pages() -> None:
    with (FOLDER / "needs.jsonl").open(encoding="utf-8") as lines:
        assert len({json.loads(line)["practice"] for line in lines}) >= 20


@pytest.mark.parametrize(("text", "needs"), judged())
def test_sentences_judged_by_hand(text: str, needs: set[str]) -> None:
    assert {row.need.value for row in TABLE if row.fit(fold(text))} == needs


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        (WORKERS, "給每個網格配網格員。"),
        ("热线和网络全时段接收诉求。", "熱線和網絡全時段接收訴求。"),
        ("志愿者补位。", "志願者補位。"),
        ("募集资金。", "募集資金。"),
    ],
)
def test_both_scripts_state_the_same_needs(simplified: str, traditional: str) -> None:
    found = [[row.need for row in TABLE if row.fit(fold(text))] for text in (simplified, traditional)]
    assert found[0] == found[1] != []


@pytest.mark.parametrize("field", ["results", "problem"])
def test_what_came_of_it_is_no_need(field: str) -> None:
    assert stated(page(WORKERS, field=field), Need.GRID_WORKERS) == ()
    assert len(stated(page(WORKERS), Need.GRID_WORKERS)) == 1


@pytest.mark.parametrize(
    ("place", "verdict"),
    [
        (Place(grid_workers=3), Verdict.MET),
        (Place(grid_workers=0), Verdict.UNMET),
        (Place(money=True), Verdict.NOT_FILLED),
    ],
)
def test_verdicts_rest_on_the_sentence(place: Place, verdict: Verdict) -> None:
    found = need(suit(page(WORKERS), place), Need.GRID_WORKERS)
    assert found.verdict is verdict
    assert [one.text for one in found.evidence] == [WORKERS]
    assert found.evidence[0].sources == (Source("条例"),)


def test_what_the_page_does_not_state_is_not_stated() -> None:
    fit = suit(
        page("开一次会。"), Place(Setting.URBAN, 1000, 0, money=False, platform=False, staff=False, volunteers=False)
    )
    assert {one.verdict for one in fit.preconditions} == {Verdict.NOT_STATED}
    assert [one.need for one in fit.preconditions] == list(Need)


def test_no_verdict_without_a_sentence_on_any_page() -> None:
    places = (
        Place(Setting.RURAL, 3000, 0, money=False, platform=False, staff=False, volunteers=False),
        Place(Setting.URBAN, 10**6, 5, money=True, platform=True, staff=True, volunteers=True),
        Place(money=True),
    )
    for path in sorted((PROJECT / "corpus" / "practices").glob("*.md")):
        for document in read_file(path):
            assert isinstance(document, Document)
            assert document.practice is not None
            for place in places:
                for one in suit(document.practice, place).preconditions:
                    assert bool(one.evidence) is (one.verdict is not Verdict.NOT_STATED)


def test_the_setting() -> None:
    town = page(*TOWN)
    assert need(suit(town, Place(Setting.URBAN)), Need.SETTING).verdict is Verdict.MET
    against = need(suit(town, Place(Setting.RURAL)), Need.SETTING)
    assert against.verdict is Verdict.UNMET
    assert [one.text for one in against.evidence] == list(TOWN)
    assert need(suit(town, Place(money=True)), Need.SETTING).verdict is Verdict.NOT_FILLED


@pytest.mark.parametrize(
    "texts", [TOWN[:2], (*TOWN, "村民也可以参加。"), (*TOWN, "村（社区）都可以办。"), ("社区干部牵头。",) * 4]
)
def test_an_example_does_not_shut_out_the_other_setting(texts: tuple[str, ...]) -> None:
    assert need(suit(page(*texts), Place(Setting.RURAL)), Need.SETTING).verdict is not Verdict.UNMET


@pytest.mark.parametrize(
    ("people", "verdict"), [(40_000, Verdict.MET), (80_000, Verdict.UNMET), (None, Verdict.NOT_FILLED)]
)
def test_people_are_compared_with_people(people: int | None, verdict: Verdict) -> None:
    practice = page("标准提出，人口为3万—5万。", field="figures")
    assert need(suit(practice, Place(people=people, money=True)), Need.SCALE).verdict is verdict


def test_households_are_not_compared_with_people() -> None:
    found = need(suit(page("按每400—700户划一个网格。"), Place(people=2000)), Need.SCALE)
    assert found.verdict is Verdict.NOT_COMPARABLE


def test_those_with_the_fewest_unmet_needs_come_first_then_those_with_the_most_met() -> None:
    plain, workers, both = page("开会。", key="c"), page(WORKERS, key="b"), page(WORKERS, "募集资金。", key="a")
    order = [fit.practice.id for fit in ranked([both, workers, plain], Place(grid_workers=2, money=False))]
    assert order == ["b", "c", "a"]
