"""Every page as a picture, narrow and wide, light and dark, in build/screenshots: to be looked at."""

from __future__ import annotations

import pytest

from browser.addresses import PAGES
from browser.conftest import NewReader
from browser.reader import Reader
from browser.test_course import filled
from conftest import PROJECT

pytestmark = pytest.mark.browser

FOLDER = PROJECT / "build" / "screenshots"
LONGEST, LEAST_BYTES = 5000, 5000


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_drawn(new_reader: NewReader, scheme: str, width: int) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    reader = new_reader(color_scheme=scheme, viewport={"width": width, "height": 900})
    for name, parameters in PAGES.items():
        drawn(reader.open(**parameters), f"{name}-{width}-{scheme}")
    drawn(filled(reader), f"course-full-{width}-{scheme}")


def drawn(reader: Reader, name: str) -> None:
    """The whole page, as far as it is not endless."""
    page, path = reader.page, FOLDER / f"{name}.png"
    window = page.viewport_size or {"width": 1280, "height": 900}
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": window["width"], "height": min(max(window["height"], height), LONGEST)})
    page.wait_for_timeout(150)
    page.screenshot(path=path)
    page.set_viewport_size({"width": window["width"], "height": window["height"]})
    assert path.stat().st_size > LEAST_BYTES
