"""What each filter lets through, asked of a real store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.errors import QueryError
from kb.index.filters import condition
from kb.index.store import Store
from kb.types import Article, Filters, Script

ARTICLES = (
    Article("wuhan", "武汉", "文", region="湖北省武汉市", source="社区报", category="社区服务", date="2023-05-01"),
    Article(
        "shaoxing", "紹興", "文", region="浙江省紹興市", source="平安報", category="矛盾化解", date="2024",
        script=Script.HANT, origin="2",
    ),
    Article(
        "beijing", "北京", "文", region="北京市（东城）", source="北京日报", category="矛盾化解调处", date="2023-06",
        origin="3",
    ),
    Article("nowhere", "未载明", "文", origin="4", script=Script.MIXED),
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "index", writable=True)
    for article in ARTICLES:
        opened.put(article, (), None, root="", digest="", added="")
    yield opened
    opened.close()


def passing(store: Store, filters: Filters) -> set[str]:
    clause, values = condition(filters)
    return {row[0] for row in store.rows(f"SELECT id FROM article WHERE {clause}", *values)}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param(Filters(region="武汉"), {"wuhan"}, id="part of a region"),
        pytest.param(Filters(region=" 武漢 "), {"wuhan"}, id="region in the other script"),
        pytest.param(Filters(region="绍兴"), {"shaoxing"}, id="simplified finds traditional"),
        pytest.param(Filters(region="北京市(东城)"), {"beijing"}, id="half-width brackets"),
        pytest.param(Filters(region="%"), set(), id="no wildcards"),
        pytest.param(Filters(region="市"), {"wuhan", "shaoxing", "beijing"}, id="region of several"),
        pytest.param(Filters(source="平安报"), {"shaoxing"}, id="source in the other script"),
        pytest.param(Filters(source="报"), {"wuhan", "shaoxing", "beijing"}, id="part of a source"),
        pytest.param(Filters(category="矛盾化解"), {"shaoxing"}, id="category is whole"),
        pytest.param(Filters(category="社區服務"), {"wuhan"}, id="category in the other script"),
        pytest.param(Filters(category="社区"), set(), id="part of a category is none"),
        pytest.param(Filters(script="hant"), {"shaoxing"}, id="script"),
        pytest.param(Filters(script="mixed"), {"nowhere"}, id="mixed script"),
        pytest.param(Filters(region="市", category="矛盾化解", since="2024"), {"shaoxing"}, id="all must fit"),
        pytest.param(Filters(region="武汉", source="平安"), set(), id="none fits all"),
        pytest.param(Filters(), {"wuhan", "shaoxing", "beijing", "nowhere"}, id="no filter"),
        pytest.param(Filters(region="  "), {"wuhan", "shaoxing", "beijing", "nowhere"}, id="blank is no filter"),
    ],
)
def test_what_passes(store: Store, filters: Filters, expected: set[str]) -> None:
    assert passing(store, filters) == expected


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        # wuhan is of 2023-05-01, beijing of some day of 2023-06, shaoxing of some day of 2024
        ("2023", "", {"wuhan", "beijing", "shaoxing"}),
        ("2023-05-01", "", {"wuhan", "beijing", "shaoxing"}),
        ("2023-05-02", "", {"beijing", "shaoxing"}),
        ("2023-06-30", "", {"beijing", "shaoxing"}),
        ("2023-07", "", {"shaoxing"}),
        ("2024-12-31", "", {"shaoxing"}),
        ("2025", "", set()),
        ("", "2022", set()),
        ("", "2023-04", set()),
        ("", "2023-05-01", {"wuhan"}),
        ("", "2023-05", {"wuhan"}),
        ("", "2023-06-01", {"wuhan", "beijing"}),
        ("", "2023", {"wuhan", "beijing"}),
        ("", "2024-01-01", {"wuhan", "beijing", "shaoxing"}),
        ("2023-05", "2023-05", {"wuhan"}),
        ("2023-06-15", "2023-06-15", {"beijing"}),
        (" 2024 ", " 2024 ", {"shaoxing"}),
        ("2024", "2023", set()),
        ("1000", "9999", {"wuhan", "beijing", "shaoxing"}),
        ("9999-12", "", set()),
        ("", "9999-12-31", {"wuhan", "beijing", "shaoxing"}),
        ("2023-6", "2023-6-30", {"beijing"}),
        ("", "2024-02", {"wuhan", "beijing", "shaoxing"}),
    ],
)
def test_dates_and_their_beginnings(store: Store, since: str, until: str, expected: set[str]) -> None:
    assert passing(store, Filters(since=since, until=until)) == expected


@pytest.mark.parametrize(
    "date",
    [
        "去年", "2023-13", "2023-02-30", "2023/05", "2023-5-1-1", "-", "99999999999999999999", "0000", "2023年",
        "2023-02-00", "2023-00", "2023-00-01", "999", "0999", "10000", "23", "2023-", "2023-005", "2023-+5", "-2023",
        "2023- 5", "2_23",
    ],
)  # fmt: skip
@pytest.mark.parametrize("side", ["since", "until"])
def test_what_is_no_date(date: str, side: str) -> None:
    filters = Filters(since=date) if side == "since" else Filters(until=date)
    with pytest.raises(
        QueryError, match=rf"^日期“{re.escape(date)}”无法识别，或没有这一天。请写成 2023、2023-09 或 2023-09-20。$"
    ):
        condition(filters)


def test_what_is_no_script() -> None:
    with pytest.raises(QueryError, match="不能是“简体”"):
        condition(Filters(script="简体"))


def test_values_travel_as_parameters(store: Store) -> None:
    assert passing(store, Filters(region="' OR 1 --")) == set()
