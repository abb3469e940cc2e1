"""Two browsers share the library and nothing else; and who ends the app ends all of it."""

from __future__ import annotations

from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import FilePayload, expect

from browser.addresses import QUESTION
from browser.conftest import NewReader
from browser.serving import started

pytestmark = pytest.mark.browser


def test_recent_questions_stay_in_their_browser(new_reader: NewReader) -> None:
    one, other = new_reader(), new_reader()
    one.open().ask(QUESTION)
    one.open()
    other.open()
    expect(one.page.locator(".kb-recent a")).to_have_text([QUESTION])
    expect(other.page.locator(".kb-recent a")).to_have_count(0)
    other.ask("网格太多太乱怎么合并")
    one.open()
    expect(one.page.locator(".kb-recent a")).to_have_text([QUESTION])


def test_who_ends_the_app_ends_its_server(tmp_path: Path) -> None:
    with started(tmp_path, tmp_path, "kb", "app", "--port") as (address, server):
        server.terminate()
        server.wait(timeout=20)
        with pytest.raises(URLError):
            urlopen(address, timeout=2)


def test_a_receipt_is_seen_by_who_uploaded(new_reader: NewReader) -> None:
    one, other = new_reader(), new_reader()
    file = FilePayload(name="甲.txt", mimeType="text/plain", buffer="楼道里的灯坏了半年没有人修。".encode())
    one.open(view="add").page.locator("input[type=file]").set_input_files([file])
    expect(one.page.get_by_role("heading", name="回执（")).to_be_visible(timeout=20000)
    other.open(view="add")
    expect(other.page.get_by_role("heading", name="回执（")).to_have_count(0)
