"""One server and one browser for the session; a fresh browser context, watched, for every reader."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from browser.reader import Reader, Watch
from browser.serving import build, serving

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update")

NewReader = Callable[..., Reader]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[str]:
    """The app's address; the model is loaded by a first question, so that no test waits for it."""
    with serving(build(tmp_path_factory.mktemp("browser"))) as address:
        context = browser.new_context()
        Reader(context.new_page(), address).open(q="物业")
        context.close()
        yield address


@pytest.fixture(scope="session")
def player() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(player: Playwright) -> Iterator[Browser]:
    """The Chromium of this machine."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip(f"no Chromium on this machine ({', '.join(CHROMIUM)})")
    started = player.chromium.launch(executable_path=program, args=list(OPTIONS))
    yield started
    started.close()


@contextmanager
def new_readers(browser: Browser, site: str) -> Iterator[NewReader]:
    """Makes readers that share nothing with one another; at the end each is held to what no page may do."""
    contexts, watches = [], []

    def make(**options: Any) -> Reader:
        chosen = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, **options}
        context = browser.new_context(**chosen)
        watch = Watch()
        watch.over(context)
        contexts.append(context)
        watches.append(watch)
        return Reader(context.new_page(), site)

    yield make
    for context in contexts:
        context.close()
    for watch in watches:
        watch.check()


@pytest.fixture
def new_reader(browser: Browser, site: str) -> Iterator[NewReader]:
    """Readers of a test's own."""
    with new_readers(browser, site) as make:
        yield make


@pytest.fixture
def reader(new_reader: NewReader) -> Reader:
    return new_reader()
