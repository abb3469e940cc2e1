"""The catalogue of practices, in the browser."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.addresses import TWO
from browser.reader import Reader

pytestmark = pytest.mark.browser


def test_a_tile_of_the_map_shows_its_practices(reader: Reader) -> None:
    page = reader.open(view="practices").page
    reader.follow(page.get_by_role("link", name="按地区"))
    reader.follow(page.locator(".kb-map").get_by_role("link", name="湖北"))
    assert reader.address["region"] == "湖北"
    expect(page.locator(".kb-map a[aria-current]")).to_contain_text("湖北")
    reader.follow(page.locator(".kb-of-region h3").get_by_role("link", name="红色物业（武汉）"))
    expect(page.locator("h1")).to_have_text("红色物业（武汉）")


def test_the_years_stand_one_below_the_other(reader: Reader) -> None:
    page = reader.open(view="practices", show="year").page
    years = page.locator(".kb-years > li").evaluate_all("all => all.map(one => one.id)")
    dated = [int(year.removeprefix("year-")) for year in years if year != "year-none"]
    assert dated == sorted(dated)
    assert len(dated) >= 3
    page.get_by_role("link", name="2010 年代").click()
    assert page.url.endswith("#year-2015")


def test_two_practices_are_put_side_by_side(reader: Reader) -> None:
    page = reader.open(practice="hongse-wuye").page
    reader.follow(page.get_by_role("link", name="加入比较"))
    expect(page.get_by_text("再选一个就可以比较")).to_be_visible()
    page.get_by_role("combobox").first.click()
    page.keyboard.type("信托")
    page.get_by_role("option", name="信托制物业").click()
    expect(page.get_by_role("table")).to_be_visible(timeout=10000)
    reader.settled()
    assert reader.address["with"] == TWO
    page.reload()
    reader.settled()
    expect(page.get_by_role("columnheader")).to_have_count(3)
    expect(page.get_by_role("rowheader", name="局限")).to_be_visible()
    reader.follow(page.get_by_role("link", name="移出“红色物业（武汉）”"))
    assert reader.address["with"] == "xintuo-wuye"


def test_what_suits_a_place_is_told_with_sentences(reader: Reader) -> None:
    page = reader.open(view="practices", show="suit").page
    page.get_by_label("要解决什么问题").fill("老旧小区没有物业")
    reader.choose("在城市还是农村", "城市").choose("经费", "没有")
    reader.press("看哪些适合")
    expect(page.get_by_role("heading", name="和这个问题相近的")).to_be_visible()
    assert reader.address["setting"] == "urban"
    assert reader.address["money"] == "no"
    need = page.locator(".kb-needs > li.kb-unmet").first
    need.locator("summary").click()
    expect(need.locator("ul li").first).to_be_visible()
    page.reload()
    reader.settled()
    expect(page.get_by_label("要解决什么问题")).to_have_value("老旧小区没有物业")


def test_the_ledger_is_narrowed_and_taken_along(reader: Reader, tmp_path: Path) -> None:
    page = reader.open(view="practices", show="ledger").page
    reader.choose("实践", "红色物业（武汉）")
    assert reader.address["of"] == "hongse-wuye"
    shown = page.locator(".kb-ledger tbody tr").count()
    path = reader.saved("下载表格（CSV）", tmp_path)
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == shown
    assert {row["实践"] for row in rows} == {"红色物业（武汉）"}
    assert all(row["原句"] and row["来源"] for row in rows)


def test_a_practice_is_taken_along_as_markdown(reader: Reader, tmp_path: Path) -> None:
    reader.open(practice="hongse-wuye")
    text = reader.saved("下载全文（Markdown）", tmp_path).read_text(encoding="utf-8")
    assert text.startswith("# 红色物业（武汉）")
    assert "## 来源" in text


def test_a_source_number_leads_to_its_source(reader: Reader) -> None:
    page = reader.open(practice="hongse-wuye").page
    page.locator(".kb-statements a.kb-number").first.click()
    target = page.locator(".kb-sources li:target")
    expect(target).to_be_visible()
    outward = target.get_by_role("link").first
    assert "noopener" in (outward.get_attribute("rel") or "")
    assert outward.get_attribute("target") == "_blank"


def test_the_catalogue_speaks_traditional_script(reader: Reader) -> None:
    page = reader.open(view="practices", show="region", ui="hant").page
    expect(page.locator(".kb-map").get_by_role("link", name="浙江")).to_be_visible()
    expect(page.get_by_text("各地有多少")).to_be_visible()
    reader.open(practice="hongse-wuye", ui="hant")
    expect(page.locator("h1")).to_have_text("紅色物業（武漢）")
