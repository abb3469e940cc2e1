"""axe-core on every page, in light and in dark, everything that is folded unfolded."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import pytest

from browser.addresses import PAGES
from browser.reader import Reader, Scheme
from browser.test_layout import unfold

pytestmark = pytest.mark.browser

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SEVERE = {"serious", "critical"}
OF_STREAMLIT: dict[str, str] = {}
"""Rules that are left out, because what breaks them is drawn by Streamlit and cannot be reached from the app."""

RUN = """async off => {
  const found = await axe.run(document, {rules: Object.fromEntries(off.map(rule => [rule, {enabled: false}]))});
  return found.violations.map(one => ({
    rule: one.id, impact: one.impact,
    places: one.nodes.slice(0, 5).map(node => node.target.join(' ') + ': ' + node.html.slice(0, 160)),
  }));
}"""


@lru_cache(maxsize=1)
def axe() -> str:
    """The script of axe-core, as the package brings it."""
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def severe(reader: Reader) -> list[dict[str, object]]:
    """What is found on the page as it stands, in either scheme of colours."""
    reader.page.evaluate(axe())
    found = []
    for scheme in SCHEMES:
        reader.page.emulate_media(color_scheme=scheme)
        reader.page.wait_for_timeout(300)
        reader.settled()
        found += [{**one, "scheme": scheme} for one in reader.page.evaluate(RUN, list(OF_STREAMLIT))]
    return [one for one in found if one["impact"] in SEVERE]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_severe_is_found(reader: Reader, name: str) -> None:
    reader.open(**PAGES[name])
    unfold(reader)
    assert severe(reader) == []
