"""Looking at a page as it stands: does it fit, is it accessible, which words are not Chinese, and a picture of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from pathlib import Path

from playwright.sync_api import expect

from browser.reader import Reader, Scheme
from conftest import PROJECT

FOLDER = PROJECT / "build"
PICTURES = FOLDER / "screenshots"
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
GROUNDS = {"light": "rgb(251, 250, 247)", "dark": "rgb(20, 25, 29)"}
"""What every page is written on, as `kb/ui/config.toml` has it."""

DRAWN_IN = """ground => getComputedStyle(document.querySelector('[data-testid="stApp"]')).backgroundColor === ground"""
NARROW, WIDE = 390, 1280
HEIGHT, LONGEST, LEAST_BYTES = 900, 5000, 5000
"""Of pictures, in pixels and bytes."""

HEADINGS = """() => [...document.querySelectorAll('.stMain h1, .stMain h2, .stMain h3, .stMain h4, .stMain h5')]
  .map(one => Number(one.tagName[1]))"""
FOLDED = "[data-testid=stMain] details:not([open]) > summary"
UNFOLD = f"""() => [...document.querySelectorAll('{FOLDED}')].filter(one => one.checkVisibility())
  .map(one => one.click()).length"""
DEEPEST = 4
"""How many times what was folded may hold something folded."""

SEVERE = {"serious", "critical"}
RUN = """async () => (await axe.run(document)).violations.map(one => ({
    rule: one.id, impact: one.impact,
    places: one.nodes.slice(0, 5).map(node => node.target.join(' ') + ': ' + node.html.slice(0, 160)),
  }))"""

LATIN, HAN = re.compile("[A-Za-z]{3}"), re.compile("[\u4e00-\u9fff]")
TEXTS = {"StaticText", "InlineTextBox"}
"""Roles of what is written on the page, which may be an address or a number of an article."""


def fits(reader: Reader) -> None:
    """Nothing scrolls sideways."""
    wide, window = reader.widths()
    assert wide <= window


def unfold(reader: Reader) -> None:
    """Open everything that is folded."""
    for _depth in range(DEEPEST):
        if not reader.page.evaluate(UNFOLD):
            break
        expect(reader.page.locator(f"{FOLDED}:visible")).to_have_count(0, timeout=10000)
        reader.settled()


def schemes(reader: Reader) -> Iterator[Scheme]:
    """The page in light and in dark, without drawing it anew."""
    for scheme in SCHEMES:
        reader.page.emulate_media(color_scheme=scheme)
        reader.page.wait_for_function(DRAWN_IN, arg=GROUNDS[scheme])
        reader.page.wait_for_timeout(200)  # Buttons change their colours by degrees.
        yield scheme


@lru_cache(maxsize=1)
def axe() -> str:
    """The script of axe-core, as the package brings it."""
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def severe(reader: Reader) -> list[dict[str, object]]:
    """What axe-core finds on the page as it stands, in either scheme of colours."""
    reader.page.evaluate(axe())
    found = [{**one, "scheme": scheme} for scheme in schemes(reader) for one in reader.page.evaluate(RUN)]
    return [one for one in found if one["impact"] in SEVERE]


def english(reader: Reader) -> list[str]:
    """Names and descriptions that the accessibility tree tells and that hold no Chinese."""
    session = reader.page.context.new_cdp_session(reader.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    found = {
        f"{node['role']['value']}: {told['value']}"
        for node in nodes
        if not node.get("ignored") and node["role"]["value"] not in TEXTS
        for told in (node.get("name"), node.get("description"))
        if told and LATIN.search(str(told["value"])) and not HAN.search(str(told["value"]))
    }
    return sorted(found)


def pictures(reader: Reader, name: str) -> list[Path]:
    """The page narrow and wide, light and dark, as far as it is not endless; to be looked at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page, taken = reader.page, []
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme in schemes(reader):
            height = int(page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight"))
            page.set_viewport_size({"width": width, "height": min(max(HEIGHT, height), LONGEST)})
            page.wait_for_timeout(100)
            taken.append(PICTURES / f"{name}-{width}-{scheme}.png")
            page.screenshot(path=taken[-1])
            page.set_viewport_size({"width": width, "height": HEIGHT})
    return taken
