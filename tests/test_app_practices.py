"""The practices of the app: every view through Streamlit's own AppTest over a small real index (the encoder is a fake),
and what the views are made of."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from conftest import PROJECT, CharacterEncoder
from kb.catalogue.comparing import compare
from kb.catalogue.places import PROVINCES
from kb.catalogue.regions import CITIES, Regions
from kb.catalogue.values import Surroundings
from kb.catalogue.years import by_year, year_of
from kb.config import Settings
from kb.knowledge import KnowledgeBase, engine
from kb.models.encoder import Encoder
from kb.present import ledger, practice_around
from kb.present.comparison_html import comparison
from kb.present.display import Form
from kb.present.practice_around import Told
from kb.present.practice_forms import figures as put_figures
from kb.present.practice_forms import putting
from kb.present.tile_map import SCHEME, tile_map
from kb.present.timeline import timeline
from kb.types import Article, Flag, FlagKind, Practice, Quote, Source
from kb.ui.practices_area import Area

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
KEPT = ("fengqiao-jingyan", "pujiang-jingyan", "daode-yinhang", "minzhu-kentan")
PRACTICE_PAGE = f"""---
kind: 实践
id: hostile
name: '{HOSTILE}'
category: '{HOSTILE}'
region: '{HOSTILE}'
since: '2019'
sources:
  - title: '{HOSTILE}'
    publisher: '{HOSTILE}'
    url: 'javascript:alert(3)'
---
# {HOSTILE}

## 牵头
- {HOSTILE}牵头。[1]

## 针对的问题
- {HOSTILE}。[1]

## 做法
- {HOSTILE}配了30名网格员。[1]〔自述〕

## 步骤
1. {HOSTILE}。[1]

## 数据
- {HOSTILE}共有20个社区。[1]〔待核〕

## 成效
- {HOSTILE}。[1]

## 局限
- {HOSTILE}。[1]
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """Four practices of the catalogue, a hostile one, and an article that tells of 枫桥经验."""
    folder = tmp_path_factory.mktemp("practices")
    (folder / "hostile.md").write_text(PRACTICE_PAGE, encoding="utf-8")
    (folder / "report.md").write_text(
        "---\ntitle: 一份报道\n---\n枫桥经验发动和依靠群众，把矛盾留在当地解决，小事不出村，大事不出镇。\n",
        encoding="utf-8",
    )
    pages = [PROJECT / "corpus" / "practices" / f"{key}.md" for key in KEPT]
    settings = Settings(index=folder / "index", cache=cache)
    with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder()) as knowledge:
        report = knowledge.build([folder / "hostile.md", folder / "report.md", *pages])
    assert not report.failures
    return folder / "index"


@pytest.fixture
def app(index: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    encoder = CharacterEncoder()

    def open_fake(**_settings: object) -> Encoder:
        return encoder

    monkeypatch.setattr(engine, "open_encoder", open_fake)
    monkeypatch.setenv("KB_INDEX", str(index))
    return AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)


def shown(app: AppTest, **address: str) -> str:
    """Everything the page at this address holds as HTML, but for the style sheet."""
    for name, value in address.items():
        app.query_params["with" if name == "with_" else name] = value
    app.run()
    return held(app)


