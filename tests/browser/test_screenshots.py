"""Pictures of what a page shows only after something was done on it; those of every page as it opens are made by
`test_pages`. All lie in build/screenshots, to be looked at."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from browser.addresses import QUESTION, UNKNOWN
from browser.looking import LEAST_BYTES, fits, pictures
from browser.reader import Reader
from browser.test_adding import TEXT, upload
from browser.test_course import filled

pytestmark = pytest.mark.browser


def filters(reader: Reader) -> None:
    reader.open(q=QUESTION, region="北京市").unfold("筛选")


def citing(reader: Reader) -> None:
    reader.open(article="laojiu-xiaoqu-wu-wuye", at="60-120", q=QUESTION).unfold("收录回执")


def receipts(reader: Reader) -> None:
    reader.open(view="add")
    damaged = {"name": "修燈.txt", "mimeType": "text/plain", "buffer": TEXT.encode("gbk")}
    upload(reader, damaged, {"name": "空.txt", "mimeType": "text/plain", "buffer": b""})  # type: ignore[arg-type]
    reader.unfold("填写或改正").unfold("完整回执和正文开头")


def words(reader: Reader) -> None:
    reader.open(view="library", part="terms").press("切分")


def gap(reader: Reader) -> None:
    reader.open(q=UNKNOWN).press("请编者补上这个问题")
    reader.open(view="library", part="gaps").press("全部重问一遍")


def struck(reader: Reader) -> None:
    """The list of gaps is that of every reader of the site."""
    reader.open(view="library", part="gaps").press("划掉")


STATES: dict[str, Callable[[Reader], object]] = {
    "course-full": filled,
    "filters": filters,
    "slip": lambda reader: reader.open(q="风桥经验怎么学"),
    "citing": citing,
    "receipts": receipts,
    "words": words,
    "gap": gap,
    "compare-none": lambda reader: reader.open(view="practices", show="compare"),
    "suit-none": lambda reader: reader.open(view="practices", show="suit"),
    "articles-none": lambda reader: reader.open(view="articles", find="没有这样的文章"),
    "practice-hant": lambda reader: reader.open(practice="fengqiao-jingyan", ui="hant", form="tw"),
    "unknown-practice": lambda reader: reader.open(practice="枫桥的经验"),
}
AFTERWARDS = {"gap": struck}


@pytest.mark.parametrize("name", STATES)
def test_what_was_done_is_drawn(reader: Reader, name: str) -> None:
    STATES[name](reader)
    taken = pictures(reader, name)
    fits(reader)
    AFTERWARDS.get(name, Reader.settled)(reader)
    assert all(path.stat().st_size > LEAST_BYTES for path in taken)
