"""The catalogue through `KnowledgeBase` and the command line: figures, comparisons, what fits, what stands around."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conftest import PROJECT, CharacterEncoder
from kb.catalogue.values import Place, Setting
from kb.cli import main
from kb.config import Settings
from kb.errors import NotFoundError, QueryError
from kb.index.catalogue import Catalogue
from kb.knowledge import KnowledgeBase
from kb.types import Practice

PAGES = ("fengqiao-jingyan", "pujiang-jingyan", "houchen-jingyan", "yige-siyuan", "jiexiang-chuishao", "minzhu-kentan")
ARTICLE = "xinfang-tiaoli-fengqiao"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """An index of six practices and one article that explains a law."""
    folder = tmp_path_factory.mktemp("browsing")
    for key in PAGES:
        shutil.copy(PROJECT / "corpus" / "practices" / f"{key}.md", folder)
    shutil.copy(PROJECT / "corpus" / "articles" / f"{ARTICLE}.md", folder)
    settings = Settings(index=folder / "index", cache=cache)
    with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder()) as opened:
        report = opened.build([folder / f"{key}.md" for key in (*PAGES, ARTICLE)])
    assert (report.added, report.failures) == (7, ())
    return folder / "index"


@pytest.fixture
def catalogue(index: Path, cache: Path) -> Iterator[KnowledgeBase]:
    settings = Settings(index=index, cache=cache)
    with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder()) as opened:
        yield opened


def kb(index: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--index", str(index), *arguments], catch_exceptions=False)


def as_json(index: Path, *arguments: str) -> Any:
    result = kb(index, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_figures_of_one_or_of_all(catalogue: KnowledgeBase) -> None:
    own = catalogue.figures("後陳經驗")
    assert {one.practice for one in own} == {"houchen-jingyan"}
    every = catalogue.figures()
    assert [one for one in every if one.practice == "houchen-jingyan"] == list(own)
    assert [one.practice for one in every] == sorted(one.practice for one in every)
    claims, others = catalogue.figures(own_claims=True), catalogue.figures(own_claims=False)
    assert claims
    assert others
    assert len(claims) + len(others) == len(every)
    assert all(one.unverified for one in catalogue.figures(unverified=True))


def test_figures_as_json(index: Path) -> None:
    document = as_json(index, "figures", "houchen-jingyan")
    (wanted,) = [one for one in document["figures"] if one["value"] == "1900多万"]
    assert (wanted["number"], wanted["exact"], wanted["unit"]) == (19_000_000, False, "元")
    assert wanted["counted"].endswith("征地补偿款")
    start, end = wanted["statement"]["span"]
    assert wanted["statement"]["text"][start:end] == "1900多万元"
    assert wanted["statement"]["sources"][0]["title"]


def test_figures_as_text_point_to_the_other_version(index: Path) -> None:
    shown = kb(index, "figures", "minzhu-kentan").stdout
    assert "另一说见第" in shown
    assert "民主恳谈" in shown.splitlines()[0]


def test_a_comparison_has_every_heading_and_every_practice(catalogue: KnowledgeBase) -> None:
    found = catalogue.compare(["楓橋經驗", "pujiang-jingyan"])
    assert [practice.id for practice in found.practices] == ["fengqiao-jingyan", "pujiang-jingyan"]
    assert [row.title for row in found.rows] == [
        "类别", "地区", "起始", "牵头", "针对的问题", "做法", "步骤", "数据", "成效", "局限",
    ]  # fmt: skip
    for row in found.rows:
        assert [cell.practice for cell in row.cells] == ["fengqiao-jingyan", "pujiang-jingyan"]
    limits = found.rows[-1].cells[0].statements
    assert [one.text for one in limits] == [one.text for one in found.practices[0].limits]
    assert all(one.sources for one in limits)


@pytest.mark.parametrize(
    ("names", "error", "told"),
    [
        ([], QueryError, "现在给了 0 个"),
        (["枫桥经验"], QueryError, "2 到 5 个"),
        (["a"] * 6, QueryError, "现在给了 6 个"),
        (["枫桥经验", "楓橋經驗"], QueryError, "同一个实践"),
        (["枫桥经验", "枫江经验"], NotFoundError, "名称相近的有：枫桥经验"),
        (["枫桥经验", "zzzz"], NotFoundError, "没有叫“zzzz”的实践。用 kb practices"),
    ],
)
def test_what_cannot_be_compared(catalogue: KnowledgeBase, names: list[str], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        catalogue.compare(names)


def test_a_comparison_as_json_as_text_and_as_a_table(index: Path) -> None:
    names = ("枫桥经验", "浦江经验")
    document = as_json(index, "compare", *names)
    assert [len(row["cells"]) for row in document["rows"]] == [2] * 10
    shown = kb(index, "compare", *names).stdout
    assert "【局限】" in shown
    assert "【来源】" in shown
    table = kb(index, "compare", *names, "--table").stdout
    lines = [line for line in table.splitlines() if line.startswith("|")]
    assert len(lines) == 12
    assert {line.replace("\\|", "").count("|") for line in lines} == {4}


def test_suiting_needs_something_said_of_the_place(catalogue: KnowledgeBase) -> None:
    with pytest.raises(QueryError, match="请至少填写一项"):
        catalogue.suit(Place())
    fits = catalogue.suit(Place(setting=Setting.URBAN, grid_workers=0))
    assert {fit.practice.id for fit in fits} == set(PAGES)
    assert fits[-1].practice.id in {"yige-siyuan", "houchen-jingyan"}
    (only,) = catalogue.suit(Place(grid_workers=0), ["一格四员"])
    assert only.practice.id == "yige-siyuan"


def test_suiting_on_the_command_line(index: Path) -> None:
    document = as_json(index, "suit", "一格四员", "--grid-workers", "0", "--no-money")
    assert (document["place"]["grid_workers"], document["place"]["money"], document["place"]["people"]) == (
        0,
        False,
        None,
    )
    verdicts = {one["need"]: one["verdict"] for one in document["practices"][0]["preconditions"]}
    assert verdicts["网格员"] == "不具备"
    assert verdicts["经费"] == "未载明"
    assert verdicts["专职人员"] == "你没有填写"
    shown = kb(index, "suit", "--rural", "--people", "300").stdout
    assert shown.startswith("你的地方：农村，300 人")


def test_the_own_place_is_asked_for(index: Path) -> None:
    result = kb(index, "suit")
    assert result.exit_code == 1
    assert "请至少填写一项" in result.stderr
    assert kb(index, "suit", "--people", "-3").exit_code == 2


def test_what_stands_around_a_page(catalogue: KnowledgeBase) -> None:
    around = catalogue.surroundings("枫桥经验")
    listed = [one.id for one in around.related if "本页列出" in one.reasons]
    assert listed == ["pujiang-jingyan"]
    assert [basis.source.title for basis in around.basis] == ["信访工作条例"]
    assert [key for key, _title in around.explained_in] == [ARTICLE]
    assert {quote.article_id for quote in around.passages} <= {ARTICLE}


def test_articles_that_treat_neither_the_practice_nor_its_law_do_not_explain_it(catalogue: KnowledgeBase) -> None:
    assert catalogue.surroundings("yige-siyuan").explained_in == ()


def test_what_pages_share_is_read_once_for_a_whole_course(
    catalogue: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read for each practice anew, a course of sixty took seconds."""
    reading, times = Catalogue.practices, []

    def counted(self: Catalogue) -> list[Practice]:
        times.append(1)
        return reading(self)

    basket = catalogue.basket(practices=PAGES)
    monkeypatch.setattr(Catalogue, "practices", counted)
    plan = catalogue.course(basket)
    assert len(times) == 1
    assert len(plan.names) == len(PAGES)


def test_the_page_keeps_its_keys_and_gains_others(index: Path) -> None:
    document = as_json(index, "practice", "枫桥经验")
    assert document["related"][0] == "pujiang-jingyan"
    assert document["related_practices"][0]["name"].startswith("浦江经验")
    assert document["legal_basis"][0]["statements"]
    assert {"elsewhere", "explained_in", "passages", "ledger"} <= set(document)


def test_the_page_as_markdown(index: Path) -> None:
    shown = kb(index, "practice", "枫桥经验").stdout
    assert shown.startswith("# 枫桥经验\n")
    headings = [line for line in shown.splitlines() if line.startswith("## ")]
    assert headings[:8] == [
        "## 牵头",
        "## 针对的问题",
        "## 做法",
        "## 步骤",
        "## 数据",
        "## 成效",
        "## 局限",
        "## 来源",
    ]
    assert {"## 相关实践", "## 法规依据", "## 法规解读", "## 数字台账"} <= set(headings)


def test_a_practice_that_is_not_there_is_told_with_the_nearest(index: Path) -> None:
    result = kb(index, "practice", "枫江经验")
    assert result.exit_code == 1
    assert "名称相近的有：枫桥经验" in result.stderr