def held(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(block.proto.body for block in app.get("html") if "<style>" not in block.proto.body)


def test_by_category_every_practice_is_listed_and_one_category_can_be_asked_for(app: AppTest) -> None:
    page = shown(app, view="practices")
    assert all(f"practice={key}" in page for key in KEPT)
    assert "全部 5" in page
    page = shown(app, category="乡村治理")
    assert "practice=daode-yinhang" in page
    assert "practice=fengqiao-jingyan" not in page


def test_the_map_shows_the_practices_of_a_region(app: AppTest) -> None:
    page = shown(app, view="practices", show="region")
    assert "浙江<b>4</b>" in page
    assert "全国或未写明省份 1" in page
    page = shown(app, region="浙江")
    assert 'aria-current="true"' in page
    assert "practice=minzhu-kentan" in page
    assert "practice=hostile" in shown(app, region="none")


def test_the_years_follow_one_another(app: AppTest) -> None:
    page = shown(app, view="practices", show="year")
    years = re.findall(r'id="year-(\w+)"', page)
    assert years == sorted(years)
    assert years[0] == "1963"
    assert "相隔" in page


def test_a_practice_page_has_figures_surroundings_and_the_meaning_of_its_marks(app: AppTest) -> None:
    page = shown(app, practice="daode-yinhang")
    assert 'id="source-1"' in page
    assert 'href="#source-1"' in page
    assert "同一件事，来源说法不一" in page
    assert "当地或单位对自己成效的说法" in page
    assert 'href="#figures-1"' in page
    assert "show=region&amp;region=%E6%B5%99%E6%B1%9F" in page
    assert re.findall(r"<h1", page) == ["<h1"]


def test_a_practice_page_names_those_that_have_to_do_with_it(app: AppTest) -> None:
    page = shown(app, practice="fengqiao-jingyan")
    assert "相关实践" in page
    assert "practice=pujiang-jingyan" in page


def test_what_other_articles_tell_is_quoted_with_its_damage() -> None:
    text = "前文。\n余姚的道德银行□[1]。"
    article = Article(
        "report", "一份报道<b>", text, sources=(Source("原报"),), flags=(Flag(FlagKind.LOST, 11, 12, "缺字"),)
    )
    told = Told.of(Quote("report", 4, len(text), text[4:]), article, Form.TAIWAN, ())
    content = dict(practice_around.parts(Plain(), Surroundings(), {}, [told]))["told"][1]
    assert "餘姚的道德銀行" in content
    assert '<span class="kb-flag kb-lost"' in content
    assert 'title="原报"' in content
    assert "article=report&amp;at=4-" in content
    assert "一份報道&lt;b&gt;" in content


def test_the_form_of_the_texts_is_changed_and_what_is_ours_stays(app: AppTest) -> None:
    page = shown(app, practice="daode-yinhang", form="tw")
    assert "農村商業銀行" in page
    assert "2.1萬餘戶" in page
    assert "针对的问题" in page
    assert 'lang="zh-Hant"' in page


def test_both_interface_scripts_reach_every_view(app: AppTest) -> None:
    for name, text in (("", "按類別"), ("region", "各地有多少"), ("compare", "選 2 到 5 個實踐"), ("ledger", "數字賬")):
        page = shown(app, view="practices", show=name, ui="hant")
        assert text in page + "".join(box.label for box in app.multiselect)


def test_what_is_to_be_compared_goes_along_in_the_address(app: AppTest) -> None:
    page = shown(app, practice="pujiang-jingyan", with_="fengqiao-jingyan")
    assert "已选作比较：枫桥经验" in page
    assert "with=fengqiao-jingyan%2Cpujiang-jingyan" in page


def test_two_practices_are_put_side_by_side(app: AppTest) -> None:
    page = shown(app, view="practices", show="compare", with_="fengqiao-jingyan,daode-yinhang,nothing")
    assert page.count('<th scope="col"') == 3
    assert '<th scope="row" role="rowheader">局限</th>' in page
    assert 'data-label="枫桥经验"' in page
    assert "另一说" in page
    assert "with=daode-yinhang" in page


def test_a_comparison_is_chosen_on_the_page(app: AppTest) -> None:
    assert "逐项并排" in shown(app, view="practices", show="compare")
    app.multiselect[0].set_value(["fengqiao-jingyan"]).run()
    assert "再选一个" in held(app)
    app.multiselect[0].set_value(["fengqiao-jingyan", "pujiang-jingyan"]).run()
    assert app.query_params["with"] == "fengqiao-jingyan,pujiang-jingyan"
    assert "kb-compare" in held(app)


def test_what_a_page_does_not_say_is_told() -> None:
    page = comparison(Plain(), compare([practice("a", "浙江省"), practice("b")]), {}, {"a": "b", "b": "a"})
    assert page.count("来源未说明") == 2 * 11 - 1


def test_my_place_is_held_against_what_the_pages_state(app: AppTest) -> None:
    shown(app, view="practices", show="suit")
    app.selectbox[0].set_value("urban")
    app.button[0].click().run()
    assert app.query_params["setting"] == "urban"
    page = held(app)
    assert "5 个实践，不具备的条件少的在前" in page
    assert "<details>" in page


def test_my_place_with_a_problem_names_those_that_are_near_first(app: AppTest) -> None:
    page = shown(app, view="practices", show="suit", setting="rural", problem="枫桥经验")
    assert "和这个问题相近的" in page
    assert page.index("practice=fengqiao-jingyan") < page.index("其他")


def test_nothing_said_of_the_place_is_told(app: AppTest) -> None:
    shown(app, view="practices", show="suit")
    app.button[0].click().run()
    assert "请至少填一项" in app.warning[0].value
    assert "请至少填一项" in shown(app, problem="物业")


@pytest.mark.parametrize("wrong", ["-1", "9" * 30, "三千", "1e5", ""])
def test_a_wrong_number_in_the_address_counts_as_not_said(app: AppTest, wrong: str) -> None:
    assert "kb-fits" not in shown(app, view="practices", show="suit", people=wrong)


def test_the_ledger_is_narrowed_and_has_an_address(app: AppTest) -> None:
    everything = shown(app, view="practices", show="ledger")
    app.text_input[0].set_value("信用貸款").run()
    page = held(app)
    assert app.query_params["word"] == "信用貸款"
    assert "100万元" in page
    assert len(page) < len(everything)
    assert page.count('role="rowheader"') == 2


def test_conflicting_figures_stand_side_by_side_whatever_was_asked_for(app: AppTest) -> None:
    page = shown(app, view="practices", show="ledger", word="2.78万余户")
    assert "2.1万余户" in page
    assert 'class="kb-conflict"' in page


def test_numbers_are_sorted_within_a_unit(app: AppTest) -> None:
    page = shown(app, view="practices", show="ledger", unit="人", sort="most")
    amounts = re.findall(r'kb-amount">([^<]+)', page)
    assert amounts
    assert "单位不同的数字不能比大小" not in page
    assert "单位不同的数字不能比大小" in shown(app, unit="", sort="most")


@pytest.mark.parametrize(
    "address",
    [
        {"practice": "hostile"},
        {"view": "practices"},
        {"view": "practices", "category": HOSTILE},
        {"view": "practices", "show": "region", "region": "none"},
        {"view": "practices", "show": "region", "region": HOSTILE},
        {"view": "practices", "show": "year"},
        {"view": "practices", "show": "compare", "with_": "hostile,fengqiao-jingyan"},
        {"view": "practices", "show": "suit", "setting": "urban", "problem": HOSTILE},
        {"view": "practices", "show": "ledger", "word": "网格员"},
        {"view": HOSTILE, "show": HOSTILE},
    ],
    ids=str,
)
def test_hostile_content_is_shown_as_text(app: AppTest, address: dict[str, str]) -> None:
    page = shown(app, **address)
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page


# -- the map and the years


def practice(key: str, region: str = "", since: str = "") -> Practice:
    return Practice(key, f"{key}法", region=region, since=since)


class Plain:
    """A reader who is spoken to as it is written."""

    keep: dict[str, str] = {}  # noqa: RUF012 - never changed

    def say(self, text: str) -> str:
        return text

    def name_of(self, practice: Practice) -> str:
        return practice.name


def test_the_scheme_has_every_region_once() -> None:
    names = [name for row in SCHEME for name in row if name]
    assert len(names) == 34
    assert sorted(names) == sorted(PROVINCES)
    assert {len(row) for row in SCHEME} == {7}


def test_no_city_lies_in_two_provinces() -> None:
    cities = [city for names in CITIES.values() for city in names.split()]
    assert len(cities) == len(set(cities))
    assert set(CITIES) <= set(PROVINCES)
    assert not set(cities) & set(PROVINCES)


@pytest.mark.parametrize(
    ("region", "named"),
    [
        ("浙江省诸暨市枫桥镇", ("浙江",)),
        ("浙江省紹興市諸暨市楓橋鎮", ("浙江",)),
        ("北京市朝阳、海淀、昌平等区", ("北京",)),
        ("深圳（2008起）、上海、成都等", ("广东", "上海", "四川")),
        ("襄州区等（全国通用提法）", ("湖北",)),
        ("全国（马鞍山、银川等）", ("安徽", "宁夏")),
        ("重庆市铜梁区等；光明日报文章作全国倡议", ("重庆",)),
        ("全国倡议（山东学者）", ()),
        ("青海省海南藏族自治州", ("青海",)),
        ("天津市河北区", ("天津",)),
        ("大连市中山区、中山路街道", ("辽宁",)),
        ("臺灣、香港、澳門", ("台湾", "香港", "澳门")),
        ("全国", ()),
        ("", ()),
    ],
)
def test_a_region_is_placed(region: str, named: tuple[str, ...]) -> None:
    known = Regions.of([practice("a", "湖北省襄阳市襄州区"), practice("b", "广东省深圳市光明区")])
    assert known.named(region) == named


def test_a_county_of_two_provinces_places_nothing() -> None:
    known = Regions.of([practice("a", "江苏省鼓楼区"), practice("b", "福建省鼓楼区")])
    assert known.named("鼓楼区") == ()


def test_a_practice_stands_under_every_region_it_names() -> None:
    both, none = practice("a", "浙江省温岭市；上海闵行区等"), practice("b", "全国")
    assert Regions.of([both, none]).grouped([both, none]) == {"浙江": (both,), "上海": (both,), "": (none,)}


def test_the_map_is_a_list_of_links_with_their_numbers() -> None:
    drawn = tile_map(Plain(), {"浙江": 12, "内蒙古": 1}, "浙江")
    assert drawn.count("<li ") == 34
    assert drawn.count("<a ") == 2
    assert 'class="kb-shade-4"' in drawn
    assert 'class="kb-shade-1 kb-long-name"' in drawn
    assert drawn.count("aria-current") == 1
    assert drawn.count("没有实践") == 32


@pytest.mark.parametrize(
    ("since", "year"),
    [
        ("1963", 1963),
        ("2018年", 2018),
        ("２０１８年起", 2018),
        ("江苏（2007）、全国（2016）", 2007),
        ("二〇一八年", 2018),
        ("", None),
        ("上世纪末", None),
        ("12019", None),
    ],
)
def test_the_year_is_read(since: str, year: int | None) -> None:
    assert year_of(since) == year


def test_the_timeline_tells_gaps_and_what_is_not_dated() -> None:
    found = by_year([practice("c"), practice("b", since="2019年起"), practice("a", since="1963")])
    assert [(one.year, [member.id for member in one.practices]) for one in found] == [
        (1963, ["a"]),
        (2019, ["b"]),
        (None, ["c"]),
    ]
    drawn = timeline(Plain(), found)
    assert "相隔 56 年" in drawn
    assert "未说明" in drawn
    assert "2019年起" in drawn
    assert 'href="#year-1963"' in drawn


# -- the ledger


@pytest.fixture
def opened(index: Path, cache: Path) -> KnowledgeBase:
    return KnowledgeBase.open(settings=Settings(index=index, cache=cache), encoder=CharacterEncoder())


def test_the_file_holds_what_is_shown_and_runs_nothing(opened: KnowledgeBase) -> None:
    found = opened.figures()
    groups = ledger.grouped(found, found)
    written = ledger.as_csv(groups, {"hostile": "=HYPERLINK(1)"})
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))
    assert tuple(rows[0]) == ledger.COLUMNS
    assert len(rows) == len(found) + 1
    assert {len(row) for row in rows} == {len(ledger.COLUMNS)}
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    assert any(row[0] == "'=HYPERLINK(1)" for row in rows)


def test_every_figure_stands_once_however_they_are_grouped(opened: KnowledgeBase) -> None:
    found = opened.figures()
    groups = ledger.grouped(found, found)
    assert sorted(one.id for group in groups for one in group) == sorted(one.id for one in found)
    assert any(len(group) > 1 for group in groups)


def test_a_figure_stays_where_it_stands_in_every_form(opened: KnowledgeBase) -> None:
    found = opened.figures()
    for form in Form:
        for one, put in zip(found, put_figures(found, putting(form, ())), strict=True):
            assert len(ledger.written(put)) == len(ledger.written(one))


def test_an_area_is_a_reader() -> None:
    """What `kb.present.practice_parts` asks of a reader; the type checker holds it, this tells where it is lost."""
    assert {"say", "name_of", "keep"} <= set(dir(Area))
