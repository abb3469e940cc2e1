"""Every page, opened once and looked at from all sides: drawn narrow and wide, light and dark; named, fitting,
accessible, without a word of English, painted soon."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Browser

from browser.addresses import PAGES
from browser.conftest import new_readers
from browser.looking import (
    FOLDER,
    HEADINGS,
    LEAST_BYTES,
    NARROW,
    WIDE,
    english,
    pictures,
    severe,
    unfold,
)
from browser.reader import Reader

pytestmark = pytest.mark.browser

SECONDS_TO_PAINT = 2.0
NOISE = 4.0
"""A busy machine of two cores may take so many times as long."""

PAINTED: dict[str, float] = {}
"""Page -> seconds until its heading stood, the page having been open before."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit of a page showed. `widths` are (shown, window) on a phone, first folded, then unfolded."""

    name: str
    levels: list[int]
    language: str
    title: str
    mains: int
    widths: tuple[tuple[int, int], tuple[int, int]]
    english: list[str]
    severe: list[dict[str, object]]
    pictures: list[Path]


@pytest.fixture(scope="module")
def visitor(browser: Browser, site: str) -> Iterator[Reader]:
    """One browser for all pages, as somebody has who reads on: it keeps Streamlit's files."""
    with new_readers(browser, site) as make:
        yield make()


@pytest.fixture(scope="module", params=PAGES)
def visit(visitor: Reader, request: pytest.FixtureRequest) -> Visit:
    """One page, seen once for all that is asked of it."""
    name, page = str(request.param), visitor.page
    page.set_viewport_size({"width": NARROW, "height": 844})
    PAINTED[name] = painted(visitor.open(**PAGES[name]))
    levels = page.evaluate(HEADINGS)
    taken = pictures(visitor, name)
    page.set_viewport_size({"width": NARROW, "height": 844})
    folded = visitor.settled().widths()
    unfold(visitor)
    unfolded = visitor.widths()
    page.set_viewport_size({"width": WIDE, "height": 900})
    return Visit(
        name=name,
        levels=levels,
        language=str(page.locator("html").get_attribute("lang")),
        title=page.title(),
        mains=page.locator("[role=main], main").count(),
        widths=(folded, unfolded),
        english=english(visitor.settled()),
        severe=severe(visitor),
        pictures=taken,
    )


def painted(reader: Reader) -> float:
    """Warm: the page was open before. Until the heading of the page stands."""
    began = time.perf_counter()
    reader.page.goto(reader.page.url)
    reader.page.locator("[data-testid=stMain] h1").first.wait_for(state="attached", timeout=30000)
    took = time.perf_counter() - began
    reader.settled()
    return took


def test_its_headings_are_in_order(visit: Visit) -> None:
    assert visit.levels[:1] == [1]
    assert visit.levels.count(1) == 1
    assert all(later <= before + 1 for before, later in pairwise(visit.levels))


def test_it_names_itself_and_its_language(visit: Visit) -> None:
    assert visit.language == ("zh-Hant" if PAGES[visit.name].get("ui") else "zh-Hans")
    assert visit.title not in {"", "Streamlit"}
    assert visit.mains == 1


def test_it_fits_a_phone(visit: Visit) -> None:
    assert all(shown <= window for shown, window in visit.widths)


def test_no_name_in_it_is_english(visit: Visit) -> None:
    assert visit.english == []


def test_axe_finds_nothing_severe(visit: Visit) -> None:
    assert visit.severe == []


def test_it_is_drawn(visit: Visit) -> None:
    assert all(path.stat().st_size > LEAST_BYTES for path in visit.pictures)


def test_pages_are_painted_soon() -> None:
    """The last of this file: of what the visits measured."""
    report = "".join(f"{name}\t{seconds:.2f}\n" for name, seconds in PAINTED.items())
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "seconds_to_paint.tsv").write_text(report, encoding="utf-8")
    assert median(PAINTED.values()) < SECONDS_TO_PAINT
    assert max(PAINTED.values()) < SECONDS_TO_PAINT * NOISE
