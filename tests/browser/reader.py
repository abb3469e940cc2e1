"""A reader: a browser page on the app, watched for everything that must never happen on any page."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Error,
    Locator,
    Page,
    Request,
    TimeoutError,
    WebSocket,
    expect,
)

HERE = "127.0.0.1"
OF_THE_PAGE = {"data", "blob", "about"}
"""Schemes of addresses that nothing travels for."""

SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
STILL = """() => new Promise(done => {
  let before = -1;
  const look = () => {
    const app = document.querySelector('[data-testid="stApp"]');
    const now = document.body.innerHTML.length;
    if (app?.dataset.testScriptState === 'notRunning' && now === before && document.querySelector('.kb-top'))
      done(true);
    else {
      before = now;
      setTimeout(look, 120);
    }
  };
  look();
})"""
"""The app is done, and nothing on the page has changed for a moment."""

SECONDS = 20.0

Scheme = Literal["light", "dark"]


@dataclass
class Watch:
    """What a browser context did that it must not do. (No slots: the library leaves marks on bound methods' owners.)"""

    outside: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Listen to every page of the context from now on."""
        context.on("request", self._requested)
        context.on("page", self._opened)

    def _opened(self, page: Page) -> None:
        page.on("websocket", self._connected)
        page.on("dialog", self._asked)
        page.on("pageerror", self._failed)
        page.on("console", self._said)

    def _requested(self, request: Request) -> None:
        self._address(request.url)

    def _connected(self, socket: WebSocket) -> None:
        self._address(socket.url)

    def _address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.hostname != HERE and parts.scheme not in OF_THE_PAGE:
            self.outside.append(url)

    def _asked(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _failed(self, error: Error) -> None:
        self.errors.append(str(error))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.errors.append(message.text)

    def check(self) -> None:
        """Nothing left this machine, nothing popped up, no script of the page failed."""
        assert self.outside == []
        assert self.dialogs == []
        assert self.errors == []


@dataclass(frozen=True, slots=True)
class Reader:
    """One page of one browser, on the app."""

    page: Page
    site: str

    def open(self, **parameters: str) -> Reader:
        """A page of the app by its address, drawn completely."""
        self.page.goto(f"{self.site}?{urlencode(parameters)}")
        return self.settled()

    def settled(self) -> Reader:
        """Wait until the app has drawn what was asked for."""
        self.page.locator(SETTLED).wait_for(timeout=SECONDS * 1000, state="attached")
        self.page.wait_for_function(STILL, timeout=SECONDS * 1000)
        return self

    def ask(self, question: str) -> Reader:
        """Type a question into the box and send it."""
        self.page.get_by_label("问题或词语").fill(question)
        self.page.get_by_role("button", name="检索").click()
        expect(self.page.locator("h1.kb-unseen")).to_contain_text(question[:20])
        return self.settled()

    def unfold(self, title: str) -> Reader:
        """Open what is folded under this title."""
        summary = self.page.locator("summary", has_text=title).first
        summary.click()
        expect(self.page.locator("details[open]", has=summary)).to_be_visible()
        return self.settled()

    def choose(self, label: str, option: str) -> Reader:
        """Take an option of one of the boxes to choose from; a page that is still moving may close it again."""
        wanted = self.page.get_by_role("option", name=re.compile("^" + re.escape(option))).first
        for _attempt in range(3):
            self.page.get_by_label(label, exact=True).click()
            with suppress(TimeoutError):
                wanted.wait_for(timeout=1500)
                break
        wanted.click(timeout=SECONDS * 1000)
        return self.acted()

    def follow(self, link: Locator) -> Reader:
        """Click what leads to another address."""
        before = self.page.url
        link.click()
        self.page.wait_for_url(lambda url: url != before, timeout=SECONDS * 1000)
        return self.settled()

    def press(self, name: str) -> Reader:
        """Click a button by its beginning, and wait for what it does."""
        self.page.get_by_role("button", name=re.compile("^" + re.escape(name))).first.click()
        return self.acted()

    def acted(self) -> Reader:
        """Wait for what a click or a choice does: the app is told of it a moment later."""
        self.page.wait_for_timeout(60)
        return self.settled()

    def saved(self, name: str, folder: Path) -> Path:
        """The file that a download button gives."""
        with self.page.expect_download() as downloading:
            self.page.get_by_role("button", name=re.compile(re.escape(name))).first.click()
        path = folder / downloading.value.suggested_filename
        downloading.value.save_as(path)
        return path

    @property
    def address(self) -> dict[str, str]:
        """The parameters of the address."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.page.url).query).items()}

    def widths(self) -> tuple[int, int]:
        """How wide what is shown is, and how wide the window is."""
        wide, window = self.page.evaluate(
            """() => [Math.max(document.documentElement.scrollWidth, document.body.scrollWidth,
                 document.querySelector('[data-testid="stMain"]').scrollWidth), document.documentElement.clientWidth]"""
        )
        return int(wide), int(window)
